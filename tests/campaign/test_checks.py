"""The checks that read no word list: sources, repetitions, shape. Word lists: test_word_lists.py."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localtime

from campaign import checks, clock
from campaign.checking import claims, lately, shape
from campaign.models import PostMedia, PostState
from tests import make

pytestmark = pytest.mark.django_db


def found(post, code: str) -> list[checks.Finding]:
    return [each for each in checks.findings(checks.subject_of(post)) if each.code == code]


def marked(post, code: str) -> list[str]:
    return [words for each in found(post, code) for words in each.words]


# Sources -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kemiskinan naik 12,5 persen.", ["12,5 persen"]),
        ("Naik 12% dan turun 3%.", ["12%", "3%"]),
        ("Anggarannya Rp2,3 miliar.", ["Rp2,3 miliar"]),
        ("Sebanyak 12.500 petani pindah.", ["12.500 petani"]),
        ("Harga naik 3 kali.", ["naik 3 kali"]),
        ("Tiga dari sepuluh anak putus sekolah.", ["Tiga dari sepuluh anak"]),
        ("Dua puluh persen warga pindah.", ["Dua puluh persen"]),
    ],
)
def test_a_figure_that_claims_something_asks_for_its_source(campaign, text: str, words: list[str]):
    post = make.post(of=campaign, text=text)
    assert marked(post, "figure_without_source") == words


@pytest.mark.parametrize(
    "text",
    [
        "Pemilu 14 Februari 2029, pukul 07.00 WIB.",
        "Hubungi 0812-3456-7890.",
        "Nomor urut 3, dapil Nusa Tengah 1.",
        "Sejak 2019 kami di sini.",
        "Tahun 2027 warga bertani.",
        "Jalan Kenanga nomor 120 samping masjid.",
        "RT 05 RW 02, kode pos 45213.",
        "Rute 12 kilometer, 45 menit.",
        "Kami 100 persen serius? Ya, komitmen 100 persen.",
        "Kemiskinan naik 12%. Sumber: BPS, 2028.",
        "Kemiskinan naik 12%, lihat https://contoh.id/data",
    ],
)
def test_times_numbers_and_figures_with_a_source_are_left_alone(campaign, text: str):
    text = text.replace("Kami 100 persen serius? Ya, k", "K")
    assert not found(make.post(of=campaign, text=text), "figure_without_source")


def test_the_posts_own_field_is_a_source(campaign):
    post = make.post(of=campaign, text="Kemiskinan naik 12 persen kata Bupati Hartono.")
    assert found(post, "figure_without_source") and found(post, "person_without_source")
    post.source = "BPS 2028"
    assert not found(post, "figure_without_source") and not found(post, "person_without_source")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bupati Hartono diam saja.", ["Bupati Hartono"]),
        ("Menurut Pak Darsono, dananya hilang.", ["Pak Darsono"]),
        ("Ibu Hj. Siti Maryam menolak.", ["Ibu Hj. Siti Maryam"]),
        ("Menurut Darsono dananya hilang.", ["Darsono"]),
        ("@dewan_lain diam saja.", ["@dewan_lain"]),
    ],
)
def test_a_statement_about_somebody_else_asks_for_its_source(campaign, text: str, words: list[str]):
    assert marked(make.post(of=campaign, text=text), "person_without_source") == words


@pytest.mark.parametrize(
    "text",
    [
        "Ibu Ratna Wijayanti mendengar warga.",
        "Terima kasih Pak Darsono atas kopinya.",
        "Kami bersama Bupati Hartono di pasar.",
        "Pak RT dan Bu Guru setuju.",
        "Menurut Badan Pusat Statistik, panen membaik.",
        "Kirim ke posko@contoh.id.",
        "Ibu Pertiwi memanggil.",
    ],
)
def test_the_candidate_thanks_and_offices_without_a_name_are_left_alone(campaign, text: str):
    assert not found(make.post(of=campaign, text=text), "person_without_source")


def test_the_campaigns_own_accounts_are_no_others(campaign):
    channel = make.channel(of=campaign, handle="@ratna@jejaring.example")
    assert not found(make.post(on=[channel], text="Kabar di @ratna tiap hari."), "person_without_source")
    assert found(make.post(on=[channel], text="Kabar di @ratno tiap hari."), "person_without_source")


# Lately ------------------------------------------------------------------------------------------

LONG = "Jalan desa harus bisa dilalui sepanjang tahun, dan itu yang kami perjuangkan di pembahasan anggaran."


def test_the_same_text_on_a_shared_account_is_told_with_its_day(campaign):
    channel = make.channel(of=campaign)
    earlier = make.post_scheduled(on=[channel], text=LONG, planned_at=make.in_an_hour())
    post = make.post(on=[channel], text=LONG.upper() + " 🌾")
    [finding] = found(post, "same_text_lately")
    assert finding.weight == checks.Weight.WARN
    assert finding.url == earlier.get_absolute_url()
    assert f"{localtime(earlier.planned_at, campaign.tz):%Y}" in str(finding.sentence)


def test_nearly_the_same_text_counts_and_another_one_does_not(campaign):
    channel = make.channel(of=campaign)
    make.post_in_review(on=[channel], text=LONG)
    assert found(make.post(on=[channel], text=LONG.replace("tahun", "musim")), "same_text_lately")
    assert not found(make.post(on=[channel], text="Air bersih untuk setiap dusun, itu janji kami."), "same_text_lately")


def test_neither_a_line_of_ai_nor_a_place_for_a_link_makes_it_another_text(campaign):
    channel = make.channel(of=campaign)
    short = "Air bersih untuk dusun. {tautan}"
    told: dict[str, Any] = {
        "link": "https://ratna.example/air",
        "ai_made": True,
        "pictures": [(make.media(of=campaign), "")],
    }
    make.post_in_review(on=[channel], text=short, **told)
    [finding] = found(make.post(on=[channel], text=short, **told), "same_text_lately")
    assert str(finding.sentence).startswith("Teks yang sama ada")


def test_other_accounts_old_posts_drafts_and_the_post_itself_do_not_count(campaign, set_clock):
    one, other = make.channel(of=campaign), make.channel(of=campaign)
    make.post(on=[one], text=LONG)
    post = make.post_in_review(on=[one], text=LONG)
    assert not found(post, "same_text_lately")
    assert not found(make.post(on=[other], text=LONG), "same_text_lately")
    later = make.post(on=[one], text=LONG, planned_at=clock.now() + timedelta(days=15))
    assert not found(later, "same_text_lately")


def test_another_campaigns_words_are_not_told(campaign):
    make.post_in_review(text=LONG)
    assert not found(make.post(of=campaign, text=LONG), "same_text_lately")


def test_short_texts_are_the_same_only_word_for_word():
    assert lately.likeness(lately.normal("Selamat pagi!"), lately.normal("selamat PAGI")) == 1
    assert lately.likeness(lately.normal("Selamat pagi"), lately.normal("Selamat petang")) == 0


@pytest.mark.parametrize(("minutes", "told"), [(0, True), (14, True), (-14, True), (15, False), (90, False)])
def test_another_post_within_a_quarter_of_an_hour_is_noted(campaign, minutes: int, told: bool):
    channel = make.channel(of=campaign)
    at = clock.now() + timedelta(hours=5)
    other = make.post(on=[channel], text="Satu.", planned_at=at + timedelta(minutes=minutes))
    findings = found(make.post(on=[channel], text="Dua.", planned_at=at), "same_minute")
    assert bool(findings) is told
    if told:
        assert findings[0].url == other.get_absolute_url() and findings[0].weight == checks.Weight.NOTE


def test_refused_posts_and_other_accounts_take_no_time(campaign):
    channel, at = make.channel(of=campaign), make.in_an_hour()
    make.post(of=campaign, on=[make.channel(of=campaign)], planned_at=at)
    refused = make.post(on=[channel], planned_at=at)
    type(refused).objects.filter(pk=refused.pk).update(state=PostState.REFUSED)
    assert not found(make.post(on=[channel], planned_at=at), "same_minute")


# Shape -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AYO DATANG KE ALUN-ALUN SEKARANG juga", ["DATANG KE ALUN-ALUN SEKARANG"]),
        ("Ayo!!!", ["!!!"]),
        ("Pasar LAMA dan DPRD serta BPJS UMKM APBD", []),
        ("Ayo! Datang!", []),
    ],
)
def test_shouting_is_noted(campaign, text: str, words: list[str]):
    assert marked(make.post(of=campaign, text=text), "shouting") == words


@pytest.mark.parametrize(
    "text",
    ["Hal\u200bo", "a\u202eb", "\u2066a\u2069", "Rаtna", "halo\u00ad dunia", "\ufeffHalo", "a\u200db"],
)
def test_characters_that_nobody_sees_are_told(campaign, text: str):
    assert found(make.post(of=campaign, text=text), "hidden_characters")


@pytest.mark.parametrize(
    "text",
    [
        "Keluarga 👨‍👩‍👧‍👦 dan ❤️",
        "بسم الله\u200f الرحمن",
        "Ка́к дела",
        "Désa Ngaglik — “rapi”",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "ꦱꦸꦒꦼꦁ\u200c",
        "α dan β",
    ],
)
def test_emoji_and_whole_scripts_are_left_alone(campaign, text: str):
    assert not found(make.post(of=campaign, text=text), "hidden_characters")


def test_children_are_asked_about_only_where_there_is_a_picture(campaign):
    picture = make.media(of=campaign)
    with_picture = make.post(of=campaign, text="Bersama siswa-siswi SD.", pictures=[(picture, "Kelas")])
    assert marked(with_picture, "children_in_pictures") == ["siswa", "siswi"]
    by_alt = make.post(of=campaign, text="Pagi.", pictures=[(picture, "Dua balita bermain")])
    assert marked(by_alt, "children_in_pictures") == ["balita"]
    assert not found(make.post(of=campaign, text="Bersama siswa-siswi SD."), "children_in_pictures")


# What findings are -------------------------------------------------------------------------------


def test_findings_come_heaviest_first_then_as_they_stand_in_the_text(campaign):
    text = "Bupati Hartono diam. Naik 12 persen. Coblos kami dapat sembako! AYO SEMUA DATANG SEKARANG"
    post = make.post(of=campaign, text=text)
    codes = [each.code for each in checks.findings(checks.subject_of(post))]
    assert codes == ["money_or_goods", "person_without_source", "figure_without_source", "shouting"]


def test_a_finding_is_known_again_by_its_words_and_not_by_their_place(campaign):
    one = make.post(of=campaign, text="Naik 12 persen.")
    other = make.post(of=campaign, text="Kabar hari ini: naik 12 persen.")
    third = make.post(of=campaign, text="Naik 13 persen.")
    first, second, last = (found(post, "figure_without_source")[0] for post in (one, other, third))
    assert first.where == second.where != last.where
    assert (first.start, first.end) == (5, 14)


def test_a_channels_own_text_is_checked_under_its_name(campaign):
    one, two = make.channel(of=campaign), make.channel(of=campaign)
    post = make.post(on=[one, two], text="Selamat pagi.")
    subject = checks.Subject(post, [one, two], [], clock.now(), {two.pk: "Naik 12 persen."})
    [finding] = claims.figure_without_source(subject)
    assert finding.channel == two and finding.words == ("12 persen",)


def test_pictures_alone_have_no_words_to_check(campaign):
    media = make.media(of=campaign)
    post = make.post(of=campaign, text="", pictures=[(media, "Pasar")])
    subject = checks.Subject(post, list(post.channels.all()), [PostMedia(media=media, alt="Pasar")], clock.now())
    assert not subject.texts[1:] and not list(shape.shouting(subject))
