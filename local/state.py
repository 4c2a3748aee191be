"""The one folder that holds all that a local Posko keeps: database, broker, secrets, logs, media.

postgres/  redis/        the servers' data           log/  one file per process
secrets.env              made once, kept for ever    run/  what is running, for the start after a `kill -9`
"""

import os
import secrets
import shlex
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet

from local.errors import CannotStart
from local.processes import Lock

# Name and maker of every secret. An added one is filled in at the next start; none is ever made anew.
SECRETS: dict[str, Callable[[], str]] = {
    "POSKO_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "POSKO_FIELD_KEYS": lambda: Fernet.generate_key().decode(),
}


class State:
    """A state folder that is ours until `release`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._lock = Lock(self.folder / "lock")

    @property
    def log(self) -> Path:
        """One file per process."""
        return self.folder / "log"

    @property
    def run(self) -> Path:
        """What is running."""
        return self.folder / "run"

    @property
    def has_secrets(self) -> bool:
        """Whether Posko has been started here."""
        return self._secrets.is_file()

    @property
    def _secrets(self) -> Path:
        return self.folder / "secrets.env"

    def take(self) -> None:
        """Make the folder if there is none and take it for us; refused while another Posko runs in it."""
        try:
            # Root's Postgres runs as `nobody`, who must get through to it; what lies below is closed to others.
            mode = 0o711 if os.geteuid() == 0 else 0o700
            self.folder.mkdir(mode=mode, parents=True, exist_ok=True)
            self.folder.chmod(mode)
            is_ours = self._lock.take()
            if is_ours:
                for below in (self.log, self.run):
                    below.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise CannotStart(
                f"Posko cannot keep its state in {self.folder} ({error.strerror}): "
                "make that folder writable, or name another one with POSKO_STATE=/a/folder."
            ) from None
        if not is_ours:
            raise CannotStart(
                f"Posko already runs in {self.folder} as process {self._lock.holder()}: use that one, end it, "
                "or name another folder and port with POSKO_STATE=/a/folder PORT=8001 SANDBOX_PORT=4801."
            )

    def release(self) -> None:
        """Let another Posko have it."""
        self._lock.release()

    def secrets(self, *, has_data: bool) -> dict[str, str]:
        """The secrets of this folder, made when the folder is new.

        Refused when the database is there (`has_data`) and its keys are gone: new keys could not read it.
        """
        path = self._secrets
        found: dict[str, str] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                name, is_set, value = line.partition("=")
                if is_set and value:
                    found[name.strip()] = "".join(shlex.split(value))
        if has_data and "POSKO_FIELD_KEYS" not in found:
            raise CannotStart(
                f"The database in {self.folder} is encrypted with keys that {path} no longer holds: "
                "put that file back from a backup, or name an empty folder with POSKO_STATE=/a/folder."
            )
        if missing := [name for name in SECRETS if name not in found]:
            found |= {name: SECRETS[name]() for name in missing}
            written = path.with_name("secrets.env.new")
            written.unlink(missing_ok=True)
            written.touch(mode=0o600)
            with written.open("w") as file:
                file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in found.items())
                file.flush()
                os.fsync(file.fileno())
            written.replace(path)
        return found
