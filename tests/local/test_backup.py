"""A backup and coming back from it: the same rows and files, nothing published twice, nothing half done."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from campaign import audit, clock, delivering, envelopes, publishing, settling, stopping
from campaign.identity import phones
from campaign.lending import lender, renewing
from campaign.models import (
    AuditRow,
    Campaign,
    Delivery,
    FeedKey,
    Invitation,
    Notice,
    Phone,
    Post,
    PostState,
    Pulse,
    Role,
    State,
    Zone,
)
from campaign.operations import VERSION, archive, backing_up, programs, restoring
from campaign.operations.programs import Unfit
from campaign.planning import feed
from campaign.team import inviting
from local import backup as local_backup
from local.errors import CannotStart
from local.postgres import find_binaries
from local.state import State as Folder
from platforms.base import Unknowable
from platforms.contents import Sent
from platforms.registry import KINDS
from tests import make
from tests.network import FakeConnector, Network, raises

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _programs(settings: Any) -> None:
    settings.PG_BIN = str(find_binaries().folder)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    monkeypatch.setitem(KINDS, "mastodon", FakeConnector)
    monkeypatch.setattr(FakeConnector, "network", Network())
    return FakeConnector.network


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def back_up(folder: Path) -> Path:
    return backing_up.take(folder, keep=14)


def come_back(backup: Path, *, force: bool = True) -> restoring.Restored:
    """Restore in place of this test's database, whose other lines are closed as a stopped Posko's are."""
    lender.close()
    renewing.close()
    return restoring.restore(backup, force=force)


def contents() -> dict[str, tuple[int, str]]:
    """Rows and one hash over them, of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY t::text), '')) FROM {table} t"
            )
            found[table] = cursor.fetchone()
    return found


def structure() -> list[str]:
    """Every object of the schema, by kind and name."""
    tools = programs.find(programs.server_major())
    answer = subprocess.run(
        [tools.dump, "--schema-only", "--no-owner", "--restrict-key=x"],
        env=programs.environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted(line for line in answer.stdout.splitlines() if line.startswith("-- Name:"))


def tick() -> None:
    """What beat and the workers do each second."""
    settling.sweep()
    for platform in delivering.due_platforms():
        delivering.drain(platform)
    for platform in settling.due_platforms():
        settling.settle(platform)


def resume(campaign: Campaign, **looked: Any) -> None:
    campaign.refresh_from_db()
    stopping.resume(campaign, by=make.someone(campaign, Role.MANAGER), **looked)


# The same, and all of it -------------------------------------------------------------------------


def test_everything_comes_back_as_it_was_and_publishing_is_stopped(folder: Path, network: Network, settings: Any):
    campaign = make.campaign(slug="ratna")
    make.team(campaign)
    channel = make.channel(of=campaign)
    media = make.media(of=campaign)
    make.post(on=[channel], text="Tanda kutip ' dan \\ dan “ini” dan 🌾.", pictures=[(media, "Foto jalan.")])
    sent = make.post_scheduled(on=[channel], text="Sudah terbit.")
    tick()
    while audit.seal():
        pass
    before, pictures, shape = contents(), dict(files(Path(settings.MEDIA_ROOT))), structure()
    backup = back_up(folder)
    Post.objects.update(text="Sesudahnya.")
    shutil.rmtree(settings.MEDIA_ROOT)
    done = come_back(backup)
    after = contents()
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= {
        "campaign_campaign", "campaign_notice", "campaign_pulse", "campaign_auditrow", "campaign_seal", "django_session"
    }  # fmt: skip
    assert after["campaign_auditrow"][0] == before["campaign_auditrow"][0] + 1
    assert dict(files(Path(settings.MEDIA_ROOT))) == pictures and len(pictures) == 1
    assert structure() == shape
    assert audit.verify() == []
    campaign.refresh_from_db()
    assert campaign.stop_reason == f"restored:{done.manifest.taken_at.isoformat(timespec='seconds')}"
    assert Post.objects.get(pk=sent.pk).state == PostState.PUBLISHED
    assert Delivery.objects.get(slot__startswith=f"post:{sent.pk}/").state == State.SENT
    tick()
    resume(campaign)
    tick()
    assert network.texts == ["Sudah terbit."]


def files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in archive.files_below(folder):
        yield str(path.relative_to(folder)), archive.sha256(path)


def test_candidate_and_manager_are_told_and_the_record_says_so(folder: Path):
    campaign = make.campaign()
    team = make.team(campaign)
    come_back(back_up(folder))
    told = Notice.objects.open().filter(kind="restored").values_list("member_id", flat=True)
    assert set(told) == {team["manager"].pk, team["candidate"].pk}
    assert AuditRow.objects.filter(verb="campaign.restore", campaign_id=campaign.pk).exists()
    assert Pulse.objects.get(name="backup").at <= clock.now()
    resume(campaign)
    assert not Notice.objects.open().filter(kind="restored").exists()


def test_what_stopped_it_before_is_not_forgotten(folder: Path):
    campaign = make.campaign()
    stopping.stop(campaign, by=make.someone(campaign, Role.MANAGER), reason="Akun dibajak")
    come_back(back_up(folder))
    campaign.refresh_from_db()
    assert campaign.stop_reason.startswith("restored:") and campaign.stop_reason.endswith(" Akun dibajak")


# What was sent since must not be sent again ------------------------------------------------------


def test_what_was_due_and_left_after_the_backup_does_not_leave_again(folder: Path, network: Network):
    post = make.post_scheduled(text="Sekali saja.")
    backup = back_up(folder)
    tick()
    assert network.texts == ["Sekali saja."]
    network.find = raises(Unknowable("look_there"))
    come_back(backup)
    row = Delivery.objects.get()
    assert (row.state, row.doubtful, row.problem) == (State.UNSURE, True, "restored")
    tick()
    assert Delivery.objects.get().asks_person, "the network could not tell: a named person is asked"
    assert Notice.objects.open().filter(kind="unsure").exists()
    resume(post.campaign)
    tick()
    tick()
    assert network.texts == ["Sekali saja."]


def test_the_networks_receipt_settles_it(folder: Path, network: Network):
    make.post_scheduled(text="Sekali saja.")
    backup = back_up(folder)
    tick()
    network.find = lambda key: Sent(f"r-{key.uuid}", "https://jejaring.example/1")
    come_back(backup)
    tick()
    assert Delivery.objects.get().state == State.SENT
    assert Post.objects.get().state == PostState.PUBLISHED
    assert network.texts == ["Sekali saja."]


def test_what_was_on_its_way_is_not_taken_for_waiting(folder: Path, network: Network):
    make.delivery()
    (claimed,) = delivering.claim("mastodon", 1)
    backup = back_up(folder)  # claimed and not begun: the worker goes on after it
    delivering.send(claimed)
    network.find = raises(Unknowable("look_there"))
    come_back(backup)
    resume(claimed.campaign)
    tick()
    assert Delivery.objects.get().state == State.UNSURE
    assert len(network.texts) == 1


def test_what_was_moved_forward_and_left_does_not_leave_at_its_old_time(folder: Path, network: Network):
    later = make.in_an_hour()
    zone = next(zone for zone in Zone if later.astimezone(ZoneInfo(zone)).hour)  # where that is no other day
    post = make.post_scheduled(of=make.campaign(zone=zone), text="Dimajukan.", planned_at=later)
    backup = back_up(folder)
    publishing.reschedule(post, by=make.someone(post.campaign, Role.STAFF), version=1, to=None)
    tick()
    assert network.texts == ["Dimajukan."]
    network.find = raises(Unknowable("look_there"))
    come_back(backup)
    assert Delivery.objects.get().state == State.WAITING
    resume(post.campaign)  # nobody has said that they looked
    make.clock_moved("interval '61 minutes'")
    try:
        tick()
        tick()
    finally:
        make.clock_moved("interval '0'")
    assert network.texts == ["Dimajukan."]
    assert Delivery.objects.get().state == State.UNSURE


def test_what_a_person_has_looked_up_leaves_at_its_time(folder: Path, network: Network):
    post = make.post_scheduled(text="Untuk nanti.", planned_at=make.in_an_hour())
    come_back(back_up(folder))
    row = Delivery.objects.get()
    resume(post.campaign, not_out=[row.pk])
    tick()
    assert network.texts == []
    make.clock_moved("interval '61 minutes'")
    try:
        tick()
    finally:
        make.clock_moved("interval '0'")
    assert network.texts == ["Untuk nanti."]
    assert AuditRow.objects.filter(verb="delivery.decide", about=f"delivery:{row.pk}").exists()


def test_what_was_held_and_then_published_by_hand_is_asked_for(folder: Path, network: Network):
    post = make.post_scheduled(text="Ditahan dulu.")
    held = Delivery.objects.get()
    with transaction.atomic():
        envelopes.hold(held, problem="stopped", by="gate")
    backup = back_up(folder)
    publishing.reschedule(post, by=make.someone(post.campaign, Role.STAFF), version=1, to=None)
    tick()
    assert network.texts == ["Ditahan dulu."]
    come_back(backup)
    assert Delivery.objects.get().state == State.UNSURE


def test_a_post_in_review_goes_back_to_its_author_who_looks_first(folder: Path):
    post = make.post_in_review(text="Mungkin sudah terbit.")
    come_back(back_up(folder))
    post.refresh_from_db()
    assert post.state == PostState.CHANGES_ASKED
    assert "cadangan" in post.note
    assert Delivery.objects.get().state == State.CANCELLED
    assert not Notice.objects.open().filter(kind="approve").exists()
    assert post.author
    publishing.submit(post, by=post.author, version=post.version)
    assert Delivery.objects.current().get().state == State.WAITING


# What is refused ---------------------------------------------------------------------------------


def refused(backup: Path, words: str, *, force: bool = True) -> None:
    """The command refuses with that sentence, and nothing has changed."""
    before = contents()
    connection.close()
    with pytest.raises(CommandError, match=words):
        call_command("restore", str(backup), force=force)
    assert contents() == before


def edited(backup: Path, **changes: Any) -> None:
    path = backup / archive.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_damaged_or_foreign_backup_is_refused_and_nothing_changes(folder: Path, tmp_path: Path):
    campaign = make.campaign()
    make.media(of=campaign)
    backup = back_up(folder)
    (picture,) = (backup / "media").rglob("*.*")
    whole = picture.read_bytes()
    refused(tmp_path, "is no backup of Posko")
    picture.write_bytes(whole[:-1] + b"?")
    refused(backup, "damaged: media/")
    picture.unlink()
    refused(backup, "is missing")
    picture.write_bytes(whole)
    manifest = json.loads((backup / archive.MANIFEST).read_text())
    edited(backup, files=manifest["files"] | {"media/../../x": "0"})
    refused(backup, "damaged: its manifest names")
    edited(backup, files=manifest["files"], migrations=manifest["migrations"] | {"campaign": "9999_of_tomorrow"})
    refused(backup, "another version of Posko .* campaign 9999_of_tomorrow|9999_of_tomorrow")
    edited(backup, migrations=manifest["migrations"], postgres=99)
    refused(backup, "Postgres 99")
    edited(backup, postgres=manifest["postgres"], format=2)
    refused(backup, "newer Posko")
    edited(backup, format=1, keys="gAAAAA")
    refused(backup, "keys that this place does not have")
    edited(backup, keys=manifest["keys"], counts=manifest["counts"] | {"campaign_campaign": 5})
    refused(backup, "held 5 rows of campaign_campaign, and 1 came back. Nothing was changed")
    edited(backup, counts=manifest["counts"])
    dump = backup / archive.DUMP
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    refused(backup, "damaged: database.dump")
    edited(backup, files=manifest["files"] | {archive.DUMP: archive.sha256(dump)})
    refused(backup, "could not be read")


def test_a_database_with_rows_is_refused_unless_forced(folder: Path):
    campaign = make.campaign()
    backup = back_up(folder)
    refused(backup, "not empty.*FORCE=1", force=False)
    come_back(backup)
    assert Campaign.objects.get().pk == campaign.pk


def test_a_database_in_use_is_refused(folder: Path):
    make.campaign()
    backup = back_up(folder)
    other = connection.copy()
    try:
        other.ensure_connection()
        refused(backup, "in use: stop Posko first")
    finally:
        other.close()


def test_programs_of_another_version_are_refused(
    folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path
):
    monkeypatch.setattr(programs, "_major", lambda _program: 12)
    with pytest.raises(Unfit, match=r"is of Postgres 12: install the client programs of PostgreSQL \d+"):
        back_up(folder)
    settings.PG_BIN = str(tmp_path)
    with pytest.raises(Unfit, match="pg_dump is not in"):
        back_up(folder)


# Taking it ---------------------------------------------------------------------------------------


def test_it_is_whole_or_not_there_and_the_oldest_are_dropped(folder: Path, monkeypatch: pytest.MonkeyPatch):
    campaign = make.campaign()
    make.media(of=campaign)
    (folder / ".making-posko-20200101-000000").mkdir(parents=True)
    other = folder / "posko-catatan"
    other.mkdir()
    first = back_up(folder)
    second = back_up(folder)
    picture = next((first / "media").rglob("*.jpg"))
    assert picture.samefile(second / picture.relative_to(first)), "a picture takes its room once"
    third = backing_up.take(folder, keep=2)
    assert archive.all_in(folder) == [second, third] and other.exists()
    assert archive.verified(third).counts["campaign_campaign"] == 1
    assert third.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(archive.Manifest, "write", raises(OSError(28, "No space left on device")))
    with pytest.raises(Unfit, match="No space left on device"):
        back_up(folder)
    assert archive.all_in(folder) == [second, third]
    assert not list(folder.glob(".making*"))


def test_neither_keys_nor_sign_ins_are_in_it(folder: Path, client: Any):
    campaign = make.campaign()
    client.force_login(make.someone(campaign, Role.MANAGER).user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    make.channel(of=campaign, secrets={"token": "rahasia-sekali"})
    backup = back_up(folder)
    tools = programs.find(programs.server_major())
    told = subprocess.run([tools.restore, "-f", "-", backup / archive.DUMP], capture_output=True, check=True).stdout
    everything = told + (backup / archive.MANIFEST).read_bytes()
    assert b"COPY public.campaign_user" in told
    for secret in (
        *django_settings.FIELD_KEYS,
        django_settings.SECRET_KEY,
        "rahasia-sekali",
        client.session.session_key,
    ):
        assert secret.encode() not in everything


def test_the_daily_one_is_made_once_a_day_and_not_for_a_demonstration(settings: Any, folder: Path):
    settings.BACKUPS = folder
    demo = make.campaign(is_demo=True)
    assert backing_up.take_if_old() is None
    make.campaign()
    assert backing_up.take_if_old() is not None
    assert backing_up.take_if_old() is None
    Pulse.objects.filter(name="backup").update(at=clock.now() - timedelta(hours=25))
    assert backing_up.take_if_old() is not None
    assert demo.is_demo


def test_two_at_once_are_one(folder: Path):
    make.campaign()
    with backing_up._alone(prepared(folder)), pytest.raises(Unfit, match="just being written"):
        back_up(folder)


def prepared(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_the_commands_say_what_they_did_and_the_version_is_the_projects(folder: Path, capsys: Any):
    make.campaign()
    call_command("backup", to=folder, keep=3)
    said = capsys.readouterr().out
    assert "The keys are not in it" in said
    (backup,) = archive.all_in(folder)
    assert str(backup) in said
    connection.close()
    call_command("restore", str(backup), force=True)
    assert "Publishing is stopped in every campaign" in capsys.readouterr().out
    assert f'version = "{VERSION}"' in (django_settings.BASE_DIR / "pyproject.toml").read_text()


def test_what_was_ended_since_does_not_come_to_life_again(folder: Path):
    campaign = make.campaign()
    team = make.team(campaign)
    phone, link = make.phone(team["candidate"]), make.link(of=campaign)
    feed.make_key(team["staff"])
    backup = back_up(folder)
    phones.release(phone, by=team["manager"])
    inviting.revoke(link.invitation, by=team["manager"])
    FeedKey.objects.all().delete()
    come_back(backup)
    assert not Phone.objects.valid(clock.now()).exists()
    assert not Invitation.objects.open().exists()
    assert not FeedKey.objects.exists()


# On this machine ---------------------------------------------------------------------------------


def test_make_finds_the_server_that_runs_and_refuses_what_was_never_started(tmp_path: Path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    told = lambda *command: subprocess.run(  # noqa: E731
        [sys.executable, "-m", "local", *command], cwd=django_settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin", "POSKO_STATE": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    answer = told("backup")
    assert answer.returncode == 2 and "nothing to back up" in answer.stderr
    answer = told("restore", str(tmp_path / "tidak-ada"))
    assert answer.returncode == 2 and "There is no backup in" in answer.stderr


def test_a_posko_with_a_server_of_its_own_is_backed_up_while_it_runs(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://posko@db/posko")
    mine = Folder(tmp_path / "posko")
    with pytest.raises(CannotStart, match="nothing to back up"), local_backup._database(mine, may_run=True):
        pass
    assert not mine.has_secrets, "a backup with keys made for it could never be restored"
    running = Folder(tmp_path / "posko")
    running.take()
    try:
        kept = running.secrets(has_data=False)
        with local_backup._database(mine, may_run=True) as env:
            assert env["DATABASE_URL"] == "postgres://posko@db/posko"
            assert env["POSKO_STATE"] == str(tmp_path / "posko")
            assert mine.secrets(has_data=True) == kept
        with pytest.raises(CannotStart, match="already runs"), local_backup._database(mine, may_run=False):
            pass
    finally:
        running.release()
