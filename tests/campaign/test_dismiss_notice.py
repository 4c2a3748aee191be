"""`…/kabar/<pk>/selesai/`: putting a notice away."""

import pytest

from campaign import notices
from campaign.models import Notice, Role
from tests import make


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


def told(to, kind="refuse"):
    row = make.post(of=to.campaign)
    notices.tell(kind, row, to=[to], url=row.get_absolute_url(), text="Teks")
    return Notice.objects.latest("pk")


def dismiss(client, notice, **headers):
    return client.post(f"/c/{notice.campaign.slug}/kabar/{notice.pk}/selesai/", headers=headers)


def test_it_is_gone_from_the_page(client, campaign, sign_in):
    notice = told(sign_in(Role.STAFF))
    answer = dismiss(client, notice)
    assert answer.status_code == 303
    assert answer.url == campaign.get_absolute_url()
    assert not Notice.objects.open().exists()


def test_htmx_gets_the_page_part_without_it(client, sign_in):
    notice = told(sign_in(Role.STAFF))
    answer = dismiss(client, notice, **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'id="desk"' in answer.content.decode()
    assert f"/kabar/{notice.pk}/" not in answer.content.decode()


@pytest.mark.parametrize("kind", notices.UNTIL_DECIDED)
def test_what_waits_for_a_decision_stays(client, sign_in, kind):
    notice = told(sign_in(Role.MANAGER), kind)
    answer = dismiss(client, notice)
    assert answer.status_code == 422
    assert "stays until it is decided" in answer.content.decode()
    assert Notice.objects.open().exists()


def test_nobody_puts_away_what_was_told_to_another(client, team, sign_in):
    notice = told(team["manager"])
    sign_in(Role.STAFF)
    assert dismiss(client, notice).status_code == 404
    assert Notice.objects.open().exists()


def test_opening_the_address_does_nothing(client, sign_in):
    notice = told(sign_in(Role.STAFF))
    assert client.get(f"/c/{notice.campaign.slug}/kabar/{notice.pk}/selesai/").status_code == 405
