"""Made with AI: a field where the network has one, a line of the text elsewhere, approved like all else."""

from datetime import UTC, datetime

import pytest

from campaign import drafting, publishing
from campaign.models import Delivery, Post, PostState, Role
from platforms.contents import Place, To
from tests import make
from tests.campaign.doors import typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_the_text_says_so_where_the_network_has_no_field(campaign):
    on = [make.channel(of=campaign, platform=platform) for platform in ("mastodon", "x")]
    post = make.post_in_review(on=on, text="Rencana jalan.", ai_made=True, pictures=[(make.media(of=campaign), "")])
    mastodon, x = (Delivery.objects.get(slot=post.slot(channel)) for channel in on)
    assert mastodon.text.startswith("Rencana jalan.\n\n") and "AI" in mastodon.text
    assert x.text == "Rencana jalan."
    assert all(drafting.draft_of(row.draft).ai_made for row in (mastodon, x))


def test_own_words_get_the_line_too(campaign):
    channel = make.channel(of=campaign)
    pictures = [(make.media(of=campaign), "")]
    post = make.post_in_review(
        on=[channel], text="A.", own_texts={channel.pk: "Khusus."}, ai_made=True, pictures=pictures
    )
    text = Delivery.objects.get(slot=post.slot(channel)).text
    assert text.startswith("Khusus.\n\n") and "AI" in text


def test_without_it_nothing_changes(campaign):
    channel = make.channel(of=campaign)
    post = make.post_in_review(on=[channel], text="A.")
    row = Delivery.objects.get(slot=post.slot(channel))
    assert row.text == "A." and "ai_made" not in row.draft and "to" not in row.draft


def test_where_picture_and_film_were_taken_out_nothing_is_said_of_them(campaign):
    on = [make.channel(of=campaign, platform=platform) for platform in ("mastodon", "x")]
    post = make.post_in_review(on=on, text="Rencana jalan.", ai_made=True)
    for row in Delivery.objects.of_post(post.pk):
        assert row.text == "Rencana jalan." and "ai_made" not in row.draft


def test_ticking_it_after_approval_asks_anew(client, campaign, sign_in):
    channel = make.channel(of=campaign)
    picture = make.media(of=campaign)
    post = make.post_scheduled(on=[channel], text="A.", planned_at=make.in_an_hour(), pictures=[(picture, "")])
    before = publishing.fingerprint_of(post)
    sign_in(Role.STAFF)
    assert post.planned_at
    here = post.planned_at.astimezone(campaign.tz)
    at = {"date": f"{here:%Y-%m-%d}", "time": f"{here:%H:%M}", "was": f"{here:%Y-%m-%dT%H:%M}"}
    form = typed(channel, text="A.", version=1, ai_made="on", do="submit", kept=picture.sha256, alt="", **at)
    answer = client.post(url("edit_post", campaign, post.pk), form)
    post.refresh_from_db()
    assert answer.status_code in (302, 303) and post.ai_made
    assert (post.state, post.version) == (PostState.IN_REVIEW, 2)
    assert publishing.fingerprint_of(post) != before


def test_the_line_is_counted_and_shown_before_anybody_approves(client, campaign, sign_in):
    channel = make.channel(of=campaign)
    sign_in(Role.STAFF)
    form = typed(channel, text="x" * 480, ai_made="on", kept=make.media(of=campaign).sha256, alt="")
    page = words(client.post(url("preview_post", campaign), form))
    assert "AI" in page and "500 are allowed here" in page
    answer = client.post(url("write_post", campaign), form | {"do": "submit"})
    assert answer.status_code == 422 and not Delivery.objects.exists()


def test_the_counter_knows_the_line(client, campaign, sign_in):
    make.channel(of=campaign)
    make.channel(of=campaign, platform="x")
    sign_in(Role.STAFF)
    assert words(client.get(url("write_post", campaign))).count("data-ai-line") == 1


def test_the_box_is_kept_and_drawn(client, campaign, sign_in):
    sign_in(Role.STAFF)
    client.post(url("write_post", campaign), typed(make.channel(of=campaign), ai_made="on"))
    post = Post.objects.get()
    page = words(client.get(url("edit_post", campaign, post.pk)))
    assert post.ai_made and 'aria-describedby="id_ai_made_help" checked' in page


def test_a_version_before_there_was_such_a_box_says_no(client, campaign, sign_in):
    sign_in(Role.STAFF)
    post = make.post(on=[make.channel(of=campaign)], ai_made=True)
    make.edit(post)
    page = words(client.get(url("post_versions", campaign, post.pk)))
    assert "Made with AI" in page


@pytest.mark.parametrize(
    "to",
    [
        None,
        To(Place.COMMENT, "1"),
        To(Place.MESSAGE, "2", root="1", person="p", at=datetime(2028, 12, 1, 9, 30, 0, 250, UTC)),
    ],
)
def test_an_answer_comes_back_from_the_envelope_as_it_was_put_in(to):
    draft = drafting.draft_json("Halo.", [], to=to, ai_made=True)
    assert drafting.draft_of(draft).to == to and drafting.draft_of(draft).ai_made
