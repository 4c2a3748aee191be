"""A group, a channel or a status is added by name and sender; nothing there is ever asked."""

import pytest
from django.db import IntegrityError, transaction

from analytics import following
from analytics.models import Pull
from campaign import channels, expiring, practice
from campaign.models import AuditRow, Channel, ChannelSecret, Delivery, Health, Notice, Role, State
from campaign.operations import looking
from campaign.writing.form import PostForm
from engagement import listening
from engagement.models import Poll
from platforms.http import Door
from tests import make
from tests.campaign.doors import url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def page(campaign):
    return url("connect_channel", campaign, "whatsapp")


@pytest.fixture
def agus(campaign):
    return make.someone(campaign, Role.VOLUNTEER)


def told(sender, **fields):
    return {"sort": "group", "name": "Relawan Sukamaju", "owner": sender.pk} | fields


def test_a_group_is_added_by_name_and_by_who_sends_there(client, campaign, sign_in, page, agus):
    sign_in(Role.MANAGER)
    assert "Add a place on WhatsApp" in words(client.get(url("channels", campaign)))
    answer = client.post(page, told(agus))
    assert answer.status_code == 303
    row = Channel.objects.get(platform="whatsapp")
    assert (row.name, row.sort, row.owner, row.health) == ("Relawan Sukamaju", "group", agus, Health.OK)
    assert not ChannelSecret.objects.filter(channel=row).exists(), "there is no secret to keep"
    assert AuditRow.objects.filter(verb="channel.connect").exists()
    listed = words(client.get(answer["Location"]))
    assert "Relawan Sukamaju" in listed
    assert "Sends there: Volunteer" in listed
    assert "Tested:" not in listed
    assert "Posko asks there" not in listed


def test_several_groups_stand_side_by_side_each_by_its_own_name(client, campaign, sign_in, page, agus):
    sign_in(Role.MANAGER)
    client.post(page, told(agus))
    client.post(page, told(agus, name="Relawan Karang"))
    assert Channel.objects.filter(platform="whatsapp").count() == 2
    refused = client.post(page, told(agus, name="relawan karang"))
    assert refused.status_code == 422
    assert "There is one of this name already" in words(refused)
    assert "relawan karang" in words(refused), "nothing typed is lost"
    with pytest.raises(IntegrityError), transaction.atomic():
        Channel.objects.filter(name="Relawan Karang").update(name="Relawan SUKAMAJU")


def test_what_cannot_be_is_refused(client, sign_in, page, agus):
    sign_in(Role.MANAGER)
    stranger = make.member(role=Role.STAFF)
    treasurer = make.member(role=Role.TREASURER, of=agus.campaign)
    for fields, sentence in (
        ({"name": ""}, "Type a name."),
        ({"owner": ""}, "Choose who sends there."),
        ({"owner": stranger.pk}, "This member is not here any more."),
        ({"owner": treasurer.pk}, "This member is not here any more."),
        ({"url": "javascript:alert(1)"}, "This is no link."),
        ({"sort": "list"}, "Select a valid choice"),
    ):
        answer = client.post(page, told(agus, **fields))
        assert answer.status_code == 422, fields
        assert sentence in words(answer)
    assert not Channel.objects.filter(platform="whatsapp").exists()


def test_another_sender_takes_over_what_is_open(client, campaign, sign_in, page, agus):
    place = make.place(of=campaign, owner=agus)
    post = make.post_scheduled(on=[place], planned_at=make.in_an_hour())
    row = Delivery.objects.of_post(post.pk).get()
    assert row.owner == agus
    Delivery.objects.filter(pk=row.pk).update(state=State.SENDING, token=row.key, lease_until=row.send_at)
    Delivery.objects.filter(pk=row.pk).update(state=State.HANDED, problem="by_hand")
    sign_in(Role.MANAGER)
    bayu = make.member(role=Role.VOLUNTEER, of=campaign)
    shown = client.get(f"{page}?again={place.pk}")
    assert "Change a place on WhatsApp" in words(shown)
    assert client.post(page, told(bayu, name=place.name, again=place.pk)).status_code == 303
    row.refresh_from_db()
    place.refresh_from_db()
    assert (row.owner, place.owner) == (bayu, bayu)
    assert Notice.objects.open().filter(kind="handed", member=bayu, url=row.hand_url).exists()
    assert not Notice.objects.open().filter(kind="handed", member=agus).exists()
    assert Channel.objects.filter(platform="whatsapp").count() == 1


def test_that_nobody_sends_there_any_more_is_said(client, campaign, sign_in, agus):
    make.place(of=campaign, owner=agus)
    agus.suspended_at = agus.campaign.made_at
    agus.save()
    sign_in(Role.MANAGER)
    assert "Nobody sends there any more" in words(client.get(url("channels", campaign)))


def test_it_is_let_go_like_any_other(client, campaign, sign_in, agus):
    place = make.place(of=campaign, owner=agus)
    sign_in(Role.MANAGER)
    assert client.post(url("remove_channel", campaign, place.pk)).status_code == 303
    place.refresh_from_db()
    assert place.health == Health.REMOVED
    make.place(of=campaign, owner=agus, name=place.name)  # the name is free again


def test_no_clock_asks_anything_of_it(campaign, agus, monkeypatch):
    def never(*_told, **_more):
        raise AssertionError("a network was called")

    monkeypatch.setattr(Door, "call", never)
    place = make.place(of=campaign, owner=agus)
    Channel.objects.update(health_at=None)
    assert place not in channels.untested()
    assert expiring.remind_all() == 0
    following.follow_channels()
    listening.follow()
    assert not Pull.objects.exists()
    assert not Poll.objects.exists()
    assert "whatsapp" not in practice.platforms()
    manager = make.someone(campaign, Role.MANAGER)
    lines = [line for line in looking.overview(manager).accounts if line.title == str(place)]
    assert "sends there by hand" in str(lines[0].told) or "tangan" in str(lines[0].told)


def test_it_is_chosen_on_purpose_for_a_post(campaign, agus):
    usual, place = make.channel(of=campaign), make.place(of=campaign, owner=agus)
    form = PostForm(make.someone(campaign, Role.STAFF))
    assert form.chosen == {str(usual.pk)}
    assert place in form.choices
