"""`/mulai/`: the first campaign of an installation."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from campaign import beginning, clock, rulesets
from campaign.beginning import Beginning
from campaign.errors import Refused
from campaign.models import AuditRow, Campaign, Member, Mode, Role, Ruleset, User
from tests import make

BEGIN = "/mulai/"
TYPED = {
    "candidate_name": "Ratna Wijayanti",
    "level": "dpr",
    "dapil": "Nusa Tengah I",
    "party": "Partai Contoh",
    "list_number": "3",
    "ruleset": "LATIHAN",
    "zone": "Asia/Makassar",
    "manager": "Dewi Anggraini",
    "email": "Dewi@Contoh.test",
    "password": "kata-sandi-yang-panjang",
}


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def shipped(db):
    rulesets.ship()


def words(answer):
    return " ".join(answer.content.decode().split())


def test_it_makes_the_campaign_and_its_manager_and_signs_them_in(client, shipped):
    answer = client.post(BEGIN, TYPED)
    made = Campaign.objects.get()
    assert answer.status_code == 302
    assert answer.url == made.get_absolute_url() == "/c/ratna-wijayanti/"
    assert client.get(answer.url).status_code == 200
    member = Member.objects.get()
    assert (member.role, member.user.name, member.user.email) == (Role.MANAGER, "Dewi Anggraini", "dewi@contoh.test")
    assert member.user.check_password(TYPED["password"])
    assert AuditRow.objects.filter(verb="campaign.begin", campaign_id=made.pk).exists()


def test_the_practice_election_makes_a_practice_campaign_with_a_sealed_calendar(client, shipped):
    tomorrow = clock.now() + timedelta(days=1)
    client.post(BEGIN, TYPED | {"voting_day": tomorrow.date().isoformat()})
    made = Campaign.objects.get()
    assert made.mode == Mode.PRACTICE
    assert made.voting_day is None
    assert made.closed["campaign"]


def test_the_real_election_makes_a_live_campaign(client, shipped):
    client.post(BEGIN, TYPED | {"ruleset": "PEMILU_2029", "voting_day": "2029-02-14"})
    made = Campaign.objects.get()
    assert made.mode == Mode.LIVE
    assert str(made.voting_day) == "2029-02-14"


def test_dpd_runs_without_a_party_and_all_others_with_one(client, shipped):
    assert client.post(BEGIN, TYPED | {"party": ""}).status_code == 422
    assert client.post(BEGIN, TYPED | {"level": "dpd"}).status_code == 302
    assert Campaign.objects.get().party == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"slug": "mulai"}, "Posko needs this address itself"),
        ({"password": "password"}, "too common"),
        ({"voting_day": "2024-02-14", "ruleset": "PEMILU_2029"}, "This day is past"),
        ({"voting_day": "9999-12-30", "ruleset": "PEMILU_2029"}, "too far off. Type the coming voting day"),
        ({"ruleset": "PEMILU_2024"}, "Select a valid choice"),
        ({"candidate_name": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_made(client, shipped, wrong, said):
    answer = client.post(BEGIN, TYPED | wrong)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Campaign.objects.exists()
    assert not User.objects.exists()


def test_an_address_that_somebody_has_is_refused(client, shipped):
    make.user(email="dewi@contoh.test")
    answer = client.post(BEGIN, TYPED)
    assert answer.status_code == 422
    assert "already" in words(answer)


def test_the_password_is_not_sent_back(client, shipped):
    assert TYPED["password"] not in words(client.post(BEGIN, TYPED | {"dapil": ""}))


def test_a_demo_does_not_count_as_a_beginning(client, shipped):
    make.campaign(is_demo=True)
    assert client.get(BEGIN).status_code == 200


def test_there_is_no_second_beginning(client, campaign):
    assert client.get(BEGIN).url == "/"
    assert client.post(BEGIN, TYPED).url == "/"
    assert Campaign.objects.count() == 1


def test_an_address_of_ours_gets_a_number(db):
    make.campaign(slug="ratna-wijayanti", is_demo=True)
    assert beginning.free_slug("Ratna Wijayanti") == "ratna-wijayanti-2"
    assert beginning.free_slug("Demo") == "demo-2"
    assert beginning.free_slug("…") == "kampanye"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_at_once_one_wins():
    rulesets.ship()
    ruleset = Ruleset.objects.get(code="LATIHAN")
    together, refused = Barrier(2), []

    def one(number):
        try:
            together.wait(5)
            beginning.begin(
                Beginning(
                    name=f"Kampanye {number}",
                    slug=f"kampanye-{number}",
                    candidate_name="Ratna",
                    level="dpr",
                    dapil="Nusa Tengah I",
                    zone="Asia/Jakarta",
                    ruleset=ruleset,
                    manager="Dewi",
                    email=f"dewi{number}@contoh.test",
                    password="kata-sandi-yang-panjang",
                )
            )
        except Refused:
            refused.append(number)
        finally:
            connection.close()

    threads = [Thread(target=one, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Campaign.objects.count() == 1
    assert len(refused) == 1
