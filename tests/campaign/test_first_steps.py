"""*Hari ini* leads a new campaign to its first published post, and congratulates once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from campaign import clock
from campaign.models import AuditRow, Campaign, Delivery, Role, State
from tests import make
from tests.campaign.doors import WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def today(client, campaign):
    return lambda: client.get(campaign.get_absolute_url())


def sent(campaign, ago=timedelta(0)):
    rows = Delivery.objects.filter(campaign=campaign)
    rows.update(state=State.SENDING, token=uuid4(), lease_until=clock.now())
    rows.update(state=State.SENT, sent_at=clock.now() - ago)


def current(answer):
    return answer.context["beginning"].current


def test_a_manager_who_practises_opens_an_account_with_one_press(today, campaign, sign_in, settings):
    settings.SANDBOX_URL = "http://localhost:4800"
    sign_in(Role.MANAGER)
    page = today()
    assert current(page).name == "connect"
    assert url("practice_account", campaign, "mastodon") in words(page)


def test_who_may_not_connect_is_told_who_does(today, campaign, sign_in):
    sign_in(Role.STAFF)
    page = today()
    assert current(page).url == ""
    assert "The campaign manager connects them." in words(page)
    assert "akun/latihan" not in words(page)


def test_the_steps_follow_the_post_until_it_is_out(today, campaign, sign_in):
    sign_in(Role.MANAGER)
    channel = make.channel(of=campaign)
    assert current(today()).name == "write"
    post = make.post(of=campaign, on=[channel])
    assert current(today()).name == "approve"
    assert post.get_absolute_url() in words(today())
    make.team(campaign)
    scheduled = make.post_scheduled(on=[channel], planned_at=make.in_an_hour())
    step = current(today())
    assert step.name == "publish"
    assert step.at == scheduled.planned_at
    assert "Posko publishes it by itself" in words(today())


def test_whoever_is_alone_is_told_that_their_own_yes_counts(today, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert not current(today()).is_alone
    make.post(of=campaign, on=[make.channel(of=campaign)], by=campaign.members.get())
    assert current(today()).is_alone
    assert "You are alone on the team" in words(today())


def test_treasurers_and_volunteers_are_not_led(today, campaign, sign_in):
    for role in (Role.TREASURER, Role.VOLUNTEER):
        sign_in(role)
        assert today().context["beginning"].steps == []


def test_the_first_post_is_congratulated_until_it_is_put_away_for_good(today, client, campaign, team, sign_in):
    post = make.post_scheduled(of=campaign)
    sent(campaign)
    sign_in(Role.STAFF)
    page = today()
    assert "Your first post is out" in words(page)
    assert post.get_absolute_url() in words(page)
    for _ in range(2):
        assert client.post(url("put_away_beginning", campaign)).url == campaign.get_absolute_url()
    assert "Your first post is out" not in words(today())
    assert AuditRow.objects.filter(verb="campaign.put_away").count() == 1
    sign_in(Role.MANAGER)
    assert "Your first post is out" not in words(today())


def test_nobody_is_congratulated_late_or_in_a_demo(today, campaign, team, sign_in):
    make.post_scheduled(of=campaign)
    sent(campaign, ago=timedelta(days=8))
    sign_in(Role.STAFF)
    assert "Your first post is out" not in words(today())
    Delivery.objects.filter(campaign=campaign).update(sent_at=clock.now())
    Campaign.objects.filter(pk=campaign.pk).update(is_demo=True)
    assert "Your first post is out" not in words(today())


def test_htmx_gets_the_desk_without_it(client, campaign, team, sign_in):
    make.post_scheduled(of=campaign)
    sent(campaign)
    sign_in(Role.MANAGER)
    answer = client.post(url("put_away_beginning", campaign), headers={"HX-Request": "true"})
    assert 'id="desk"' in words(answer)
    assert "Your first post is out" not in words(answer)


def test_only_those_who_write_put_it_away(client, campaign, sign_in):
    only(client, sign_in, url("put_away_beginning", campaign), WRITERS, "post")


def test_an_empty_list_of_posts_leads_to_the_same_step(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    page = words(client.get(url("posts", campaign)))
    assert "Connect an account first" in page
    assert f"{campaign.get_absolute_url()}#next" in page
    make.channel(of=campaign)
    assert "Write the first one" in words(client.get(url("posts", campaign)))
