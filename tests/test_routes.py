"""Every address × every method × everybody: who gets through, and that a refusal changes nothing."""

import ast
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, transaction
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from analytics import asking
from campaign import access, demo, signing_in
from campaign.access import MAY, allow, let
from campaign.models import Member, Role
from campaign.models.campaign import RESERVED
from campaign.registry import navigation
from campaign.states import MOVES
from platforms.contents import Account
from tests import make
from tests.asking import ANYBODY, Asker, fingerprint, writes
from tests.routes import KEYED, METHODS, PUBLIC, ROUTES, SIGNED_IN, Route, world

KEPT_FOR_LATER = {
    "admin", "akun", "api", "keluar", "media", "static",
}  # fmt: skip
"""Reserved although no address begins so yet: the design names them, or people would take them for ours."""


# The resolver ------------------------------------------------------------------------------------


def patterns(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every address: its name, its path and its view."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", path, entry.callback
        else:
            yield from patterns(entry, path, f"{space}{entry.namespace}:" if entry.namespace else space)


ADDRESSES = {name: view for name, _path, view in patterns(get_resolver())}


def test_the_table_names_every_address_and_no_other():
    names = [name for name, _path, _view in patterns(get_resolver())]
    assert sorted(names) == sorted(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
def test_each_address_is_guarded_as_the_table_says(name: str):
    route, view = ROUTES[name], ADDRESSES[name]
    assert getattr(view, "action", None) == (route.guard if route.is_of_campaign else None)
    if name != "account_signup":  # it only leads to the start page, which is public
        assert getattr(view, "login_required", True) == (route.guard not in (PUBLIC, KEYED))


def test_whatever_lies_under_a_campaign_asks_who_may():
    for name, path, view in patterns(get_resolver()):
        if ROUTES[name].guard != KEYED:  # such an address asks for its key instead
            assert path.startswith("c/<slug:campaign>/") == hasattr(view, "action"), path


def first_parts() -> set[str]:
    return {path.split("/")[0] for _name, path, _view in patterns(get_resolver())} - {""}


def test_every_first_part_of_an_address_is_reserved_and_what_else_is_reserved_has_a_reason():
    assert set(RESERVED) == first_parts() | KEPT_FOR_LATER
    assert not first_parts() & KEPT_FOR_LATER, "it has an address now: take it off the list of those to come"
    assert len(RESERVED) == len(set(RESERVED))


@pytest.mark.django_db
@pytest.mark.parametrize("slug", RESERVED)
def test_the_database_refuses_a_campaign_of_a_reserved_name(slug: str):
    with pytest.raises(DatabaseError, match="campaign_slug_not_reserved"), transaction.atomic():
        make.campaign(slug=slug)


# The actions -------------------------------------------------------------------------------------


def asked_in_code() -> set[str]:
    """Every action that a verb requires, by reading our own code."""
    found: set[str] = set()
    for app in ("campaign", "analytics", "engagement", "fundraising", "programs", "branding"):
        for file in (django_settings.BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                match node:
                    case ast.Call(func=ast.Name("require" | "may"), args=[_, ast.Constant(str(action)), *_]):
                        found.add(action)
    return found


def test_every_action_is_asked_somewhere_and_every_one_that_is_asked_is_known():
    of_views = {view.action for view in ADDRESSES.values() if hasattr(view, "action")}
    asked = of_views | asked_in_code() | {move.action for move in MOVES.values()} | {page.action for page in navigation}
    assert asked == set(MAY)


def test_an_unknown_action_fails_at_import_and_is_no_quiet_no():
    with pytest.raises(ValueError, match="unknown action"):
        allow("post.wirte")
    member = Member(role=Role.MANAGER)
    with pytest.raises(KeyError):
        access.may(member, "post.wirte")


def test_an_action_is_given_once():
    let("post.approve", Role.CANDIDATE, Role.MANAGER)  # the same again is no harm
    with pytest.raises(ValueError, match="already given"):
        let("post.approve", Role.STAFF)


# Asking ------------------------------------------------------------------------------------------

SAFE = ("GET", "HEAD", "OPTIONS")


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[tuple[Asker, Path, str]]:
    """The world, made once for this file, everybody signed in; taken back at its end."""
    folder: Path = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        asker = Asker(world())
        yield asker, folder, fingerprint()
        transaction.set_rollback(True)


@pytest.fixture
def ask(place: tuple[Asker, Path, str], db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asker]:
    """Asks as anybody; at its end every table holds what it held before."""
    asker, settings.MEDIA_ROOT, before = place
    settings.DEMO = True
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # each refusal would be told
    told = Account("telegram", f"{settings.SANDBOX_URL}/telegram", "7", "Ratna", "@kabarratna", {"token": "1:a"})
    monkeypatch.setattr(signing_in, "telegram", lambda *_args, **_options: told)
    monkeypatch.setattr(demo, "make", lambda: asker.world.demo)
    monkeypatch.setattr(asking, "run", lambda _batches: [True])
    yield asker
    assert fingerprint() == before


def wanted(route: Route, who: str, method: str) -> frozenset[int]:
    """What the table lets `who` get; a member's 404 and 403 come before a wrong method's 405."""
    if who == "anonymous" and route.guard not in (PUBLIC, KEYED):
        return frozenset({302})
    if route.leads_on and who != "anonymous":
        return frozenset({302})
    if route.is_of_campaign and who in ("suspended", "stranger"):
        return frozenset({404})
    if route.is_of_campaign and Role(who) not in MAY[route.guard]:
        return frozenset({403})
    return route.answers if method in route.methods.split() else frozenset({405})


@pytest.mark.parametrize("name", ROUTES)
def test_everybody_gets_what_the_table_says_and_a_refusal_writes_nothing(ask: Asker, name: str):
    route, wrong, went_through = ROUTES[name], [], False
    for who in ANYBODY:
        for method in METHODS:
            expected = wanted(route, who, method)
            may = expected == route.answers or route.leads_on
            with transaction.atomic(), writes() as written:
                answer = ask(who, name, method)
                went_through |= may and answer.status_code < 400
                if may:
                    transaction.set_rollback(True)
            case = f"{who} {method} → {answer.status_code}"
            if answer.status_code not in expected or (written and (not may or method in SAFE)):
                wrong.append(f"{case}, not {sorted(expected)}; wrote {written}")
            if expected == {302} and not may and not answer["Location"].startswith("/accounts/login/?next="):
                wrong.append(f"{case} leads to {answer['Location']}")
    assert wrong == []
    assert went_through or min(route.answers) >= 400, "what the table sends is refused to everybody"


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.has_id])
def test_an_id_of_another_campaign_or_of_nothing_is_not_found(ask: Asker, name: str):
    route = ROUTES[name]
    absent: Any = "0" * 64 if name == "campaign:picture" else 10**30
    for role in MAY[route.guard]:
        for method in route.methods.split():
            for path in (route.args(ask.world.theirs, role), [2**31 - 1], [absent]):
                with writes() as written:
                    assert ask(role, name, method, path=path).status_code == 404, (role, method, path)
                assert written == []


FOREIGN_FIELDS = [
    ("campaign:write_post", lambda theirs: {"channels": [theirs.channel.pk]}, {422}),
    ("campaign:write_post", lambda theirs: {"kept": theirs.media.sha256}, {422}),
    ("campaign:write_post", lambda theirs: {"channels": [10**30]}, {422}),
    ("campaign:edit_post", lambda theirs: {"channels": [theirs.channel.pk]}, {422}),
    ("campaign:edit_post", lambda theirs: {"kept": theirs.media.sha256}, {422}),
    ("fundraising:add_ad", lambda theirs: {"post": theirs.published.pk}, {422}),
    ("fundraising:edit_ad", lambda theirs: {"channel": theirs.channel.pk}, {422}),
    ("campaign:reschedule_post", lambda theirs: {"delivery": theirs.unsure.pk}, {404, 422}),
    ("campaign:reschedule_post", lambda theirs: {"delivery": 10**30}, {404, 422}),
]


@pytest.mark.parametrize(("name", "fields", "codes"), FOREIGN_FIELDS)
@pytest.mark.parametrize("do", ["draft", "submit"])
def test_an_id_of_another_campaign_in_a_form_is_refused(ask: Asker, name: str, fields: Any, codes: set[int], do: str):
    ours, theirs = ask.world.ours, ask.world.theirs
    for role in MAY[ROUTES[name].guard]:
        data = ROUTES[name].data(ours, role) | {"do": do} | fields(theirs)
        with writes() as written:
            answer = ask(role, name, "POST", data=data)
        assert answer.status_code in codes, role
        assert written == []
        assert b"mereka" not in answer.content


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("campaign:write_post", "from={theirs.published.pk}"),
        ("campaign:write_post", "from=1000000000000000000000000000000"),
        ("campaign:posts", "before=2026-01-01T00:00:00+00:00_{theirs.published.pk}"),
    ],
)
def test_an_id_of_another_campaign_in_a_question_shows_nothing_of_it(ask: Asker, name: str, query: str):
    theirs = ask.world.theirs
    answer = ask("manager", name, "GET", query=query.format(theirs=theirs))
    assert answer.status_code == 200
    for secret in ("mereka", theirs.channel.handle, theirs.media.sha256):
        assert secret not in answer.content.decode()


def test_an_account_of_another_campaign_is_not_offered_to_be_connected_again(ask: Asker):
    def shown(pk: int) -> bool:
        answer = ask("manager", "campaign:connect_channel", "GET", path=["bluesky"], query=f"again={pk}")
        return "ratna.example" in answer.content.decode()

    with transaction.atomic():
        ours, theirs = (
            make.channel(of=side.campaign, platform="bluesky", handle="ratna.example")
            for side in (ask.world.ours, ask.world.theirs)
        )
        assert shown(ours.pk)
        assert not shown(theirs.pk)
        transaction.set_rollback(True)


@pytest.mark.parametrize("who", ["treasurer", "volunteer"])
def test_who_only_reads_sees_only_what_is_public(ask: Asker, who: str):
    ours = ask.world.ours
    for post in (ours.draft, ours.review, ours.scheduled):
        assert ask(who, "campaign:post_detail", "GET", path=[post.pk]).status_code == 404
        assert post.text not in ask(who, "campaign:posts", "GET").content.decode()
        assert post.text not in ask(who, "campaign:today", "GET").content.decode()


def test_nobody_puts_away_what_was_told_to_another_of_the_team(ask: Asker):
    path = [ask.world.ours.notices["manager"].pk]
    for role in set(Role) - {Role.MANAGER}:
        assert ask(role, "campaign:dismiss_notice", "POST", path=path).status_code == 404


@pytest.mark.parametrize(
    "name", [name for name, route in ROUTES.items() if "POST" in route.methods and not route.from_outside]
)
def test_without_the_forms_token_nothing_is_done(ask: Asker, name: str):
    who = "manager" if ROUTES[name].guard != SIGNED_IN else "stranger"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        with writes() as written:
            assert ask(who, name, method, token=False).status_code == 403
        assert written == []
