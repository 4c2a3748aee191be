"""The pages a person sees, used without JavaScript, and the voters that act by themselves."""

import re
import time
from pathlib import Path

import requests

from sandbox import dialects, posts, voters
from sandbox.world import World
from tests.sandbox.conftest import Poster, picture
from tests.sandbox.running import Sandbox


def form(page: str, act: str) -> str:
    """Where the first form for `act` goes."""
    found = re.search(rf'action="([^"]*/{act})"', page)
    assert found
    return found[1]


def test_posts_are_shown_and_what_people_write_is_only_text(poster: Poster) -> None:
    poster.say("<script>alert(1)</script> & https://posko.example/a?b=1")
    page = poster.http.get(poster.box.url).text
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert 'href="https://posko.example/a?b=1"' in page
    assert "Ratna Wijaya" in page


def test_a_person_can_like_answer_and_delete(poster: Poster) -> None:
    poster.say("Halo")
    url = poster.box.url
    page = poster.http.get(url).text
    page = poster.http.post(url + form(page, "suka"), data={"kembali": "/"}).text
    assert re.search(r"(Favorit|Suka|Reaksi) <b>1</b>", page)
    page = poster.http.post(url + form(page, "balas"), data={"jenis": "keluhan", "teks": "Jalan rusak"}).text
    assert "Jalan rusak" in page
    assert "1 balasan" in page
    page = poster.http.post(url + form(page, "hapus"), data={"kembali": "/"}).text
    assert "Belum ada kiriman" in page
    assert [(line["action"], line["by"]) for line in poster.box.log()] == [("publish", "api"), ("delete", "hand")]


def test_a_person_can_publish_outside_posko(poster: Poster) -> None:
    url = poster.box.url
    page = poster.http.get(url).text
    files = {"gambar": ("a.png", picture(), "image/png")}
    page = poster.http.post(url + form(page, "terbit"), data={"teks": "Tulis sendiri"}, files=files).text
    assert "Tulis sendiri" in page
    assert "di luar Posko" in page
    shown = re.search(r'src="(/files/[0-9a-f]{64})"', page)
    assert shown
    assert poster.http.get(url + shown[1]).headers["Content-Type"] == "image/png"
    assert poster.box.log()[0]["by"] == "hand"
    assert len(poster.box.log()[0]["media"]) == 1


def test_forms_of_other_sites_are_refused(poster: Poster) -> None:
    poster.say("Halo")
    url = poster.box.url
    page = poster.http.get(url).text
    answer = poster.http.post(url + form(page, "hapus"), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert len(poster.box.log()) == 1
    back = poster.http.post(url + form(page, "suka"), data={"kembali": "//evil.example/"}, allow_redirects=False)
    assert back.headers["Location"].startswith("/#")


def test_voters_act_by_themselves_and_can_be_stopped(box: Sandbox, http: requests.Session) -> None:
    poster = Poster(box, http, "bluesky")
    poster.say("Halo")
    poster.box.control("POST", "settings", voters="fast")
    page, until = "", time.monotonic() + 8
    while not re.search(r"(Favorit|Suka|Reaksi) <b>[1-9]", page) and time.monotonic() < until:
        time.sleep(0.2)
        page = poster.http.get(poster.box.url).text
    assert re.search(r"(Favorit|Suka|Reaksi) <b>[1-9]", page)
    poster.box.control("POST", "settings", voters="off")
    time.sleep(0.6)
    still = poster.http.get(poster.box.url).text
    time.sleep(0.7)
    assert poster.http.get(poster.box.url).text == still


def test_growth_is_plausible_and_always_alike(tmp_path: Path) -> None:
    def grown(folder: Path, steps: int) -> list[tuple[int, int, int]]:
        world = World(folder, "http://localhost:1")
        account = dialects.ALL["telegram"].open_account(world, "ratna", "Ratna Wijaya", False)
        post = dialects.ALL["telegram"].post_by_hand(world, account, "Halo", None, "hand")
        seen = []
        for _ in range(steps):
            voters.grow(world, 6 * 3600 / steps)
            now = posts.get(world.store, post.id)
            seen.append((now.likes, now.reposts, now.replies))
        world.close()
        return seen

    first, second = grown(tmp_path / "a", 24), grown(tmp_path / "b", 24)
    assert first == second
    assert first == sorted(first)
    half, end = first[2][0], first[-1][0]
    assert 0 < half < end < 500
    assert end - first[-2][0] <= half


def test_a_wrong_address_is_a_404(box: Sandbox, http: requests.Session) -> None:
    for path in ("/akun/mastodon/nobody", "/kiriman/99", "/files/" + "0" * 64, "/mastodon/@nobody/1"):
        assert http.get(box.url + path).status_code == 404
