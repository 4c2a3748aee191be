"""Posts of every network in one shape, and the log of what became public: the truth that tests compare with."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import accounts, clock
from .accounts import Account
from .blobs import Picture
from .store import Store

MadeBy = Literal["api", "hand", "voter"]


@dataclass(frozen=True, slots=True)
class Post:
    """One post, reply or message. `extra` belongs to the dialect; a `film` in it (`sha256`, `size`) is in the log too.

    `place`: the chat on Telegram; `dm:` and whom it is with for words that the public does not see; else empty.
    """

    id: int
    platform: str
    account_id: int
    place: str
    remote_id: str
    made_by: MadeBy
    text: str
    at: float
    edited_at: float | None
    is_deleted: bool
    reply_to: int | None
    root: int | None
    pictures: tuple[Picture, ...]
    extra: dict[str, Any]
    likes: int
    reposts: int
    replies: int


def _read(row: sqlite3.Row) -> Post:
    pictures = tuple(Picture(**each) for each in json.loads(row["pictures"]))
    return Post(
        row["id"], row["platform"], row["account_id"], row["place"], row["remote_id"], row["made_by"], row["text"],
        row["at"], row["edited_at"], row["deleted_at"] is not None, row["reply_to"], row["root"], pictures,
        json.loads(row["extra"]), row["likes"], row["reposts"], row["replies"],
    )  # fmt: skip


def add(
    store: Store,
    *,
    account: Account,
    remote_id: str,
    text: str,
    made_by: MadeBy,
    place: str = "",
    reply_to: Post | None = None,
    pictures: Sequence[Picture] = (),
    extra: dict[str, Any] | None = None,
    at: float | None = None,
) -> Post:
    """Keep a new post inside an open write. It is not logged: see `log`."""
    row_id = store.run(
        "INSERT INTO posts (platform, account_id, place, remote_id, made_by, text, at, reply_to, root, pictures, extra)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(account.platform, account.id, place, remote_id, made_by, text, at or clock.now()),
        *(reply_to.id if reply_to else None, (reply_to.root or reply_to.id) if reply_to else None),
        *(json.dumps([each.as_dict() for each in pictures]), json.dumps(extra or {})),
    )
    store.run("UPDATE accounts SET posts = posts + 1 WHERE id = ?", account.id)
    if reply_to:
        store.run("UPDATE posts SET replies = replies + 1 WHERE id = ?", reply_to.id)
    return get(store, row_id)


def get(store: Store, row_id: int) -> Post:
    """The post with our own id, deleted ones too. Raises LookupError."""
    row = store.one("SELECT * FROM posts WHERE id = ?", row_id)
    if row is None:
        raise LookupError(f"no post {row_id}")
    return _read(row)


def find(store: Store, platform: str, remote_id: str, place: str | None = "") -> Post | None:
    """The live post the network knows by that id, or None. `place` None: in public or not."""
    sql = "SELECT * FROM posts WHERE platform = ? AND place {} AND remote_id = ? AND deleted_at IS NULL"
    row = store.one(sql.format("= ?"), platform, place or "", remote_id)
    if row is None and place is None:
        row = store.one(sql.format("LIKE 'dm:%'"), platform, remote_id)
    return _read(row) if row else None


def of(store: Store, account: Account, *, limit: int = 20, below: int | None = None, above: int = 0) -> list[Post]:
    """The account's live posts and replies, newest first, with our own id between `above` and `below`."""
    rows = store.all(
        "SELECT * FROM posts WHERE account_id = ? AND deleted_at IS NULL AND id < ? AND id > ?"
        " ORDER BY id DESC LIMIT ?",
        *(account.id, below or 2**62, above, limit),
    )
    return [_read(row) for row in rows]


def first_after(store: Store, account: Account, above: int, limit: int) -> list[Post]:
    """The `limit` live posts that follow our own id `above` most closely, newest first."""
    rows = store.all(
        "SELECT * FROM posts WHERE account_id = ? AND deleted_at IS NULL AND id > ? ORDER BY id LIMIT ?",
        *(account.id, above, limit),
    )
    return [_read(row) for row in reversed(rows)]


def thread(store: Store, root: Post) -> list[Post]:
    """All live replies under a first post, oldest first."""
    rows = store.all("SELECT * FROM posts WHERE root = ? AND deleted_at IS NULL ORDER BY id", root.id)
    return [_read(row) for row in rows]


def album(store: Store, post: Post) -> list[Post]:
    """The live messages that became public together with `post`, oldest first; only itself where there is no album."""
    group = post.extra.get("media_group_id")
    if group is None:
        return [post]
    near = store.all(
        "SELECT * FROM posts WHERE account_id = ? AND deleted_at IS NULL AND id BETWEEN ? AND ? ORDER BY id",
        *(post.account_id, post.id - 10, post.id + 10),
    )
    return [each for each in map(_read, near) if each.extra.get("media_group_id") == group]


def to_us(
    store: Store,
    account: Account,
    *,
    above: int = 0,
    below: int | None = None,
    limit: int = 40,
    in_public: bool = False,
) -> list[Post]:
    """What others wrote in the account's threads, to its posts or to it (`extra["to"]`), newest first."""
    rows = store.all(
        "SELECT r.* FROM posts r LEFT JOIN posts p ON p.id = r.reply_to LEFT JOIN posts q ON q.id = r.root"
        " WHERE (p.account_id = ?1 OR q.account_id = ?1 OR json_extract(r.extra, '$.to') = ?1) AND r.account_id != ?1"
        " AND r.deleted_at IS NULL AND r.id > ?2 AND r.id < ?3 AND NOT (?5 AND r.place LIKE 'dm:%')"
        " ORDER BY r.id DESC LIMIT ?4",
        *(account.id, above, below or 2**62, limit, in_public),
    )
    return [_read(row) for row in rows]


def count(store: Store, account: Account) -> int:
    """How many live posts the account has. Kept with the account: counting them each time made posting ever slower."""
    return store.number("SELECT posts FROM accounts WHERE id = ?", account.id)


def edit(store: Store, post: Post, *, text: str, pictures: Sequence[Picture], extra: dict[str, Any]) -> Post:
    """Replace what the post says, inside an open write."""
    store.run(
        "UPDATE posts SET text = ?, pictures = ?, extra = ?, edited_at = ? WHERE id = ?",
        *(text, json.dumps([each.as_dict() for each in pictures]), json.dumps(extra), clock.now(), post.id),
    )
    return get(store, post.id)


def put_extra(store: Store, post: Post, **changes: Any) -> Post:
    """Change what the dialect keeps with the post, inside an open write."""
    store.run("UPDATE posts SET extra = ? WHERE id = ?", json.dumps(post.extra | changes), post.id)
    return get(store, post.id)


def bump(store: Store, post: Post, *, likes: int = 0, reposts: int = 0) -> Post:
    """Add likes or reposts (reactions are likes on Telegram), inside an open write."""
    store.run("UPDATE posts SET likes = likes + ?, reposts = reposts + ? WHERE id = ?", likes, reposts, post.id)
    return get(store, post.id)


def remove(store: Store, post: Post) -> None:
    """Delete the post, inside an open write."""
    store.run("UPDATE posts SET deleted_at = ? WHERE id = ?", clock.now(), post.id)
    store.run("UPDATE accounts SET posts = posts - 1 WHERE id = ?", post.account_id)
    if post.reply_to:
        store.run("UPDATE posts SET replies = max(0, replies - 1) WHERE id = ?", post.reply_to)


def log(
    store: Store,
    action: Literal["publish", "edit", "delete"],
    post: Post,
    *,
    key: str | None = None,
    raw: str | None = None,
    by: MadeBy = "api",
    album: Sequence[Post] = (),
) -> None:
    """Write one line of the truth, inside the write that made it true. What voters say is not ours and not logged.

    `raw` is the text as it was sent where the public sees another one (markup parsed, blanks trimmed); `album` are all
    the messages that became public together, `post` being the first.
    """
    account = accounts.get(store, post.account_id)
    if account.is_voter:
        return
    together = album or (post,)
    pictures = [each for one in together for each in one.pictures]
    body = {
        "at": clock.now(),
        "platform": post.platform,
        "account": account.handle,
        "account_id": account.remote_id,
        "action": action,
        "text": post.text,
        "raw": post.text if raw is None else raw,
        "media": [each.sha256 for each in pictures]
        + [one.extra["film"]["sha256"] for one in together if "film" in one.extra],
        "alt": [each.alt for each in pictures],
        "key": key,
        "remote_id": post.remote_id,
        "remote_ids": [each.remote_id for each in together],
        "place": post.place,
        "reply_to": get(store, post.reply_to).remote_id if post.reply_to else None,
        "by": by,
    }
    store.run("INSERT INTO log (platform, body) VALUES (?, ?)", post.platform, json.dumps(body))


def read_log(store: Store, *, platform: str | None = None, after: int = 0) -> list[dict[str, Any]]:
    """Every line of the log after `seq` number `after`, in order."""
    rows = store.all("SELECT * FROM log WHERE seq > ?1 AND (?2 IS NULL OR platform = ?2) ORDER BY seq", after, platform)
    return [{"seq": row["seq"]} | json.loads(row["body"]) for row in rows]
