"""The demonstration's group on WhatsApp: a post that a volunteer has sent there by hand, and one that waits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from campaign import demo_past, hand_accounts, publishing
from campaign.demo_stories import Story
from campaign.models import Campaign, Channel, Delivery, LinkCount, Member, Post, Role, ShortLink, Theme
from campaign.writing.content import Content
from platforms.whatsapp import Sort

GROUP = "Relawan Nusa Tengah"
LINK = "https://ratna.example/program/jalan-desa"
WAITS = timedelta(days=2)  # so long the one that waits may be looked at; a real one has hours
SENT = Story(
    days=1,
    hour=16,
    title="Kabar untuk relawan",
    text=(
        "Bapak Ibu relawan, rencana jalan desa sudah bisa dibaca lengkap. Silakan diteruskan kepada tetangga yang "
        "bertanya: {tautan}"
    ),
    theme=Theme.PROGRAM,
    platforms=("whatsapp",),
    labels=("Jalan desa",),
    link=LINK,
)
WAITING = (
    "Bapak Ibu relawan, besok pukul 16.00 WIB Bu Ratna mendengar warga di Balai Desa Sukamaju. Mohon ajak satu "
    "tetangga. Yang ingin membaca rencananya dulu: {tautan}"
)


def write(campaign: Campaign, team: Mapping[Role, Member], now: datetime) -> Channel:
    """The group and both posts."""
    told = {"name": GROUP, "sort": Sort.GROUP, "url": "", "owner": team[Role.VOLUNTEER]}
    group = hand_accounts.save(campaign, told, by=team[Role.MANAGER])
    at = demo_past.planned(SENT, campaign, now) + timedelta(minutes=7)
    demo_past.keep(campaign, SENT, [group], team, {(SENT, group.platform): demo_past.Sent(at, "", "")}, now)
    Delivery.objects.filter(channel=group).update(owner=group.owner)
    _follow(ShortLink.objects.get(channel=group), at, now)
    _wait(campaign, group, team, now)
    return group


def _follow(link: ShortLink, at: datetime, now: datetime) -> None:
    """Invented clicks: many in the first hours, few at night."""
    chance, hour, rows = Random(GROUP), at.replace(minute=0, second=0, microsecond=0), []
    fresh = 1.0
    while hour < now:
        awake = 0.1 if hour.astimezone(link.campaign.tz).hour < 6 else 1.0
        if count := int(chance.uniform(6, 14) * fresh * awake):
            rows.append(LinkCount(link=link, hour=hour, count=count))
        hour, fresh = hour + timedelta(hours=1), fresh * 0.82
    LinkCount.objects.bulk_create(rows)


def _wait(campaign: Campaign, group: Channel, team: Mapping[Role, Member], now: datetime) -> None:
    content = Content(
        text=WAITING,
        channels=[group],
        theme=Theme.MISSION,
        title="Ajakan untuk relawan",
        link=LINK,
        labels=("Jalan desa",),
    )
    post = publishing.write(campaign, content, by=team[Role.STAFF])
    publishing.submit(post, by=team[Role.STAFF], version=post.version)
    publishing.approve(post, by=team[Role.CANDIDATE], version=post.version)
    Delivery.objects.of_post(post.pk).update(not_after=now + WAITS)
    Post.objects.filter(pk=post.pk).update(not_after=now + WAITS)
