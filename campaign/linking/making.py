"""What a link in a post leads to, and the codes that stand for it: one for each account, so each counts by itself."""

import secrets
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign import clock, lent_files
from campaign.errors import Refused
from campaign.models import Campaign, Channel, Post, ShortLink
from campaign.models.linking import CODE_LENGTH

ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that look alike
UNMADE = "x" * CODE_LENGTH  # stands for a code until the post is submitted; as long as one
LONGEST = 500
TRIES = 5
_is_url = URLValidator(schemes=["https"])


def is_counted(campaign: Campaign) -> bool:
    """Whether the links of this campaign can come through us: voters must reach us at a public https name."""
    return lent_files.is_reached(campaign)


def checked(typed: str) -> str:
    """The target as it is kept. Raises Refused with what is wrong with it."""
    target = typed.strip()
    if "://" not in target:
        target = f"https://{target}"
    if target.startswith("http://"):
        raise Refused(_("Use a link that begins with https://: others are not safe for those who follow it."))
    try:
        _is_url(target)
        at = urlsplit(target)
    except (ValidationError, ValueError):
        raise Refused(_("This is no link. Copy it from the browser's address line.")) from None
    if len(target) > LONGEST:
        raise Refused(_("This link is too long. Copy a shorter one."))
    if at.username or at.password:
        raise Refused(_("This link holds a name or a password. Take it out."))
    if at.hostname == urlsplit(settings.BASE_URL).hostname and at.path.startswith("/s/"):
        raise Refused(_("This is a short link of Posko's already. Type where it is to lead."))
    return target


def sound(typed: str) -> str:
    """The same of what stands in the field; "" where it is no link yet."""
    try:
        return checked(typed)
    except Refused:
        return ""


def tags(post: Post, channel: Channel) -> dict[str, str]:
    """What a page's own statistics learn from a visit: the network, the campaign, the post."""
    return {
        "utm_source": channel.platform,
        "utm_medium": channel.sort or "social",
        "utm_campaign": post.campaign.slug[:60],
        "utm_content": f"post-{post.pk}" if post.pk else "post",
    }


def tagged(target: str, tags: Mapping[str, str]) -> str:
    """`target` with these tags, but for those that it brings along."""
    at = urlsplit(target)
    have = {name for name, _value in parse_qsl(at.query, keep_blank_values=True)}
    more = urlencode({name: value for name, value in tags.items() if value and name not in have})
    return urlunsplit(at._replace(query="&".join(filter(None, (at.query, more)))))


def address(code: str) -> str:
    """The link itself, as it stands in a text."""
    return settings.BASE_URL + reverse("campaign:follow_link", args=[code])


# Making ------------------------------------------------------------------------------------------


@transaction.atomic
def make(post: Post, channels: Iterable[Channel]) -> None:
    """The codes of `post`, one for each account, before its envelopes are sealed. Twice is once."""
    if not post.link or not is_counted(post.campaign):
        return
    have = set(_of(post).values_list("channel_id", flat=True))
    for channel in channels:
        if channel.pk not in have:
            _make(post, channel)


def _make(post: Post, channel: Channel) -> None:
    for left in reversed(range(TRIES)):
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        try:
            with transaction.atomic():
                ShortLink.objects.create(
                    campaign=post.campaign, post=post, channel=channel, code=code, target=post.link,
                    made_at=clock.now(), **tags(post, channel),
                )  # fmt: skip
                return
        except IntegrityError:  # the code is taken, as once in a million years
            if not left:
                raise


def is_closed(post: Post) -> bool:
    """Whether somebody has closed a code under which it would leave."""
    return _of(post).filter(closed_at__isnull=False).exists()


def _of(post: Post) -> "QuerySet[ShortLink]":
    return ShortLink.objects.filter(post=post, target=post.link)


# What stands in the texts ------------------------------------------------------------------------


def of(post: Post, channels: Iterable[Channel]) -> dict[int, str]:
    """The link of `post` as each account will have it, by the account's id; none where nothing sound was typed.

    A post that was never submitted has no codes yet: a word of the same length stands there.
    """
    target = sound(post.link)
    if not target:
        return {}
    if not is_counted(post.campaign):
        return {channel.pk: tagged(target, tags(post, channel)) for channel in channels}
    rows = ShortLink.objects.filter(post=post.pk, target=target) if post.pk else ShortLink.objects.none()
    codes = dict(rows.values_list("channel_id", "code"))
    return {channel.pk: address(codes.get(channel.pk, UNMADE)) for channel in channels}
