"""`…/catatan/unduh/`: a part of the record as a table, with a reason, limited, and marked in every line."""

import csv
import io

import pytest

from campaign import audit, exporting_record, spreadsheets
from campaign.models import AuditRow, Role
from tests import make
from tests.campaign.doors import DECIDERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HEAD = 8  # lines above the rows


@pytest.fixture
def address(campaign):
    return url("export_record", campaign)


def saved(answer) -> list[list[str]]:
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_file_says_who_when_why_and_its_number_above_and_in_every_line(client, campaign, sign_in, address):
    post = make.post(of=campaign, on=[make.channel(of=campaign)])
    manager = sign_in(Role.MANAGER)
    answer = client.post(address, {"reason": "Diminta Bawaslu"}, REMOTE_ADDR="203.0.113.9")
    table = saved(answer)
    note = AuditRow.objects.get(verb="record.export")
    number = f"C{note.pk}"
    assert (note.member_id, note.ip, note.details["reason"]) == (manager.pk, "203.0.113.9", "Diminta Bawaslu")
    assert answer["Content-Disposition"] == f'attachment; filename="catatan-ratna-{number}.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
    head = {line[0]: line[1] for line in table[:6] if len(line) > 1}
    assert (head["Saved by"], head["Why?"], head["Number of this copy"]) == ("Manager", "Diminta Bawaslu", number)
    assert campaign.name in table[0][0]
    rows = table[HEAD - 1 :]
    assert [row[2] for row in rows] == ["Staff wrote a post", "Manager connected an account"]
    assert rows[0][3] == f"Post {post.pk}"
    assert all(row[-1].startswith(f"{number} · Manager · ") for row in rows)
    assert note.details["rows"] == len(rows) == 2
    assert post.text not in str(table)


def test_what_was_searched_for_is_what_is_saved(client, campaign, team, sign_in, address):
    post = make.post(of=campaign, on=[make.channel(of=campaign)])
    sign_in(Role.CANDIDATE)
    table = saved(client.post(address, {"reason": "Uji", "about": f"post:{post.pk}"}))
    assert [row[2] for row in table[HEAD - 1 :]] == ["Staff wrote a post"]
    assert client.post(address, {"reason": "Uji", "about": "lain"}).status_code == 422


@pytest.mark.parametrize("reason", ["", "   ", "\0", "x" * 301])
def test_without_a_reason_nothing_leaves_and_nothing_is_noted(client, campaign, sign_in, address, reason):
    sign_in(Role.MANAGER)
    answer = client.post(address, {"reason": reason, "kind": "post"})
    assert answer.status_code == 422 and "Save as a table" in words(answer)
    assert 'name="kind" value="post"' in answer.content.decode()
    assert not AuditRow.objects.filter(verb="record.export").exists()


def test_no_more_than_the_limit_leaves_and_the_file_says_so(client, campaign, sign_in, address, monkeypatch):
    monkeypatch.setattr(exporting_record, "MOST", 5)
    monkeypatch.setattr(exporting_record, "BATCH", 2)
    sign_in(Role.MANAGER)
    AuditRow.objects.bulk_create(
        AuditRow(campaign_id=campaign.pk, verb="post.write", about=f"post:{number}", actor="x") for number in range(9)
    )
    table = saved(client.post(address, {"reason": "Uji"}))
    assert "Only the newest 5 lines" in table[5][0]
    assert [row[3] for row in table[HEAD:]] == [f"Post {number}" for number in (8, 7, 6, 5, 4)]
    assert AuditRow.objects.get(verb="record.export").details["rows"] == 5


def test_other_campaigns_are_not_in_it(client, campaign, sign_in, address):
    make.post()
    sign_in(Role.MANAGER)
    assert saved(client.post(address, {"reason": "Uji"}))[HEAD - 1 :] == []


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "\N{FULLWIDTH EQUALS SIGN}1"]
)
def test_what_would_be_a_formula_is_text(client, campaign, sign_in, address, evil):
    member = make.member(of=campaign, role=Role.MANAGER)
    member.user.name = evil
    member.user.save()
    audit.record("campaign.stop", campaign, by=member, reason="uji")
    sign_in(Role.CANDIDATE)
    table = saved(client.post(address, {"reason": f"{evil} alasan"}))
    for line in table:
        assert not any(value.startswith(spreadsheets.DANGEROUS) for value in line), line
    assert any(
        value.startswith("'") and value.replace("'", "") == evil.replace("'", "") for line in table for value in line
    )


def test_a_cell_of_plain_text_stays_as_it_is():
    assert [spreadsheets.cell(value) for value in ("Dewi", 12, None, "a=b", "")] == ["Dewi", "12", "", "a=b", ""]


def test_the_language_is_that_of_who_asked_though_another_page_is_drawn_meanwhile(client, campaign, sign_in, address):
    from django.utils import translation

    make.post(of=campaign)
    sign_in(Role.MANAGER)
    answer = client.post(address, {"reason": "Uji"})
    with translation.override("id"):
        table = saved(answer)
    assert "Staff wrote a post" in str(table)


def test_only_manager_and_candidate_save_it(client, sign_in, address):
    only(client, sign_in, address, DECIDERS, "post")
    sign_in(Role.MANAGER)
    assert client.get(address).status_code == 405
