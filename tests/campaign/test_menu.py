"""`/c/<campaign>/menu/`: every part on one page, used already or not."""

import re

import pytest

from campaign import parts, registry
from campaign.models import Campaign, Role
from campaign.registry import Page


@pytest.fixture
def later(monkeypatch):
    """A page of a part that a campaign has to begin with."""
    page = Page("Kotak suara", "info", "campaign:posts", "post.see", order=50, hint="Untuk nanti.", part="later")
    monkeypatch.setattr(registry.navigation, "_entries", [*registry.navigation, page])
    return page


def labels(html, start, end):
    part = html[html.index(start) : html.index(end)]
    return re.findall(r"<(?:span|strong)>([^<]+)</(?:span|strong)>", part)


@pytest.mark.parametrize("role", Role.values)
def test_each_role_finds_all_it_may_open(client, campaign, sign_in, role):
    member = sign_in(role)
    html = client.get(f"/c/{campaign.slug}/menu/").content.decode()
    shown = labels(html, '<main id="main"', "</main>")
    assert shown == [str(page.label) for page in parts.pages(member)]


def test_a_part_enters_the_navigation_with_its_first_use(client, campaign, sign_in, later):
    sign_in(Role.STAFF)
    address = f"/c/{campaign.slug}/menu/"
    html = client.get(address).content.decode()
    assert later.label not in labels(html, '<nav class="nav"', "</nav>")
    assert later.label in labels(html, '<main id="main"', "</main>")
    parts.use(campaign, "later")
    parts.use(Campaign.objects.get(pk=campaign.pk), "later")
    assert Campaign.objects.get(pk=campaign.pk).parts == ["later"]
    assert later.label in labels(client.get(address).content.decode(), '<nav class="nav"', "</nav>")
