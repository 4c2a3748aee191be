"""`/c/<campaign>/ponsel-caleg/` and the phone itself: a QR code, used once, and 90 days without typing."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from campaign import clock
from campaign.models import AuditRow, Mode, Notice, Phone, PhoneLink, Role
from campaign.team import membership
from tests import make
from tests.campaign.doors import DECIDERS, only, url, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def live():
    campaign = make.campaign(mode=Mode.LIVE)
    make.team(campaign)
    return campaign


def show(client, campaign) -> str:
    """Press *Enrol*; the path that the QR code says."""
    candidate = make.someone(campaign, Role.CANDIDATE)
    answer = client.post(url("enrol_phone", campaign), {"candidate": candidate.pk}, follow=True)
    assert answer.status_code == 200
    return str(re.search(r'data-link="[^"]*(/keamanan/pakai-ponsel/[^"]+)"', answer.content.decode())[1])  # type: ignore[index]


def phone_browser() -> Client:
    browser = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36"})
    browser.cookies["django_language"] = "en"
    return browser


def enrolled(client, campaign) -> Client:
    """A phone that the signed-in candidate has enrolled."""
    browser = phone_browser()
    assert browser.post(show(client, campaign), {"name": "Ponsel Ratna"}).status_code == 302
    return browser


def run_out(browser: Client) -> None:
    """Its session is over; its other cookies stay."""
    del browser.cookies["sessionid"]


def test_it_opens_to_managers_and_candidates(client, sign_in, campaign, team):
    only(client, sign_in, url("candidate_phone", campaign), DECIDERS)
    only(client, sign_in, url("enrol_phone", campaign), DECIDERS, "post")


def test_without_a_candidate_it_says_what_to_do(client, english, sign_in, campaign):
    sign_in("manager")
    assert "Invite the candidate" in words(client.get(url("candidate_phone", campaign)))


def test_the_candidates_own_qr_code_signs_the_phone_in_and_counts_as_second_step(client, sign_in, live):
    sign_in("candidate", of=live)
    phone = enrolled(client, live)
    assert phone.get(live.get_absolute_url()).status_code == 200
    assert phone.get(url("review", live)).status_code == 200
    row = Phone.objects.get()
    assert row.valid_until - row.made_at == timedelta(days=90)
    assert phone.cookies["posko_phone"]["httponly"]
    assert row.token_hash not in phone.cookies["posko_phone"].value


def test_looking_at_it_uses_nothing_up(client, sign_in, live):
    sign_in("candidate", of=live)
    path, phone = show(client, live), phone_browser()
    for _ in range(3):
        page = words(phone.get(path))
        assert "Use this phone?" in page
        assert "Candidate" in page and live.name in page
    assert not Phone.objects.exists()
    assert PhoneLink.objects.get().used_at is None


def test_it_works_once_and_says_afterwards_what_to_do(client, sign_in, live):
    sign_in("candidate", of=live)
    path, phone = show(client, live), phone_browser()
    assert phone.post(path, {"name": "Ponsel"}).status_code == 302
    other = phone_browser()
    for ask in (other.get, other.post):
        answer = ask(path)
        assert answer.status_code == 410
        assert "ten minutes" in words(answer)
    assert phone.get(path).status_code == 200, "the phone itself is told that all is well"
    assert Phone.objects.count() == 1


def test_after_ten_minutes_it_is_over(client, sign_in, live, set_clock):
    sign_in("candidate", of=live)
    path = show(client, live)
    set_clock("interval '11 minutes'")
    assert phone_browser().post(path, {"name": "Ponsel"}).status_code == 410
    assert not Phone.objects.exists()


def test_a_new_one_ends_the_one_before(client, sign_in, live):
    sign_in("candidate", of=live)
    old, new = show(client, live), show(client, live)
    assert phone_browser().get(old).status_code == 410
    assert phone_browser().get(new).status_code == 200


@pytest.mark.parametrize("token", ["x", "a" * 300, "tidak-ada"])
def test_what_is_no_qr_code_of_ours_is_told_so(token):
    assert phone_browser().get(f"/keamanan/pakai-ponsel/{token}/").status_code == 410
    assert phone_browser().post(f"/keamanan/pakai-ponsel/{token}/", {"name": "\x00"}).status_code == 410


def test_the_managers_qr_code_needs_the_code_from_the_candidates_mail(client, sign_in, live):
    candidate = make.someone(live, Role.CANDIDATE)
    sign_in("manager", of=live)
    path, phone = show(client, live), phone_browser()
    (message,) = [each for each in mail.outbox if each.to == [candidate.user.email]]
    code = re.findall(r"\b\d{6}\b", str(message.body))[0]
    wrong = "000000" if code != "000000" else "111111"
    assert phone.post(path, {"name": "Ponsel"}).status_code == 422
    assert "not the code in the mail" in words(phone.post(path, {"name": "Ponsel", "code": wrong}))
    assert not Phone.objects.exists()
    assert phone.post(path, {"name": "Ponsel", "code": code}).status_code == 302
    assert phone.get(live.get_absolute_url()).status_code == 200


def test_the_qr_code_of_a_manager_who_was_suspended_is_over(client, sign_in, live):
    second = make.member(role=Role.MANAGER, of=live)
    make.sign_in(client, second.user)
    path = show(client, live)
    membership.suspend(second, by=make.someone(live, Role.MANAGER), reason="Uji")
    assert phone_browser().get(path).status_code == 410


def test_five_wrong_codes_end_it(client, sign_in, live):
    sign_in("manager", of=live)
    path, phone = show(client, live), phone_browser()
    code = re.findall(r"\b\d{6}\b", str(mail.outbox[-1].body))[0]
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        phone.post(path, {"name": "Ponsel", "code": wrong})
    assert phone.post(path, {"name": "Ponsel", "code": code}).status_code == 410
    assert not Phone.objects.exists()


def test_without_an_address_the_managers_qr_code_does_and_is_on_the_record(client, sign_in, live):
    candidate = make.someone(live, Role.CANDIDATE)
    candidate.user.email = None
    candidate.user.save()
    manager = sign_in("manager", of=live)
    assert phone_browser().post(show(client, live), {"name": "Ponsel"}).status_code == 302
    row = AuditRow.objects.get(verb="phone.enrol")
    assert row.member_id == candidate.pk and row.details == {"invited_by": manager.pk}
    assert AuditRow.objects.filter(verb="phone.invite", member_id=manager.pk).exists()


def test_the_candidate_is_told_by_mail_and_on_the_first_page(client, sign_in, live, django_capture_on_commit_callbacks):
    candidate = sign_in("candidate", of=live)
    with django_capture_on_commit_callbacks(execute=True):
        enrolled(client, live)
    assert [message.to for message in mail.outbox] == [[candidate.user.email]]
    assert "Ponsel Ratna" in str(mail.outbox[0].body)
    assert Notice.objects.filter(kind="phone_enrolled", member=candidate).exists()
    assert "Ponsel Ratna" in words(client.get(live.get_absolute_url()))


def test_a_session_that_ran_out_is_renewed_without_typing_even_in_mid_press(client, sign_in, live):
    sign_in("candidate", of=live)
    phone = enrolled(client, live)
    run_out(phone)
    assert phone.get(live.get_absolute_url()).status_code == 200
    post = make.post_in_review(of=live, on=[make.channel(of=live, server="https://jejaring.example")])
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = phone.cookies
    page = strict.get(url("review", live)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    run_out(strict)
    told = {"version": post.version, "csrfmiddlewaretoken": token[1]}
    assert strict.post(url("approve_post", live, post.pk), told).status_code in (302, 303)
    post.refresh_from_db()
    assert post.state != "in_review"


def test_after_90_days_it_is_over(client, sign_in, live, set_clock):
    sign_in("candidate", of=live)
    phone = enrolled(client, live)
    set_clock("interval '91 days'")
    assert phone.get(live.get_absolute_url()).status_code == 302, "not even within its session"
    run_out(phone)
    assert phone.get(live.get_absolute_url())["Location"].startswith("/accounts/login/")
    assert phone.cookies["posko_phone"].value == ""


@pytest.mark.parametrize("forged", ["x", "1:x", "", "\x00"])
def test_a_forged_cookie_opens_nothing(client, sign_in, live, forged):
    sign_in("candidate", of=live)
    enrolled(client, live)
    thief = phone_browser()
    thief.cookies["posko_phone"] = forged
    assert thief.get(live.get_absolute_url()).status_code == 302


@pytest.mark.parametrize("who", ["manager", "candidate"])
def test_released_it_is_signed_out_at_once_and_for_good(client, sign_in, live, who):
    sign_in("candidate", of=live)
    phone = enrolled(client, live)
    sign_in(who, of=live)
    pk = Phone.objects.get().pk
    assert client.post(url("release_candidate_phone", live, pk)).status_code == 302
    for _ in range(2):
        assert phone.get(live.get_absolute_url())["Location"].startswith("/accounts/login/")
    assert AuditRow.objects.filter(verb="phone.release").count() == 1


def test_the_candidate_releases_it_on_my_security_and_nobody_else_does(client, sign_in, live):
    sign_in("candidate", of=live)
    phone = enrolled(client, live)
    address = reverse("campaign:release_phone", args=[Phone.objects.get().pk])
    sign_in("staff", of=live)
    assert client.post(address).status_code == 404
    sign_in("candidate", of=live)
    assert "Ponsel Ratna" in words(client.get("/keamanan/"))
    client.post(address)
    assert phone.get(live.get_absolute_url()).status_code == 302


def test_signing_out_on_the_phone_releases_it(client, sign_in, live):
    sign_in("candidate", of=live)
    phone = enrolled(client, live)
    assert "releases it" in words(phone.get("/accounts/logout/"))
    phone.post("/accounts/logout/")
    assert phone.get(live.get_absolute_url())["Location"].startswith("/accounts/login/")
    assert Phone.objects.get().revoked_at


def test_a_suspended_candidates_phone_signs_in_no_more(client, sign_in, live):
    member = sign_in("candidate", of=live)
    phone = enrolled(client, live)
    member.suspended_at = clock.now()
    member.save()
    run_out(phone)
    assert phone.get("/keamanan/").status_code == 302


def test_a_suspended_candidates_phone_is_signed_out_at_once(client, sign_in, live):
    sign_in("candidate", of=live)
    phone = enrolled(client, live)
    candidate = make.someone(live, Role.CANDIDATE)
    membership.suspend(candidate, by=make.someone(live, Role.MANAGER), reason="Uji")
    assert phone.get(live.get_absolute_url())["Location"].startswith("/accounts/login/")


def test_a_phone_opens_the_one_campaign_it_was_enrolled_for(client, sign_in, live):
    member = sign_in("candidate", of=live)
    phone = enrolled(client, live)
    for mode in Mode:
        other = make.campaign(mode=mode)
        make.member(role=Role.STAFF, of=other)
        other.members.update(user=member.user)
        answer = phone.get(other.get_absolute_url(), follow=True)
        assert answer.status_code == 403
        assert "does not open that" in words(answer)


def test_proving_oneself_by_password_on_the_phone_does_not_shut_it_out(client, sign_in, live):
    sign_in("candidate", of=live)
    phone = enrolled(client, live)
    phone.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    assert phone.get(live.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "name", ["mfa_add_webauthn", "mfa_activate_totp", "account_set_password", "account_change_password"]
)
def test_how_the_candidate_signs_in_is_not_changed_from_such_a_phone(client, sign_in, live, name):
    sign_in("candidate", of=live)
    phone = enrolled(client, live)
    for ask in (phone.get, phone.post):
        assert ask(reverse(name))["Location"] == "/keamanan/"


def test_showing_a_qr_code_asks_again_when_the_sign_in_is_not_fresh(client, sign_in, live):
    candidate = sign_in("candidate", of=live)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    answer = client.post(url("enrol_phone", live), {"candidate": candidate.pk})
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    answer = client.post(answer["Location"], {"password": make.PASSWORD})
    assert answer["Location"] == url("candidate_phone", live), "and what was asked is done"
    assert PhoneLink.objects.count() == 1


@pytest.mark.parametrize("who", ["", "x", "\x00", "9" * 30, "staff", "theirs"])
def test_only_a_candidate_of_this_campaign_can_be_enrolled(client, sign_in, live, who):
    theirs = make.member(role=Role.CANDIDATE)
    pk = {"staff": make.someone(live, Role.STAFF).pk, "theirs": theirs.pk}.get(who, who)
    sign_in("manager", of=live)
    assert client.post(url("enrol_phone", live), {"candidate": pk}).status_code == 422
    assert not PhoneLink.objects.exists()


def test_a_phone_of_another_campaign_is_not_found(client, sign_in, live):
    other = make.campaign()
    sign_in("candidate", of=other)
    enrolled(client, other)
    sign_in("manager", of=live)
    pk = Phone.objects.get().pk
    for number in (pk, 10**30):
        assert client.post(url("release_candidate_phone", live, number)).status_code == 404


def test_codes_are_not_mailed_without_end(client, sign_in, live):
    sign_in("manager", of=live)
    for _ in range(3):
        show(client, live)
    candidate = make.someone(live, Role.CANDIDATE)
    answer = client.post(url("enrol_phone", live), {"candidate": candidate.pk})
    assert answer.status_code == 422
