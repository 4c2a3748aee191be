"""What the networks' permissions are for, in plain words, and what does not work without each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from platforms.registry import SIGN_INS


@dataclass(frozen=True)
class Permission:
    """One permission: what it is for, and what is missing without it."""

    why: Promise
    without: Promise


WHO = Permission(
    lazy("See who you are: to show the account's name and picture here."),
    lazy("Posko does not learn which account it is."),
)
PUBLISH = Permission(
    lazy("Publish posts, pictures and films: only those your team has approved."),
    lazy("Nothing can be published there."),
)
OWN_POSTS = Permission(
    lazy("Read your own posts: to prove that they are out, and once only."),
    lazy("Posko cannot look up whether something is out; a person has to."),
)
FIGURES = Permission(
    lazy("Read the numbers of your posts and your account: views, likes, followers."),
    lazy("The numbers stay empty."),
)
COMMENTS = Permission(
    lazy("Read what people write below your posts, so that the team can answer."),
    lazy("Comments do not arrive in Posko."),
)
ANSWERS = Permission(
    lazy("Answer comments, hide spam, and delete comments of your own."),
    lazy("Comments can only be answered and hidden in the network's own app."),
)
TALK = Permission(
    lazy("Read what people write below your posts, answer it, and hide spam."),
    lazy("Comments do not arrive in Posko and can only be answered and hidden in the network's own app."),
)
MENTIONS = Permission(
    lazy("See where others mention you."),
    lazy("Mentions do not arrive in Posko."),
)
MESSAGES = Permission(
    lazy("Read messages that people send you, and answer them."),
    lazy("Messages do not arrive in Posko and can only be answered in the network's own app."),
)
DELETE = Permission(
    lazy("Delete your own posts: when you take one down."),
    lazy("Posts have to be taken down by hand in the network's own app."),
)
STAY = Permission(
    lazy("Stay signed in: so that nobody has to sign in every two hours."),
    lazy("The sign-in ends after two hours."),
)
PAGES = Permission(
    lazy("See which Pages you manage, so that you can choose one."),
    lazy("Posko sees none of your Pages."),
)
NEWS = Permission(
    lazy("Be told at once when somebody comments or writes to you."),
    lazy("Comments and messages arrive minutes later."),
)

BY_SCOPE: dict[str, dict[str, Permission]] = {
    "facebook": {
        "pages_show_list": PAGES,
        "pages_manage_posts": PUBLISH,
        "publish_video": Permission(lazy("Publish films."), lazy("Films cannot be published there.")),
        "pages_read_engagement": OWN_POSTS,
        "pages_read_user_content": COMMENTS,
        "pages_manage_engagement": ANSWERS,
        "read_insights": FIGURES,
        "pages_messaging": MESSAGES,
        "pages_manage_metadata": NEWS,
    },
    "instagram": {
        "instagram_business_basic": WHO,
        "instagram_business_content_publish": PUBLISH,
        "instagram_business_manage_comments": TALK,
        "instagram_business_manage_messages": MESSAGES,
        "instagram_business_manage_insights": FIGURES,
    },
    "threads": {
        "threads_basic": WHO,
        "threads_content_publish": PUBLISH,
        "threads_manage_insights": FIGURES,
        "threads_read_replies": COMMENTS,
        "threads_manage_replies": ANSWERS,
        "threads_manage_mentions": MENTIONS,
        "threads_delete": DELETE,
    },
    "x": {
        "users.read": WHO,
        "tweet.read": OWN_POSTS,
        "tweet.write": PUBLISH,
        "media.write": Permission(
            lazy("Upload pictures and films for your posts."), lazy("Only texts can be published there.")
        ),
        "tweet.moderate.write": Permission(
            lazy("Hide answers to your posts: spam, for example."),
            lazy("Answers can only be hidden in X itself."),
        ),
        "dm.read": MESSAGES,
        "dm.write": Permission(
            lazy("Answer messages that people send you."), lazy("Messages can only be answered in X itself.")
        ),
        "offline.access": STAY,
    },
    "tiktok": {
        "user.info.basic": WHO,
        "user.info.profile": Permission(
            lazy("Read name, address and description of your profile."),
            lazy("Posko cannot compare the profile with your others."),
        ),
        "user.info.stats": Permission(
            lazy("Read how many people follow the account."), lazy("The number of followers stays empty.")
        ),
        "video.list": OWN_POSTS,
        "video.upload": Permission(
            lazy("Put approved films into your TikTok inbox as drafts; you publish them there."),
            lazy("Films have to be handed over by hand."),
        ),
        "video.publish": Permission(
            lazy("Publish approved films directly, once TikTok has audited the app."),
            lazy("Films arrive as drafts, and a person publishes them in TikTok."),
        ),
    },
    "youtube": {
        "youtube.upload": PUBLISH,
        "youtube.readonly": OWN_POSTS,
        "youtube.force-ssl": Permission(
            lazy("Read and answer comments, hide spam, and take films down."),
            lazy("Comments do not arrive in Posko, and films have to be taken down by hand."),
        ),
    },
    "mastodon": {
        "read:accounts": WHO,
        "read:statuses": OWN_POSTS,
        "read:notifications": Permission(
            lazy("Read what people answer and write to you, so that the team can answer."),
            lazy("Answers and messages do not arrive in Posko."),
        ),
        "write:statuses": PUBLISH,
        "write:media": Permission(
            lazy("Upload pictures and films for your posts."), lazy("Only texts can be published there.")
        ),
    },
}
BY_HAND: dict[str, tuple[Promise, ...]] = {
    "bluesky": (
        lazy("Publish and delete posts and pictures: only those your team has approved."),
        lazy("Read your own posts and their numbers: to prove that they are out, and to count."),
        lazy("Read what people answer you, where they mention you, and messages if the password is allowed to."),
        lazy("An app password lets an app do more than that; Posko does not. Take it back in Bluesky at any time."),
    ),
    "whatsapp": (
        lazy("Nothing: Posko has no way into WhatsApp and asks for none."),
        lazy("At its time it hands the approved text and pictures to one member, who sends them with their own phone."),
        lazy("It keeps no telephone numbers and no names of those who read there."),
    ),
    "telegram": (
        lazy("Write messages in this one channel: only those your team has approved."),
        lazy("Delete its own messages: when you take a post down."),
        lazy("Read what people write below your posts and to the bot, so that the team can answer."),
        lazy("Count the members."),
    ),
}
"""Networks that know no single permissions: what Posko does with a password or a token."""


def find(kind: str, scope: str) -> Permission | None:
    """The words for one permission; Google writes its own as addresses."""
    return BY_SCOPE.get(kind, {}).get(scope.rpartition("/")[2])


def asked(kind: str) -> list[Promise]:
    """What Posko asks to be let do, a sentence each."""
    if kind not in SIGN_INS:
        return list(BY_HAND.get(kind, ()))
    return _each(permission.why for permission in _found(kind, SIGN_INS[kind].scopes))


def names(kind: str) -> list[str]:
    """The permissions by the network's own names."""
    return [scope.rpartition("/")[2] for scope in SIGN_INS[kind].scopes] if kind in SIGN_INS else []


def lost(kind: str, missing: Iterable[str]) -> list[Promise]:
    """What does not work without these permissions, a sentence each."""
    return _each(permission.without for permission in _found(kind, sorted(missing)))


def reasons(kind: str, missing: Iterable[str]) -> list[Promise]:
    """What these permissions are for, a sentence each."""
    return _each(permission.why for permission in _found(kind, sorted(missing)))


def _found(kind: str, scopes: Iterable[str]) -> list[Permission]:
    return [found for scope in scopes if (found := find(kind, scope))]


def _each(sentences: Iterable[Promise]) -> list[Promise]:
    """Two permissions may serve the same thing; it is said once."""
    return list(dict.fromkeys(sentences))
