"""What is typed in a form that has made no post yet."""

from uuid import uuid4

import pytest

from campaign import publishing
from campaign.models import AuditRow, Autosave, Post, Role
from tests import make
from tests.campaign.doors import WRITERS, only, typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def form_id():
    return str(uuid4())


@pytest.fixture
def keep(client, campaign, sign_in, form_id):
    sign_in(Role.STAFF)
    return lambda **fields: client.post(url("autosave_new", campaign), typed(form_id=form_id) | fields)


def opened(client, campaign, form_id):
    return client.get(url("write_post", campaign), {"form": form_id})


def test_it_is_kept_and_says_when(client, campaign, keep, form_id):
    answer = keep(text="Baru separuh kali")
    assert "Kept automatically at" in answer.json()["sentence"]
    assert not Post.objects.exists()
    page = words(opened(client, campaign, form_id))
    assert "Baru separuh kali</textarea>" in page
    assert "Here is what you typed and had not saved" in page
    assert f'value="{form_id}"' in page


def test_everything_typed_comes_back(client, campaign, keep, form_id):
    channel, media = make.channel(of=campaign), make.media(of=campaign)
    other = make.channel(of=campaign, platform="telegram")
    keep(
        channels=[channel.pk], kept=media.sha256, alt="Pasar", title="Judul", theme="vision", source="BPS",
        date="2029-01-02", time="10:30", new_labels="Jalan, desa", **{f"own-{channel.pk}": "Lain di sini"},
    )  # fmt: skip
    page = words(opened(client, campaign, form_id))
    for part in (
        f'value="{channel.pk}" checked', media.sha256, "Pasar</textarea>", 'value="Judul"', "BPS</textarea>",
        'value="2029-01-02"', 'value="10:30"', 'value="Jalan, desa"', "Lain di sini</textarea>",
    ):  # fmt: skip
        assert part in page, part
    assert f'value="{other.pk}" checked' not in page


def test_a_new_page_offers_what_was_begun(client, campaign, keep, form_id):
    keep(text="Baru separuh kali")
    page = words(client.get(url("write_post", campaign)))
    assert "You had begun a post and not saved it" in page
    assert f"?form={form_id}" in page
    assert "Baru separuh kali" not in page


def test_nothing_typed_is_nothing_kept(keep):
    keep(text=" ")
    assert not Autosave.objects.exists()


def test_what_was_emptied_again_is_kept_empty(keep):
    keep(text="Kata")
    keep(text="")
    assert Autosave.objects.get().content["text"] == [""]


def test_saved_it_is_forgotten_and_a_late_one_is_not_kept(client, campaign, keep, form_id):
    keep(text="Kata")
    client.post(url("write_post", campaign), typed(form_id=form_id, text="Kata"))
    assert not Autosave.objects.exists()
    assert keep(text="Kata yang terlambat").json()["kept"] is False
    assert not Autosave.objects.exists()


def test_the_address_of_a_form_that_made_a_post_leads_to_it(client, campaign, keep, form_id):
    client.post(url("write_post", campaign), typed(form_id=form_id, text="Kata"))
    assert opened(client, campaign, form_id)["Location"] == url("edit_post", campaign, Post.objects.get().pk)


def test_thrown_away_it_is_gone(client, campaign, keep, form_id):
    keep(text="Kata")
    assert keep(do="discard").status_code == 302
    assert not Autosave.objects.exists()
    assert "Kata" not in words(opened(client, campaign, form_id))


def test_nobody_else_sees_it(client, campaign, keep, form_id, sign_in):
    keep(text="Rahasia")
    sign_in(Role.MANAGER)
    assert "Rahasia" not in words(opened(client, campaign, form_id))
    assert "You had begun a post" not in words(client.get(url("write_post", campaign)))


def test_it_is_no_act_for_the_record(keep):
    before = AuditRow.objects.count()
    keep(text="Kata")
    assert AuditRow.objects.count() == before


@pytest.mark.parametrize("fields", [{"form_id": "x"}, {"form_id": ""}, {"form_id": "a\0b"}])
def test_without_a_form_of_its_own_it_is_refused(keep, fields):
    answer = keep(**fields)
    assert answer.status_code == 422
    assert "Load it again" in answer.json()["sentence"]


@pytest.mark.parametrize(
    "fields",
    [{"text": "a\0b"}, {"text": "x" * 50_000}, {"channels": ["x", "9" * 400]}, {"date": "besok"}, {"kept": "a\0b"}],
)
def test_whatever_is_sent_comes_back_without_a_fault(client, campaign, keep, form_id, fields):
    assert keep(**fields).status_code == 200
    assert opened(client, campaign, form_id).status_code == 200


def test_what_is_old_makes_room(client, campaign, keep, set_clock):
    keep(text="Lama")
    set_clock("interval '31 days'")
    sent = typed(form_id=str(uuid4()), text="Baru")
    client.post(url("autosave_new", campaign), sent)
    assert Autosave.objects.get().content["text"] == ["Baru"]


def test_a_post_made_meanwhile_by_another_is_not_taken_for_it(keep, campaign, form_id):
    publishing.write(campaign, make.content(on=[]), by=make.someone(campaign, Role.MANAGER))
    assert keep(text="Kata").json()["kept"] is True


def test_only_writers_may(client, campaign, sign_in):
    only(client, sign_in, url("autosave_new", campaign), WRITERS, "post")
