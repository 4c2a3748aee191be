"""*Baca sekarang*: at once, once in ten seconds, and never a page that breaks."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from threading import Barrier, Event, Semaphore

import pytest
from django.test import Client
from django.urls import reverse

from analytics import asking, pulling
from analytics.models import Pull, Reading
from campaign.models import AuditRow, Campaign, Channel, Health, Member, Post
from platforms.base import Temporary
from tests import make
from tests.analytics.conftest import Crowd, age, published

HTMX = {"HX-Request": "true"}
SignIn = Callable[..., Member]


@pytest.fixture
def post(campaign: Campaign, crowd: Crowd) -> Post:
    return published(make.channel(of=campaign), make.channel(of=campaign))


@pytest.fixture
def in_this_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads do not see what a test has not committed."""
    monkeypatch.setattr(asking, "run", lambda batches: [pulling.read(batch, lend=nullcontext) for batch in batches])


def url(post: Post) -> str:
    return reverse("analytics:read_now", args=[post.campaign.slug, post.pk])


@pytest.mark.parametrize("role", ["manager", "staff", "candidate"])
@pytest.mark.usefixtures("in_this_thread")
def test_numbers_are_read_at_once(client: Client, sign_in: SignIn, post: Post, role: str):
    sign_in(role)
    answer = client.post(url(post))
    assert answer.status_code == 303
    assert answer["Location"] == post.get_absolute_url()
    assert Reading.objects.count() == 6
    assert AuditRow.objects.filter(verb="number.read").count() == 1


@pytest.mark.usefixtures("in_this_thread")
def test_htmx_gets_the_panel_with_the_new_numbers(client: Client, sign_in: SignIn, post: Post, crowd: Crowd):
    sign_in()
    crowd.likes = 4711
    answer = client.post(url(post), headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Vary"].count("HX-Request") == 1
    assert page.lstrip().startswith("<section")
    assert "<html" not in page
    assert page.count("4.711") == 2
    assert "9.422" in page


@pytest.mark.usefixtures("in_this_thread")
def test_a_double_click_asks_the_network_once(client: Client, sign_in: SignIn, post: Post, crowd: Crowd):
    sign_in()
    client.post(url(post))
    answer = client.post(url(post), headers=HTMX)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert len(crowd.asked) == 2  # once for each account


@pytest.mark.usefixtures("in_this_thread")
def test_after_ten_seconds_it_may_be_asked_again(client: Client, sign_in: SignIn, post: Post):
    sign_in()
    client.post(url(post))
    age(timedelta(seconds=11))
    assert client.post(url(post)).status_code == 303
    assert Reading.objects.count() == 12


@pytest.mark.usefixtures("in_this_thread")
@pytest.mark.parametrize("trouble", [Temporary("timed_out"), Temporary("rate_limited"), KeyError("a bug")])
def test_when_all_fails_the_page_says_why_and_does_not_break(
    client: Client, sign_in: SignIn, post: Post, crowd: Crowd, trouble
):
    sign_in()
    crowd.trouble = trouble
    answer = client.post(url(post), headers=HTMX)
    assert answer.status_code == 422
    assert answer.content.decode().count("data-failed") == 2
    assert not Reading.objects.exists()


@pytest.mark.usefixtures("in_this_thread")
def test_without_htmx_a_failure_is_a_whole_page_with_a_way_back(
    client: Client, sign_in: SignIn, post: Post, crowd: Crowd
):
    sign_in()
    crowd.trouble = Temporary("timed_out")
    answer = client.post(url(post))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<html" in page
    assert post.get_absolute_url() in page


@pytest.mark.usefixtures("in_this_thread")
def test_it_leaves_the_schedule_as_it_was(client: Client, sign_in: SignIn, post: Post):
    sign_in()
    client.post(url(post))
    assert all(pull.next_at == pull.since + timedelta(minutes=5) for pull in Pull.objects.all())


@pytest.mark.usefixtures("in_this_thread")
def test_a_post_older_than_its_schedule_can_be_read_and_stays_at_rest(client: Client, sign_in: SignIn, post: Post):
    sign_in()
    age(timedelta(days=100))
    Pull.objects.update(next_at=None)
    assert client.post(url(post)).status_code == 303
    assert Reading.objects.exists()
    assert not Pull.objects.filter(next_at__isnull=False).exists()


@pytest.mark.parametrize("role", ["treasurer", "volunteer"])
def test_who_may_not_is_refused(client: Client, sign_in: SignIn, post: Post, role: str):
    sign_in(role)
    assert client.post(url(post)).status_code == 403


def test_a_stranger_finds_nothing(client: Client, sign_in: SignIn, post: Post):
    sign_in("manager", of=make.campaign())
    assert client.post(url(post)).status_code == 404


def test_a_post_of_another_campaign_is_not_found(client: Client, sign_in: SignIn, campaign: Campaign, crowd: Crowd):
    sign_in("manager")
    other = published(make.channel())
    answer = client.post(reverse("analytics:read_now", args=[campaign.slug, other.pk]))
    assert answer.status_code == 404


def test_a_get_is_not_allowed(client: Client, sign_in: SignIn, post: Post):
    sign_in()
    assert client.get(url(post)).status_code == 405


def test_a_post_that_is_not_out_says_that_there_is_nothing_to_read(client: Client, sign_in: SignIn, campaign: Campaign):
    sign_in()
    answer = client.post(url(make.post(of=campaign)), headers=HTMX)
    assert answer.status_code == 422


def test_an_account_that_must_be_connected_again_is_told(client: Client, sign_in: SignIn, post: Post, crowd: Crowd):
    sign_in()
    Channel.objects.update(health=Health.RECONNECT)
    assert client.post(url(post), headers=HTMX).status_code == 422
    assert crowd.asked == []


# In threads, as it really runs -------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_accounts_are_read_side_by_side(client: Client, sign_in: SignIn, post: Post, crowd: Crowd):
    sign_in()
    both = Barrier(2)
    crowd.meanwhile = lambda: both.wait(timeout=4)  # breaks unless both calls are on the wire at once
    assert client.post(url(post)).status_code == 303
    assert Reading.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_network_that_hangs(
    client: Client, sign_in: SignIn, post: Post, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
):
    sign_in()
    monkeypatch.setattr(asking, "TOTAL_SECONDS", 0.2)
    answers, read = Event(), Semaphore(0)
    keep = pulling.keep

    def kept(pulls: list[Pull], told: pulling.Told) -> None:
        keep(pulls, told)
        read.release()

    crowd.meanwhile = lambda: answers.wait(20)
    monkeypatch.setattr(pulling, "keep", kept)
    answer = client.post(url(post), headers=HTMX)
    assert answer.status_code == 200
    assert answer.content.decode().count("data-asking") == 2
    answers.set()  # what comes later is written all the same
    assert all(read.acquire(timeout=20) for _ in range(2))
    assert Reading.objects.count() == 6
