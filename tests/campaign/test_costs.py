"""What publishing on a network takes, before and after."""

from datetime import timedelta

import pytest
from django.db import connection

from campaign import checks, clock, costs, delivering
from campaign.models import Delivery, Role, State
from platforms.registry import connector
from tests import make
from tests.campaign.doors import typed, url, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def x(campaign):
    return make.channel(of=campaign, platform="x", handle="@ratna")


def sent(channel, text, *, at=None):
    row = make.delivery(on=channel, text=text)
    for delivery in delivering.claim("x", 50):
        with connection.cursor() as cursor:
            cursor.execute("SELECT campaign_begin(%s, %s, interval '1 minute')", [delivery.pk, delivery.token])
        delivering.close(delivery, State.SENT, {"remote_id": f"r-{delivery.pk}"})
    Delivery.objects.filter(pk=row.pk).update(sent_at=at or clock.now())
    return row


def test_a_link_costs_many_times_a_post_without_one():
    assert costs.of_link(connector("x"), "Baca https://posko.id/air") == (200, 15)
    assert costs.of_link(connector("x"), "Selamat pagi") is None
    assert costs.of_link(connector("mastodon"), "Baca https://posko.id/air") is None


def test_the_composer_warns_of_what_a_link_costs_and_the_link_may_be_typed_apart(
    client, campaign, sign_in, x, settings
):
    settings.BASE_URL = "https://posko.id"

    def warned(**content):
        subject = checks.subject_of(make.post(on=[x, make.channel(of=campaign)], **content))
        return [each for each in checks.findings(subject) if each.code == "link_that_costs"]

    assert warned(text="Selamat pagi") == []
    for found in (warned(text="Baca https://posko.id/air"), warned(text="Baca.", link="https://ratna.example/air")):
        (only,) = found
        assert only.channel == x
        assert "US$ 0,20" in str(only.sentence) and "US$ 0,015" in str(only.sentence)
    sign_in(Role.STAFF)
    answer = client.post(url("check_draft", campaign), typed(x, text="Baca https://posko.id/air"))
    assert "US$ 0,20" in words(answer)


def test_the_month_is_added_up_from_what_has_left(campaign, x):
    sent(x, "Selamat pagi")
    sent(x, "Baca https://posko.id/air")
    sent(x, "Bulan lalu", at=clock.now() - timedelta(days=40))
    make.delivery(on=x, text="Belum terkirim")
    free = make.channel(of=campaign)
    assert costs.of_month(campaign, [x, free], clock.now()) == {x.pk: costs.Spent(amount=215, posts=2)}


def test_the_accounts_page_tells_it(client, campaign, sign_in, x):
    sign_in(Role.STAFF)
    sent(x, "Baca https://posko.id/air")
    assert "Bulan ini kira-kira US$ 0,20 untuk 1 konten" in words(client.get(url("channels", campaign)))


@pytest.mark.parametrize(("thousandths", "shown"), [(200, "US$ 0,20"), (15, "US$ 0,015"), (1_230, "US$ 1,23")])
def test_amounts_are_written_as_people_read_them(thousandths, shown):
    assert costs.dollars(thousandths) == shown
