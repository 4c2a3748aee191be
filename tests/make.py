"""What tests are made of: plain functions with a default for all that a test does not care about.

A state is reached through the real verbs, so a test never starts from a row that could not exist.
"""

import io
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client
from PIL import Image

from campaign import (
    channels,
    clock,
    drafting,
    election,
    envelopes,
    films,
    hand_accounts,
    overriding,
    pictures,
    publishing,
    rulesets,
)
from campaign.approving import agreeing
from campaign.approving.needs import Terms
from campaign.duties import deeds, kinds
from campaign.ideas import gathering
from campaign.ideas.gathering import Found
from campaign.identity import second_factor
from campaign.models import (
    Campaign,
    Channel,
    Delivery,
    Duty,
    Idea,
    Level,
    Media,
    Member,
    Mode,
    Phone,
    Post,
    Proof,
    Role,
    RuleOverride,
    Ruleset,
    User,
)
from campaign.models.identity import VALID
from campaign.team import inviting, joining
from campaign.team.joining import Newcomer
from campaign.team.links import Link
from campaign.writing.content import Content
from engagement import foreign, incoming
from engagement.models import ForeignPost, Incoming
from fundraising import recording
from fundraising.law import Law
from fundraising.models import Ad
from platforms.contents import Account, Place, Seen
from platforms.contents import Incoming as Written
from tests import reels

_numbers = count(1)
PASSWORD = "kata-sandi-uji-coba"
PIN = "482915"


def user(*, name: str = "", email: str | None = None, **fields: Any) -> User:
    number = next(_numbers)
    return User.objects.create_user(
        email or f"orang{number}@contoh.test", PASSWORD, name=name or f"Orang {number}", **fields
    )


def campaign(*, slug: str = "", mode: str = Mode.PRACTICE, ruleset: str = "LATIHAN", **fields: Any) -> Campaign:
    """A campaign in the middle of its campaign period, unless `voting_day` or `ruleset` say otherwise."""
    if not Ruleset.objects.filter(code=ruleset).exists():  # a test has emptied the database
        rulesets.ship()
    number = next(_numbers)
    row = Campaign.objects.create(
        name=f"Kampanye {number}",
        slug=slug or f"kampanye-{number}",
        candidate_name="Ratna Wijayanti",
        level=Level.DPR,
        dapil="Nusa Tengah I",
        mode=mode,
        ruleset=Ruleset.objects.get(code=ruleset),
        **fields,
    )
    election.seal_calendar(row)
    return row


def sign_in(client: Client, who: User, *, proven: bool = True) -> None:
    """`who` is signed in, with the second step behind them unless told otherwise: live campaigns ask for it."""
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    if proven:
        request = HttpRequest()
        request.session = client.session
        second_factor.prove(request, who, "mfa", type="totp")
        request.session.save()


def member(*, role: str = Role.STAFF, of: Campaign | None = None, **fields: Any) -> Member:
    return Member.objects.create(campaign=of or campaign(), user=user(name=role.capitalize()), role=role, **fields)


def phone(candidate: Member, *, name: str = "Ponsel") -> Phone:
    """Enrolled just now; no browser holds its secret."""
    now = clock.now()
    return Phone.objects.create(
        user=candidate.user,
        member=candidate,
        token_hash=f"{next(_numbers):064}",
        name=name,
        made_at=now,
        last_seen_at=now,
        valid_until=now + VALID,
    )


def team(of: Campaign | None = None) -> dict[str, Member]:
    """One member of each role: {"manager": …, "staff": …, "candidate": …, "treasurer": …, "volunteer": …}."""
    of = of or campaign()
    return {role.value: member(role=role, of=of) for role in Role}


def someone(of: Campaign, role: str) -> Member:
    """The campaign's member of that role, made if there is none."""
    return Member.objects.filter(campaign=of, role=role).first() or member(role=role, of=of)


def link(*, of: Campaign, role: str = Role.VOLUNTEER, by: Member | None = None, **fields: Any) -> Link:
    """An invitation that waits for somebody, with its link."""
    fields = {"for_whom": "Agus"} | fields
    return inviting.invite(by=by or someone(of, Role.MANAGER), role=role, **fields)


def volunteer_with_pin(*, of: Campaign, name: str = "Agus Pratama", pin: str = PIN) -> Member:
    """A volunteer without e-mail, who has joined by a link."""
    return joining.join(link(of=of).invitation, Newcomer(name=name, pin=pin))


def channel(
    *,
    of: Campaign | None = None,
    platform: str = "mastodon",
    server: str = "",
    handle: str = "",
    secrets: dict[str, str] | None = None,
    remote_id: str = "",
    pace: tuple[int, timedelta] | None = None,
) -> Channel:
    """An account, connected by the manager; its server is the sandbox's dialect unless told otherwise."""
    of = of or campaign()
    number = next(_numbers)
    manager = someone(of, Role.MANAGER)
    account = Account(
        platform=platform,
        server=channels.server_for(of, platform, server or "https://jejaring.example"),
        remote_id=remote_id or str(number),
        name="Ratna Wijayanti",
        handle=handle or f"ratna{number}",
        secrets=secrets or {"token": "t", "chat": "@ratna"},
    )
    row = channels.save(of, account, by=manager)
    if pace:
        Channel.objects.filter(pk=row.pk).update(pace_burst=pace[0], pace_every=pace[1])
    return row


def remove(channel: Channel) -> None:
    """The manager lets the account go."""
    channels.remove(channel, by=someone(channel.campaign, Role.MANAGER))


def place(*, of: Campaign, sort: str = "group", name: str = "", owner: Member | None = None, url: str = "") -> Channel:
    """Where only people publish: a group on WhatsApp, into which a volunteer sends unless told otherwise."""
    told = {
        "sort": sort,
        "name": name or f"Relawan {next(_numbers)}",
        "url": url,
        "owner": owner or someone(of, Role.VOLUNTEER),
    }
    return hand_accounts.save(of, told, by=someone(of, Role.MANAGER))


def picture_file(
    *, size: tuple[int, int] = (320, 240), kind: str = "JPEG", name: str = "foto.jpg"
) -> SimpleUploadedFile:
    out = io.BytesIO()
    number = next(_numbers)
    Image.new("RGB", size, (number * 37 % 255, 80, number * 101 % 255)).save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type=f"image/{kind.lower()}")


def media(*, of: Campaign, **options: Any) -> Media:
    return pictures.take_in(picture_file(**options), of, by=someone(of, Role.STAFF))


def film_file(data: bytes = b"", *, name: str = "film.mp4", size: int = 0) -> SimpleUploadedFile:
    """A real film, another one each time."""
    data = data or reels.reel(next(_numbers), size=size)
    return SimpleUploadedFile(name, data, content_type="video/mp4")


def film(*, of: Campaign, **options: Any) -> Media:
    return films.take_in(film_file(**options), of, by=someone(of, Role.STAFF))


def content(
    *, on: list[Channel], text: str = "Jalan desa harus bisa dilalui sepanjang tahun.", **fields: Any
) -> Content:
    return Content(text=text, channels=on, **fields)


def post(
    *, of: Campaign | None = None, by: Member | None = None, on: list[Channel] | None = None, **fields: Any
) -> Post:
    """A draft by staff for one channel."""
    of = of or (on[0].campaign if on else campaign())
    on = on if on is not None else [channel(of=of)]
    return publishing.write(of, content(on=on, **fields), by=by or someone(of, Role.STAFF))


def idea(*, by: Member, text: str = "Warga gotong royong memperbaiki jembatan.", **fields: Any) -> Idea:
    """Sent from the field just now."""
    return gathering.send(Found(text=text, **fields), by=by, form_id=uuid4())


def post_in_review(**options: Any) -> Post:
    """Submitted by its author; the campaign has a candidate to approve it."""
    row = post(**options)
    someone(row.campaign, Role.CANDIDATE)
    assert row.author
    publishing.submit(row, by=row.author, version=row.version)
    row.refresh_from_db()
    return row


def post_scheduled(**options: Any) -> Post:
    """Approved by the candidate; without `planned_at` it is due at once."""
    row = post_in_review(**options)
    approve(row)
    return row


def approve(row: Post, *, by: Member | None = None) -> None:
    publishing.approve(row, by=by or someone(row.campaign, Role.CANDIDATE), version=row.version)
    row.refresh_from_db()


def edit(row: Post, *, text: str = "Teks baru.", by: Member | None = None) -> None:
    new = content(on=list(row.channels.all()), text=text, planned_at=row.planned_at)
    publishing.edit(row, new, by=by or someone(row.campaign, Role.STAFF), version=row.version)
    row.refresh_from_db()


def clock_moved(by: str) -> None:
    """Posko's clock from now on: the machine's, moved by an interval in SQL, such as `interval '3 days'`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION campaign_now() RETURNS timestamptz LANGUAGE sql VOLATILE "
            f"AS $$ SELECT clock_timestamp() + {by} $$"
        )


def in_an_hour() -> datetime:
    return clock.now() + timedelta(hours=1)


def delivery(
    *,
    on: Channel | None = None,
    slot: str = "",
    text: str = "Halo.",
    send_at: datetime | None = None,
    not_after: datetime | None = None,
    kind: str = "campaign",
    cleared: bool = True,
) -> Delivery:
    """A bare envelope, due now and cleared; the engine needs no post."""
    on = on or channel()
    send_at = send_at or clock.now()
    row = envelopes.seal(
        channel=on,
        slot=slot or f"test:{next(_numbers)}",
        kind=kind,
        draft=drafting.draft_json(text, []),
        send_at=send_at,
        not_after=not_after or send_at + timedelta(hours=2),
        owner=someone(on.campaign, Role.STAFF),
    )
    if cleared:
        envelopes.clear([row.slot], fingerprints=[row.fingerprint], send_at=row.send_at, not_after=row.not_after)
        row.refresh_from_db()
    return row


def loosening(
    *, of: Campaign, key: str = "campaign.quiet_days", value: Any = 2, by: str = Role.MANAGER
) -> RuleOverride:
    """Asked by one role and waiting for the other's yes; the campaign has both."""
    for role in (Role.MANAGER, Role.CANDIDATE):
        someone(of, role)
    return overriding.ask(of, key, value, by=someone(of, by), reason="Keputusan KPU 12/2028")


def tightening(*, of: Campaign, key: str = "social.max_accounts_per_app", value: Any = 10) -> RuleOverride:
    """Asked by the manager, and in force."""
    return overriding.ask(of, key, value, by=someone(of, Role.MANAGER), reason="Kesepakatan tim")


def duty_done(*, of: Campaign, key: str = "rkdk", number: str = "12/2029", **evidence: Any) -> Duty:
    """Confirmed by the manager, with the number of a receipt unless told otherwise."""
    kind = kinds.find(of, key)
    assert kind
    return deeds.finish(kind, deeds.Evidence(number=number, **evidence), by=someone(of, Role.MANAGER))


def proof(*, of: Campaign, key: str = "ladk") -> Proof:
    """A picture that was handed in when a duty was confirmed."""
    found = duty_done(of=of, key=key, file=picture_file()).proof
    assert found
    return found


def policy(*, of: Campaign, by: str = Role.CANDIDATE, **terms: Any) -> None:
    """Approval rules other than the usual ones, in force; the candidate asks for them unless told otherwise."""
    named: dict[str, Any] = {name: frozenset(terms.pop(name)) for name in ("manager_kinds", "readers") if name in terms}
    agreeing.ask(of, Terms(**named, **terms), by=someone(of, by))


def foreign_post(*, on: Channel, text: str = "Bukan kami yang menulis ini.", state: str = "open") -> ForeignPost:
    """A post that a reading found on the account and Posko did not send; the manager has disowned it if told so."""
    now = clock.now()
    name = f"asing-{next(_numbers)}"
    post = Seen(name, text, now, f"https://jejaring.example/{name}")
    foreign.judge(on, [post], since=now - timedelta(hours=1), baseline=now - timedelta(hours=1), asked_at=now)
    row = ForeignPost.objects.get(channel=on, remote_id=name)
    if state == "not_ours":
        foreign.not_ours(row, by=someone(on.campaign, Role.MANAGER))
    return row


def written(*, text: str = "Kapan jalan desa kami diperbaiki, Bu?", place: str = "comment", **fields: Any) -> Written:
    """What a voter wrote to us, as a connector tells it."""
    number = next(_numbers)
    usual: dict[str, Any] = {
        "remote_id": f"k{number}",
        "at": clock.now(),
        "author_id": f"warga{number}",
        "author_name": "Siti Aminah",
        "author_handle": "@siti",
        "url": f"https://jejaring.example/k{number}",
    }
    return Written(place=Place(place), text=text, **(usual | fields))


def message(*, on: Channel, **fields: Any) -> Incoming:
    """What a voter wrote to us, taken over from a reading just now."""
    said = written(**fields)
    with transaction.atomic():
        incoming.take([incoming.Said(on, said, clock.now())])
    return Incoming.objects.get(channel=on, place=said.place.value, remote_id=said.remote_id)


def window(of: Campaign) -> tuple[date, date]:
    """The first and the last day on which an ad may run."""
    found = Law(of).window
    assert found
    return found


def ad_facts(*, of: Campaign, state: str = "ran", **fields: Any) -> recording.Facts:
    """One on Facebook that ran yesterday; a planned one lies on the second day of the window. All is told of it."""
    yesterday = clock.now().astimezone(of.tz).date() - timedelta(days=1)
    day = fields.get("first_day") or (yesterday if state == "ran" else window(of)[0] + timedelta(days=1))
    usual: dict[str, Any] = {
        "medium": "facebook",
        "first_day": day,
        "last_day": day,
        "payer": "Partai Contoh",
        "spend": 150_000,
        "disclaimer": "Iklan kampanye. Dibayar oleh Partai Contoh.",
        "is_disclaimer_shown": True,
    }
    return recording.Facts(state=state, **(usual | fields))


def ad(*, of: Campaign, by: str = Role.TREASURER, file: SimpleUploadedFile | None = None, **fields: Any) -> Ad:
    """An ad that somebody has written down."""
    return recording.add(ad_facts(of=of, **fields), by=someone(of, by), file=file)
