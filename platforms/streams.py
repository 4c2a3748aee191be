"""Bodies that are read while they are sent: a film need not fit into memory, and leaves whole and as approved."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from secrets import token_hex

from platforms.base import ConnectorError
from platforms.contents import Video

BLOCK = 256 * 1024


@dataclass(frozen=True)
class Stream:
    """A request's body of `size` bytes and of the mime type `kind`. `blocks` may be called once per try."""

    kind: str
    size: int
    blocks: Callable[[], Iterator[bytes]]


def film(video: Video) -> Stream:
    """The film as it is."""
    return Stream(video.mime, video.size, lambda: checked(video))


def form(fields: Mapping[str, str], name: str, video: Video) -> Stream:
    """A form of `fields` and the film, which comes last. Source: RFC 7578 (multipart/form-data)."""
    boundary = f"posko-{token_hex(12)}"
    filename = f"{video.sha256[:12] or 'film'}.{video.mime.split('/')[-1]}"
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        f"Content-Type: {video.mime}\r\n\r\n"
    )
    before, after = head.encode(), f"\r\n--{boundary}--\r\n".encode()

    def blocks() -> Iterator[bytes]:
        yield before
        yield from checked(video)
        yield after

    return Stream(f"multipart/form-data; boundary={boundary}", len(before) + video.size + len(after), blocks)


def checked(video: Video) -> Iterator[bytes]:
    """The film's bytes. The last block is given only when all of them are those that were approved.

    Raises `ConnectorError` (film_changed), after which no server has a whole film.
    """
    digest, held, read = hashlib.sha256(), b"", 0
    while read < video.size:
        piece = video.part(read, min(BLOCK, video.size - read))
        if not piece:
            raise ConnectorError("film_changed", detail="shorter than it was")
        digest.update(piece)
        read += len(piece)
        if held:
            yield held
        held = piece
    if digest.hexdigest() != video.sha256:
        raise ConnectorError("film_changed", detail="other bytes than approved")
    yield held
