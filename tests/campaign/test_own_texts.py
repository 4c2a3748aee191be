"""Other words for one account: what is typed, what is sealed, and what an approval covers."""

from datetime import timedelta

import pytest

from campaign import clock, delivering, publishing
from campaign.errors import Refused
from campaign.models import Approval, Delivery, Post, PostState, PostText, Role
from campaign.writing import content as writing
from tests import make
from tests.campaign.doors import typed, url, words
from tests.network import Network

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def two(campaign):
    return [make.channel(of=campaign), make.channel(of=campaign, platform="telegram")]


def test_each_envelope_holds_the_words_of_its_account(campaign):
    mastodon, telegram = two(campaign)
    make.post_in_review(on=[mastodon, telegram], text="Untuk semua.", own_texts={telegram.pk: "Untuk kanal."})
    assert Delivery.objects.get(channel=mastodon).text == "Untuk semua."
    assert Delivery.objects.get(channel=telegram).text == "Untuk kanal."


def test_other_words_on_one_account_alone_are_another_fingerprint(campaign):
    mastodon, telegram = two(campaign)
    post = make.post_in_review(on=[mastodon, telegram], text="Sama.", own_texts={telegram.pk: "Satu."})
    before = publishing.fingerprint_of(post)
    new = make.content(on=[mastodon, telegram], text="Sama.", own_texts={telegram.pk: "Dua."})
    publishing.edit(post, new, by=make.someone(campaign, Role.STAFF), version=post.version)
    post.refresh_from_db()
    publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=post.version)
    assert publishing.fingerprint_of(post) != before


def test_a_yes_to_the_former_words_of_one_account_does_not_count(campaign):
    mastodon, telegram = two(campaign)
    post = make.post_in_review(on=[mastodon, telegram], text="Sama.", own_texts={telegram.pk: "Satu."})
    new = make.content(on=[mastodon, telegram], text="Sama.", own_texts={telegram.pk: "Dua."})
    publishing.edit(post, new, by=make.someone(campaign, Role.STAFF), version=1)
    with pytest.raises(Refused):
        publishing.approve(post, by=make.someone(campaign, Role.CANDIDATE), version=1)
    assert not Approval.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_network_receives_the_own_words(network: Network):
    mastodon = make.channel()
    make.post_scheduled(on=[mastodon], text="Untuk semua.", own_texts={mastodon.pk: "Untuk Mastodon."})
    delivering.drain("mastodon")
    assert network.texts == ["Untuk Mastodon."]


def test_own_words_that_are_the_same_or_of_an_account_not_chosen_are_not_kept(campaign):
    mastodon, telegram = two(campaign)
    make.post(on=[mastodon], text="Sama.", own_texts={mastodon.pk: "Sama.", telegram.pk: "Lain."})
    assert not PostText.objects.exists()


def test_the_limits_of_a_network_are_asked_of_its_own_words(client, campaign, sign_in):
    mastodon, telegram = two(campaign)
    sign_in(Role.STAFF)
    make.someone(campaign, Role.CANDIDATE)
    told = typed(mastodon, telegram, text="x" * 900, do="submit", **{f"own-{mastodon.pk}": "Pendek."})
    assert client.post(url("write_post", campaign), told).status_code == 303
    post = Post.objects.get()
    assert (post.state, post.text_for(mastodon)) == (PostState.IN_REVIEW, "Pendek.")
    told = typed(mastodon, telegram, text="Pendek.", do="submit", **{f"own-{mastodon.pk}": "x" * 501})
    answer = client.post(url("write_post", campaign), told)
    assert answer.status_code == 422
    assert "The text has 501 characters; 500 are allowed here." in words(answer)
    assert "x" * 501 in words(answer)


def test_without_words_for_all_each_account_needs_its_own(campaign):
    mastodon, telegram = two(campaign)
    make.someone(campaign, Role.CANDIDATE)
    post = make.post(on=[mastodon, telegram], text="", own_texts={telegram.pk: "Hanya kanal."})
    with pytest.raises(Refused):
        publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=1)


def test_saving_the_same_own_words_again_changes_nothing(campaign):
    mastodon, telegram = two(campaign)
    at = clock.now() + timedelta(days=1)
    post = make.post(on=[mastodon, telegram], own_texts={telegram.pk: "Lain."}, planned_at=at)
    assert writing.is_same(post, writing.of(post))
    other = make.content(on=[mastodon, telegram], own_texts={telegram.pk: "Beda."}, planned_at=at)
    assert not writing.is_same(post, other)
