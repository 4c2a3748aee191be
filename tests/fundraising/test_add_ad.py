"""`/iklan/baru/`: what was bought elsewhere is written down; a plan against the rules is refused with its source."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from campaign.errors import Refused
from campaign.models import AuditRow, Campaign, Proof
from fundraising import recording
from fundraising.models import Ad
from tests import make

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


@pytest.fixture
def address(campaign):
    return f"/c/{campaign.slug}/iklan/baru/"


@pytest.fixture
def typed(campaign, today):
    day = f"{today - ONE:%Y-%m-%d}"
    return {
        "form_id": str(uuid4()), "state": "ran", "medium": "facebook", "first_day": day, "last_day": day,
        "spend": "Rp 1.500.000,-", "payer": "Partai Contoh", "disclaimer": "Iklan kampanye.",
        "is_disclaimer_shown": "on",
    }  # fmt: skip


def planned(typed, day):
    return typed | {"state": "planned", "first_day": f"{day:%Y-%m-%d}", "last_day": f"{day:%Y-%m-%d}"}


@pytest.mark.parametrize("role", ["treasurer", "manager"])
def test_it_is_written_down_with_its_receipt(client, campaign, sign_in, address, typed, role):
    member = sign_in(role)
    answer = client.post(address, typed | {"file": make.picture_file()})
    row = Ad.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, row.get_absolute_url())
    assert (row.spend, row.entered_by, row.state, row.per_day) == (1_500_000, member, "ran", 1)
    assert row.receipt and row.receipt.mime == "image/jpeg"
    (told,) = AuditRow.objects.filter(verb="ad.record")
    assert told.details["spend"] == 1_500_000 and "Partai" not in str(told.details)


def test_from_the_first_one_on_the_navigation_shows_it(client, campaign, sign_in, address, typed):
    sign_in("treasurer")
    home = campaign.get_absolute_url()
    link = f'href="/c/{campaign.slug}/iklan/"'
    assert link not in client.get(home).content.decode()
    assert link in client.get(f"{home}menu/").content.decode()
    client.post(address, typed)
    assert Campaign.objects.get().parts == ["ads"]
    assert link in client.get(home).content.decode()


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1500000", 1_500_000),
        ("1.500.000", 1_500_000),
        ("Rp1.500.000,00", 1_500_000),
        ("rp. 1,500,000", 1_500_000),
        ("1 500 000", 1_500_000),
        ("0", 0),
    ],
)
def test_money_is_read_as_people_write_it(client, sign_in, address, typed, written, amount):
    sign_in("treasurer")
    assert client.post(address, typed | {"spend": written}).status_code == 303
    assert Ad.objects.get().spend == amount


@pytest.mark.parametrize("written", ["-5", "1.5", "1.500.00", "sejuta", "1e6", "12,5", "9" * 20, "٣٠٠"])
def test_what_is_no_amount_is_refused_and_nothing_typed_is_lost(client, sign_in, address, typed, written):
    sign_in("treasurer")
    answer = client.post(address, typed | {"spend": written, "note": "Lewat agen"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Lewat agen" in page and "Partai Contoh" in page
    assert not Ad.objects.exists()


def test_a_plan_within_the_window_is_taken(client, campaign, sign_in, address, typed):
    sign_in("treasurer")
    day = make.window(campaign)[0]
    assert client.post(address, planned(typed, day) | {"spend": ""}).status_code == 303
    assert (Ad.objects.get().state, Ad.objects.get().spend) == ("planned", None)


def test_a_plan_outside_the_window_is_refused_with_the_sentence_and_the_rule(client, campaign, sign_in, address, typed):
    sign_in("treasurer")
    day = make.window(campaign)[0] - ONE
    answer = client.post(address, planned(typed, day) | {"note": "Lewat agen"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "No advertisement may run in this medium on these days" in page
    assert f'href="/c/{campaign.slug}/aturan/#adswindow_days"' in page
    assert "UU 7/2017 Ps. 276(2)" in page
    assert "Lewat agen" in page
    assert not Ad.objects.exists() and not Proof.objects.exists()


def test_what_ran_outside_the_window_is_taken_and_shown_as_a_violation(client, sign_in, address, typed):
    sign_in("treasurer")
    page = client.post(address, typed, follow=True).content.decode()
    assert "Against the rules" in page and "be ready to explain it to Bawaslu" in page


def test_a_plan_on_tiktok_is_refused(client, campaign, sign_in, address, typed):
    sign_in("treasurer")
    answer = client.post(address, planned(typed, make.window(campaign)[0]) | {"medium": "tiktok"})
    assert answer.status_code == 422 and "may run here: TikTok" in answer.content.decode()


def test_the_second_plan_of_a_day_on_one_network_is_refused(client, campaign, sign_in, address, typed):
    sign_in("treasurer")
    day = make.window(campaign)[0]
    make.ad(of=campaign, state="planned", first_day=day)
    answer = client.post(address, planned(typed, day))
    assert answer.status_code == 422 and "Facebook has 2 advertisements" in answer.content.decode()
    assert client.post(address, planned(typed, day) | {"medium": "instagram"}).status_code == 303


@pytest.mark.parametrize(("level", "partys"), [("dpr", True), ("dpd", False)])
def test_whose_limits_they_are_is_said_where_the_party_stands_for_election(
    client, campaign, sign_in, address, level, partys
):
    campaign.level = level
    campaign.save()
    sign_in("treasurer")
    assert ("hold for the party as a whole" in client.get(address).content.decode()) == partys


def test_a_cancelled_one_leaves_its_place_free(campaign, treasurer):
    day = make.window(campaign)[0]
    row = make.ad(of=campaign, state="planned", first_day=day)
    recording.cancel(row, "Batal", by=treasurer, version=1)
    make.ad(of=campaign, state="planned", first_day=day)


def test_newspapers_are_counted_each_by_itself_whatever_the_letters(campaign, treasurer):
    make.ad(of=campaign, state="planned", medium="print", outlet="Harian  Nusa")
    make.ad(of=campaign, state="planned", medium="print", outlet="Suara Nusa")
    with pytest.raises(recording.Unlawful):
        make.ad(of=campaign, state="planned", medium="print", outlet="harian nusa")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"spend": ""}, "Type what it cost"),
        ({"medium": "print"}, "Type which one"),
        ({"medium": "papan"}, "Choose one of the list"),
        ({"payer": " "}, "Type who paid"),
        ({"disclaimer": ""}, "Type the line"),
        ({"last_day": "2029-13-01"}, "Type a date"),
        ({"link": "javascript:alert(1)"}, "Type a whole address"),
        ({"first_day": "1900-01-01"}, "Look at the year"),
        ({"first_day": "2026-01-02", "last_day": "2026-01-01"}, "before the first one"),
        ({"first_day": "2024-01-01", "last_day": "2026-01-01"}, "longer than a year"),
        ({"state": "cancelled"}, "Choose one."),
        ({"per_day": "0"}, "greater than or equal to 1"),
        ({"seconds": "99999999999"}, "less than or equal"),
    ],
)
def test_each_slip_is_told_at_its_field(client, sign_in, address, typed, changed, words):
    sign_in("treasurer")
    answer = client.post(address, typed | changed)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Ad.objects.exists()


def test_what_is_still_to_come_has_not_run(client, sign_in, address, typed, today):
    sign_in("treasurer")
    day = f"{today + ONE:%Y-%m-%d}"
    answer = client.post(address, typed | {"first_day": day, "last_day": day})
    assert answer.status_code == 422 and "still to come" in answer.content.decode()


def test_what_is_past_is_not_planned(client, sign_in, address, typed):
    sign_in("treasurer")
    answer = client.post(address, typed | {"state": "planned"})
    assert answer.status_code == 422 and "These days are past" in answer.content.decode()


def test_a_file_that_is_no_receipt_is_refused_and_the_page_says_to_choose_again(client, sign_in, address, typed):
    sign_in("treasurer")
    file = SimpleUploadedFile("bukti.pdf", b"<html>halo</html>")
    answer = client.post(address, typed | {"file": file})
    page = answer.content.decode()
    assert answer.status_code == 422 and "neither a PDF nor a picture" in page and "Choose the file again" in page
    assert not Ad.objects.exists()


def test_a_boost_names_a_post_and_an_account_of_the_campaign(client, campaign, sign_in, address, typed):
    sign_in("manager")
    post = make.post_scheduled(of=campaign)
    account = make.channel(of=campaign, platform="facebook", server="https://graph.example")
    answer = client.post(address, typed | {"post": post.pk, "channel": account.pk})
    assert answer.status_code == 303
    assert (Ad.objects.get().post, Ad.objects.get().channel) == (post, account)


def test_an_account_on_another_network_than_the_medium_is_a_slip(client, campaign, sign_in, address, typed):
    sign_in("manager")
    answer = client.post(address, typed | {"channel": make.channel(of=campaign).pk})
    assert answer.status_code == 422 and "on another network" in answer.content.decode()


def test_a_post_or_account_of_others_is_not_in_the_list(client, campaign, sign_in, address, typed, treasurer):
    sign_in("manager")
    post = make.post_scheduled(text="Rahasia tetangga")
    account = post.channels.get()
    for name, thing in (("post", post), ("channel", account)):
        answer = client.post(address, typed | {name: thing.pk})
        assert answer.status_code == 422 and "Rahasia tetangga" not in answer.content.decode()
        told: dict[str, Any] = {name: thing}
        with pytest.raises(Refused, match="own accounts"):
            recording.add(make.ad_facts(of=campaign, **told), by=treasurer)


def test_a_treasurer_is_offered_only_posts_that_are_public(client, campaign, sign_in, address):
    make.post_scheduled(of=campaign, text="Belum terbit")
    sign_in("treasurer")
    assert "Belum terbit" not in client.get(address).content.decode()
    sign_in("manager")
    assert "Belum terbit" in client.get(address).content.decode()


def test_the_form_opens_with_the_post_it_was_called_for_and_who_paid_last(client, campaign, sign_in, address):
    make.ad(of=campaign, payer="DPC Contoh")
    post = make.post_scheduled(of=campaign)
    sign_in("manager")
    page = client.get(f"{address}?konten={post.pk}").content.decode()
    assert f'<option value="{post.pk}" selected>' in page and 'value="DPC Contoh"' in page
    assert client.get(f"{address}?konten=xyz").status_code == 200


def test_pressing_twice_is_pressing_once(client, sign_in, address, typed):
    sign_in("treasurer")
    first, second = (client.post(address, typed | {"file": make.picture_file()}) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert (Ad.objects.count(), Proof.objects.count()) == (1, 1)


def test_going_back_and_typing_another_one_loses_neither(client, sign_in, address, typed):
    sign_in("treasurer")
    client.post(address, typed)
    other = typed | {"medium": "instagram", "spend": "75.000"}
    answer = client.post(address, other)
    page = answer.content.decode()
    assert answer.status_code == 422 and "sent before" in page and "75.000" in page
    form_id = answer.context["form"]["form_id"].value()
    assert form_id != typed["form_id"] and form_id in page
    assert client.post(address, other | {"form_id": form_id}).status_code == 303
    assert set(Ad.objects.values_list("medium", "spend")) == {("facebook", 1_500_000), ("instagram", 75_000)}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"outlet": "TikTok"}, "TikTok"),
        ({"outlet": "iklan di facebook.com"}, "Facebook"),
        ({"outlet": "Situs X", "medium": "online"}, "X"),
        ({"outlet": "Lain", "channel": "tiktok"}, "TikTok"),
    ],
)
def test_a_network_with_rules_of_its_own_does_not_hide_behind_another_name(
    client, campaign, sign_in, address, typed, fields, name
):
    sign_in("treasurer")
    if "channel" in fields:
        fields = fields | {"channel": make.channel(of=campaign, platform="tiktok").pk}
    answer = client.post(address, planned(typed, make.window(campaign)[0]) | {"medium": "social"} | fields)
    assert answer.status_code == 422
    assert f"{name} is on the list above" in answer.content.decode()
    assert not Ad.objects.exists()


@pytest.mark.parametrize("outlet", ["Snack Video", "LinkedIn", "Bluesky"])
def test_another_network_is_another_network(client, campaign, sign_in, address, typed, outlet):
    sign_in("treasurer")
    mine = make.channel(of=campaign, platform="bluesky")
    told = planned(typed, make.window(campaign)[0]) | {"medium": "social", "outlet": outlet, "channel": mine.pk}
    assert client.post(address, told).status_code == 303


@pytest.mark.parametrize("role", ["staff", "candidate", "volunteer"])
def test_who_keeps_no_money_writes_none_down(client, sign_in, campaign, address, typed, role):
    member = sign_in(role)
    assert client.post(address, typed).status_code == 403
    assert client.get(address).status_code == 403
    with pytest.raises(PermissionDenied):
        recording.add(make.ad_facts(of=campaign), by=member)


@pytest.mark.django_db(transaction=True)
def test_of_two_plans_for_the_last_place_of_a_day_one_is_taken(campaign):
    facts = make.ad_facts(of=campaign, state="planned")
    people = [make.someone(campaign, role) for role in ("treasurer", "manager")]
    start, told = threading.Barrier(2), []

    def plan(member):
        start.wait()
        try:
            recording.add(facts, by=member)
            told.append("taken")
        except recording.Unlawful:
            told.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=plan, args=[member]) for member in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["refused", "taken"]
    assert Ad.objects.count() == 1
