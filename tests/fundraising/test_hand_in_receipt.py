"""`/iklan/7/bukti/`: the receipt is kept as every proof is, and ends the reminder."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaign.models import AuditRow, Notice, Proof
from fundraising import recording, reminding
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(campaign):
    return make.ad(of=campaign)


@pytest.fixture
def address(row):
    return f"{row.get_absolute_url()}bukti/"


def test_it_is_kept_and_handed_out_to_who_may_see_it(client, sign_in, row, address):
    sign_in("treasurer")
    answer = client.post(address, {"version": 1, "file": make.picture_file(), "receipt_number": "K-12"})
    assert answer.status_code == 303
    row.refresh_from_db()
    assert row.receipt and row.receipt_number == "K-12"
    assert AuditRow.objects.filter(verb="ad.receipt").count() == 1
    sign_in("candidate")
    assert row.receipt.get_absolute_url() in client.get(row.get_absolute_url()).content.decode()
    assert client.get(row.receipt.get_absolute_url()).status_code == 200
    sign_in("volunteer")
    assert client.get(row.receipt.get_absolute_url()).status_code == 403


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"version": 1}, "Choose the file"),
        ({"version": 9, "file": "picture"}, "changed while you were reading"),
        ({"version": 1, "file": "page"}, "neither a PDF nor a picture"),
    ],
)
def test_without_a_sound_file_nothing_is_kept(client, sign_in, row, address, data, words):
    sign_in("treasurer")
    files = {"picture": make.picture_file(), "page": SimpleUploadedFile("a.html", b"<html>")}
    answer = client.post(address, data | ({"file": files[data["file"]]} if "file" in data else {}))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Proof.objects.exists()


def test_a_cancelled_one_takes_none(client, sign_in, row, address, treasurer):
    recording.cancel(row, "Salah", by=treasurer, version=1)
    sign_in("treasurer")
    answer = client.post(address, {"version": 2, "file": make.picture_file()})
    assert answer.status_code == 422 and not Proof.objects.exists()
    assert "Correct it first if it ran after all." in answer.content.decode()


def test_pressing_twice_is_pressing_once_and_another_file_is_asked_about(client, sign_in, row, address):
    sign_in("treasurer")
    content = make.picture_file().read()
    for _press in range(2):
        data = {"version": 1, "file": SimpleUploadedFile("bukti.jpg", content)}
        assert client.post(address, data).status_code == 303
    assert (Proof.objects.count(), AuditRow.objects.filter(verb="ad.receipt").count()) == (1, 1)
    assert client.post(address, {"version": 1, "file": make.picture_file()}).status_code == 422
    sign_in("manager")
    data = {"version": 1, "file": SimpleUploadedFile("bukti.jpg", content)}
    assert client.post(address, data).status_code == 422, "somebody else has to look first"
    assert Proof.objects.count() == 1


def test_it_ends_the_reminder(client, campaign, sign_in, row, address, set_clock):
    set_clock("interval '4 days'")
    reminding.remind_all()
    assert Notice.objects.open().filter(kind="ad_receipt").count() == 1
    sign_in("treasurer")
    client.post(address, {"version": 1, "file": make.picture_file()})
    assert not Notice.objects.open().exists()


@pytest.mark.parametrize("role", ["staff", "candidate", "volunteer"])
def test_who_keeps_no_money_hands_nothing_in(client, sign_in, row, address, role):
    sign_in(role)
    assert client.post(address, {"version": 1, "file": make.picture_file()}).status_code == 403
