"""Thanks, and what happens next."""

import pytest

from campaign.models import Role
from tests.campaign.doors import WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_it_tells_what_happens_next_and_offers_the_form_again(client, campaign, sign_in):
    sign_in(Role.VOLUNTEER)
    page = words(client.get(url("idea_sent", campaign)))
    for told in ("Nothing is published before it is approved", "Send another", "What I have sent"):
        assert told in page
    assert url("send_idea", campaign) in page


def test_all_but_treasurers_may(client, campaign, sign_in):
    only(client, sign_in, url("idea_sent", campaign), WRITERS | {Role.VOLUNTEER})
