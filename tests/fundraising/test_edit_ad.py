"""`/iklan/7/ubah/`: what was written down is corrected, and what it was stays to be read."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaign.models import AuditRow, Proof
from fundraising import recording
from fundraising.models import Ad, AdChange
from tests import make

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


@pytest.fixture
def row(campaign):
    return make.ad(of=campaign, payer="Bu Sari")


@pytest.fixture
def address(row):
    return f"{row.get_absolute_url()}ubah/"


def typed(row, **changed):
    return {
        "version": row.version, "state": row.state, "medium": row.medium, "outlet": row.outlet,
        "first_day": f"{row.first_day:%Y-%m-%d}", "last_day": f"{row.last_day:%Y-%m-%d}", "spend": row.spend,
        "payer": row.payer, "disclaimer": row.disclaimer, "is_disclaimer_shown": "on",
    } | changed  # fmt: skip


def test_the_form_shows_what_is_written_down(client, sign_in, row, address):
    sign_in("treasurer")
    page = client.get(address).content.decode()
    assert 'value="150,000"' in page and 'value="Bu Sari"' in page
    assert f'value="{row.first_day:%Y-%m-%d}"' in page


def test_a_correction_keeps_before_and_after_on_the_page_and_on_the_record(client, sign_in, row, address):
    member = sign_in("treasurer")
    answer = client.post(address, typed(row, spend="200.000", payer="Pak Budi"))
    assert (answer.status_code, answer["Location"]) == (303, row.get_absolute_url())
    row.refresh_from_db()
    assert (row.spend, row.payer, row.version) == (200_000, "Pak Budi", 2)
    kept = AdChange.objects.get()
    assert (kept.by, kept.version) == (member, 2)
    assert kept.before == {"spend": 150_000, "payer": "Bu Sari"}
    assert kept.after == {"spend": 200_000, "payer": "Pak Budi"}
    told = AuditRow.objects.get(verb="ad.correct").details
    assert told == {"fields": ["payer", "spend"], "before": ["spend=150000"], "after": ["spend=200000"]}
    page = client.get(row.get_absolute_url()).content.decode()
    assert "1 correction" in page and "Rp150,000" in page and "Bu Sari" in page


def test_the_record_holds_no_words_that_name_who_paid(client, sign_in, row, address):
    sign_in("treasurer")
    words = {"payer": "Pak Budi", "disclaimer": "Dibayar oleh Pak Budi", "account": "Akun Budi", "note": "dari Budi"}
    assert client.post(address, typed(row, **words)).status_code == 303
    told = AuditRow.objects.get(verb="ad.correct").details
    assert told["fields"] == ["account", "disclaimer", "note", "payer"]
    assert "Budi" not in str(told)


def test_pressing_twice_is_pressing_once(client, sign_in, row, address):
    sign_in("treasurer")
    content = make.picture_file().read()
    for _press in range(2):
        file = SimpleUploadedFile("bukti.jpg", content)
        assert client.post(address, typed(row, spend="200.000") | {"file": file}).status_code == 303
    assert (AdChange.objects.count(), Proof.objects.count()) == (1, 1)
    assert client.post(address, typed(row, spend="300.000")).status_code == 422, "that is another correction"
    assert Ad.objects.get().spend == 200_000


def test_nothing_changed_is_no_correction(client, sign_in, row, address):
    sign_in("treasurer")
    assert client.post(address, typed(row)).status_code == 303
    assert not AdChange.objects.exists()
    assert Ad.objects.get().version == 1


def test_who_read_an_older_version_is_refused_and_loses_nothing(client, sign_in, row, address, treasurer, campaign):
    sign_in("manager")
    recording.correct(row, make.ad_facts(of=campaign, spend=1), by=treasurer, version=1)
    answer = client.post(address, typed(row, spend="200.000", note="Diskon agen"))
    page = answer.content.decode()
    assert answer.status_code == 422 and "changed while you were reading" in page and "Diskon agen" in page
    assert Ad.objects.get().spend == 1


def test_a_plan_becomes_what_ran(client, campaign, sign_in, set_clock):
    row = make.ad(of=campaign, state="planned", spend=None)
    days = (row.last_day - make.window(campaign)[0]).days + 17
    set_clock(f"interval '{days} days'")
    sign_in("treasurer")
    answer = client.post(f"{row.get_absolute_url()}ubah/", typed(row, state="ran", spend="90.000"))
    assert answer.status_code == 303
    assert (Ad.objects.get().state, Ad.objects.get().spend) == ("ran", 90_000)


def test_a_plan_is_not_moved_out_of_the_window(client, campaign, sign_in):
    row = make.ad(of=campaign, state="planned")
    sign_in("treasurer")
    day = f"{make.window(campaign)[1] + ONE:%Y-%m-%d}"
    answer = client.post(f"{row.get_absolute_url()}ubah/", typed(row, last_day=day))
    assert answer.status_code == 422 and "276(2)" in answer.content.decode()
    row.refresh_from_db()
    assert row.version == 1


def test_a_plan_does_not_stand_in_its_own_way(client, campaign, sign_in):
    row = make.ad(of=campaign, state="planned")
    sign_in("treasurer")
    assert client.post(f"{row.get_absolute_url()}ubah/", typed(row, spend="5.000")).status_code == 303


def test_a_cancelled_one_counts_again_once_it_is_corrected(client, sign_in, row, address, treasurer):
    row = recording.cancel(row, "Salah", by=treasurer, version=1)
    sign_in("treasurer")
    assert 'value="ran"' in client.get(address).content.decode()
    assert client.post(address, typed(row, state="ran")).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.cancelled_because, row.version) == ("ran", "", 3)


def test_another_receipt_takes_the_place_of_the_first_which_can_still_be_read(client, campaign, sign_in):
    row = make.ad(of=campaign, file=make.picture_file())
    old = row.receipt
    sign_in("treasurer")
    client.post(f"{row.get_absolute_url()}ubah/", typed(row, file=make.picture_file()))
    row.refresh_from_db()
    assert old and row.receipt != old
    assert client.get(old.get_absolute_url()).status_code == 200
    assert old.get_absolute_url() in client.get(row.get_absolute_url()).content.decode()


def test_a_post_that_the_treasurer_may_not_read_stays_and_is_not_told(client, campaign, sign_in):
    post = make.post_scheduled(of=campaign, text="Belum terbit")
    row = make.ad(of=campaign, by="manager", post=post)
    sign_in("treasurer")
    for address in (row.get_absolute_url(), f"{row.get_absolute_url()}ubah/"):
        assert "Belum terbit" not in client.get(address).content.decode()
    client.post(f"{row.get_absolute_url()}ubah/", typed(row, post=post.pk, spend="1.000"))
    row.refresh_from_db()
    assert (row.post, row.spend) == (post, 1_000)


@pytest.mark.parametrize("role", ["staff", "candidate", "volunteer"])
def test_who_keeps_no_money_corrects_nothing(client, sign_in, row, address, role):
    sign_in(role)
    assert client.post(address, typed(row, spend="1")).status_code == 403
    assert Ad.objects.get().spend == 150_000
