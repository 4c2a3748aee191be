"""`/iklan/7/batal/`: it did not run or is a mistake: it stays in the list with a reason, and counts no more."""

import pytest

from campaign.models import AuditRow
from fundraising.models import Ad, AdChange
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(campaign):
    return make.ad(of=campaign)


@pytest.fixture
def address(row):
    return f"{row.get_absolute_url()}batal/"


def test_it_stays_with_its_reason_and_counts_no_more(client, campaign, sign_in, row, address):
    sign_in("treasurer")
    answer = client.post(address, {"version": 1, "reason": "Tercatat dua kali"})
    assert (answer.status_code, answer["Location"]) == (303, row.get_absolute_url())
    row.refresh_from_db()
    assert (row.state, row.cancelled_because) == ("cancelled", "Tercatat dua kali")
    assert AdChange.objects.get().before == {"cancelled_because": "", "state": "ran"}
    assert AuditRow.objects.filter(verb="ad.cancel").count() == 1
    page = client.get(f"/c/{campaign.slug}/iklan/").content.decode()
    assert "Facebook" in page and "Rp150,000" not in page.split('class="sums money"')[1].split("</dl>")[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"version": 1, "reason": " "}, "Say in a few words why"),
        ({"version": 2, "reason": "Salah"}, "changed while you were reading"),
    ],
)
def test_without_a_reason_or_of_another_version_it_is_refused(client, sign_in, row, address, data, words):
    sign_in("manager")
    answer = client.post(address, data)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert Ad.objects.get().state == "ran"


@pytest.mark.parametrize("version", [1, 2])
def test_twice_is_once(client, sign_in, row, address, version):
    sign_in("manager")
    client.post(address, {"version": 1, "reason": "Salah"})
    answer = client.post(address, {"version": version, "reason": "Lain"}, follow=True)
    assert answer.status_code == 200 and "Cancelled: “Salah”" in answer.content.decode()
    assert AdChange.objects.count() == AuditRow.objects.filter(verb="ad.cancel").count() == 1


def test_a_get_cancels_nothing(client, sign_in, row, address):
    sign_in("manager")
    assert client.get(address).status_code == 405


@pytest.mark.parametrize("role", ["staff", "candidate", "volunteer"])
def test_who_keeps_no_money_cancels_nothing(client, sign_in, row, address, role):
    sign_in(role)
    assert client.post(address, {"version": 1, "reason": "Salah"}).status_code == 403
