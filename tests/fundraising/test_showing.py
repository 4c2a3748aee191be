"""What other pages tell of ads: a line on a boosted post, a card on *Hari ini*, the record, the demonstration."""

from datetime import timedelta

import pytest

from campaign import audit, clock, record_words, registry
from campaign.models import AuditRow, Notice, Post, PostState
from fundraising import recording, samples, showing
from fundraising.models import Ad
from fundraising.register import Register
from tests import make

pytestmark = pytest.mark.django_db
LINE = "There is an advertisement for this post."


@pytest.fixture
def post(campaign):
    row = make.post_scheduled(of=campaign)
    Post.objects.filter(pk=row.pk).update(state=PostState.PUBLISHED)
    row.refresh_from_db()
    return row


@pytest.mark.parametrize(
    ("role", "sees"), [("manager", True), ("treasurer", True), ("staff", True), ("volunteer", False)]
)
def test_a_boosted_post_has_a_quiet_line(client, campaign, sign_in, post, role, sees):
    sign_in(role)
    assert LINE not in client.get(post.get_absolute_url()).content.decode()
    row = make.ad(of=campaign, by="manager", post=post)
    page = client.get(post.get_absolute_url()).content.decode()
    assert (LINE in page, row.get_absolute_url() in page) == (sees, sees)


def test_the_line_is_indonesian_first(client, campaign, sign_in, post):
    make.ad(of=campaign, by="manager", post=post)
    sign_in("manager")
    client.cookies["django_language"] = "id"
    assert "Ada iklan untuk konten ini" in client.get(post.get_absolute_url()).content.decode()


def test_a_cancelled_boost_leaves_no_line(client, campaign, sign_in, post):
    row = make.ad(of=campaign, by="manager", post=post)
    recording.cancel(row, "Salah", by=make.someone(campaign, "manager"), version=1)
    sign_in("manager")
    assert LINE not in client.get(post.get_absolute_url()).content.decode()


def test_while_no_ad_is_known_nothing_is_asked_of_the_database(campaign, team, post, django_assert_num_queries):
    now = clock.now()
    with django_assert_num_queries(0):
        assert showing.of_post(post, team["manager"]) == {"ads": []}
        assert showing.today(team["treasurer"], now) is None


def test_to_whoever_can_do_something_about_it_today_does_not_say_that_nothing_waits(client, campaign, sign_in):
    sign_in("treasurer")
    assert "Nothing waits for you" in client.get(campaign.get_absolute_url()).content.decode()
    make.ad(of=campaign)
    assert "Nothing waits for you" not in client.get(campaign.get_absolute_url()).content.decode()


def test_today_shows_what_is_against_the_rules(client, campaign, sign_in):
    row = make.ad(of=campaign)
    for role in ("treasurer", "candidate"):
        sign_in(role)
        page = client.get(campaign.get_absolute_url()).content.decode()
        assert row.get_absolute_url() in page and "No advertisement may run" in page
    sign_in("volunteer")
    assert row.get_absolute_url() not in client.get(campaign.get_absolute_url()).content.decode()


def test_today_is_silent_while_all_is_well(campaign, team):
    make.ad(of=campaign, state="planned")
    campaign.refresh_from_db()
    assert showing.today(make.someone(campaign, "treasurer"), clock.now()) is None


def test_today_counts_what_has_no_receipt(client, campaign, sign_in, today):
    make.ad(of=campaign, medium="outdoor", outlet="Simpang", first_day=today - timedelta(days=4))
    sign_in("manager")
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "1 without its receipt" in page and "?perlu=receipt" in page


def test_each_act_has_its_sentence_and_leads_to_the_ad(client, campaign, sign_in, treasurer):
    row = make.ad(of=campaign)
    row = recording.correct(row, make.ad_facts(of=campaign, spend=1), by=treasurer, version=1)
    row = recording.hand_in(row, make.picture_file(), "", by=treasurer, version=2)
    recording.cancel(row, "Salah", by=treasurer, version=3)
    told = AuditRow.objects.filter(about=audit.about(row)).order_by("pk")
    assert [each.verb for each in told] == ["ad.record", "ad.correct", "ad.receipt", "ad.cancel"]
    assert all("Treasurer" in record_words.sentence(each) for each in told)
    sign_in("manager")
    assert row.get_absolute_url() in client.get(f"/c/{campaign.slug}/catatan/").content.decode()


def test_the_demonstration_has_three_one_without_its_receipt(campaign, team, post):
    assert samples.write in list(registry.demo_samples)
    samples.write(campaign, team, clock.now())
    entries = Register(campaign, clock.now()).entries
    assert sorted(entry.ad.state for entry in entries) == ["planned", "ran", "ran"]
    (late,) = (entry for entry in entries if entry.lacks_receipt)
    assert late.ad.medium == "outdoor" and not late.is_against
    assert Ad.objects.get(medium="facebook").post == post
    assert not Notice.objects.filter(kind="ad_receipt").exists()
