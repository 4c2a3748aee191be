"""Names of channels, films and comments, as YouTube makes them."""

import secrets

from sandbox.accounts import derive
from sandbox.posts import Post


def channel(handle: str) -> str:
    """The id of a channel, the same each time it is made."""
    return "UC" + derive("youtube", handle, "channel", length=22)


def uploads(channel_id: str) -> str:
    """The playlist of all a channel's films."""
    return "UU" + channel_id[2:]


def video() -> str:
    """A film's id: 11 characters."""
    return secrets.token_urlsafe(8)[:11]


def comment() -> str:
    """The id of a comment that begins a talk."""
    return "Ug" + secrets.token_urlsafe(18)[:24]


def reply(parent: str) -> str:
    """The id of an answer below such a comment."""
    return f"{parent}.{secrets.token_urlsafe(17)[:22]}"


def title(post: Post) -> str:
    """A film's title."""
    return str(post.extra.get("title", ""))
