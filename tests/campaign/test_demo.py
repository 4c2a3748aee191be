"""`/demo/…`: a demonstration is made, walked through role by role, and removed."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.db import connection

from campaign import clock, demo, demo_past, demo_stories
from campaign.errors import Refused
from campaign.models import AuditRow, Campaign, Channel, Delivery, Member, Mode, Post, PostState, Role, State, User
from campaign.team import joining
from platforms.base import Temporary
from platforms.contents import Account
from tests import make

MAKE, REMOVE = "/demo/", "/demo/hapus/"


@pytest.fixture(autouse=True)
def _in_english(client, settings, db):
    settings.DEMO = True
    from campaign import rulesets

    rulesets.ship()
    client.cookies["django_language"] = "en"


@pytest.fixture
def practice_networks(monkeypatch, settings):
    """Accounts as the sandbox would open them, without a sandbox."""

    def opened(campaign, platform, handle):
        return Account(
            platform=platform,
            server=f"{settings.SANDBOX_URL}/{platform}",
            remote_id=handle,
            name=campaign.candidate_name,
            handle=f"@{handle}",
            secrets={"token": "t"},
        )

    def told(campaign, account, handle, now):
        platform = account.platform
        return {
            (story, platform): demo_past.Sent(demo_past.planned(story, campaign, now), f"{number}", "")
            for number, story in enumerate(demo_stories.STORIES[-2:])
            if platform in story.platforms
        }

    monkeypatch.setattr(demo, "_account", opened)
    monkeypatch.setattr(demo, "_past", told)


@pytest.fixture
def made(client, practice_networks):
    client.post(MAKE)
    return Campaign.objects.get()


def as_role(client, role):
    return client.post(f"/demo/sebagai/{role}/")


def test_it_makes_a_practice_campaign_with_a_team_accounts_and_posts(made):
    assert (made.is_demo, made.mode, made.slug[:5]) == (True, Mode.PRACTICE, "demo-")
    assert {member.role for member in made.members.all()} == set(Role.values)
    assert {channel.platform for channel in made.channels.all()} == {*demo.PLATFORMS, "whatsapp"}
    assert set(made.posts.values_list("state", flat=True)) == {
        PostState.DRAFT,
        PostState.IN_REVIEW,
        PostState.CHANGES_ASKED,
        PostState.SCHEDULED,
        PostState.PUBLISHED,
    }
    planned = (
        made.posts.filter(state=PostState.SCHEDULED, planned_at__isnull=False).order_by("planned_at")[0].planned_at
    )
    days = (planned.astimezone(made.tz).date() - clock.now().astimezone(made.tz).date()).days
    assert days == 1
    waiting = Delivery.objects.firsts().filter(campaign=made, cleared__isnull=False, state=State.WAITING)
    assert waiting.filter(send_at__lte=clock.now()).count() == 4, "on three networks, and for a volunteer's hand"


def test_nobody_of_a_demo_can_sign_in_with_a_password(made):
    assert not any(user.has_usable_password() or user.email for user in User.objects.filter(memberships__campaign=made))


def test_pressing_again_takes_up_the_same_demo(client, made):
    client.post(MAKE)
    assert Campaign.objects.count() == 1


def test_another_browser_gets_a_demo_of_its_own(client, made, client_of_someone_else):
    client_of_someone_else.post(MAKE)
    assert Campaign.objects.count() == 2


@pytest.fixture
def client_of_someone_else():
    from django.test import Client

    return Client()


@pytest.mark.parametrize("role", Role.values)
def test_each_role_is_one_press_away(client, made, role):
    answer = as_role(client, role)
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "/demo/sebagai/staff/" in page
    assert 'aria-pressed="true"' in page
    assert as_role(client, Role.CANDIDATE).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_when_the_practice_networks_are_silent_nothing_is_half_made(client, monkeypatch):
    def silent(campaign, platform, handle):
        if platform == "telegram":
            raise Temporary("connect_failed", host="localhost:4800")
        return Account(platform, "http://localhost:4800", handle, "Ratna", handle, {})

    monkeypatch.setattr(demo, "_account", silent)
    answer = client.post(MAKE, follow=True)
    assert "practice networks do not answer" in answer.content.decode()
    assert not Campaign.objects.exists()
    assert not User.objects.exists()


def test_there_is_no_demo_where_it_is_switched_off(client, made, settings):
    settings.DEMO = False
    assert client.post(MAKE).status_code == 404
    assert as_role(client, Role.MANAGER).status_code == 404


def test_a_browser_without_a_demo_cannot_become_one_of_its_people(made, client_of_someone_else):
    assert as_role(client_of_someone_else, Role.MANAGER).status_code == 404


def test_a_real_campaigns_people_are_out_of_reach(client, campaign, team):
    session = client.session
    session["demo"] = campaign.pk
    session.save()
    assert as_role(client, Role.MANAGER).status_code == 404


def test_a_role_that_does_not_exist_is_not_found(client, made):
    assert as_role(client, "presiden").status_code == 404


def test_its_manager_removes_it_with_its_people_and_the_record_stays(client, made):
    post = made.posts.filter(state=PostState.IN_REVIEW)[0]
    make.media(of=made)
    as_role(client, Role.MANAGER)
    answer = client.post(REMOVE)
    assert answer.url == "/"
    assert not any(model.objects.exists() for model in (Campaign, Member, User, Channel, Post, Delivery))
    assert AuditRow.objects.filter(verb="post.submit", about=f"post:{post.pk}").exists()
    assert AuditRow.objects.filter(verb="demo.remove").exists()
    assert "_auth_user_id" not in client.session


def test_nobody_but_its_manager_removes_it(client, made):
    as_role(client, Role.STAFF)
    assert client.post(REMOVE).status_code == 404
    assert Campaign.objects.exists()


def test_a_real_manager_removes_nothing(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert client.post(REMOVE).status_code == 404
    assert Campaign.objects.filter(pk=campaign.pk).exists()


def test_a_stranger_is_asked_to_sign_in_before_removing(client, made):
    assert "/accounts/login/" in client.post(REMOVE).url


@pytest.mark.parametrize("address", [MAKE, REMOVE, "/demo/sebagai/staff/"])
def test_opening_an_address_does_nothing(client, made, address):
    as_role(client, Role.MANAGER)
    assert client.get(address).status_code == 405


def test_on_an_open_server_old_demos_make_room(client, made, practice_networks, client_of_someone_else):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaign_campaign SET made_at = made_at - interval '4 days'")
    client_of_someone_else.post(MAKE)
    assert Campaign.objects.get().pk != made.pk


def test_on_an_open_server_there_are_only_so_many(client, practice_networks, monkeypatch):
    monkeypatch.setattr(demo, "MOST", 0)
    answer = client.post(MAKE, follow=True)
    assert "Many people" in answer.content.decode()
    assert not Campaign.objects.exists()


# Apart from real people --------------------------------------------------------------------------


ACCOUNT = {"name": "Orang Nyata", "email": "orang@nyata.test", "password": "sandi-yang-panjang", "declared": "on"}


def test_a_demo_takes_in_no_address_of_a_real_person(client, made, client_of_someone_else, mailoutbox):
    for role in (Role.STAFF, Role.VOLUNTEER):
        link = urlsplit(make.link(of=made, role=role).url).path
        client_of_someone_else.post(link, ACCOUNT | {"how": "email"})
        client_of_someone_else.get(link + "?how=email")
        client_of_someone_else.post(link, ACCOUNT)
    assert not User.objects.exclude(email=None).exists()
    assert not mailoutbox


def test_a_real_person_is_told_that_it_is_a_demo(client, made, client_of_someone_else):
    person = make.user()
    client_of_someone_else.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client_of_someone_else.cookies["django_language"] = "en"
    link = urlsplit(make.link(of=made, role=Role.STAFF).url).path
    for ask in (client_of_someone_else.get, client_of_someone_else.post):
        answer = ask(link, {"declared": "on"})
        assert answer.status_code == 403
        assert "part of a demo" in answer.content.decode()
    with pytest.raises(Refused):
        joining.join(make.link(of=made, role=Role.STAFF).invitation, joining.Newcomer(user=person))
    assert not Member.objects.filter(user=person).exists()


def test_a_volunteer_without_an_address_may_try_joining(made, client_of_someone_else):
    link = urlsplit(make.link(of=made).url).path
    page = client_of_someone_else.get(link).content.decode()
    assert "how=email" not in page
    typed = {"name": "Agus Salim", "pin": make.PIN, "declared": "on"}
    assert client_of_someone_else.post(link, typed).status_code == 302


def test_nobody_becomes_a_real_person_through_the_demo(client, made):
    """One who joined before the door was closed, and then took the place of the invented person."""
    invented = made.members.get(role=Role.STAFF)
    real = Member.objects.create(
        campaign=made,
        user=make.user(),
        role=Role.STAFF,
        invitation=make.link(of=made, role=Role.STAFF).invitation,
        declared_at=clock.now(),
        declaration="1",
    )
    Member.objects.filter(pk=invented.pk).update(suspended_at=clock.now())
    assert as_role(client, Role.STAFF).status_code == 404
    assert client.session.get("_auth_user_id") != str(real.user_id)


def test_a_person_of_the_demo_enters_no_real_team(client, made, campaign, team):
    as_role(client, Role.VOLUNTEER)
    for role in (Role.VOLUNTEER, Role.STAFF):
        link = urlsplit(make.link(of=campaign, role=role).url).path
        for ask in (client.get, client.post):
            answer = ask(link, {"pin": make.PIN, "declared": "on"})
            assert answer.status_code == 403
            assert "somebody of a demo" in answer.content.decode()
    agus = made.members.get(role=Role.VOLUNTEER, suspended_at=None)
    with pytest.raises(Refused):
        joining.join(make.link(of=campaign).invitation, joining.Newcomer(user=agus.user, pin=make.PIN))
    assert Member.objects.filter(user=agus.user).count() == 1


def test_removing_it_leaves_the_real_campaign_as_it_was(client, made, campaign, team):
    post, media = make.post_in_review(of=campaign), make.media(of=campaign)
    as_role(client, Role.MANAGER)
    client.post(REMOVE)
    assert list(Campaign.objects.all()) == [campaign]
    assert campaign.members.count() == len(team)
    assert post.__class__.objects.get(pk=post.pk).state == PostState.IN_REVIEW
    assert media.file.storage.exists(str(media.file.name))


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_at_once_on_ones_own_machine_makes_one(practice_networks, settings, monkeypatch):
    settings.LOCAL = True
    open_account = demo._account

    def slowly(*asked):
        time.sleep(0.1)
        return open_account(*asked)

    monkeypatch.setattr(demo, "_account", slowly)

    def press(_number):
        try:
            return demo.begin(None).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(press, range(2)))) == 1
    assert Campaign.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_remove_it_once(practice_networks):
    made = demo.make()
    manager = made.members.get(role=Role.MANAGER)

    def press(_number):
        try:
            demo.remove(Campaign.objects.get(pk=made.pk), by=manager)
        except Campaign.DoesNotExist:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, range(2)))
    assert AuditRow.objects.filter(verb="demo.remove").count() == 1
    assert not Campaign.objects.exists()
