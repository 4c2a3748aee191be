"""What each permission is for, in words."""

import pytest

from campaign import permissions
from campaign.networks import NETWORKS
from platforms.registry import KINDS, SIGN_INS


@pytest.mark.parametrize(("kind", "scope"), [(kind, scope) for kind, each in SIGN_INS.items() for scope in each.scopes])
def test_every_permission_posko_asks_for_has_its_reason(kind, scope):
    found = permissions.find(kind, scope)
    assert found, f"campaign/permissions.py has no words for {scope} of {kind}"
    assert str(found.why).endswith(".")
    assert str(found.without).endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_every_network_says_what_posko_may_do_there(kind):
    assert permissions.asked(kind) or kind not in SIGN_INS


def test_all_that_is_needed_is_asked_for():
    assert all(each.needed <= set(each.scopes) for each in SIGN_INS.values())


def test_networks_that_want_a_registration_have_words_before_posko_speaks_to_them():
    assert {each.kind for each in NETWORKS} == set(permissions.BY_SCOPE) | set(permissions.BY_HAND)


def test_googles_addresses_are_read_by_their_last_word():
    assert permissions.find("youtube", "https://www.googleapis.com/auth/youtube.upload") == permissions.PUBLISH


def test_the_same_reason_is_told_once():
    assert permissions.reasons("mastodon", {"a", "read:accounts"}) == [permissions.WHO.why]


def test_a_permission_without_words_breaks_nothing():
    assert permissions.lost("facebook", {"never_heard_of"}) == []
