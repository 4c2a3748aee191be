"""The second step: of whom it is asked, what proves it, and that nothing of the campaign opens before."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from campaign.identity import second_factor
from campaign.models import Member, Mode, Role
from tests import make
from tests.campaign.doors import url, words

pytestmark = pytest.mark.django_db
PAGE = "/keamanan/langkah-kedua/"
ASKED = {Role.MANAGER, Role.CANDIDATE, Role.TREASURER}
PROOFS = ("nothing", "password", "code", "totp", "recovery_codes", "webauthn", "phone")
PROVES = {"totp", "recovery_codes", "webauthn", "phone"}


def arrive(client, member: Member, proof: str) -> None:
    """A session of `member` that was proven in this way."""
    make.sign_in(client, member.user, proven=False)
    if proof == "nothing":
        return
    request = HttpRequest()
    request.session = client.session
    if proof in ("password", "code"):
        second_factor.prove(request, member.user, proof)
    elif proof == "phone":
        second_factor.prove(request, member.user, "phone", id=make.phone(member).pk)
    else:
        second_factor.prove(request, member.user, "mfa", type=proof)
    request.session.save()


def app_of(user) -> str:
    """An authenticator app for `user`; its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code(secret: str, *, at: int | None = None) -> str:
    return str(format_hotp_value(hotp_value(secret, (at or int(time.time())) // 30)))


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.PRACTICE])
@pytest.mark.parametrize("role", list(Role))
def test_a_live_campaign_opens_by_role_and_proof_as_the_table_says(client, role, mode):
    for proof in PROOFS:
        campaign = make.campaign(mode=mode)
        arrive(client, make.member(role=role, of=campaign), proof)
        opens = mode == Mode.PRACTICE or role not in ASKED or proof in PROVES
        if proof == "phone":  # it is the candidate's, and opens nothing for anybody else
            opens = role == Role.CANDIDATE
        answer = client.get(campaign.get_absolute_url())
        assert (answer.status_code == 200) is opens, proof
        if not opens:
            assert answer.status_code == 302
            assert answer["Location"].startswith(f"{PAGE}?next=/c/")


@pytest.fixture
def live():
    return make.campaign(mode=Mode.LIVE)


def test_a_press_is_led_there_too_and_does_nothing(client, sign_in, live):
    post = make.post_in_review(of=live, on=[make.channel(of=live, server="https://jejaring.example")])
    sign_in("candidate", of=live, proven=False)
    address = url("approve_post", live, post.pk)
    page = f"http://testserver{url('review', live)}"
    answer = client.post(address, {"version": post.version}, headers={"referer": page})
    assert answer.status_code == 303
    assert answer["Location"] == f"{PAGE}?next={url('review', live)}"
    post.refresh_from_db()
    assert post.state == "in_review"


def test_a_press_through_htmx_leaves_the_page_for_the_second_step(client, sign_in, live):
    sign_in("manager", of=live, proven=False)
    answer = client.get(live.get_absolute_url(), headers={"hx-request": "true"})
    assert answer["HX-Redirect"].startswith(PAGE)


def test_a_script_is_told_no_instead_of_being_led_to_a_page(client, sign_in, live):
    sign_in("manager", of=live, proven=False)
    answer = client.post(url("stop", live), {"reason": "x"}, headers={"sec-fetch-mode": "cors"})
    assert answer.status_code == 403
    live.refresh_from_db()
    assert not live.is_stopped


def test_a_stranger_is_not_told_that_the_campaign_exists(client, sign_in, live):
    sign_in("manager", of=make.campaign(mode=Mode.LIVE), proven=False)
    assert client.get(live.get_absolute_url()).status_code == 404


def test_who_has_none_is_shown_the_ways_to_set_one_up(client, english, sign_in, live):
    sign_in("treasurer", of=live, proven=False)
    page = words(client.get(f"{PAGE}?next={live.get_absolute_url()}"))
    assert reverse("mfa_add_webauthn") in page
    assert reverse("mfa_activate_totp") in page
    assert client.session[second_factor.ONWARD] == live.get_absolute_url()


def test_who_has_an_app_types_its_code_and_is_back_where_they_were_going(client, sign_in, live):
    member = sign_in("manager", of=live, proven=False)
    secret = app_of(member.user)
    where = url("posts", live)
    again = client.get(client.get(where)["Location"])["Location"]
    assert again.startswith(reverse("mfa_reauthenticate"))
    answer = client.post(again, {"code": code(secret), "next": where})
    assert answer["Location"] == where
    assert client.get(where).status_code == 200


def test_who_has_proven_it_goes_straight_on_and_never_to_another_site(client, sign_in, live):
    sign_in("manager", of=live)
    assert client.get(f"{PAGE}?next=/c/x/")["Location"] == "/c/x/"
    assert client.get(f"{PAGE}?next=https://evil.example/")["Location"] == "/"


def test_the_password_alone_does_not_prove_it_again_for_those_who_have_more(client, sign_in, live):
    member = sign_in("manager", of=live, proven=False)
    app_of(member.user)
    answer = client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    assert client.get(live.get_absolute_url()).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_proves_it_shows_the_recovery_codes_once_and_leads_on(client, live):
    member = make.member(role=Role.MANAGER, of=live)
    arrive(client, member, "password")
    client.get(client.get(live.get_absolute_url())["Location"])
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    page = client.get(answer["Location"])
    assert len(page.context["codes"]) == 10
    assert page.context["onward"] == live.get_absolute_url()
    assert client.get(live.get_absolute_url()).status_code == 200
    stored = Authenticator.objects.get(user=member.user, type="totp").data["secret"]
    assert secret not in stored, "encrypted at rest"


def test_recovery_codes_are_downloaded_while_they_are_shown_and_gone_in_another_session(client, live):
    member = make.member(role=Role.MANAGER, of=live)
    app_of(member.user)
    arrive(client, member, "totp")
    client.post(reverse("mfa_generate_recovery_codes"))
    shown = client.get(reverse("mfa_view_recovery_codes")).context["codes"]
    text = client.get(reverse("mfa_download_recovery_codes"))
    assert text["Content-Type"].startswith("text/plain")
    assert all(each in text.content.decode() for each in shown)
    other = Client()
    arrive(other, member, "totp")
    assert other.get(reverse("mfa_view_recovery_codes")).context["codes"] == []
    assert other.get(reverse("mfa_download_recovery_codes")).status_code == 302


@pytest.mark.parametrize("role", list(Role))
def test_the_last_second_step_stays_while_a_role_in_a_live_campaign_needs_it(client, english, role, live):
    member = make.member(role=role, of=live)
    app_of(member.user)
    arrive(client, member, "totp")
    page = client.post(reverse("mfa_deactivate_totp"), follow=True)
    assert Authenticator.objects.filter(user=member.user).exists() is (role in ASKED)
    assert ("your only second step" in words(page)) is (role in ASKED)


def test_one_of_two_second_steps_may_go(client, live):
    member = make.member(role=Role.MANAGER, of=live)
    app_of(member.user)
    key = Authenticator.objects.create(user=member.user, type="webauthn", data={"name": "Laptop", "credential": {}})
    arrive(client, member, "totp")
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert list(Authenticator.objects.filter(user=member.user).values_list("type", flat=True)) == ["totp"]


def test_the_last_passkey_stays_too(client, english, live):
    member = make.member(role=Role.CANDIDATE, of=live)
    key = Authenticator.objects.create(user=member.user, type="webauthn", data={"name": "Laptop", "credential": {}})
    arrive(client, member, "webauthn")
    for ask in (client.get, client.post):
        assert "your only second step" in words(ask(reverse("mfa_remove_webauthn", args=[key.pk]), follow=True))
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_passkey_of_somebody_else_is_not_found(client, live):
    other = make.user()
    key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "Laptop", "credential": {}})
    arrive(client, make.member(of=live), "totp")
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        assert client.post(reverse(name, args=[key.pk]), {"name": "x"}).status_code == 404


def test_a_hint_is_drawn_in_practice_and_only_for_those_who_have_none(rf):
    from django.template import Context, Template

    text = Template("{% load identity %}{% second_step_hint %}")
    manager = make.member(role=Role.MANAGER)
    assert "/keamanan/" in text.render(Context({"member": manager}))
    assert "/keamanan/" not in text.render(Context({"member": make.member(role=Role.STAFF)}))
    app_of(manager.user)
    assert "/keamanan/" not in text.render(Context({"member": manager}))
