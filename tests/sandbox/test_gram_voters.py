"""What voters do by themselves on Instagram and Threads."""

from pathlib import Path

import pytest

from sandbox import crowd, dialects, posts, voters
from sandbox.instagram import talks
from sandbox.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, "http://localhost:1")


@pytest.mark.parametrize("platform", ["instagram", "threads"])
def test_interest_in_a_post_grows_and_is_told_as_numbers(world: World, platform: str):
    dialect = dialects.ALL[platform]
    account = dialect.open_account(world, "ratna", "Ratna", False)
    post = dialect.post_by_hand(world, account, "Halo", None, "hand")
    voters.grow(world, 3 * 3600)
    grown = posts.get(world.store, post.id)
    assert grown.likes > 5
    assert grown.reposts > 0
    said = posts.thread(world.store, grown)
    assert len(said) == grown.replies


def test_what_was_said_in_private_is_liked_and_answered_by_nobody(world: World):
    account = dialects.ALL["instagram"].open_account(world, "ratna", "Ratna", False)
    voter = crowd.voter(world, "instagram", 1)
    asked = talks.hear(world, account, voter, "Bisa bantu?")
    with world.store.write():
        said = posts.add(world.store, account=account, remote_id="m2", text="Tentu", made_by="api", place=asked.place)
    voters.grow(world, 3 * 3600)
    grown = posts.get(world.store, said.id)
    assert (grown.likes, grown.reposts, grown.replies) == (0, 0, 0)
