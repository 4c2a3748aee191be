"""Files in parts: what players and networks ask for."""

import pytest
from django.core.files.base import ContentFile
from django.test import RequestFactory

from campaign import lent_files, ranges
from campaign.models import Mode
from tests import make

DATA = bytes(range(100))


def asked(**headers):
    file = ContentFile(DATA, "film.mp4")
    return ranges.answer(RequestFactory().get("/", headers=headers), file, "video/mp4", etag='"a"')


@pytest.mark.parametrize(
    ("asked_for", "start", "end"),
    [("bytes=0-9", 0, 9), ("bytes=90-", 90, 99), ("bytes=95-200", 95, 99), ("bytes=-5", 95, 99), ("bytes=-500", 0, 99)],
)
def test_one_range_is_given(asked_for, start, end):
    answer = asked(range=asked_for)
    assert (answer.status_code, b"".join(answer)) == (206, DATA[start : end + 1])
    assert answer["Content-Range"] == f"bytes {start}-{end}/100"
    assert answer["Content-Length"] == str(end - start + 1)


@pytest.mark.parametrize("odd", ["", "bytes=-", "bytes=a-b", "bytes=0-1,5-6", "lines=1-2", "bytes=" + "9" * 40 + "-"])
def test_what_nobody_understands_is_no_range(odd):
    answer = asked(range=odd)
    assert (answer.status_code, b"".join(answer), answer["Accept-Ranges"]) == (200, DATA, "bytes")


@pytest.mark.parametrize("beyond", ["bytes=100-", "bytes=7-3", "bytes=-0"])
def test_a_range_beyond_the_file_is_refused(beyond):
    answer = asked(range=beyond)
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */100")


def test_a_part_of_another_file_than_the_player_has_is_the_whole():
    assert asked(range="bytes=0-9", **{"if-range": '"a"'}).status_code == 206
    assert asked(range="bytes=0-9", **{"if-range": '"b"'}).status_code == 200


@pytest.mark.django_db
def test_a_network_fetches_a_lent_film_in_parts(client, settings):
    settings.BASE_URL = "https://posko.example"
    media = make.film(of=make.campaign(mode=Mode.LIVE))
    link = lent_files.address(media.campaign, str(media.file.name), media.mime)
    assert link.endswith("mp4")
    answer = client.get(link.removeprefix("https://posko.example"), headers={"range": "bytes=4-7"}, secure=True)
    assert (answer.status_code, b"".join(answer), answer["Content-Type"]) == (206, b"ftyp", "video/mp4")
