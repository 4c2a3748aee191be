"""How each network is brought to tell Posko by itself, step by step; beside the steps of registering.

Source: the networks' documentation for developers, as of 2026-11. Where the network lets a program do it, Posko does.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

FROM_NOW = lazy("From then on the network tells Posko within seconds; until then Posko asks every few minutes.")


@dataclass(frozen=True)
class Telling:
    """What a person does, whether they need our address and word for it, and which events to tick there."""

    steps: tuple[Promise, ...]
    has_address: bool = False
    has_word: bool = False
    events: tuple[str, ...] = ()
    more: Mapping[str, str] | None = None
    """Further secrets of the app, by the names of `networks.MORE`: what the network calls them."""


TELLING: dict[str, Telling] = {
    "facebook": Telling(
        (
            lazy("Nothing to do: Posko enters its address at Facebook and subscribes each Page when it is connected."),
            lazy(
                "Should Facebook ask for it nevertheless, under Webhooks choose Page, enter address and word below and "
                "tick these events."
            ),
        ),
        has_address=True,
        has_word=True,
        events=("feed", "mention", "messages", "messaging_postbacks"),
    ),
    "instagram": Telling(
        (
            lazy(
                "On the Instagram page of the app, under Configure webhooks, enter address and word below. Instagram "
                "asks Posko at once whether they are right."
            ),
            lazy("Tick these events there. Posko subscribes each account by itself when it is connected."),
        ),
        has_address=True,
        has_word=True,
        events=("comments", "live_comments", "mentions", "messages"),
    ),
    "threads": Telling(
        (
            lazy(
                "In the settings of the use case for Threads, under Webhooks, enter address and word below. Threads "
                "asks Posko at once whether they are right."
            ),
            lazy("Tick these events there. Each account must be public."),
        ),
        has_address=True,
        has_word=True,
        events=("replies", "mentions", "publish", "delete"),
    ),
    "x": Telling(
        (
            lazy(
                "Under Keys and tokens copy API key and API key secret too, and enter them here: with them X proves "
                "what it tells."
            ),
            lazy(
                "Posko then registers its address at X and subscribes each account by itself: mentions, answers, "
                "quotes, direct messages, deleted posts."
            ),
            lazy("Without them Posko asks X every half hour, and X charges for each answer."),
        ),
        more={"consumer_key": "API key", "consumer_secret": "API key secret"},
    ),
    "tiktok": Telling(
        (
            lazy("In the app's settings, under Webhooks, enter the address below as the callback URL, and save."),
            lazy("There is nothing to tick: TikTok tells what becomes of each film, and when access is taken back."),
        ),
        has_address=True,
    ),
    "youtube": Telling(
        (
            lazy(
                "Nothing to do: Posko asks YouTube's hub to tell of each new film, and again each day. Of comments "
                "YouTube tells nothing; Posko asks for them every ten minutes."
            ),
        ),
    ),
    "telegram": Telling(
        (
            lazy(
                "Nothing to do: Posko tells the bot where to push. A bot can serve one program only, so give Posko a "
                "bot of its own."
            ),
        ),
    ),
}
