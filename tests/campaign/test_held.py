"""What was typed and sent when the session was over, or with a token from before the last sign-in."""

from uuid import uuid4

import pytest
from django.test import Client

from campaign.models import Post, Role
from tests import make
from tests.campaign.doors import typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def staff(campaign):
    return make.someone(campaign, Role.STAFF)


def test_it_stands_in_the_form_after_signing_in_and_is_gone_once_saved(client, campaign, staff):
    form_id = str(uuid4())
    address = f"{url('write_post', campaign)}?form={form_id}"
    told = typed(form_id=form_id, text="Kata yang dikirim tanpa sesi", title="Judul", writer=staff.pk)
    answer = client.post(address, told)
    assert answer.status_code == 302
    assert not Post.objects.exists()
    client.force_login(staff.user, backend=BACKEND)
    page = words(client.get(address))
    assert "Kata yang dikirim tanpa sesi</textarea>" in page
    assert 'value="Judul"' in page
    assert "You had been signed out" in page
    client.post(address, told)
    assert Post.objects.get().text == "Kata yang dikirim tanpa sesi"
    assert not client.cookies["posko_typed"].value


def test_a_change_of_a_post_survives_too(client, campaign, staff):
    post = make.post(on=[make.channel(of=campaign)], by=staff)
    address = url("edit_post", campaign, post.pk)
    client.post(address, typed(text="Ubahan tanpa sesi", version=1, based_on=1, writer=staff.pk))
    client.force_login(staff.user, backend=BACKEND)
    assert "Ubahan tanpa sesi</textarea>" in words(client.get(address))


def test_nobody_else_at_the_same_computer_sees_it(client, campaign, staff):
    form_id = str(uuid4())
    address = f"{url('write_post', campaign)}?form={form_id}"
    client.post(address, typed(form_id=form_id, text="Rahasia", writer=staff.pk))
    client.force_login(make.someone(campaign, Role.MANAGER).user, backend=BACKEND)
    assert "Rahasia" not in words(client.get(address))


def test_what_is_too_long_for_a_cookie_is_left_to_the_browser(client, campaign, staff):
    text = " ".join(str(uuid4()) for _ in range(300))
    answer = client.post(url("write_post", campaign), typed(text=text, writer=staff.pk))
    assert answer.status_code == 302
    assert "posko_typed" not in answer.cookies


@pytest.mark.parametrize("cookie", ["x", "a:b:c", ""])
def test_a_cookie_of_somebody_elses_making_is_nothing(client, campaign, sign_in, cookie):
    sign_in(Role.STAFF)
    client.cookies["posko_typed"] = cookie
    assert client.get(url("write_post", campaign), {"form": str(uuid4())}).status_code == 200


def test_a_form_from_before_the_sign_in_is_drawn_anew_with_a_good_token(campaign, staff):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["django_language"] = "en"
    browser.force_login(staff.user, backend=BACKEND)
    address, told = url("write_post", campaign), typed(text="Kata dari halaman lama")
    answer = browser.post(address, told | {"csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    assert not Post.objects.exists()
    page = words(answer)
    assert "Kata dari halaman lama</textarea>" in page
    assert "press the button once more" in page
    token = browser.cookies["csrftoken"].value
    assert browser.post(address, told | {"csrfmiddlewaretoken": token}).status_code == 303


@pytest.mark.parametrize("role", [Role.TREASURER, None])
def test_who_may_not_write_gets_no_form_of_it(campaign, role):
    browser = Client(enforce_csrf_checks=True)
    member = make.someone(campaign, role) if role else make.member(role=Role.MANAGER)
    browser.force_login(member.user, backend=BACKEND)
    answer = browser.post(url("write_post", campaign), typed(text="Kata"))
    assert answer.status_code in (403, 404)
    assert "Kata</textarea>" not in words(answer)


def test_elsewhere_the_page_is_the_plain_one(campaign, staff):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff.user, backend=BACKEND)
    answer = browser.post(url("stop", campaign), {"reason": "x"})
    assert answer.status_code == 403
    assert "<textarea" not in words(answer)
