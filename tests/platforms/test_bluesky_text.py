"""Marks in texts and names of records, compared with the independent `atproto` SDK."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from atproto import client_utils
from atproto_client.models import string_formats
from pydantic import TypeAdapter

from platforms.bluesky import richtext, tid
from platforms.contents import Key
from tests.platforms.make import KEY, MADE_AT

DID = "did:plc:abc"


def marks(builder: client_utils.TextBuilder) -> list[dict[str, object]]:
    """The SDK's facets as they travel."""
    return [
        {
            "index": {"byteStart": facet.index.byte_start, "byteEnd": facet.index.byte_end},
            "features": [feature.model_dump(by_alias=True, exclude_none=True) for feature in facet.features],
        }
        for facet in builder.build_facets()
    ]


def test_marks_equal_those_of_the_sdk():
    builder = (
        client_utils.TextBuilder()
        .text("Pagi 🙂 warga é ")
        .mention("@ratna.test", DID)
        .text(", lihat ")
        .link("https://posko.example/p?a=1&b=2", "https://posko.example/p?a=1&b=2")
        .text(". (")
        .link("https://a.id/b", "https://a.id/b")
        .text(") ")
        .tag("#JalanDesa", "JalanDesa")
        .text(" dan\n")
        .tag("#Pemilu2029", "Pemilu2029")
        .text("! surel@ratna.test #2029 a#b")
    )
    assert richtext.facets(builder.build_text(), {"ratna.test": DID}) == marks(builder)


@pytest.mark.parametrize(
    ("text", "uris"),
    [
        ("https://a.id", ["https://a.id"]),
        ("https://a.id/x_(y)", ["https://a.id/x_(y)"]),
        ("(https://a.id/x)", ["https://a.id/x"]),
        ("https://a.id/x?y=1!", ["https://a.id/x?y=1"]),
        ("xhttps://a.id", []),
        ("a.id", []),
        ("HTTPS://A.ID", ["HTTPS://A.ID"]),
        ("https://a.id\nhttps://b.id", ["https://a.id", "https://b.id"]),
    ],
)
def test_links(text, uris):
    found = richtext.facets(text, {})
    assert [facet["features"][0]["uri"] for facet in found] == uris


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#a #b", ["a", "b"]),
        ("#jalan_desa.", ["jalan_desa"]),
        ("#1 #1a #", ["1a"]),
        ("#kampanye!!!", ["kampanye"]),
        ("＃penuh", ["penuh"]),
        ("x#y", []),
        ("#" + "a" * 64, ["a" * 64]),
        ("#" + "a" * 65, []),
        ("https://a.id/#x", []),
    ],
)
def test_tags(text, tags):
    found = [f["features"][0] for f in richtext.facets(text, {})]
    assert [feature["tag"] for feature in found if "tag" in feature] == tags


def test_mentions_need_an_identity():
    assert richtext.handles("@ratna.test, (@Budi.test) @ratna.test @tanpa x@y.test") == ["ratna.test", "budi.test"]
    assert richtext.facets("@ratna.test", {}) == []


def test_a_record_name_is_the_same_whenever_it_is_asked():
    assert tid.of(KEY) == tid.of(Key(KEY.uuid, KEY.made_at))
    assert len(tid.of(KEY)) == 13
    assert tid.of(KEY) != tid.of(Key(UUID(int=KEY.uuid.int ^ 1), KEY.made_at))
    assert tid.of(KEY) != tid.of(Key(KEY.uuid, KEY.made_at + timedelta(milliseconds=10)))


def test_a_record_name_is_one_by_the_sdk_and_tells_its_time():

    strict = TypeAdapter(string_formats.Tid)
    for _ in range(200):
        name = tid.of(Key(uuid4(), MADE_AT))
        assert strict.validate_python(name, context={"strict_string_format": True}) == name
        assert abs((tid.time_of(name) or MADE_AT.min) - MADE_AT) < timedelta(milliseconds=5)
    assert tid.time_of("self") is None
    assert tid.time_of("0" * 13) is None


def test_names_follow_time_and_hardly_ever_meet():
    names = [tid.of(Key(uuid4(), MADE_AT + timedelta(milliseconds=10 * n))) for n in range(500)]
    assert names == sorted(names)
    assert len({tid.of(Key(UUID(int=n * 2**64 + n), MADE_AT)) for n in range(1000)}) == 1000
    # Source: the specification's example.
    assert tid.encode(0, 0) == "2" * 13
    found = tid.time_of("3jzfcijpj2z2a")
    assert found is not None
    assert found.date() == date(2023, 6, 30)
