"""What publishing on X costs. Prices in thousandths of a US dollar.

X has sold nothing but pay-per-use to new customers since 2026-02-06, and a post with a link costs thirteen times one
without. Prices change: the date says how old these are.
Source: X documentation, x-api/getting-started/pricing, 2026-08-22.
"""

from datetime import date

from platforms.contents import Draft, Place
from platforms.x import text
from platforms.x.limits import is_message

PRICES_OF = date(2026, 8, 22)
POST = 15
POST_WITH_URL = 200
SUMMONED_REPLY = 10
"""An answer to somebody who named us or quoted a post of ours."""
MESSAGE = 15
DESCRIPTION = 5
"""One picture's alt text. Uploading pictures and films has no price of its own."""
DELETE = 10


def price(draft: Draft) -> int:
    """Thousandths of a US dollar for publishing it once.

    Where the price list leaves it open, the higher price: an answer with a link counts as a post with one, and what
    stands below a post of ours as a post.
    """
    descriptions = 0 if is_message(draft) else sum(DESCRIPTION for picture in draft.pictures if picture.alt)
    return _words(draft) + descriptions


def _words(draft: Draft) -> int:
    if is_message(draft):
        return MESSAGE
    if text.has_url(draft.text):
        return POST_WITH_URL
    return SUMMONED_REPLY if draft.to and draft.to.place == Place.MENTION else POST
