"""Stored secrets: unreadable without the keys, readable after the keys have changed."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from campaign.management.commands import rotate_keys
from campaign.models import ChannelSecret, ServerApp
from tests import make

pytestmark = pytest.mark.django_db

TOKEN = "rahasia-sekali-7f3a"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def stored() -> list[bytes]:
    """What stands in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM campaign_channelsecret UNION ALL SELECT secrets FROM campaign_serverapp")
        return [bytes(row[0]) for row in cursor.fetchall()]


def whole_database() -> str:
    """Every table as text, as a dump shows it; columns of bytes as what they hold."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            cells = [cell for row in cursor.fetchall() for cell in row]
            found += [bytes(cell) if isinstance(cell, memoryview) else cell for cell in cells]
    return repr(found)


@pytest.fixture
def channel(settings):
    settings.FIELD_KEYS = [OLD]
    return make.channel(secrets={"token": TOKEN, "chat": "@ratna"})


def secrets_of(channel: Any) -> Any:
    return ChannelSecret.objects.get(pk=channel.pk).secrets


def test_a_dump_of_the_database_shows_no_secret(channel):
    ServerApp.objects.create(server="https://a.example", redirect_uri="https://b.example", secrets={"secret": TOKEN})
    dump = whole_database()
    assert "https://a.example" in dump
    assert channel.handle in dump
    assert TOKEN not in dump
    assert TOKEN.encode().hex() not in dump
    assert "@ratna" not in dump
    assert secrets_of(channel) == {"token": TOKEN, "chat": "@ratna"}


def test_the_same_secret_twice_does_not_look_the_same(channel):
    make.channel(secrets={"token": TOKEN, "chat": "@ratna"})
    first, second = stored()
    assert first != second


def test_a_secret_does_not_show_where_rows_are_written_into_logs(channel):
    assert TOKEN not in repr(channel.secret)
    assert TOKEN not in str(channel.secret)


def test_a_new_key_in_front_reads_what_the_old_one_wrote(channel, settings):
    settings.FIELD_KEYS = [NEW, OLD]
    assert secrets_of(channel)["token"] == TOKEN


def test_a_missing_key_is_said_in_clear_words(channel, settings):
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(ImproperlyConfigured, match=r"POSKO_FIELD_KEYS\. Add the old key at the end"):
        secrets_of(channel)


def test_what_was_altered_in_the_database_is_not_taken_for_a_secret(channel):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaign_channelsecret SET secrets = set_byte(secrets, 40, 1)")
    with pytest.raises(ImproperlyConfigured):
        secrets_of(channel)


# Rotating ----------------------------------------------------------------------------------------


def test_after_rotating_the_old_key_may_be_dropped(channel, settings, monkeypatch, capsys):
    monkeypatch.setattr(rotate_keys, "BATCH", 2)
    for number in range(4):
        make.channel(of=channel.campaign, secrets={"token": f"t{number}"})
    ServerApp.objects.create(server="https://a.example", redirect_uri="https://b.example", secrets={"secret": TOKEN})
    settings.FIELD_KEYS = [NEW, OLD]
    call_command("rotate_keys")
    said = capsys.readouterr().out
    assert "campaign.ChannelSecret: 5 rows" in said
    assert "campaign.ServerApp: 1 rows" in said
    settings.FIELD_KEYS = [NEW]
    assert secrets_of(channel)["token"] == TOKEN
    assert {row.secrets["token"] for row in ChannelSecret.objects.all()} == {TOKEN, "t0", "t1", "t2", "t3"}
    assert ServerApp.objects.get().secrets == {"secret": TOKEN}
    assert not any(can_read(OLD, content) for content in stored())


def can_read(key: str, content: bytes) -> bool:
    try:
        Fernet(key).decrypt(content)
    except Exception:  # noqa: BLE001  # whatever it says, it could not
        return False
    return True


def test_rotating_again_is_harmless(channel, settings):
    settings.FIELD_KEYS = [NEW, OLD]
    saved_at = ChannelSecret.objects.get().saved_at
    for _ in range(2):
        call_command("rotate_keys")
    assert secrets_of(channel)["token"] == TOKEN
    assert ChannelSecret.objects.get().saved_at == saved_at


def test_rotating_without_the_old_key_says_so_and_loses_nothing(channel, settings):
    before = stored()
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(CommandError, match=r"campaign\.ChannelSecret: .*Add the old key"):
        call_command("rotate_keys")
    assert stored() == before
    settings.FIELD_KEYS = [NEW, OLD]
    assert secrets_of(channel)["token"] == TOKEN


def test_second_steps_are_rotated_too_and_still_take_their_codes(settings, capsys):
    user, secret = make.user(), generate_totp_secret()
    settings.FIELD_KEYS = [OLD]
    TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    settings.FIELD_KEYS = [NEW, OLD]
    call_command("rotate_keys")
    assert "mfa.Authenticator: 2 rows" in capsys.readouterr().out
    settings.FIELD_KEYS = [NEW]
    steps = {row.type: row.wrap() for row in Authenticator.objects.filter(user=user)}
    assert decrypt(steps["totp"].instance.data["secret"]) == secret
    assert steps["recovery_codes"].get_unused_codes() == codes
