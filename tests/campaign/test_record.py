"""`…/catatan/`: the record searched by person, kind, period and thing; its seals; by pages."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign import audit, clock, publishing, reading_record
from campaign.forms_record import Asked
from campaign.models import AuditRow, Member, Role
from tests import make
from tests.campaign.doors import DECIDERS, HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def address(campaign):
    return url("record", campaign)


def found(answer) -> list[str]:
    return [line.row.verb for line in answer.context["found"].lines]


def written(campaign, *, at: datetime, verb: str = "post.write", member: Member | None = None, about: str = "post:1"):
    return AuditRow.objects.create(
        campaign_id=campaign.pk, at=at, verb=verb, about=about, actor=str(member or "engine"),
        member_id=member.pk if member else None,
    )  # fmt: skip


def test_it_tells_who_did_what_on_what_when_and_from_where(client, campaign, team, sign_in, address):
    sign_in(Role.CANDIDATE)
    token = audit.current_ip.set("203.0.113.7")
    post = make.post_in_review(of=campaign, on=[make.channel(of=campaign)])
    audit.current_ip.reset(token)
    make.approve(post)
    page = words(client.get(address))
    for text in (
        "Staff wrote a post", "Staff asked for approval of version 1", "Candidate approved version 1",
        f"Post {post.pk}", post.get_absolute_url(), "203.0.113.7", "WIB", "Manager connected an account",
    ):  # fmt: skip
        assert text in page, text
    assert post.text not in page


def test_another_campaigns_lines_are_not_there_even_where_they_are_asked_for(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    theirs = make.post(of=make.campaign())
    assert theirs.author
    for query in (f"about=post:{theirs.pk}", "kind=post", ""):
        assert found(client.get(f"{address}?{query}")) == []
    assert client.get(f"{address}?who={theirs.author.pk}").status_code == 422


def test_it_is_searched_by_person_kind_thing_and_all_of_them(client, campaign, team, sign_in, address):
    sign_in(Role.MANAGER)
    post = make.post(of=campaign, on=[make.channel(of=campaign)])
    publishing.submit(post, by=team["staff"], version=1)
    audit.record("delivery.held", "delivery:3", by="engine", campaign_id=campaign.pk)
    assert set(found(client.get(address, {"who": team["staff"].pk}))) == {"post.write", "post.submit"}
    assert found(client.get(address, {"who": "posko"})) == ["delivery.held"]
    assert found(client.get(address, {"kind": "channel"})) == ["channel.connect"]
    for typed in (f"post:{post.pk}", f"Post {post.pk}", f"  pOST   {post.pk} "):
        assert found(client.get(address, {"about": typed})) == ["post.submit", "post.write"]
    assert found(client.get(address, {"who": team["manager"].pk, "kind": "post"})) == []
    assert "Nothing of this kind" in words(client.get(address, {"kind": "rules"}))


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("2024-01-07", "2024-01-07", [7]),
        ("2024-01-08", "", [8]),
        ("", "2024-01-06", [6]),
        ("2024-01-06", "2024-01-08", [8, 7, 6]),
        ("2025-01-01", "", []),
        ("", "2020-01-01", []),
    ],
)
def test_a_period_is_whole_days_of_the_campaigns_zone(client, campaign, sign_in, address, since, until, days):
    sign_in(Role.MANAGER)
    edges = {6: datetime(2024, 1, 6, 16, 59, 59, tzinfo=UTC), 7: datetime(2024, 1, 6, 17, 0, tzinfo=UTC),
             8: datetime(2024, 1, 7, 17, 0, tzinfo=UTC)}  # fmt: skip
    AuditRow.objects.bulk_create(
        AuditRow(campaign_id=campaign.pk, at=at, verb="post.write", about=f"post:{day}", actor="x")
        for day, at in edges.items()
    )
    answer = client.get(address, {"since": since, "until": until})
    assert [int(line.row.about.partition(":")[2]) for line in answer.context["found"].lines] == days


def test_rows_that_were_written_out_of_order_are_in_their_period_all_the_same(campaign):
    midnight = datetime(2024, 1, 6, 17, 0, tzinfo=UTC)  # in Jakarta the seventh begins
    written(campaign, at=midnight - timedelta(days=5))
    late = written(campaign, at=midnight + timedelta(minutes=20))  # its number is the smaller one, its time the later
    early = written(campaign, at=midnight - timedelta(minutes=20))
    written(campaign, at=midnight + timedelta(days=5))
    sixth, seventh = date(2024, 1, 6), date(2024, 1, 7)
    assert list(reading_record.rows(campaign, Asked(since=seventh, until=seventh))) == [late]
    assert list(reading_record.rows(campaign, Asked(since=sixth, until=sixth))) == [early]


@pytest.mark.parametrize(
    "query",
    [
        "who=abc", "who=1000000000000000000000000", "kind=lain", "since=besok", "since=0001-01-01", "until=9999-12-31",
        "since=2024-02-01&until=2024-01-01", "about=xyz", "about=post", "about=lain 3", "about=%00", "who=%00",
    ],
)  # fmt: skip
def test_an_odd_question_is_refused_with_what_to_do_and_keeps_what_was_typed(client, sign_in, address, query):
    sign_in(Role.MANAGER)
    answer = client.get(f"{address}?{query}&about=xyz" if query.startswith("who") else f"{address}?{query}")
    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.content.decode()
    assert answer.context["found"] is None


def test_pages_go_on_by_key_and_keep_the_question(client, campaign, team, sign_in, address, monkeypatch):
    monkeypatch.setattr(reading_record, "PER_PAGE", 2)
    sign_in(Role.MANAGER)
    pks = [written(campaign, at=clock.now(), member=team["staff"]).pk for _number in range(5)]
    shown: list[int] = []
    query = {"kind": "post"}
    for _page in range(3):
        answer = client.get(address, query)
        page = answer.context["found"]
        shown += [line.row.pk for line in page.lines]
        written(campaign, at=clock.now(), member=team["staff"])  # a new one shifts nothing
        if page.older:
            assert f"kind=post&amp;before={page.older}" in answer.content.decode()
            query = {"kind": "post", "before": page.older}
    assert shown == pks[::-1] and page.older is None
    for odd in ("x", "-1", "1" * 40, ""):
        assert client.get(address, {"before": odd}).status_code == 200


def test_words_in_a_reason_are_no_markup(client, campaign, team, sign_in, address):
    audit.record("campaign.stop", campaign, by=team["manager"], reason="<script>alert(1)</script>")
    sign_in(Role.MANAGER)
    page = client.get(address).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_only_manager_and_candidate_see_it(client, sign_in, address):
    only(client, sign_in, address, DECIDERS)


def test_htmx_gets_the_part(client, sign_in, address):
    sign_in(Role.MANAGER)
    assert "<html" not in words(client.get(address, headers=HTMX))


def test_it_asks_the_database_the_same_number_of_times_whatever_there_is(
    client, campaign, team, sign_in, address, django_assert_num_queries, django_assert_max_num_queries
):
    sign_in(Role.MANAGER)
    make.post(of=campaign, on=[make.channel(of=campaign)])
    with django_assert_max_num_queries(13) as plain:
        client.get(address)
    for number in range(60):
        written(campaign, at=clock.now(), member=team["staff"], about=f"post:{number}")
    with django_assert_num_queries(len(plain) - 1):  # no account among them, which are asked for by themselves
        assert len(client.get(address).context["found"].lines) == 50
    with django_assert_num_queries(len(plain) - 1 + 2):  # the period's bounds
        client.get(address, {"since": "2024-01-01", "until": "2030-01-01", "who": team["staff"].pk})
