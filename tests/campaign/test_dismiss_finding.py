"""`…/konten/<pk>/abaikan/`: a finding set aside for one version."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from campaign import checks, clock, publishing
from campaign.checking.dismissing import Line
from campaign.errors import Refused
from campaign.models import AuditRow, Dismissal, Role
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TEXT = "Kemiskinan naik 12 persen."


@pytest.fixture
def post(campaign):
    return make.post(of=campaign, text=TEXT)


def finding(post, code: str = "figure_without_source") -> checks.Finding:
    return next(each for each in checks.findings(checks.subject_of(post)) if each.code == code)


def dismiss(client, post, found: checks.Finding | None = None, *, htmx: bool = False, **fields):
    found = found or finding(post)
    data = {"version": post.version, "code": found.code, "where": found.where} | fields
    return client.post(url("dismiss_finding", post.campaign, post.pk), data, headers=HTMX if htmx else {})


def test_it_is_remembered_with_who_and_when_and_goes_back_to_the_post(client, sign_in, post):
    member = sign_in(Role.STAFF)
    answer = dismiss(client, post)
    assert answer.status_code == 303 and answer.url == post.get_absolute_url()
    row = Dismissal.objects.get()
    assert (row.post, row.version, row.code, row.by) == (post, 1, "figure_without_source", member)
    told = AuditRow.objects.get(verb="post.ignore_finding")
    assert told.details == {"version": 1, "code": "figure_without_source"}


def test_it_is_folded_away_with_the_name_of_who_ignored_it(client, sign_in, post):
    sign_in(Role.STAFF)
    answer = dismiss(client, post, htmx=True)
    page = words(answer)
    assert answer.status_code == 200 and page.startswith('<div id="checks"')
    shown, _fold, ignored = page.partition("<details")
    assert "<mark>" not in shown
    assert "1 ignored by Staff" in ignored and "<mark>12 persen</mark>" in ignored


def test_the_candidate_sees_at_approval_who_ignored_what(client, campaign, sign_in):
    post = make.post_in_review(of=campaign, text=TEXT)
    sign_in(Role.STAFF)
    dismiss(client, post)
    sign_in(Role.CANDIDATE)
    assert "1 ignored by Staff" in words(client.get(url("review_post", campaign, post.pk)))


def test_from_the_review_page_it_leads_back_there(client, campaign, sign_in):
    post = make.post_in_review(of=campaign, text=TEXT)
    sign_in(Role.CANDIDATE)
    page = words(client.get(url("review_post", campaign, post.pk)))
    assert 'name="then" value="review"' in page
    assert dismiss(client, post, then="review").url == url("review_post", campaign, post.pk)


def test_ignoring_it_twice_is_ignoring_it_once(client, sign_in, post):
    sign_in(Role.STAFF)
    dismiss(client, post)
    assert dismiss(client, post).status_code == 303
    assert Dismissal.objects.count() == 1
    assert AuditRow.objects.filter(verb="post.ignore_finding").count() == 1


def test_a_new_version_asks_again(client, sign_in, post):
    member = sign_in(Role.STAFF)
    dismiss(client, post)
    make.edit(post, text=f"{TEXT} Lihat!", by=member)
    page = words(client.get(post.get_absolute_url()))
    assert "<mark>12 persen</mark>" in page and "ignored by" not in page


def test_what_blocks_cannot_be_ignored(client, sign_in, campaign):
    sign_in(Role.MANAGER)
    post = make.post(of=campaign, text="Coblos kami, dapat sembako!")
    block = finding(post, "money_or_goods")
    assert block.weight == checks.Weight.BLOCK
    assert 'value="money_or_goods"' not in words(client.get(post.get_absolute_url()))
    answer = dismiss(client, post, block)
    assert answer.status_code == 422 and "This cannot be ignored." in words(answer)
    assert not Dismissal.objects.exists()


def test_warnings_stop_nobody_and_a_block_stops_submitting(campaign):
    translation.activate("en")  # undone with the test
    publishing.submit(make.post(of=campaign, text=TEXT), by=make.someone(campaign, Role.STAFF), version=1)
    blocked = make.post(of=campaign, text="Coblos kami, dapat sembako!")
    with pytest.raises(Refused, match="which the law forbids"):
        publishing.submit(blocked, by=make.someone(campaign, Role.STAFF), version=1)


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"version": 2}, "Look again"),
        ({"version": ""}, "Look again"),
        ({"where": "0" * 16}, "not found any more"),
        ({"code": "nothing"}, "not found any more"),
        ({"code": "\0", "where": "\0"}, "not found any more"),
        ({"version": "9" * 30}, "Look again"),
    ],
)
def test_what_is_not_there_is_refused_with_a_sentence(client, sign_in, post, fields, said, htmx):
    sign_in(Role.STAFF)
    answer = dismiss(client, post, htmx=htmx, **fields)
    assert answer.status_code == 422 and said in words(answer)
    assert not Dismissal.objects.exists()


def test_a_refusal_on_the_review_page_is_told_there(client, campaign, sign_in):
    post = make.post_in_review(of=campaign, text=TEXT)
    sign_in(Role.CANDIDATE)
    answer = dismiss(client, post, then="review", version=7)
    assert answer.status_code == 422 and 'id="review"' in words(answer)


def test_what_is_out_already_needs_no_ignoring(client, campaign, sign_in):
    post = make.post(of=campaign, text=TEXT)
    type(post).objects.filter(pk=post.pk).update(state="published")
    sign_in(Role.STAFF)
    assert "out already" in words(dismiss(client, post))
    assert not Dismissal.objects.exists()


def test_only_those_who_write_or_approve_may(client, campaign, sign_in, post):
    only(client, sign_in, url("dismiss_finding", campaign, post.pk), WRITERS, "post")


def test_another_campaigns_post_is_not_there(client, campaign, sign_in):
    sign_in(Role.STAFF)
    theirs = make.post(text=TEXT)
    assert client.post(url("dismiss_finding", campaign, theirs.pk), {"version": 1}).status_code == 404


def test_it_cannot_be_opened(client, campaign, sign_in, post):
    sign_in(Role.STAFF)
    assert client.get(url("dismiss_finding", campaign, post.pk)).status_code == 405


def test_the_database_keeps_one_row_per_finding_and_version(post):
    told = {"post": post, "version": 1, "code": "a", "where": "b", "by": post.author, "at": clock.now()}
    Dismissal.objects.create(**told)
    with pytest.raises(IntegrityError, match="dismissal_once"), transaction.atomic():
        Dismissal.objects.create(**told)
    with pytest.raises(IntegrityError, match="dismissal_names_its_finding"), transaction.atomic():
        Dismissal.objects.create(**told | {"code": ""})


# How a finding is quoted --------------------------------------------------------------------------


def quoted(text: str, *marked: str) -> str:
    """The quotation of the words `marked`, with brackets for its marks."""
    places = tuple((text.index(words), text.index(words) + len(words)) for words in marked)
    line = Line(checks.Finding(checks.Weight.WARN, "", code="c", text=text, places=places))
    told = "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in line.quote)
    return f"{told} +{line.further}" if line.further else told


def test_a_quotation_has_whole_words_and_marks_neighbours_as_one():
    text = "Dari pagi sampai petang kami berjalan, dan saya akan membangun jembatan di setiap desa yang kami lewati."
    assert quoted(text, "saya", "akan", "membangun") == (
        "… petang kami berjalan, dan [saya akan membangun] jembatan di setiap desa yang …"
    )


def test_a_quotation_counts_what_it_does_not_show():
    text = "Naik 12 persen. " + "Kata " * 40 + "turun 3 persen dan 4 persen."
    assert quoted(text, "12 persen", "3 persen", "4 persen").endswith("… +2")
    assert quoted("Naik 12 persen.", "12 persen") == "Naik [12 persen]."


def test_a_quotation_of_one_endless_word_stays_short():
    text = "a" * 500 + "sembako" + "b" * 500
    assert len(quoted(text, "sembako")) < 100
