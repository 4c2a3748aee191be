"""The state folder and its secrets."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from local.errors import CannotStart
from local.state import SECRETS, State


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.take()
    first = state.secrets(has_data=False)
    assert set(first) == set(SECRETS)
    Fernet(first["POSKO_FIELD_KEYS"])
    assert state.secrets(has_data=True) == first
    assert (tmp_path / "state" / "secrets.env").stat().st_mode & 0o777 == 0o600
    state.release()


def test_a_key_added_by_hand_stays_and_a_new_secret_is_filled_in(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("POSKO_FIELD_KEYS='new,old'\nPOSKO_FROM=posko@contoh.id\n")
    found = State(tmp_path).secrets(has_data=True)
    assert found["POSKO_FIELD_KEYS"] == "new,old"
    assert found["POSKO_FROM"] == "posko@contoh.id"
    assert len(found["POSKO_SECRET_KEY"]) >= 50
    assert State(tmp_path).secrets(has_data=True) == found


@pytest.mark.parametrize("content", [None, "", "POSKO_SECRET_KEY=x\n", "POSKO_FIELD_KEYS=\n"])
def test_keys_are_never_made_anew_for_data_that_are_there(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "secrets.env").write_text(content)
    with pytest.raises(CannotStart, match="from a backup"):
        State(tmp_path).secrets(has_data=True)


def test_a_folder_has_one_holder(tmp_path: Path) -> None:
    one, two = State(tmp_path), State(tmp_path)
    one.take()
    with pytest.raises(CannotStart, match="already runs"):
        two.take()
    one.release()
    two.take()
    two.release()
