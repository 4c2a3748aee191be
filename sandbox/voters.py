"""Lets likes, reposts, replies and followers grow by themselves, plausibly and always alike.

Each post has a `life`: the seconds voters have looked at it. Interest rises fast and flattens, 1 - exp(-life / PACE),
towards a final number drawn once from a generator seeded with the post's id.
"""

import asyncio
import logging
import sqlite3
from math import exp
from random import Random

from . import accounts, clock, crowd, posts
from .world import World

log = logging.getLogger(__name__)
ROUND_SECONDS = {"slow": 5.0, "fast": 0.5, "off": 0.5}
# How many seconds of a post's life pass in one second.
SPEED = {"slow": 1.0, "fast": 120.0}
PACE = 45 * 60.0
LONGEST_LIFE = 3 * 24 * 3600.0
# Posts looked at in one round; more would hold up the requests that come meanwhile.
ROUND_POSTS = 300


async def run(world: World) -> None:
    """Go on for ever, in the rhythm the settings ask for."""
    before = clock.now()
    while True:
        mode = world.settings.voters
        await asyncio.sleep(ROUND_SECONDS[mode])
        passed, before = clock.now() - before, clock.now()
        if mode != "off" and mode == world.settings.voters:
            try:
                grow(world, passed * SPEED[mode])
            except sqlite3.Error:
                log.exception("voters could not act")


def grow(world: World, seconds: float) -> None:
    """Let `seconds` of life pass for every live post of ours."""
    rows = world.store.all(
        "SELECT p.*, a.followers AS followers FROM posts p JOIN accounts a ON a.id = p.account_id"
        " WHERE p.deleted_at IS NULL AND p.made_by != 'voter' AND p.place NOT LIKE 'dm:%' AND p.life < ?"
        " ORDER BY p.id DESC LIMIT ?",
        *(LONGEST_LIFE, ROUND_POSTS),
    )
    for row in rows:
        _grow_post(world, row, row["life"] + seconds)


def _grow_post(world: World, row: sqlite3.Row, life: float) -> None:
    likes, reposts, replies, chance = _interest(row, life)
    more = (max(0, likes - row["grown_likes"]), max(0, reposts - row["grown_reposts"]))
    with world.store.write():
        world.store.run(
            "UPDATE posts SET life = ?, grown_likes = grown_likes + ?, grown_reposts = grown_reposts + ?,"
            " grown_replies = max(grown_replies, ?) WHERE id = ?",
            *(life, *more, replies, row["id"]),
        )
    post = posts.get(world.store, row["id"])
    if more[0]:
        crowd.like(world, post, more[0])
    if more[1]:
        crowd.repost(world, post, more[1])
    for number in range(row["grown_replies"], replies):
        crowd.reply(world, post, crowd.HABIT[chance.randrange(len(crowd.HABIT))], number=number)
    # One reader in twenty who liked something stays.
    if stay := (likes // 20) - (row["grown_likes"] // 20):
        with world.store.write():
            accounts.add_followers(world.store, accounts.get(world.store, row["account_id"]), max(0, stay))


def _interest(row: sqlite3.Row, life: float) -> tuple[int, int, int, Random]:
    """Likes, reposts and replies by themselves after so long a life, and the generator that drew them."""
    chance = Random(f"{row['platform']}/{row['remote_id']}")
    share = 1 - exp(-life / PACE)
    final_likes = row["followers"] * chance.uniform(0.01, 0.09)
    final_reposts = 0 if row["platform"] == "telegram" else final_likes * chance.uniform(0.05, 0.3)
    moments = sorted(chance.expovariate(1 / PACE) + 20 for _ in range(chance.randrange(6)))
    return int(final_likes * share), int(final_reposts * share), sum(moment <= life for moment in moments), chance


def has_lived(world: World, post: posts.Post, life: float) -> None:
    """The post has been looked at for so long already: from here on only what comes on top is added."""
    row = world.store.one(
        "SELECT p.*, a.followers AS followers FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.id = ?",
        post.id,
    )
    if row is None:
        raise LookupError(f"no post {post.id}")
    likes, reposts, replies, _chance = _interest(row, life)
    with world.store.write():
        world.store.run(
            "UPDATE posts SET life = ?, grown_likes = ?, grown_reposts = ?, grown_replies = ? WHERE id = ?",
            *(life, likes, reposts, replies, post.id),
        )
