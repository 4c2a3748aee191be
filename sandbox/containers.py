"""Containers of Instagram and Threads: what was made but not yet published, with its states.

Source: developers.facebook.com, "Content Publishing" (2026-09-11), Threads "Posts" (2026-04-14).
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from . import accounts, clock, fetching, posts
from .accounts import Account
from .blobs import Picture
from .params import Params
from .posts import Post
from .store import Store
from .world import World

LIFE_SECONDS = 24 * 3600
DAY_SECONDS = 24 * 3600
LARGEST_FILM = 55 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Container:
    """One container. `problem` is why it failed; `post` the id of what it became; `extra` goes on to the post."""

    id: str
    account: int
    kind: str
    text: str
    made_at: float
    ready_at: float
    pictures: list[dict[str, Any]]
    extra: dict[str, Any]
    is_child: bool = False
    reply_to: str = ""
    problem: str = ""
    post: str = ""

    @property
    def state(self) -> str:
        """As the networks name it."""
        if self.post:
            return "PUBLISHED"
        if clock.now() - self.made_at > LIFE_SECONDS:
            return "EXPIRED"
        if clock.now() < self.ready_at:
            return "IN_PROGRESS"
        return "ERROR" if self.problem else "FINISHED"


def make(
    world: World,
    account: Account,
    kind: str,
    text: str,
    *,
    pictures: Sequence[Picture] = (),
    **more: Any,
) -> Container:
    """Keep a new container, in a write of its own. It is ready after the delay that the settings ask for."""
    now = clock.now()
    made = Container(
        new_id(), account.id, kind, text, now, now + world.settings.media_delay_s, [p.as_dict() for p in pictures],
        more.pop("extra", {}), **more,
    )  # fmt: skip
    with world.store.write():
        _keep(world.store, account.platform, made)
    return made


def find(store: Store, account: Account, container_id: str) -> Container | None:
    """The account's container of that id, or None."""
    found = store.get(f"{account.platform}:container:{container_id}")
    made = Container(**found) if found else None
    return made if made and made.account == account.id else None


def publish(world: World, container: Container, account: Account, news: Callable[[Post], None]) -> Post:
    """Make it public. `news` tells of it inside the same write."""
    store = world.store
    parent = posts.find(store, account.platform, container.reply_to) if container.reply_to else None
    pictures = [Picture(**each) for each in container.pictures]
    with store.write():
        post = posts.add(
            store, account=account, remote_id=new_id(), text=container.text, made_by="api", reply_to=parent,
            pictures=pictures, extra={"kind": container.kind, **container.extra},
        )  # fmt: skip
        posts.log(store, "publish", post, key=container.id)
        _keep(store, account.platform, _changed(container, post=post.remote_id))
        news(post)
    return post


def _changed(container: Container, **changes: Any) -> Container:
    return Container(**(asdict(container) | changes))


def _keep(store: Store, platform: str, container: Container) -> None:
    store.put(f"{platform}:container:{container.id}", asdict(container))


def new_id() -> str:
    """An id as these networks give them: 17 digits."""
    return str(17 * 10**15 + secrets.randbelow(10**15))


def of_today(store: Store, account: Account, *, replies: bool) -> int:
    """How many posts, or answers, the account published by the API in the last 24 hours."""
    return store.number(
        "SELECT count(*) FROM posts WHERE account_id = ? AND made_by = 'api' AND place = '' AND at > ?"
        " AND (reply_to IS NOT NULL) = ?",
        *(account.id, clock.now() - DAY_SECONDS, replies),
    )


def listed(params: Params, name: str) -> list[str]:
    """A list, which Graph takes with commas between and as JSON alike."""
    value = params.text(name)
    given = params.nested(name) if value.startswith("[") else value.split(",")
    return [str(each).strip() for each in given if each] if isinstance(given, list) else []


async def fetch_picture(world: World, url: str, alt: str, most: int) -> Picture | None:
    """The picture at an address of the app's; None where there is none."""
    data = await fetching.fetch(url, most)
    return world.blobs.picture(data, alt=alt) if data else None


async def fetch_film(world: World, url: str) -> dict[str, Any]:
    """What `extra` holds of the film at an address of the app's: `film`; empty where there is none."""
    data = await fetching.fetch(url, LARGEST_FILM)
    if not data or data[4:8] != b"ftyp":
        return {}
    return {"film": {"sha256": world.blobs.keep(data), "size": len(data)}}


def together(children: Sequence[Container]) -> tuple[list[Picture], dict[str, Any]]:
    """The pictures of a carousel, and what `extra` holds of its film."""
    pictures = [Picture(**picture) for each in children for picture in each.pictures]
    films = [each.extra["film"] for each in children if "film" in each.extra]
    return pictures, {"film": films[0]} if films else {}


# What people do there ----------------------------------------------------------------------------


def mentioning(store: Store, account: Account) -> list[Post]:
    """Posts in which voters speak of our account, newest first."""
    rows = store.all(
        "SELECT id FROM posts WHERE platform = ? AND deleted_at IS NULL AND json_extract(extra, '$.mentions') = ?"
        " ORDER BY id DESC LIMIT 200",
        *(account.platform, account.id),
    )
    return [posts.get(store, row["id"]) for row in rows]


def firsts(store: Store, account: Account) -> list[Post]:
    """The account's own posts that answer nothing, newest first."""
    return [each for each in posts.of(store, account, limit=1000) if not each.reply_to and not each.place]


def owner(store: Store, post: Post) -> Account:
    """Who wrote it."""
    return accounts.get(store, post.account_id)


def views(post: Post) -> int:
    """How often a post was seen, derived from what people did with it."""
    return 14 * post.likes + 30 * post.reposts + 9 * post.replies
