"""A post that leads somewhere: a short link for each account, part of what is approved, shown to its own team only."""

from uuid import uuid4

import pytest
from django.test import override_settings

from campaign import checks, previews, publishing
from campaign.errors import Refused
from campaign.linking import making
from campaign.linking.placing import placed
from campaign.models import Approval, Delivery, Follow, Part, PostVersion, Role, ShortLink
from campaign.writing import versions
from tests import make
from tests.campaign.doors import typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TARGET = "https://ratna.example/jalan"


def test_each_account_has_a_link_of_its_own(campaign):
    on = [make.channel(of=campaign), make.place(of=campaign), make.place(of=campaign)]
    post = make.post_scheduled(on=on, text="Baca {tautan} sekarang.", link=TARGET)
    links = {row.channel_id: row for row in ShortLink.objects.filter(post=post)}
    assert len({row.code for row in links.values()}) == 3
    for row in Delivery.objects.of_post(post.pk):
        assert row.text == f"Baca {making.address(links[row.channel_id].code)} sekarang."
    assert links[on[1].pk].utm_medium == "group"


def test_own_words_of_an_account_carry_its_link_too(campaign):
    channel = make.channel(of=campaign)
    post = make.post_scheduled(on=[channel], text="Teks.", own_texts={channel.pk: "Lain."}, link=TARGET)
    assert Delivery.objects.get().text == f"Lain.\n\n{making.address(ShortLink.objects.get(post=post).code)}"


@pytest.mark.parametrize(
    ("text", "link", "shown"),
    [
        ("Baca {tautan}, ya.", "L", "Baca L, ya."),
        ("{tautan} dan {tautan}", "L", "L dan L"),
        ("Baca.", "L", "Baca.\n\nL"),
        ("", "L", "L"),
        ("Baca.", "", "Baca."),
    ],
)
def test_it_stands_at_its_place_or_at_the_end(text, link, shown):
    assert placed([text], link) == [shown]


def test_it_stands_in_the_first_comment_alone_where_that_says_so(campaign):
    follows = [Follow(Part.COMMENT, "Selengkapnya: {tautan}")]
    post = make.post_scheduled(of=campaign, text="Jalan desa.", link=TARGET, follows=follows)
    link = making.address(ShortLink.objects.get(post=post).code)
    texts = [row.text for row in Delivery.objects.of_post(post.pk).order_by("pk")]
    assert texts == ["Jalan desa.", f"Selengkapnya: {link}"]


def test_the_link_is_part_of_what_is_approved(campaign):
    post = make.post_scheduled(of=campaign, link=TARGET, planned_at=make.in_an_hour())
    before, seal = ShortLink.objects.get(), Delivery.objects.get().fingerprint
    yes = Approval.objects.get().fingerprint
    make.someone(campaign, Role.STAFF)
    content = make.content(on=list(post.channels.all()), link="https://ratna.example/air", planned_at=post.planned_at)
    publishing.edit(post, content, by=make.someone(campaign, Role.STAFF), version=post.version)
    assert not Delivery.objects.current().exists(), "another target takes the approval away"
    post.refresh_from_db()
    publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=post.version)
    row = Delivery.objects.current().get()
    assert row.fingerprint != seal
    assert before.code not in row.text, "and has a code of its own"
    assert row.cleared is None
    make.approve(post)
    assert Approval.objects.get(version=post.version).fingerprint != yes


def test_submitted_again_unchanged_it_keeps_its_code(campaign):
    post = make.post_in_review(of=campaign, link=TARGET)
    first = ShortLink.objects.get().code
    publishing.withdraw(post, by=make.someone(campaign, Role.STAFF), version=post.version)
    publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=post.version)
    assert ShortLink.objects.get().code == first
    assert first in Delivery.objects.current().get().text


def test_whoever_approves_sees_where_it_leads(client, campaign, sign_in):
    post = make.post_in_review(of=campaign, link=TARGET)
    sign_in(Role.CANDIDATE)
    shown = words(client.get(url("review_post", campaign, post.pk)))
    assert ShortLink.objects.get().code in shown
    assert f"The short link leads to: {TARGET}" in shown


def test_without_a_public_address_the_link_itself_stands_there():
    campaign = make.campaign(mode="live")
    with override_settings(BASE_URL="http://localhost:8000"):
        post = make.post_in_review(on=[make.channel(of=campaign)], link=TARGET)
    assert not ShortLink.objects.exists()
    assert Delivery.objects.get().text.endswith(
        f"\n\n{TARGET}?utm_source=mastodon&utm_medium=social&utm_campaign={campaign.slug}&utm_content=post-{post.pk}"
    )


def test_a_real_campaign_at_a_public_address_has_short_ones():
    campaign = make.campaign(mode="live")
    with override_settings(BASE_URL="https://posko.example"):
        make.post_in_review(on=[make.channel(of=campaign)], link=TARGET)
        assert f"https://posko.example/s/{ShortLink.objects.get().code}" in Delivery.objects.get().text


def test_tags_that_are_there_already_stay():
    assert making.tagged("https://a.example/?utm_source=kami", {"utm_source": "x", "utm_medium": ""}) == (
        "https://a.example/?utm_source=kami"
    )


# What may be typed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("http://ratna.example/", "begins with https://"),
        ("javascript:alert(1)", "This is no link"),
        ("https://", "This is no link"),
        ("bukan tautan", "This is no link"),
        ("https://nama:sandi@ratna.example/", "holds a name or a password"),
        ("https://ratna.example/" + "a" * 479, "500"),
        ("https://posko.example/s/abcdefgh", "a short link of Posko"),
        ("https://[::1/", "This is no link"),
    ],
)
@override_settings(BASE_URL="https://posko.example")
def test_what_is_no_target_is_refused_at_its_field(client, campaign, sign_in, link, sentence):
    sign_in(Role.STAFF)
    answer = client.post(url("write_post", campaign), typed(make.channel(of=campaign), link=link))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "Jalan desa harus bisa dilalui." in words(answer), "nothing typed is lost"


def test_what_is_typed_is_kept_shown_counted_and_copied(client, campaign, sign_in):
    member, channel = sign_in(Role.STAFF), make.channel(of=campaign)
    client.post(url("write_post", campaign), typed(channel, link=" ratna.example/jalan "))
    post = channel.posts.get()
    assert post.link == TARGET
    page = client.get(url("edit_post", campaign, post.pk))
    assert TARGET in words(page)
    (counter,) = page.context["counters"]
    text = f"Jalan desa harus bisa dilalui.\n\n{making.address(making.UNMADE)}"
    assert page.context["previews"][0].text == text
    assert counter.length == previews.counters(post, [channel], [])[0].length
    assert not ShortLink.objects.exists(), "no code before somebody submits"
    copy = versions.copy(post, by=member, form_id=uuid4())
    assert copy.link == TARGET


def test_a_change_of_the_link_is_a_version_and_is_told(campaign):
    post = make.post(of=campaign, link=TARGET)
    content = make.content(on=list(post.channels.all()), link="")
    publishing.edit(post, content, by=make.someone(campaign, Role.STAFF), version=1)
    post.refresh_from_db()
    told, _more = versions.of_post(post, most=5)
    (change,) = told[0].changes
    assert (change.label, change.before, change.after) == ("Tautan", TARGET, "–")
    old = PostVersion.objects.get(post=post, version=1)
    without = {name: value for name, value in old.content.items() if name != "link"}
    assert versions.changes(without, old.content, campaign)[0].after == TARGET, "a version from before there were links"


def test_a_place_without_a_link_stops_the_post(campaign):
    post = make.post(of=campaign, text="Baca {tautan}.")
    found = [each for each in checks.findings(checks.subject_of(post)) if each.code == "link_in_place"]
    assert [each.words for each in found] == [("{tautan}",)]
    with pytest.raises(Refused, match="tautan"):
        publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=1)


def test_a_place_in_a_title_stops_the_post_with_a_link_and_without(campaign):
    on = [make.channel(of=campaign, platform="youtube")]
    for link in ("", TARGET):
        post = make.post(on=on, text="Jalan desa.", public_title="Lihat {tautan}", link=link)
        assert "link_in_title" in {each.code for each in checks.blocks(checks.findings(checks.subject_of(post)))}


def test_a_text_that_only_the_link_makes_too_long_is_told_before(client, campaign, sign_in):
    sign_in(Role.STAFF)
    channel = make.channel(of=campaign)
    data = typed(channel, text="a" * 490, link=TARGET, do="submit")
    answer = client.post(url("write_post", campaign), data)
    assert answer.status_code == 422
    assert "500" in words(answer)


def test_a_short_link_hides_no_call_for_donations_from_tiktok(client, campaign, sign_in):
    donations = "https://kitabisa.com/ratna"
    tiktok, other = make.channel(of=campaign, platform="tiktok"), make.channel(of=campaign)
    post = make.post(on=[tiktok, other], text="Jalan desa.", link=donations)
    found = [each for each in checks.findings(checks.subject_of(post)) if each.code.endswith("no_donations_here")]
    assert [each.channel for each in found] == [tiktok]
    assert found[0].weight == checks.Weight.BLOCK
    with pytest.raises(Refused, match="berdonasi"):
        publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=1)
    assert not ShortLink.objects.exists()
    sign_in(Role.STAFF)
    answer = client.post(url("write_post", campaign), typed(tiktok, link=donations, do="submit"))
    assert answer.status_code == 422
    assert "no call for donations" in str(answer.context["form"].errors["link"])
    mild = make.post(on=[tiktok], text="Jalan desa.", link=TARGET)
    assert not [each for each in checks.findings(checks.subject_of(mild)) if "donations" in each.code]


# Whose ------------------------------------------------------------------------------------------


def test_codes_of_another_campaign_are_never_shown(client, campaign, sign_in):
    theirs = make.post_scheduled(link="https://lain.example/")
    code = ShortLink.objects.get(post=theirs).code
    ours = make.post_scheduled(of=campaign, link=TARGET)
    sign_in(Role.MANAGER)
    for name, args in (("post_detail", [ours.pk]), ("posts", []), ("today", []), ("channels", []), ("record", [])):
        assert code not in words(client.get(url(name, campaign, *args))), name
    assert client.post(url("close_link", campaign, theirs.pk), {"do": "close"}).status_code == 404
    assert ShortLink.objects.get(post=theirs).closed_at is None
