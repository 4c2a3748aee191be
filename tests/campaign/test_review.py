"""The next post that waits for me."""

import gzip
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from campaign import clock, pictures, publishing
from campaign.models import Delivery, Post, Role
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_what_leaves_first_comes_first(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    on = [make.channel(of=campaign)]
    make.post_in_review(on=on, text="Lusa", planned_at=clock.now() + timedelta(days=2))
    make.post_in_review(on=on, text="Besok", planned_at=clock.now() + timedelta(days=1))
    page = words(client.get(url("review", campaign)))
    assert "Besok" in page
    assert "Lusa" not in page
    assert "1 of 2" in page
    make.post_in_review(on=on, text="Segera")
    page = words(client.get(url("review", campaign)))
    assert "Segera" in page
    assert "As soon as you approve" in page


def test_nothing_waits(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    make.post(of=campaign)
    assert "Nothing waits for you." in words(client.get(url("review", campaign)))


def test_a_manager_is_not_asked_where_the_candidate_decides(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    make.post_in_review(of=campaign)
    assert "Nothing waits for you." in words(client.get(url("review", campaign)))


def test_without_a_candidate_the_manager_is_asked_but_not_for_their_own(client, campaign, sign_in):
    manager, staff = sign_in(Role.MANAGER), make.someone(campaign, Role.STAFF)
    on = [make.channel(of=campaign)]
    for by, text in ((manager, "Tulisan ketua"), (staff, "Tulisan staf")):
        post = make.post(on=on, by=by, text=text)
        publishing.submit(post, by=by, version=1)
    page = words(client.get(url("review", campaign)))
    assert "Tulisan staf" in page
    assert "Tulisan ketua" not in page


def test_one_withdrawn_and_submitted_again_waits_again(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    post = make.post_scheduled(of=campaign, text="Dua kali", planned_at=make.in_an_hour())
    staff = make.someone(campaign, Role.STAFF)
    publishing.withdraw(post, by=staff, version=1)
    publishing.submit(post, by=staff, version=1)
    assert "Dua kali" in words(client.get(url("review", campaign)))
    answer = client.post(url("approve_post", campaign, post.pk), {"version": 1})
    assert answer.status_code == 303
    post.refresh_from_db()
    assert post.state == "scheduled"


FILES = re.compile(r"""<(?:script[^>]+src|link[^>]+href|img[^>]+src)=["']([^"']+)|<use href="([^"#]+)""")


def on_the_wire(client, address, seen=frozenset(), **headers) -> tuple[int, set[str]]:
    """The bytes of a page and of what it brings beyond `seen`, as they travel: zipped but for pictures."""
    answer = client.get(address, headers={"accept-encoding": "gzip"} | headers)
    assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip")
    page = gzip.decompress(answer.content).decode()
    assert "htmx" not in page.replace("htmx-config", "").replace("hx-", "")
    new = {first or second for first, second in FILES.findall(page)} - seen
    return len(answer.content) + sum(weight(client, each) for each in new), new


def photo(campaign, seed):
    """As hard to pack as a picture can be."""
    out = io.BytesIO()
    Image.effect_noise((900, 700), 50 + seed).convert("RGB").save(out, "JPEG", quality=85)
    return pictures.take_in(
        SimpleUploadedFile("foto.jpg", out.getvalue()), campaign, by=make.someone(campaign, Role.STAFF)
    )


def weight(client, address) -> int:
    if not address.startswith(settings.STATIC_URL):
        return len(client.get(address).content)
    found = finders.find(address.removeprefix(settings.STATIC_URL))
    return len(gzip.compress(Path(str(found)).read_bytes(), 9))


@pytest.mark.parametrize(("language", "count"), [("id", 1), ("en", 1), ("id", 4)])
def test_the_first_post_weighs_60_kilobytes_and_the_next_15(client, campaign, sign_in, language, count):
    sign_in(Role.CANDIDATE)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    on = [make.channel(of=campaign, platform=platform) for platform in ("mastodon", "bluesky", "telegram")]
    for number in range(3):
        photos = [(photo(campaign, number * 10 + each), "Pasar yang ramai di pagi hari.") for each in range(count)]
        words_of_it = " ".join(f"Kata{number * 50 + each} desa" for each in range(20))
        make.post_in_review(on=on, text=words_of_it, pictures=photos)
    first, files = on_the_wire(client, url("review", campaign))
    assert any("/kecil/" in each for each in files)
    assert any("icons.svg" in each for each in files)
    assert first <= 60_000
    for headers in ({}, HTMX):
        post = Post.objects.filter(state="in_review").order_by("pk")[0]
        to = client.post(url("approve_post", campaign, post.pk), {"version": 1, "then": "review"})["Location"]
        following, _new = on_the_wire(client, to, files, **headers)
        assert following <= 15_000


def test_a_film_adds_its_words_to_the_page_and_none_of_its_bytes(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    without = make.post_in_review(of=campaign)
    light, _files = on_the_wire(client, url("review_post", campaign, without.pk))
    film = make.post_in_review(of=campaign, pictures=[(make.film(of=campaign, size=5_000_000), "")])
    page = client.get(url("review_post", campaign, film.pk)).content.decode()
    assert 'preload="none"' in page and "<video" in page
    heavy, _files = on_the_wire(client, url("review_post", campaign, film.pk))
    assert heavy - light < 1_000 and heavy <= 60_000


def test_a_page_that_tells_what_changed_is_as_light(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    text = " ".join(f"Kata{each} tentang desa" for each in range(20))
    post = make.post_in_review(of=campaign, text=text)
    client.get(url("review", campaign))
    make.edit(post, text=text.replace("desa", "kota"))
    publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=2)
    whole, _files = on_the_wire(client, url("review", campaign), frozenset())
    assert whole <= 60_000


def test_what_the_phone_runs_is_three_kilobytes_at_most():
    assert len(Path(str(finders.find("js/review.js"))).read_bytes()) <= 3 * 1024


def test_the_list_asks_the_database_as_often_for_many_as_for_one(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    on = [make.channel(of=campaign)]
    counts = []
    for _ in range(2):
        make.post_in_review(on=on)
        with CaptureQueriesContext(connection) as asked:
            client.get(url("review", campaign))
        client.get(url("review", campaign))
        counts.append(len(asked))
        for _ in range(4):
            make.post_in_review(on=on)
    assert counts[1] <= counts[0] + 1  # what is seen for the first time is noted


# Approved too late ---------------------------------------------------------------------------------


def test_approved_too_late_it_is_held_and_two_ways_lead_out(client, campaign, sign_in, set_clock):
    sign_in(Role.CANDIDATE)
    post = make.post_in_review(of=campaign, planned_at=make.in_an_hour())
    set_clock("interval '4 hours'")
    page = words(client.get(url("review_post", campaign, post.pk)))
    assert "it is held until" in page
    to = client.post(url("approve_post", campaign, post.pk), {"version": 1, "then": "review"})["Location"]
    page = words(client.get(to))
    assert "Approved too late, so it is held." in page
    assert "Publish now" in page
    assert f'href="{post.get_absolute_url()}#waktu"' in page
    assert "Choose a new time" in page
    assert 'id="waktu"' in words(client.get(post.get_absolute_url()))
    assert "Publish now" in words(client.get(url("review_post", campaign, post.pk)))
    answer = client.post(url("reschedule_post", campaign, post.pk), {"version": 1, "now": "1"})
    assert answer.status_code == 303
    row = Delivery.objects.get()
    assert row.not_after > clock.now() and row.cleared


def test_a_little_late_it_leaves_at_once_and_the_page_says_so(client, campaign, sign_in, set_clock):
    sign_in(Role.CANDIDATE)
    post = make.post_in_review(of=campaign, planned_at=make.in_an_hour())
    set_clock("interval '90 minutes'")
    assert "it leaves at once" in words(client.get(url("review_post", campaign, post.pk)))


# Second readers ------------------------------------------------------------------------------------


def test_staff_answer_only_where_they_are_named(client, campaign, sign_in):
    make.someone(campaign, Role.MANAGER)
    staff = sign_in(Role.STAFF)
    post = make.post_in_review(of=campaign, by=make.someone(campaign, Role.MANAGER))
    address = url("approve_post", campaign, post.pk)
    assert 'class="answers"' not in words(client.get(url("review", campaign)))
    for name in ("approve_post", "ask_changes", "refuse_post"):
        answer = client.post(url(name, campaign, post.pk), {"version": 1, "reason": "Tidak."})
        assert answer.status_code == 403
    make.policy(of=campaign, four_eyes=True, readers={staff.pk})
    assert 'class="answers"' in words(client.get(url("review", campaign)))
    assert client.post(address, {"version": 1, "then": "review"}).status_code == 303
    assert post.approvals.get().by == staff


@pytest.mark.parametrize(
    "query", ["dari=x", "dari=999999999999999999", "dari=1&ke=0", "ke=999999999999999999", "ke=%00"]
)
def test_an_odd_question_is_answered_all_the_same(client, campaign, sign_in, query):
    sign_in(Role.CANDIDATE)
    assert client.get(f"{url('review', campaign)}?{query}").status_code == 200


def test_htmx_gets_the_part(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    assert "<html" not in words(client.get(url("review", campaign), headers=HTMX))


def test_only_those_who_decide_may(client, campaign, sign_in):
    only(client, sign_in, url("review", campaign), WRITERS)
    sign_in(Role.CANDIDATE)
    assert client.post(url("review", campaign)).status_code == 405
