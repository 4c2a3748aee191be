"""*Kotak surat*: where mail lands on a machine of one's own. Production sends its mail and shows none."""

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

MOST = 50  # letters shown, the newest
NAME = re.compile(r"[0-9]{19}-[0-9a-f]{8}")


class MailboxBackend(BaseEmailBackend):
    """Puts each letter into a file of its own."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were written. Raises OSError as a mail server's failure does."""
        _folder().mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns():019d}-{secrets.token_hex(4)}"
            (_folder() / f"{name}.eml").write_bytes(message.message().as_bytes())
        return len(email_messages)


@dataclass(frozen=True)
class Letter:
    """One mail as its reader would see it."""

    name: str
    to: str
    subject: str
    text: str
    at: datetime


def is_open() -> bool:
    """Whether mail lands here."""
    return not settings.PRODUCTION


def letters() -> list[Letter]:
    """The newest first."""
    files = sorted(_folder().glob("*.eml"), reverse=True) if is_open() else []
    return [_read(file) for file in files[:MOST] if NAME.fullmatch(file.stem)]


def letter(name: str) -> Letter | None:
    """One of them, or None."""
    file = _folder() / f"{name}.eml"
    return _read(file) if is_open() and NAME.fullmatch(name) and file.is_file() else None


def _read(file: Path) -> Letter:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    at = datetime.fromtimestamp(int(file.stem[:19]) / 1e9, UTC)
    text = body.get_content() if body else ""
    return Letter(file.stem, str(message["to"] or ""), str(message["subject"] or ""), text, at)


def _folder() -> Path:
    return Path(settings.STATE) / "mail"
