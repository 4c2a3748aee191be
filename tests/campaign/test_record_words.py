"""Every verb that our code records has a sentence, in both languages, and every thing a name."""

import ast
import re
from collections.abc import Iterator
from itertools import chain

import pytest
from django.conf import settings
from django.utils import translation

from campaign import audit, record_words
from campaign.models import AuditRow, FilingStep, Role, State
from campaign.states import MOVES
from tests import make

APPS = ("campaign", "branding", "programs", "engagement", "fundraising", "analytics")
OPEN_ENDED = {
    "post.": MOVES,
    "delivery.": State.values,
    "channel.": FilingStep.values,
    "channel.not_": FilingStep.values,
}
"""What may follow where a verb is put together while Posko runs."""
IN_SQL = re.compile(r"'(\w+)', '(\w+\.\w+)', '\w+:' \|\|")
"""Actor and verb where a row of the record is written by a statement."""


def verbs() -> Iterator[str]:
    """Every verb that is written to the record, by reading our own code."""
    for app in APPS:
        for file in (settings.BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                match node:
                    case ast.Call(func=ast.Attribute(attr="record") | ast.Name("_row" | "record"), args=[verb, *_]):
                        yield from of(verb)

    for file in (settings.BASE_DIR / "campaign").rglob("*.sql"):
        yield from (verb for _actor, verb in IN_SQL.findall(file.read_text()))


def actors() -> Iterator[str]:
    """Every part of Posko that acts by itself."""
    for file in (settings.BASE_DIR / "campaign").rglob("*.py"):
        yield from re.findall(r"""\bby="([a-z-]+)\"""", file.read_text())
    for file in (settings.BASE_DIR / "campaign").rglob("*.sql"):
        yield from (actor for actor, _verb in IN_SQL.findall(file.read_text()))


def of(verb: ast.expr) -> Iterator[str]:
    match verb:
        case ast.Constant(str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from chain(of(body), of(orelse))
        case ast.JoinedStr(values=[ast.Constant(str(prefix)), ast.FormattedValue()]):
            yield from (prefix + each for each in OPEN_ENDED[prefix])
        case ast.Name("verb"):  # handed on by audit.record itself
            return
        case _:
            raise AssertionError(f"which verbs can this be? {ast.unparse(verb)}")


def test_every_verb_of_the_code_has_a_sentence_and_none_is_left_over():
    assert set(verbs()) == set(record_words.sentences())


def test_every_sentence_can_be_filled_and_says_who_acted():
    for language in ("id", "en"):
        with translation.override(language):
            for verb in record_words.sentences():
                row = AuditRow(verb=verb, actor="Dewi", member_id=1, about="post:1", details={})
                told = record_words.sentence(row)
                assert "Dewi" in told or verb == "post.settle", told
                assert "%" not in told


@pytest.mark.parametrize(
    ("verb", "details", "told"),
    [
        ("post.approve", {"version": 2}, "Dewi menyetujui versi 2"),
        ("post.approve", {"version": 2, "team_of_one": True},
         "Dewi menyetujui versi 2, sebagai satu-satunya anggota tim"),
        ("delivery.decide", {"to": "sent"}, "Dewi melihat di platform dan menyatakan: terbit"),
        ("rules.ask", {"key": "campaign.quiet_days", "value": "2"},
         "Dewi meminta perubahan aturan “Masa tenang”: 2 hari"),
        ("rules.begin", {"key": "campaign.quiet_days", "value": "shipped"},
         "Aturan “Masa tenang” berlaku dengan nilai baru: sesuai bawaan; oleh Dewi"),
        ("rules.ask", {"key": "calendar.voting_day", "value": "x"}, "Dewi meminta perubahan aturan “Hari"),
        ("duty.finish", {"key": "lppdk"}, "Dewi mengonfirmasi sudah selesai: “Serahkan laporan akhir"),
        ("campaign.stop", {"reason": "100% diretas"}, "Dewi menghentikan semuanya: “100% diretas”"),
        ("uji.act", {}, "Dewi: uji.act"),
    ],
)  # fmt: skip
def test_codes_become_words(verb, details, told):
    row = AuditRow(verb=verb, actor="Dewi", member_id=1, about="post:1", details=details)
    assert record_words.sentence(row).startswith(told), record_words.sentence(row)


def test_parts_of_posko_have_names_and_a_person_called_so_is_none():
    assert record_words.actor(AuditRow(actor="engine")) == "Pengirim Posko"
    assert record_words.actor(AuditRow(actor="engine", member_id=3)) == "engine"
    assert record_words.actor(AuditRow(actor="lain")) == "lain"


def test_every_part_that_acts_has_a_name():
    found = set(actors())
    assert {"engine", "gate", "restore"} <= found
    assert found <= set(record_words.PARTS)


def test_things_are_named_and_found_only_by_who_may_see_them(db, campaign, team):
    post, theirs = make.post(of=campaign), make.post()
    rows = [AuditRow(about=audit.about(each)) for each in (post, theirs, campaign)]
    rows += [AuditRow(about=about) for about in ("post:9" + "9" * 30, "post:x", "lain:1", "campaign")]
    assert record_words.addresses(team["manager"], rows) == {
        f"post:{post.pk}": post.get_absolute_url(),
        f"campaign:{campaign.pk}": campaign.get_absolute_url(),
    }
    assert f"post:{post.pk}" not in record_words.addresses(team["treasurer"], rows)
    assert record_words.name_of("post:41") == "Konten 41"
    assert record_words.name_of("lain:1") == "lain:1"
    assert {acts for acts, _label in record_words.groups()} >= {
        "post",
        "delivery",
        "channel",
        "rules",
        "duty",
        "number",
    }
    assert record_words.verbs_of("nothing") == []
    assert Role.CANDIDATE in team
