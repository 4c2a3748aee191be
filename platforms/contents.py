"""What goes into a connector and what comes out: plain dataclasses, told apart from rows, requests and HTML."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

# What goes in ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """One account of ours, with what it takes to act for it.

    `server` is the base address without a trailing slash (`https://mastodon.social`). `secrets` is what the
    connector's own sign-in gave; nobody else looks inside. `app` is Posko as the network knows it, where renewing or
    signing asks for that: `client_id`, `client_secret`, and what the network has allowed it, such as `audited`.
    """

    platform: str
    server: str
    remote_id: str
    name: str
    handle: str
    secrets: Mapping[str, str] = field(repr=False)
    limits: Mapping[str, int] = field(default_factory=dict)
    url: str = ""
    app: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Picture:
    """One image of a draft. `read` loads its bytes, which hash to `sha256`.

    `link` gives an address at which the network can fetch it for some hours, "" where it could not reach us.
    """

    sha256: str
    mime: str
    width: int
    height: int
    size: int
    alt: str
    read: Callable[[], bytes] = field(repr=False, compare=False)
    link: Callable[[], str] = field(default=lambda: "", repr=False, compare=False)


@dataclass(frozen=True)
class Video:
    """The film of a draft, as `platforms.film` probed it. `part` reads bytes from a place on; `link` as with pictures.

    `seconds` is its length, `rate` frames per second, codecs as MediaInfo writes them (`AVC`, `AAC`; "" for no sound).
    """

    sha256: str
    mime: str
    width: int
    height: int
    size: int
    seconds: float
    rate: float
    codec: str
    sound: str
    part: Callable[[int, int], bytes] = field(repr=False, compare=False)
    link: Callable[[], str] = field(default=lambda: "", repr=False, compare=False)


class Place(StrEnum):
    """Where people speak to us, and so where an answer goes."""

    COMMENT = "comment"
    MENTION = "mention"
    MESSAGE = "message"


@dataclass(frozen=True)
class To:
    """What a draft answers: a post of ours (a thread, a first comment), or what somebody wrote to us.

    `remote_id` is what is answered, `root` the first post above it where the network wants both; for a `MESSAGE`,
    `person` is whom it goes to. `at` is when they last wrote: some networks let us answer for a day only.
    """

    place: Place
    remote_id: str
    root: str = ""
    person: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Draft:
    """All that the network receives, exactly as it was approved.

    `title` is for networks that have one. `ai_made` where picture or film was made or altered by AI.
    """

    text: str
    pictures: tuple[Picture, ...] = ()
    language: str = "id"
    video: Video | None = None
    title: str = ""
    ai_made: bool = False
    to: To | None = None


@dataclass(frozen=True)
class Key:
    """What makes a repeat recognisable: chosen once, when the envelope was sealed, and never changed."""

    uuid: UUID
    made_at: datetime


@dataclass(frozen=True)
class Shape:
    """What pictures a network shows as they are; what does not fit is made to. 0 means no limit known.

    `widest` is the most width per height, `tallest` the most height per width; `size` in bytes. `jpeg` where the
    network takes nothing else.
    """

    count: int = 4
    size: int = 0
    pixels: int = 0
    widest: float = 0
    tallest: float = 0
    jpeg: bool = False

    def fits(self, *, width: int, height: int, size: int, mime: str = "image/jpeg") -> bool:
        """Whether a picture of this size and kind is taken and shown whole."""
        return not (
            (self.size and size > self.size)
            or (self.jpeg and mime != "image/jpeg")
            or (self.pixels and width * height > self.pixels)
            or (self.widest and width > self.widest * height)
            or (self.tallest and height > self.tallest * width)
        )


@dataclass(frozen=True)
class Mark:
    """A part of a text that the network makes a link: `link`, `mention` or `tag`, and what people see of it."""

    start: int
    end: int
    kind: str
    shown: str


# What comes out ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """The network's receipt. `waits_for` is a code where a person must still finish it there, as in TikTok's inbox."""

    remote_id: str
    url: str = ""
    waits_for: str = ""


@dataclass(frozen=True)
class Seen:
    """One post found on our own account's timeline."""

    remote_id: str
    text: str
    at: datetime
    url: str = ""


@dataclass(frozen=True)
class Figure:
    """One number as the network told it. `metric` is Posko's word, `remote_name` the network's own."""

    metric: str
    value: int
    remote_name: str


@dataclass(frozen=True)
class Problem:
    """Why a draft cannot go to this network: a code and its numbers, put into words by `campaign.wording`."""

    code: str
    params: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Incoming:
    """What somebody wrote to us or about us. `about` is the post of ours it stands under, if any.

    `parent` is the entry above it where a talk has branches; `thread` is one for the whole talk with that person or
    under that post.
    """

    place: Place
    remote_id: str
    text: str
    at: datetime
    author_id: str
    author_name: str
    author_handle: str = ""
    about: str = ""
    parent: str = ""
    thread: str = ""
    url: str = ""
    is_hidden: bool = False
    may_answer: bool = True
    """Whether the network lets us answer through its API; else a person answers there, at `url`."""

    @property
    def to(self) -> To:
        """Where an answer goes."""
        return To(self.place, self.remote_id, root=self.about, person=self.author_id, at=self.at)


@dataclass(frozen=True)
class Page[T]:
    """Some entries, oldest first, and where to go on: `cursor` is the connector's own word, kept and given back."""

    entries: tuple[T, ...]
    cursor: str = ""


@dataclass(frozen=True)
class Profile:
    """What an account tells of itself, as the public sees it."""

    name: str
    handle: str
    bio: str = ""
    link: str = ""
    picture_url: str = ""


class Happened(StrEnum):
    """What a webhook tells."""

    INCOMING = "incoming"
    CHANGED = "changed"
    """Something people wrote was edited, hidden or removed; read it again."""
    PUBLISHED = "published"
    REMOVED = "removed"
    REVOKED = "revoked"
    FIGURES = "figures"
    OTHER = "other"


@dataclass(frozen=True)
class Event:
    """One thing a webhook told, already proven to come from the network.

    `id` is the same in each repeat. `account` is our account there, `about` the remote id of what it concerns, `thread`
    what is answered to comment on it where that is something else.
    """

    id: str
    happened: Happened
    account: str
    at: datetime
    about: str = ""
    incoming: Incoming | None = None
    figures: tuple[Figure, ...] = ()
    thread: str = ""
