"""Two weeks of history for a demonstration: published in the sandbox in its own time, and here as if we had been there.

No act is written to the record for it: the record says that a demonstration was made.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import JSONField, Value

from campaign import channels, demo_pictures, election, envelopes, pictures, publishing
from campaign.demo_stories import STORIES, Story
from campaign.linking import making
from campaign.models import (
    Approval,
    Attempt,
    Campaign,
    Channel,
    Delivery,
    Kind,
    Media,
    Member,
    Post,
    PostState,
    PostVersion,
    Role,
    State,
)
from campaign.models.delivery import Fingerprint
from campaign.writing.content import NOT_AFTER, Content, as_json, fill
from campaign.writing.drafts import drafts_of
from platforms.base import ConnectorError
from platforms.contents import Account

JUST_NOW = timedelta(hours=3)  # how long ago the newest one left
MENDED = timedelta(minutes=40)  # after a failure somebody had it sent again
READ = timedelta(hours=5)  # so long before it left, the candidate had approved it
STEP = timedelta(seconds=17)  # between two accounts


@dataclass(frozen=True)
class Sent:
    """What a network told of one published post."""

    at: datetime
    remote_id: str
    url: str


type Told = dict[tuple[Story, str], Sent]
"""By story and platform."""


def planned(story: Story, campaign: Campaign, now: datetime) -> datetime:
    """When it was to leave."""
    if not story.days:
        return now - JUST_NOW
    day = now.astimezone(campaign.tz).date() - timedelta(days=story.days)
    return datetime.combine(day, time(story.hour), tzinfo=campaign.tz)


def left(story: Story, platform: str, at: datetime) -> datetime:
    """When it went out on that network."""
    if platform == story.stumbled:
        return at + MENDED
    return at + STEP * (story.platforms.index(platform) + 1)


# In the sandbox ----------------------------------------------------------------------------------


def publish(campaign: Campaign, account: Account, handle: str, now: datetime) -> Told:
    """Let `account` have said it all, in one request. Raises ConnectorError."""
    platform = account.platform
    stories = [story for story in STORIES if platform in story.platforms]
    times = {story: left(story, platform, planned(story, campaign, now)) for story in stories}
    stories.sort(key=lambda story: times[story])
    answer = channels.door(campaign).call(
        "POST",
        f"{settings.SANDBOX_URL}/_control/history",
        json={
            "platform": platform,
            "account": handle,
            "items": [_item(story, platform, times[story], now) for story in stories],
        },
        changes=False,
    )
    if answer.status != 201:
        raise ConnectorError("odd_answer", status=answer.status, detail=answer.text[:200])
    told = answer.json()
    return {
        (story, platform): Sent(times[story], each["remote_id"], each["url"])
        for story, each in zip(stories, told, strict=True)
    }


def _item(story: Story, platform: str, at: datetime, now: datetime) -> dict[str, Any]:
    chance = Random(f"{story.title}/{platform}")
    age = min(1.0, 0.55 + (now - at) / timedelta(days=6))  # the older, the more have seen it
    likes = int(story.warmth * age * chance.uniform(34, 62))
    item: dict[str, Any] = {
        "text": story.text,
        "at": at.isoformat(),
        "likes": likes,
        "reposts": 0 if platform == "telegram" else int(likes * chance.uniform(0.1, 0.25)),
        "replies": max(0, story.replies - chance.randrange(2)),
    }
    if story.picture:
        item |= {"picture": b64encode(demo_pictures.jpeg(story.picture)).decode(), "alt": story.alt}
    return item


# In Posko ----------------------------------------------------------------------------------------


def write(
    campaign: Campaign, connected: Sequence[Channel], team: Mapping[Role, Member], told: Told, now: datetime
) -> None:
    """Keep it here as what has been published, approved by the candidate, and follow its numbers."""
    by_platform = {channel.platform: channel for channel in connected}
    sent: list[Delivery] = []
    for story in STORIES:
        on = [by_platform[platform] for platform in story.platforms if (story, platform) in told]
        if on:
            sent += keep(campaign, story, on, team, told, now)
    envelopes.tell(sorted(sent, key=lambda row: row.slot))


def keep(
    campaign: Campaign, story: Story, on: list[Channel], team: Mapping[Role, Member], told: Told, now: datetime
) -> list[Delivery]:
    """One of them, with its envelopes."""
    post = _post(campaign, story, on, team[Role.STAFF], planned(story, campaign, now))
    making.make(post, on)
    sent = _envelopes(post, story, on, told)
    _approve(post, team[Role.CANDIDATE])
    return sent


def _post(campaign: Campaign, story: Story, on: list[Channel], by: Member, at: datetime) -> Post:
    closed = election.verdict(campaign, Kind.CAMPAIGN, at)[0] == election.Verdict.BLOCK
    content = Content(
        text=story.text,
        channels=on,
        kind=Kind.OTHER if closed else Kind.CAMPAIGN,
        theme="" if closed else story.theme,
        title=story.title,
        planned_at=at,
        pictures=[(media(campaign, story.picture, by), story.alt)] if story.picture else [],
        labels=story.labels,
        link=story.link,
    )
    post = Post.objects.create(campaign=campaign, author=by)
    written = at - READ * 2
    # A version is never changed, so it is kept with its own time before `fill` would keep it with ours.
    PostVersion.objects.create(post=post, version=post.version, content=as_json(content), by=by, made_at=written)
    fill(post, content, by)
    last = max(left(story, channel.platform, at) for channel in on)
    Post.objects.filter(pk=post.pk).update(state=PostState.PUBLISHED, made_at=written, changed_at=last)
    return post


def media(campaign: Campaign, name: str, by: Member) -> Media:
    """A drawn picture as one of the campaign's."""
    size = (demo_pictures.WIDTH, demo_pictures.HEIGHT)
    return pictures.keep(demo_pictures.jpeg(name), demo_pictures.MIME, size, campaign=campaign, by=by)


def _envelopes(post: Post, story: Story, on: list[Channel], told: Told) -> list[Delivery]:
    drafts = drafts_of(post, on, list(post.pictures.select_related("media")))
    at = post.planned_at
    assert at
    rows = []
    for channel in on:
        sent = told[story, channel.platform]
        row = Delivery(
            campaign_id=post.campaign_id,
            channel=channel,
            slot=post.slot(channel),
            kind=post.kind,
            draft=drafts[channel.pk],
            state=State.SENT,
            send_at=sent.at - STEP if channel.platform == story.stumbled else at,
            not_after=sent.at + NOT_AFTER,
            owner=post.author,
            made_at=at - READ,
            tries=2 if channel.platform == story.stumbled else 1,
            remote_id=sent.remote_id,
            remote_url=sent.url,
            sent_at=sent.at,
        )
        row.cleared = Fingerprint(Value(drafts[channel.pk], output_field=JSONField()))
        rows.append(row)
    Delivery.objects.bulk_create(rows)
    kept = list(Delivery.objects.of_post(post.pk).select_related("channel"))
    Attempt.objects.bulk_create(attempt for row in kept for attempt in _attempts(row, story, at))
    return kept


def _attempts(row: Delivery, story: Story, at: datetime) -> list[Attempt]:
    assert row.sent_at
    tried = partial(Attempt, delivery=row)
    second = timedelta(seconds=1)
    tries = [tried(token=uuid4(), begun_at=row.sent_at - second, ended_at=row.sent_at, outcome=State.SENT)]
    if row.channel.platform == story.stumbled:
        failed = {"problem": "server_error", "problem_params": {"status": "503"}}
        tries.append(tried(token=uuid4(), begun_at=at, ended_at=at + second, outcome=State.FAILED, **failed))
    return tries


def _approve(post: Post, candidate: Member) -> None:
    assert post.planned_at
    Approval.objects.create(
        post=post,
        version=post.version,
        by=candidate,
        fingerprint=publishing.fingerprint_of(post),
        made_at=post.planned_at - READ,
    )
