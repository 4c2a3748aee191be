"""A living demonstration: an invented candidate with a team, three practice accounts and two weeks of posts.

Each demonstration is a campaign of its own, made in seconds and removed in one click; the record of it stays.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from campaign import (
    audit,
    channels,
    clock,
    demo_hands,
    demo_past,
    demo_posts,
    election,
    films,
    practice,
    publishing,
    registry,
)
from campaign.access import require
from campaign.approving import small_pictures
from campaign.duties import deeds, kinds
from campaign.errors import Refused
from campaign.ideas import samples
from campaign.models import (
    Approval,
    Campaign,
    Channel,
    Delivery,
    FilingStep,
    Level,
    Media,
    Member,
    Mode,
    Post,
    Proof,
    Role,
    Ruleset,
    User,
    Zone,
)
from campaign.team import inviting, membership
from campaign.writing.content import Content
from platforms import film
from platforms.base import ConnectorError
from platforms.contents import Account

CANDIDATE = "Ratna Wijayanti"
PEOPLE = {
    Role.MANAGER: "Dewi Anggraini",
    Role.STAFF: "Fajar Nugroho",
    Role.CANDIDATE: CANDIDATE,
    Role.TREASURER: "Siti Rahmawati",
    Role.VOLUNTEER: "Agus Pratama",
}
PLATFORMS = ("mastodon", "bluesky", "telegram")
INVITED, SUSPENDED = "Melati Kusuma", "Bayu Kurnia"
LIVES = timedelta(days=3)  # on a server where everybody may try, for so long
MOST = 40  # demonstrations at a time, on such a server
_MAKER = 71_004  # the advisory lock of the one who makes a demonstration


def begin(pk: int | None) -> Campaign:
    """The demonstration this browser has begun, or a new one; pressing twice is pressing once. Raises Refused."""
    with _one_at_a_time():
        return of_browser(pk) or make()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """On one's own machine. Where everybody may try, a second one made by a double press is removed with the old."""
    if not settings.LOCAL:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MAKER])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MAKER])


def make() -> Campaign:
    """A new demonstration. Raises Refused when the practice networks do not answer; then nothing was made."""
    if not settings.DEMO or not settings.SANDBOX_URL:
        raise Refused(_("There is no demo on this Posko."))
    _make_room()
    name = secrets.token_hex(3)
    campaign = Campaign(
        name=f"Demo {CANDIDATE}",
        slug=f"demo-{name}",
        candidate_name=CANDIDATE,
        level=Level.DPR,
        dapil="Nusa Tengah I",
        party="Partai Contoh",
        list_number=3,
        zone=Zone.WIB,
        mode=Mode.PRACTICE,
        is_demo=True,
    )
    # The networks are asked before anything is written: no transaction waits, and their silence leaves nothing.
    try:
        handle, now = f"ratna_{name}", clock.now()
        accounts = [_account(campaign, platform, handle) for platform in PLATFORMS]
        told: demo_past.Told = {}
        for account in accounts:
            told |= _past(campaign, account, handle, now)
    except ConnectorError as error:
        raise Refused(
            _("The practice networks do not answer, so the demo cannot be made. Wait a moment and try again.")
        ) from error
    with transaction.atomic():
        return _write(campaign, accounts, told, now)


def _account(campaign: Campaign, platform: str, handle: str) -> Account:
    """An account opened in the sandbox and connected as any other. Raises ConnectorError."""
    return practice.open_account(campaign, platform, handle, CANDIDATE)


def _past(campaign: Campaign, account: Account, handle: str, now: datetime) -> demo_past.Told:
    """What that account has said in the last two weeks. Raises ConnectorError."""
    return demo_past.publish(campaign, account, handle, now)


def _write(campaign: Campaign, accounts: list[Account], told: demo_past.Told, now: datetime) -> Campaign:
    campaign.ruleset = Ruleset.objects.get(code="LATIHAN")
    campaign.save()
    election.seal_calendar(campaign)
    team = {
        role: Member.objects.create(campaign=campaign, role=role, user=User.objects.create_user(None, None, name=name))
        for role, name in PEOPLE.items()
    }
    audit.record("demo.make", campaign, by=team[Role.MANAGER])
    _write_team(campaign, by=team[Role.MANAGER])
    connected = [channels.save(campaign, account, by=team[Role.MANAGER]) for account in accounts]
    demo_past.write(campaign, connected, team, told, now)
    _write_posts(campaign, connected, team, now)
    connected.append(demo_hands.write(campaign, team, now))
    samples.write(volunteer=team[Role.VOLUNTEER], candidate=team[Role.CANDIDATE])
    long_ago = now.astimezone(campaign.tz).date() - timedelta(days=20)
    for channel in connected:
        deeds.file_channel(channel, FilingStep.REGISTERED, day=long_ago, by=team[Role.MANAGER])
    for kind in kinds.of(campaign):
        if kind.anchor == kinds.Anchor.START:  # the practice campaign has begun, so these were due before it
            deeds.finish(kind, deeds.Evidence(number=_("example 12/2026")), by=team[Role.MANAGER])
    for sample in registry.demo_samples:
        sample(campaign, {role.value: member for role, member in team.items()}, now)
    return campaign


def _write_team(campaign: Campaign, *, by: Member) -> None:
    """Somebody who is invited and somebody who is suspended, so that the team's page shows what that looks like."""
    inviting.invite(by=by, role=Role.VOLUNTEER, for_whom=INVITED)
    person = User.objects.create_user(None, None, name=SUSPENDED)
    gone = Member.objects.create(campaign=campaign, role=Role.VOLUNTEER, user=person)
    membership.suspend(gone, by=by, reason="Ponselnya hilang")


def _write_posts(campaign: Campaign, connected: list[Channel], team: dict[Role, Member], now: datetime) -> None:
    staff, candidate = team[Role.STAFF], team[Role.CANDIDATE]
    today = now.astimezone(campaign.tz).date()
    for sample in demo_posts.SAMPLES:
        day = today + timedelta(days=sample.days)
        at = datetime.combine(day, time(sample.hour), tzinfo=campaign.tz) if sample.hour is not None else None
        content = Content(
            text=sample.text,
            channels=[channel for channel in connected if channel.platform in sample.platforms],
            theme=sample.theme,
            title=sample.title,
            planned_at=at,
            pictures=_carried(campaign, sample, staff),
            labels=sample.labels,
            ai_made=sample.ai_made,
            follows=sample.follows,
        )
        post = publishing.write(campaign, content, by=staff)
        if sample.until != "draft":
            publishing.submit(post, by=staff, version=post.version)
        if sample.until == "approved":
            publishing.approve(post, by=candidate, version=post.version)
        if sample.until == "changes":
            publishing.ask_changes(post, by=candidate, version=post.version, reason=demo_posts.CHANGES)


def _carried(campaign: Campaign, sample: demo_posts.Sample, by: Member) -> list[tuple[Media, str]]:
    """Its picture, or its film: a real one of a few kilobytes, drawn by us."""
    if sample.film:
        path = Path(__file__).parent / "demo_files" / sample.film
        return [(films.keep(path, film.probe(path), campaign=campaign, by=by), "")]
    return [(demo_past.media(campaign, sample.picture, by), sample.alt)] if sample.picture else []


# Trying it ---------------------------------------------------------------------------------------


def of_browser(pk: int | None) -> Campaign | None:
    """The demonstration this browser has begun; on one's own machine also one that another browser has."""
    demos = Campaign.objects.filter(is_demo=True)
    if not settings.DEMO:
        return None
    found = demos.filter(pk=pk).first() if pk else None
    if found is None and settings.LOCAL:
        found = demos.order_by("-pk").first()
    return found


def member(campaign: Campaign, role: str) -> Member | None:
    """The invented person of that role in a demonstration; nobody real, nobody who joined, nobody of another team."""
    if not settings.DEMO or not campaign.is_demo:
        return None
    people = Member.objects.active().filter(campaign=campaign, role=role, invitation=None, user__email=None)
    elsewhere = Member.objects.filter(user=OuterRef("user")).exclude(campaign=campaign)
    return people.exclude(Exists(elsewhere)).select_related("user", "campaign").order_by("pk").first()


# Removing it -------------------------------------------------------------------------------------


def remove(campaign: Campaign, *, by: Member) -> None:
    """Delete a demonstration with all it holds and its people; the record of it stays."""
    require(by, "demo.remove")
    if not campaign.is_demo or by.campaign_id != campaign.pk:
        raise Refused(_("Only a demo can be removed like this."))
    _remove(campaign, by=by)


@transaction.atomic
def _remove(campaign: Campaign, *, by: Member | str) -> None:
    # Its lock keeps workers from writing to a campaign that goes, and makes one of two presses.
    if Campaign.objects.select_for_update().filter(pk=campaign.pk).first() is None:
        return
    audit.record("demo.remove", campaign, by=by, campaign_id=campaign.pk)
    _delete(campaign)


def _delete(campaign: Campaign) -> None:
    """In the order that the protected links allow."""
    people = list(Member.objects.filter(campaign=campaign).values_list("user_id", flat=True))
    shown = list(Media.objects.filter(campaign=campaign))
    files = [name for media in shown for name in (str(media.file.name), *small_pictures.names(media))]
    files += Proof.objects.filter(campaign=campaign).values_list("file", flat=True)
    Approval.objects.filter(post__campaign=campaign).delete()
    Delivery.objects.filter(campaign=campaign).delete()
    Post.objects.filter(campaign=campaign).delete()
    campaign.delete()
    # A person of the demo who has joined another campaign meanwhile stays there.
    User.objects.filter(pk__in=people, memberships=None, is_superuser=False).delete()
    transaction.on_commit(lambda: _delete_files(files))


def _delete_files(names: list[str]) -> None:
    """Remove pictures that no other campaign shows; equal pictures share one file."""
    shared = set(Media.objects.filter(file__in=names).values_list("file", flat=True))
    storage = Media._meta.get_field("file").storage
    for name in set(names) - shared:
        storage.delete(name)


def _make_room() -> None:
    """On a server that is open to all: remove what is old, and bear only so many at a time."""
    if settings.LOCAL:
        return
    demos = Campaign.objects.filter(is_demo=True)
    for old in demos.filter(made_at__lt=clock.now() - LIVES)[:5]:
        _remove(old, by="demo")
    if demos.count() >= MOST:
        raise Refused(_("Many people are trying Posko at the moment. Try again in an hour."))
