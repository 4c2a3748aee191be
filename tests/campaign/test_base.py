"""The frame of every page."""

import re
from datetime import timedelta

import pytest
from django.conf import settings

from campaign import pulse
from campaign.models import Pulse, Role
from tests import make


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def page(client, campaign):
    return lambda: client.get(campaign.get_absolute_url()).content.decode()


def lines(page):
    nav = page[page.index('<nav class="nav"') : page.index("</nav>")]
    return re.findall(r'<a href="([^"]+)"', nav)


@pytest.mark.parametrize("role", Role.values)
def test_the_navigation_fits_the_role_and_ends_with_the_rest(page, campaign, sign_in, role):
    sign_in(role)
    addresses = lines(page())
    assert addresses[0] == campaign.get_absolute_url()
    assert addresses[-1] == f"/c/{campaign.slug}/menu/"
    assert (f"/c/{campaign.slug}/tinjau/" in addresses) == (role in (Role.MANAGER, Role.CANDIDATE))


def test_the_open_entry_is_marked(page, client, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert page().count('aria-current="page"') == 1
    assert 'aria-current="page"' not in client.get(f"/c/{campaign.slug}/berhenti/").content.decode()


@pytest.mark.parametrize("role", Role.values)
def test_stop_is_one_press_away_for_those_who_may(page, campaign, sign_in, role):
    sign_in(role)
    assert (f"/c/{campaign.slug}/berhenti/" in page()) == (role in (Role.MANAGER, Role.CANDIDATE))


def test_a_silent_part_shows_on_every_page(page, sign_in):
    sign_in(Role.STAFF)
    assert "has given no sign yet" in page()
    for part in pulse.PARTS:
        pulse.beat(part)
    assert "is not publishing" not in page()
    row = Pulse.objects.get(name="deliver")
    Pulse.objects.filter(name="deliver").update(at=row.at - timedelta(minutes=3))
    assert "no sign for" in page()


def test_practice_is_said_on_every_page(page, sign_in):
    sign_in(Role.STAFF)
    assert "reaches only the practice networks" in page()


def test_a_live_campaign_says_nothing_of_practice(client, sign_in):
    live = make.campaign(slug="sungguhan", mode="live", ruleset="PEMILU_2029")
    sign_in(Role.STAFF, of=live)
    assert "practice networks" not in client.get(live.get_absolute_url()).content.decode()


def test_what_people_typed_is_never_markup(client, campaign, sign_in):
    campaign.candidate_name = campaign.name = "<script>alert(1)</script>"
    campaign.save()
    sign_in(Role.STAFF)
    assert "<script>alert" not in client.get(campaign.get_absolute_url()).content.decode()


def test_the_policy_lets_nothing_inline_run_and_no_page_needs_it(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    for address in (campaign.get_absolute_url(), f"/c/{campaign.slug}/berhenti/", "/?pilih"):
        answer = client.get(address)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        text = answer.content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)


def test_every_icon_that_is_asked_for_is_in_the_sprite():
    root = settings.BASE_DIR
    there = set(re.findall(r'<symbol id="([a-z]+)"', (root / "static/img/icons.svg").read_text()))
    asked = set()
    for template in (root / "templates").rglob("*.html"):
        asked |= set(re.findall(r'{% icon "([a-z]+)" %}', template.read_text()))
    from campaign.registry import navigation
    from campaign.templatetags.posko import STATE_ICONS

    asked |= set(STATE_ICONS.values()) | {page.icon for page in navigation}
    assert asked <= there, asked - there
