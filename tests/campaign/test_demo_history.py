"""The demonstration's two weeks of history: in Posko, in the sandbox, and its numbers."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from analytics.models import Pull
from campaign import audit, channels, clock, demo, demo_past, demo_posts, demo_stories, rulesets
from campaign.models import (
    Approval,
    Attempt,
    AuditRow,
    Campaign,
    Delivery,
    Kind,
    Media,
    Member,
    Post,
    PostState,
    PostVersion,
    Role,
    ShortLink,
    State,
)
from platforms.bluesky import Bluesky
from tests.sandbox.running import Sandbox, start_sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with start_sandbox(tmp_path_factory.mktemp("state")) as running:
        running.control("POST", "settings", voters="off")
        yield running


@pytest.fixture
def made(sandbox, settings):
    settings.DEMO, settings.LOCAL, settings.SANDBOX_URL = True, True, sandbox.url
    rulesets.ship()
    return demo.make()


def published(of: Campaign):
    return Post.objects.filter(campaign=of, state=PostState.PUBLISHED).order_by("planned_at")


def test_it_has_lived_for_two_weeks(made):
    posts = list(published(made))
    assert len(posts) == len(demo_stories.STORIES) + 1 >= 16, "and one sent by hand"
    days = (clock.now() - posts[0].planned_at).days
    assert 13 <= days <= 14
    assert posts[-1].planned_at < clock.now()
    assert len({post.theme for post in posts}) >= 4
    assert not posts[-1].changed_at > clock.now()
    states = list(Post.objects.filter(campaign=made).values_list("state", flat=True))
    assert states.count(PostState.IN_REVIEW) == 3
    assert states.count(PostState.CHANGES_ASKED) == 1
    assert states.count(PostState.DRAFT) == 2
    assert 3 <= Post.objects.filter(campaign=made, state=PostState.SCHEDULED, planned_at__isnull=False).count() <= 5


def test_nothing_campaigned_before_the_campaign_began(made):
    began = published(made).get(title="Hari pertama").planned_at
    for post in published(made):
        assert (post.kind == Kind.CAMPAIGN) == (post.planned_at >= began)


def test_each_was_approved_by_the_candidate_as_it_left(made):
    for post in published(made):
        approval = Approval.objects.get(post=post)
        assert approval.by.role == Role.CANDIDATE
        assert approval.made_at < post.planned_at
        assert PostVersion.objects.filter(post=post, version=1).exists()
    rows = Delivery.objects.filter(campaign=made, state=State.SENT).exclude(channel__platform="whatsapp")
    assert all(row.cleared == row.fingerprint and row.remote_id and row.remote_url for row in rows)
    assert Attempt.objects.filter(delivery__in=rows, outcome=State.FAILED).count() == 1
    assert Attempt.objects.filter(delivery__in=rows, outcome=State.SENT).count() == rows.count()


def test_the_networks_have_each_with_its_time_and_their_numbers_can_be_read(made, sandbox):
    log = {(entry["account_id"], entry["remote_id"]): entry for entry in sandbox.log()}
    rows = Delivery.objects.filter(campaign=made, state=State.SENT).select_related("channel")
    rows = rows.exclude(channel__platform="whatsapp")
    assert rows.count() == sum(len(story.platforms) for story in demo_stories.STORIES)
    for row in rows:
        remote_id = row.remote_id.rpartition(":")[2] if row.channel.platform == "telegram" else row.remote_id
        entry = log[row.channel.remote_id, remote_id]
        assert entry["text"] == row.text
        assert row.sent_at and abs(entry["at"] - row.sent_at.timestamp()) < 1
    for channel in made.channels.filter(platform__in=("mastodon", "bluesky")):
        connector = channels.connector(channel)
        row = rows.filter(channel=channel).order_by("sent_at")[0]
        figures = {figure.metric: figure.value for figure in connector.measure([row.remote_id])[row.remote_id]}
        assert figures["likes"] > 0
        assert figures["replies"] > 0


def test_its_numbers_are_due_to_be_read(made):
    pulls = Pull.objects.filter(campaign=made, delivery__isnull=False)
    assert pulls.count() == sum(len({"mastodon", "bluesky"} & set(s.platforms)) for s in demo_stories.STORIES)
    now = clock.now()
    assert all(pull.next_at and pull.next_at < now for pull in pulls)


def test_no_act_is_made_up_for_the_record(made):
    titles = {story.title for story in demo_stories.STORIES}
    abouts = [audit.about(post) for post in Post.objects.filter(campaign=made, title__in=titles)]
    assert not AuditRow.objects.filter(about__in=abouts).exists()
    assert AuditRow.objects.filter(verb="demo.make", campaign_id=made.pk).exists()


def test_every_picture_is_described(made):
    rows = [row for post in made.posts.all() for row in post.pictures.all()]
    pictures, (film,) = [[row for row in rows if row.media.is_film is kind] for kind in (False, True)]
    assert len(pictures) == 5
    assert all(row.alt and default_storage.exists(row.media.file.name) for row in pictures)
    assert film.media.size < 100_000 and default_storage.exists(film.media.file.name)


def test_making_and_removing_it_is_quick_and_leaves_nothing(made):
    demo.make()
    before = time.thread_time()
    second = demo.make()
    seconds = time.thread_time() - before
    files = [media.file.name for media in Media.objects.filter(campaign=second)]
    before = time.thread_time()
    demo.remove(second, by=Member.objects.get(campaign=second, role=Role.MANAGER))
    removing = time.thread_time() - before
    assert seconds < 6, seconds
    assert removing < 3, removing
    assert files
    assert not Media.objects.filter(file__in=files).exists()
    assert not Delivery.objects.filter(campaign_id=second.pk).exists()


def test_every_text_fits_every_network():
    for entry in (*demo_stories.STORIES, *demo_posts.SAMPLES):
        assert len(entry.text) <= 300, entry.title
        assert bool(entry.picture) == bool(entry.alt)
    assert Bluesky.length(max((story.text for story in demo_stories.STORIES), key=len)) <= 300


def test_an_item_of_the_past_is_never_of_the_future(made):
    now = clock.now()
    for story in demo_stories.STORIES:
        at = demo_past.planned(story, made, now)
        assert all(demo_past.left(story, platform, at) < now for platform in story.platforms)


def test_what_a_volunteer_sent_by_hand_was_followed_from_its_group(made):
    row = Delivery.objects.get(campaign=made, state=State.SENT, channel__platform="whatsapp")
    link = ShortLink.objects.get(post=row.post_pk)
    assert row.text.endswith(f"/s/{link.code}")
    assert row.owner and row.owner.role == Role.VOLUNTEER
    counts = list(link.counts.order_by("hour"))
    assert sum(each.count for each in counts) > 10
    assert all(row.sent_at and row.sent_at - timedelta(hours=1) < each.hour <= clock.now() for each in counts)
