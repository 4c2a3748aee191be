"""`…/konten/periksa/`: what the checks say while somebody writes."""

import random
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign import clock
from campaign.models import AuditRow, Post, Role
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def channel(campaign):
    return make.channel(of=campaign)


@pytest.fixture
def check(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)

    def asked(*on, **fields):
        address = f"{url('check_draft', campaign)}?post={fields.pop('post', '')}"
        return client.post(address, typed(*(on or (channel,)), **fields), headers=HTMX)

    return asked


def test_it_answers_with_the_fragment_and_saves_nothing(check):
    before = AuditRow.objects.count()
    answer = check(text="Kemiskinan naik 12 persen.")
    page = words(answer)
    assert answer.status_code == 200
    assert page.startswith('<div id="checks"') and 'aria-live="polite"' in page and "<html" not in page
    assert "<mark>12 persen</mark>" in page
    assert not Post.objects.exists() and AuditRow.objects.count() == before


def test_nothing_can_be_ignored_before_it_is_saved(check):
    assert "<form" not in words(check(text="Kemiskinan naik 12 persen."))


def test_it_says_that_nothing_was_found(check):
    assert "The checks find nothing." in words(check(text="Selamat pagi, warga."))


def test_an_empty_form_is_not_found_fault_with(check):
    assert "Blocks:" not in words(check(text="  "))


def test_it_shows_three_and_folds_the_rest(check):
    text = "Goblok. Naik 12 persen. Bupati Hartono diam. Sebarkan sebelum dihapus. AYO SEMUA DATANG SEKARANG"
    page = words(check(text=text))
    shown, _fold, folded = page.partition("<details")
    assert shown.count("<li") == 3 and folded.count("<li") == 2
    assert "2 others" in folded


def test_a_channels_own_text_is_read(check, channel):
    page = words(check(text="Selamat pagi.", **{f"own-{channel.pk}": "Naik 12 persen."}))
    assert "<mark>12 persen</mark>" in page


def test_sources_kept_pictures_and_times_are_read(check, campaign, channel):
    media = make.media(of=campaign)
    assert "12 persen" not in words(check(text="Naik 12 persen.", source="BPS 2028"))
    assert "Describe the picture" in words(check(text="Pagi.", kept=media.sha256, alt=""))
    assert "Describe the picture" not in words(check(text="Pagi.", kept=media.sha256, alt="Pasar"))
    at = clock.now() + timedelta(days=2)
    make.post(on=[channel], text="Lain.", planned_at=at)
    here = at.astimezone(campaign.tz)
    assert "on the same account" in words(check(text="Pagi.", date=f"{here:%Y-%m-%d}", time=f"{here:%H:%M}"))


def test_the_post_that_is_being_changed_is_not_another_one(check, channel):
    text = "Jalan desa harus bisa dilalui sepanjang tahun, dan itu yang kami bahas di dewan."
    form_id = uuid4()
    post = make.post_in_review(on=[channel], text=text)
    assert "The same text stands" in words(check(text=text))
    assert "The same text stands" not in words(check(text=text, post=post.pk))
    Post.objects.filter(pk=post.pk).update(made_by_form=form_id)
    assert "The same text stands" not in words(check(text=text, form_id=str(form_id)))


def test_what_another_campaign_owns_is_as_if_it_were_not_there(check):
    theirs = make.post_in_review()
    media = make.media(of=theirs.campaign)
    answer = check(theirs.channels.get(), text=theirs.text, post=theirs.pk, kept=media.sha256)
    assert answer.status_code == 200
    assert "jejaring" not in words(answer) and "Describe the picture" not in words(answer)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "\0\0 teks"},
        {"text": "Teks \ud800".encode("utf-8", "replace").decode()},
        {"post": "9" * 40},
        {"post": "-1"},
        {"form_id": "nobody"},
        {"date": "0001-01-01", "time": "00:00"},
        {"date": "9999-12-31", "time": "23:59:59"},
        {"date": "x", "time": "25:99"},
        {"time": "10:00+23:59", "date": "2029-01-01"},
        {"channels": ["x", "9" * 40, "-3", ""]},
        {"kind": "nothing"},
        {"kept": "../../etc"},
        {"kept": ["a" * 64, "b\0"], "alt": ["\0"]},
        {"source": "\0"},
    ],
)
def test_whatever_is_typed_is_answered(check, fields):
    assert check(**fields).status_code == 200


def test_marks_of_html_stay_text(check):
    page = words(check(text="<script>alert(1)</script> naik 12 persen <b>"))
    assert "<script" not in page and "&lt;b&gt;" in page


def test_only_writers_may_ask(client, campaign, sign_in):
    only(client, sign_in, url("check_draft", campaign), WRITERS, "post")


def test_it_cannot_be_opened(client, campaign, sign_in):
    sign_in(Role.STAFF)
    assert client.get(url("check_draft", campaign)).status_code == 405


def test_it_asks_the_database_the_same_few_questions_whatever_is_written(check, channel):
    check(text="Pemanasan.")
    for text in ("Pagi.", "Naik 12 persen. " * 200):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            check(text=text)
        assert len(asked) <= 12, [query["sql"] for query in asked]


# Hostile texts -----------------------------------------------------------------------------------

SIZE = 20_000
RANDOM = random.Random(7)
HOSTILE = {
    "letters": "a" * SIZE,
    "single letters": "s e m b a k " * (SIZE // 12),
    "dotted": "s.e.m.b.a." * (SIZE // 10),
    "dots": "." * (SIZE - 1) + "a",
    "marks": "!" * SIZE,
    "quotes": "\"'" * (SIZE // 2),
    "digits": "1" * SIZE,
    "digits and dots": "1.1," * (SIZE // 4),
    "figures": "12 persen dari 3 kali lipat " * (SIZE // 28),
    "stars": "s*mb*ko " * (SIZE // 8),
    "many stars": " ".join(f"s{number}*bako" for number in range(SIZE // 12))[:SIZE],
    "titles": "Bapak Ibu H. Dr. " * (SIZE // 17),
    "names": "Bupati Aaaa Bbbb Cccc Dddd " * (SIZE // 27),
    "mentions": "@a.b" * (SIZE // 4),
    "at signs": "@" * SIZE,
    "hosts": "a-" * (SIZE // 2),
    "every word": "coblos kami dapat sembako tolak uang " * (SIZE // 37),
    "one sentence": "sembako gratis bagi pemilih nomor dapat pulsa " * (SIZE // 46),
    "unseen": "\u200b" * SIZE,
    "mixed": "aа" * (SIZE // 2),
    "joined emoji": "👨‍👩‍👧 " * (SIZE // 6),
    "accents": "a\u0301\u0300\u0302" * (SIZE // 4),
    "ligatures": "ﷺ" * SIZE,
    "capitals": "AAAA " * (SIZE // 5),
    "anything": "".join(chr(RANDOM.randrange(32, 0x2FFF)) for _ in range(SIZE)),
    "anything beyond": "".join(chr(RANDOM.randrange(0x10000, 0x1FFFF)) for _ in range(SIZE)),
    "surrogates' neighbours": "\ud7ff\ue000" * (SIZE // 2),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_keeps_it_busy(check, name: str):
    check(text="Pemanasan.")
    started = time.process_time()
    assert check(text=HOSTILE[name]).status_code == 200
    assert time.process_time() - started < 2.0


def test_an_ordinary_text_takes_a_few_milliseconds(check):
    text = "Kami berjalan dari dusun ke dusun dan mendengar warga tentang air, jalan, dan sekolah. " * 8
    check(text=text)
    spent = []
    for number in range(5):
        started = time.process_time()
        check(text=f"{text} {number}")
        spent.append(time.process_time() - started)
    assert min(spent) < 0.15  # 20 ms on a quiet machine
