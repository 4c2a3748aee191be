"""What an app has begun to post, from its `init` to what the public sees.

A share is kept as JSON under its account and publish id; what TikTok still works on is noted apart, so that looking for
work costs nothing.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sandbox import accounts, clock, fetching, posts
from sandbox.accounts import Account, derive
from sandbox.blobs import Picture
from sandbox.posts import Post
from sandbox.store import Store
from sandbox.world import World

from . import events

PENDING, PENDING_SECONDS = 5, 24 * 3600
DIRECT, DIRECT_SECONDS = 15, 24 * 3600
PHOTO_BYTES = 20_000_000
PHOTO_PIXELS = 1_080 * 1_920
EVERYBODY = "PUBLIC_TO_EVERYONE"
_busy: set[str] = set()


@dataclass(frozen=True, slots=True)
class Share:
    """One publish id. `way` is INBOX_SHARE or DIRECT_PUBLISH; `at` seconds since 1970, `ready_at` when work on it ends.

    `size`, `chunk`, `count`, `sent`: bytes of a film; `urls`: what is pulled; `post`: the id the public knows.
    """

    id: str
    account: int
    way: str
    status: str
    at: float
    text: str = ""
    title: str = ""
    privacy: str = ""
    is_ai: bool = False
    size: int = 0
    chunk: int = 0
    count: int = 0
    sent: int = 0
    urls: tuple[str, ...] = ()
    ready_at: float = 0
    reason: str = ""
    pictures: tuple[dict[str, Any], ...] = field(default=())
    post: str = ""

    @property
    def files(self) -> tuple[Picture, ...]:
        """Its film or photos."""
        return tuple(Picture(**each) for each in self.pictures)

    @property
    def waits_for_person(self) -> bool:
        """Whether somebody must finish it in the app, or make it public."""
        return not self.post and (
            self.status == "SEND_TO_USER_INBOX" or (self.status == "PUBLISH_COMPLETE" and self.privacy != EVERYBODY)
        )


def _name(account_id: int, publish_id: str) -> str:
    return f"tiktok:share:{account_id}:{publish_id}"


def keep(store: Store, share: Share) -> Share:
    """Write it down inside an open write."""
    store.put(_name(share.account, share.id), asdict(share))
    is_at_work = share.status.startswith("PROCESSING") or (
        share.status == "PUBLISH_COMPLETE" and share.privacy == EVERYBODY and not share.post
    )
    if is_at_work:
        store.put(f"tiktok:work:{share.id}", share.account)
    else:
        store.run("DELETE FROM meta WHERE name = ?", f"tiktok:work:{share.id}")
    return share


def _read(value: dict[str, Any]) -> Share:
    return Share(**value | {"urls": tuple(value["urls"]), "pictures": tuple(value["pictures"])})


def find(store: Store, account_id: int, publish_id: str) -> Share | None:
    """The account's share of that id."""
    found = store.get(_name(account_id, publish_id))
    return _read(found) if found else None


def of(store: Store, account: Account) -> list[Share]:
    """All shares of an account, newest first."""
    start = _name(account.id, "")
    rows = store.all("SELECT value FROM meta WHERE name >= ? AND name < ?", start, start[:-1] + ";")
    return sorted((_read(json.loads(row["value"])) for row in rows), key=lambda each: each.at, reverse=True)


def next_number(store: Store) -> int:
    """A number of 19 digits that grows, inside an open write."""
    number = max(int(clock.now()) << 32, int(store.get("tiktok:last") or 0) + 1)
    store.put("tiktok:last", number)
    return number


def is_over(store: Store, account: Account, way: str) -> bool:
    """Whether the account has too many drafts waiting, or too many direct posts today."""
    since, found = clock.now() - PENDING_SECONDS, of(store, account)
    if way == "INBOX_SHARE":
        waiting = [s for s in found if s.at > since and s.status == "SEND_TO_USER_INBOX"]
        return len(waiting) >= PENDING
    return len([s for s in found if s.at > since and s.way == way and s.status == "PUBLISH_COMPLETE"]) >= DIRECT


# TikTok at work ----------------------------------------------------------------------------------


async def work(world: World) -> None:
    """Take everything that is ready one step on."""
    for row in world.store.all("SELECT name, value FROM meta WHERE name LIKE 'tiktok:work:%'"):
        await work_on(world, json.loads(row["value"]), row["name"].removeprefix("tiktok:work:"))


async def work_on(world: World, account_id: int, publish_id: str) -> None:
    """Take one share as far as it is ready; harmless beside another that does the same."""
    share = find(world.store, account_id, publish_id)
    if share is None or publish_id in _busy:
        return
    _busy.add(publish_id)
    try:
        if share.status == "PROCESSING_DOWNLOAD" and not share.pictures:
            share = await _pulled(world, share)
        _go_on(world, share)
    finally:
        _busy.discard(publish_id)


async def _pulled(world: World, share: Share) -> Share:
    kept: list[Picture] = []
    reason = ""
    for url in share.urls:
        data = await fetching.fetch(url, PHOTO_BYTES)
        picture = world.blobs.picture(data) if data else None
        if data is None:
            reason = "photo_pull_failed"
        elif picture is None or picture.mime not in {"image/jpeg", "image/webp"}:
            reason = "file_format_check_failed"
        elif picture.width * picture.height > PHOTO_PIXELS:
            reason = "picture_size_check_failed"
        else:
            kept.append(picture)
    with world.store.write():
        if reason:
            return failed(world, share, reason)
        return keep(world.store, replace(share, pictures=tuple(each.as_dict() for each in kept)))


def failed(world: World, share: Share, reason: str) -> Share:
    """TikTok could not make a post of it, inside an open write."""
    account = accounts.get(world.store, share.account)
    events.push(world, account, "post.publish.failed", _told(share) | {"reason": reason})
    return keep(world.store, replace(share, status="FAILED", reason=reason))


def _told(share: Share) -> dict[str, Any]:
    return {"publish_id": share.id, "publish_type": share.way}


def _go_on(world: World, share: Share) -> None:
    """Whatever follows once the time has come: the inbox, or the post; then the public."""
    is_whole = bool(share.pictures) and share.ready_at <= clock.now()
    if share.status.startswith("PROCESSING") and is_whole:
        account = accounts.get(world.store, share.account)
        with world.store.write():
            if share.way == "INBOX_SHARE":
                share = keep(world.store, replace(share, status="SEND_TO_USER_INBOX"))
                events.push(world, account, "post.publish.inbox_delivered", _told(share))
                return
            ready_at = clock.now() + world.settings.media_delay_s  # for its review
            share = keep(world.store, replace(share, status="PUBLISH_COMPLETE", ready_at=ready_at))
            events.push(world, account, "post.publish.complete", _told(share))
    is_hidden = share.status == "PUBLISH_COMPLETE" and share.privacy == EVERYBODY and not share.post
    if is_hidden and share.ready_at <= clock.now():
        with world.store.write():
            publish(world, share)


def publish(world: World, share: Share, *, by: posts.MadeBy = "api") -> Post:
    """The public sees it from now on, inside an open write."""
    account = accounts.get(world.store, share.account)
    extra = {"publish_id": share.id, "publish_type": share.way, "title": share.title, "is_ai": share.is_ai}
    post = posts.add(
        world.store, account=account, remote_id=str(next_number(world.store)), text=share.text, made_by=by,
        pictures=share.files, extra=extra,
    )  # fmt: skip
    posts.log(world.store, "publish", post, key=share.id, by=by)
    share = keep(world.store, replace(share, status="PUBLISH_COMPLETE", post=post.remote_id, privacy=EVERYBODY))
    told = _told(share) | {"post_id": post.remote_id}
    events.push(world, account, "post.publish.publicly_available", told)
    return post


def finish(world: World, account: Account, publish_id: str, text: str) -> Post:
    """A person posts the draft, or makes a private post public. Raises LookupError where nothing waits."""
    share = find(world.store, account.id, publish_id)
    if share is None or not share.waits_for_person:
        raise LookupError("Nothing of that id waits for a person.")
    share = replace(share, text=text or share.text)
    with world.store.write():
        if share.status == "SEND_TO_USER_INBOX":
            events.push(world, account, "post.publish.complete", _told(share))
        return publish(world, share)


def upload_token(publish_id: str) -> str:
    """What makes an upload address a secret."""
    return derive("tiktok", publish_id, "upload", length=32)
