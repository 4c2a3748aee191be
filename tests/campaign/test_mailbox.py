"""`/posko/surat/`: where mail lands on a machine without a mail server."""

import pytest
from django.core.mail import send_mail
from django.urls import reverse

from campaign import mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def _post(settings):
    settings.MAILERS = {"default": {"BACKEND": "campaign.mailbox.MailboxBackend"}}


def test_before_any_mail_it_says_what_will_lie_there(client):
    assert "Belum ada surat" in client.get(reverse("campaign:mailbox")).content.decode()


@pytest.mark.usefixtures("_post")
def test_every_letter_lies_there_the_newest_first_and_its_links_can_be_followed(client):
    send_mail("Kode masuk", "Kodenya 4711", None, ["ratna@contoh.test"])
    send_mail("Undangan · tim", "Buka https://posko.contoh.test/undangan/x\n<b>ya</b>", None, ["agus@contoh.test"])
    newest, older = mailbox.letters()
    assert (newest.subject, older.to) == ("Undangan · tim", "ratna@contoh.test")
    page = client.get(reverse("campaign:mailbox")).content.decode()
    assert page.index("Undangan · tim") < page.index("Kode masuk")
    text = client.get(reverse("campaign:letter", args=[newest.name])).content.decode()
    assert 'href="https://posko.contoh.test/undangan/x"' in text
    assert "<b>ya" not in text


@pytest.mark.parametrize("name", ["tidak-ada", "0" * 19 + "-" + "0" * 8, "settings"])
def test_a_letter_that_is_none_is_not_found(client, name):
    assert client.get(reverse("campaign:letter", args=[name])).status_code == 404


@pytest.mark.usefixtures("_post")
def test_production_shows_nobodys_mail(client, settings):
    send_mail("Rahasia", "Kodenya 4711", None, ["ratna@contoh.test"])
    (letter,) = mailbox.letters()
    settings.PRODUCTION = True
    assert client.get(reverse("campaign:mailbox")).status_code == 404
    assert client.get(reverse("campaign:letter", args=[letter.name])).status_code == 404
    assert "Kotak surat" not in client.get("/").content.decode()
