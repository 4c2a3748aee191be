"""Numbers as names, and the addresses people see."""

import secrets

from sandbox import accounts, graph
from sandbox.accounts import Account
from sandbox.posts import Post
from sandbox.world import World


def account_id(handle: str) -> str:
    """A Page's or person's id: 15 digits."""
    return graph.number_of("facebook", handle, "id")


def number() -> str:
    """A fresh id: 18 digits."""
    return f"122{secrets.randbelow(10**15):015d}"


def post_id(page: Account) -> str:
    """`PAGE_POST`."""
    return f"{page.remote_id}_{number()}"


def comment_id(post: Post, root: str) -> str:
    """`POST_COMMENT`, with the number of the first post above."""
    return f"{root.rsplit('_', 1)[-1]}_{number()}"


def message_id() -> str:
    """A message's `mid`."""
    return f"m_{secrets.token_urlsafe(24)}"


def server(world: World) -> str:
    """What stands in for graph.facebook.com."""
    return f"{world.base}/facebook"


def site(world: World) -> str:
    """What stands in for www.facebook.com."""
    return f"{server(world)}/web"


def profile_url(world: World, account: Account) -> str:
    """A Page's address."""
    return f"{site(world)}/{account.handle}"


def permalink(world: World, post: Post) -> str:
    """A post's or comment's address."""
    return f"{site(world)}/{post.remote_id}"


def person_of(handle: str) -> str:
    """The id of the one person who manages the practice Pages."""
    return account_id(f"manager of {handle}")


def derive_token(handle: str) -> str:
    """The token of a Page as from the developers' console; always the same."""
    return "EAA" + accounts.derive("facebook", handle, "page token", length=60)
