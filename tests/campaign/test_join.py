"""Opening an invitation and joining by it."""

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.utils import translation

from campaign import clock, publishing
from campaign.errors import Refused
from campaign.models import AuditRow, Invitation, Member, Notice, Role, User
from campaign.team import declaration, inviting, joining, membership
from campaign.team.links import Link
from tests import make
from tests.campaign.doors import leave, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

VOLUNTEER = {"name": "Agus  Pratama ", "pin": make.PIN, "declared": "on"}
ACCOUNT = {
    "name": "Fajar Nugroho", "email": "Fajar@Contoh.test", "password": "sandi-yang-panjang", "declared": "on",
    "how": "email",
}  # fmt: skip


def path(link: Link) -> str:
    return urlsplit(link.url).path


# Looking -----------------------------------------------------------------------------------------


def test_looking_uses_nothing_up_and_tells_messengers_neither_name_nor_campaign(client, campaign):
    link = make.link(of=campaign, for_whom="Rahasia Tamu")
    for _ in range(3):
        answer = client.get(path(link))
        assert answer.status_code == 200
    page = words(answer)
    assert campaign.name in page
    assert "invites you" in page
    assert "Manager" in page  # who invites
    assert "volunteer" in page
    assert "Rahasia Tamu" not in page
    head = page[: page.index("</head>")]
    assert 'property="og:title" content="An invitation"' in head
    for secret in (campaign.name, campaign.candidate_name, link.token):
        assert secret not in head
    assert "no-store" in answer["Cache-Control"]
    assert Invitation.objects.get().is_pending
    assert client.head(path(link)).status_code == 200


def test_a_cut_link_says_so(client, campaign):
    link = make.link(of=campaign)
    for token in (link.token[:-1], "x", "%00", "a" * 5000):
        answer = client.get(f"/masuk/undangan/{token}/")
        assert answer.status_code == 404
        assert "Nothing lies behind this link" in words(answer)


def test_a_link_that_ran_out_says_whom_to_ask(client, campaign, set_clock):
    link = make.link(of=campaign, holds=timedelta(days=1))
    set_clock("interval '25 hours'")
    for answer in (client.get(path(link)), client.post(path(link), VOLUNTEER)):
        assert answer.status_code == 410
        assert "Ask Manager for a new one" in words(answer)
    assert not User.objects.filter(name="Agus Pratama").exists()


# Joining -----------------------------------------------------------------------------------------


def test_a_volunteer_joins_with_name_and_pin_and_is_in(client, campaign):
    link = make.link(of=campaign)
    answer = client.post(path(link), VOLUNTEER)
    assert answer.status_code == 302
    assert answer["Location"] == f"/c/{campaign.slug}/selamat-datang/"
    page = words(client.get(answer["Location"]))
    assert "Welcome, Agus Pratama" in page
    assert f"/masuk/{campaign.slug}/" in page
    member = Member.objects.get(role=Role.VOLUNTEER)
    assert (member.user.name, member.user.email, member.pin_name) == ("Agus Pratama", None, "agus pratama")
    assert identify_hasher(member.pin).verify(make.PIN, member.pin)
    assert make.PIN not in member.pin
    assert not member.user.has_usable_password()
    assert client.session["signed_in_by"] == "invitation"
    assert member.declaration == declaration.VERSION
    assert member.declared_at is not None
    assert member.invitation == link.invitation
    assert AuditRow.objects.get(verb="member.join").about == f"member:{member.pk}"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.CANDIDATE, Role.TREASURER, Role.VOLUNTEER])
def test_with_e_mail_and_password_one_joins_as_whatever_one_was_invited(client, campaign, role):
    ends_at = clock.now() + timedelta(days=9)
    answer = client.post(path(make.link(of=campaign, role=role, access_ends_at=ends_at)), ACCOUNT)
    assert answer.status_code == 302
    member = Member.objects.get(user__email="fajar@contoh.test")
    assert (member.role, member.access_ends_at, member.pin, member.pin_name) == (role, ends_at, "", None)
    assert member.user.check_password(ACCOUNT["password"])
    assert client.get(answer["Location"]).status_code == 200


def test_who_is_invited_as_staff_is_not_offered_a_pin(client, campaign):
    link = make.link(of=campaign, role=Role.STAFF)
    assert 'name="pin"' not in words(client.get(path(link)))
    assert client.post(path(link), VOLUNTEER).status_code == 422
    assert not Member.objects.filter(role=Role.STAFF).exists()


def test_the_wording_stands_on_the_page_and_must_be_ticked(client, campaign):
    link = make.link(of=campaign)
    page = words(client.get(path(link)))
    with translation.override("en"):
        for sentence in declaration.WORDING:
            assert str(sentence) in page
    answer = client.post(path(link), {"name": "Agus", "pin": make.PIN})
    assert answer.status_code == 422
    assert "Who cannot declare all of it may not join" in words(answer)
    assert 'value="Agus"' in words(answer)
    assert Invitation.objects.get().is_pending


def test_another_wording_needs_another_version():
    told = []
    for language in ("en", "id"):
        with translation.override(language):
            told += [str(sentence) for sentence in declaration.WORDING]
    found = hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
    assert (declaration.VERSION, found) == ("2026-11", "4625bd5c908b6ee6"), (
        "change VERSION with the wording, then this line"
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"pin": "123456"}, "follow each other"),
        ({"pin": "000000"}, "repeats itself"),
        ({"pin": "170845"}, "looks like a date"),
        ({"pin": "12345"}, "six digits"),
        ({"pin": "48291a"}, "six digits"),
        ({"pin": "٤٨٢٩١٥"}, "six digits"),
        ({"pin": "4" * 300}, "200"),
        ({"name": ""}, "required"),
        ({"name": "!!!"}, "with letters"),
        ({"name": "A\0"}, "Null characters"),
    ],
)
def test_what_a_volunteer_must_type_otherwise(client, campaign, wrong, told):
    answer = client.post(path(make.link(of=campaign)), VOLUNTEER | wrong)
    assert answer.status_code == 422
    assert told in words(answer)
    assert Invitation.objects.get().is_pending


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"email": "fajar@bkn.go.id"}, "may not use an office"),
        ({"email": "kantor@sukamaju.DESA.id"}, "may not use an office"),
        ({"email": "x@tni.mil.id"}, "may not use an office"),
        ({"email": "x"}, "valid email"),
        ({"password": "12345678"}, "too common"),
        ({"password": "a"}, "too short"),
        ({"password": "fajar@contoh.test"}, "too similar"),
    ],
)
def test_what_one_with_an_account_must_type_otherwise(client, campaign, wrong, told):
    answer = client.post(path(make.link(of=campaign, role=Role.STAFF)), ACCOUNT | wrong)
    assert answer.status_code == 422
    assert told in words(answer)
    assert "Fajar Nugroho" in words(answer)
    assert ACCOUNT["password"] not in words(answer)


def test_two_volunteers_of_one_name_are_told_apart(client, campaign):
    make.volunteer_with_pin(of=campaign, name="Agus Pratama")
    make.volunteer_with_pin(of=make.campaign(), name="Agus Pratama")  # elsewhere it does not matter
    answer = client.post(path(make.link(of=campaign)), VOLUNTEER | {"name": "AGUS pratama"})
    assert answer.status_code == 422
    assert "Add something, such as your village" in words(answer)
    assert Member.objects.filter(campaign=campaign, role=Role.VOLUNTEER).count() == 1
    assert not User.objects.filter(name="AGUS pratama").exists()


# With an account that exists ---------------------------------------------------------------------


def test_who_has_an_account_here_signs_in_first_and_comes_back(client, campaign):
    known = make.user(email="fajar@contoh.test")
    link = make.link(of=campaign, role=Role.STAFF)
    answer = client.post(path(link), ACCOUNT)
    assert answer.status_code == 422
    sign_in = f"/accounts/login/?next={path(link)}"
    assert sign_in in words(answer)
    back = client.post(sign_in, {"login": known.email, "password": make.PASSWORD})
    assert back["Location"] == path(link)
    page = words(client.get(path(link)))
    assert f"You join as {known.name}" in page
    assert 'name="email"' not in page
    assert client.post(path(link), {"declared": "on"}).status_code == 302
    member = Member.objects.get(user=known)
    assert (member.role, member.invitation) == (Role.STAFF, link.invitation)
    assert User.objects.filter(email="fajar@contoh.test").count() == 1


def test_a_volunteer_with_a_pin_elsewhere_takes_a_pin_here_too_and_needs_e_mail_for_more(client, campaign):
    elsewhere = make.volunteer_with_pin(of=make.campaign())
    client.force_login(elsewhere.user, backend=joining.BACKEND)
    more = make.link(of=campaign, role=Role.STAFF)
    page = words(client.get(path(more)))
    assert "you need an account with e-mail" in page
    assert client.post(path(more), {"declared": "on"}).status_code == 422
    assert more.invitation.is_pending
    link = make.link(of=campaign)
    assert client.post(path(link), {"declared": "on"}).status_code == 422
    assert client.post(path(link), {"declared": "on", "pin": "591738"}).status_code == 302
    assert Member.objects.get(user=elsewhere.user, campaign=campaign).pin_name == "agus pratama"


def test_who_is_on_the_team_already_does_not_join_twice(client, campaign, sign_in):
    link = make.link(of=campaign)
    sign_in(Role.STAFF)
    answer = client.post(path(link), {"declared": "on"})
    assert answer.status_code == 409
    assert "You are on this team already" in words(answer)
    assert Invitation.objects.get(pk=link.invitation.pk).is_pending


def test_who_was_suspended_does_not_come_back_by_a_new_link(client, campaign, team):
    link = make.link(of=campaign, role=Role.STAFF)
    other = make.campaign()
    Member.objects.create(campaign=other, user=team["staff"].user, role=Role.STAFF)
    client.force_login(team["staff"].user, backend=joining.BACKEND)
    membership.suspend(team["staff"], by=team["manager"], reason="Uji")
    answer = client.post(path(link), {"declared": "on"})
    assert answer.status_code == 409
    assert "Ask your campaign manager to resume it" in words(answer)


# Once --------------------------------------------------------------------------------------------


def test_a_used_link_lets_nobody_else_in_and_the_first_goes_on(client, campaign):
    link = make.link(of=campaign)
    assert client.post(path(link), VOLUNTEER).status_code == 302
    again = client.post(path(link), VOLUNTEER)
    assert again["Location"] == f"/c/{campaign.slug}/selamat-datang/", "the same press twice"
    leave(client)
    answer = client.post(path(link), VOLUNTEER | {"name": "Bayu"})
    assert answer.status_code == 410
    assert f"/masuk/{campaign.slug}/" in words(answer)
    assert Member.objects.filter(role=Role.VOLUNTEER).count() == 1


def test_a_link_of_a_manager_who_is_none_any_more_lets_nobody_in(client, campaign, team):
    second = make.member(of=campaign, role=Role.MANAGER)
    link = make.link(of=campaign, by=second)
    Member.objects.filter(pk=second.pk).update(access_ends_at=clock.now())  # at this very moment
    answer = client.post(path(link), VOLUNTEER)
    assert answer.status_code == 422
    assert "taken back" in words(answer)


def test_the_candidate_who_joins_second_is_refused(client, campaign):
    first, second = (make.link(of=campaign, role=Role.CANDIDATE, for_whom=name) for name in ("Ratna", "Rina"))
    assert client.post(path(first), ACCOUNT).status_code == 302
    leave(client)
    answer = client.post(path(second), ACCOUNT | {"email": "lain@contoh.test"})
    assert answer.status_code == 422
    assert "candidate already" in words(answer)
    assert not User.objects.filter(email="lain@contoh.test").exists()


def test_a_new_candidate_is_told_of_what_waits(client, campaign, team):
    membership.suspend(team["candidate"], by=team["manager"], reason="Uji")
    post = make.post(of=campaign, by=team["staff"])
    publishing.submit(post, by=team["staff"], version=post.version)
    client.post(path(make.link(of=campaign, role=Role.CANDIDATE)), ACCOUNT)
    new = Member.objects.get(user__email="fajar@contoh.test")
    assert Notice.objects.open().filter(member=new, kind="approve", about=f"post:{post.pk}").exists()


def test_a_deed_needs_an_open_link_even_when_the_page_was_open(campaign):
    link = make.link(of=campaign)
    inviting.revoke(link.invitation, by=make.someone(campaign, Role.MANAGER))
    with pytest.raises(Refused):
        joining.join(link.invitation, joining.Newcomer(name="Agus", pin=make.PIN))
