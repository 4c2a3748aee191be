"""The link that staff send through their own WhatsApp. It names a post and opens nothing; a session does that."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaign.models import Campaign, Post, Zone
from platforms.whatsapp import chat_link

_signer = Signer(salt="campaign.approving.link", sep=".")


def code_of(post: Post) -> str:
    """What the link ends in: the post's number and a signature, so that nobody counts through the posts."""
    return _signer.sign(str(post.pk))


def post_pk(code: str) -> int | None:
    """The number in a link of ours; None in anybody else's."""
    try:
        told = _signer.unsign(code)
    except BadSignature:
        return None
    return int(told) if told.isdecimal() and len(told) <= 18 else None


def address(post: Post) -> str:
    """The whole link, as it is sent."""
    return settings.BASE_URL + reverse("campaign:review_link", args=[code_of(post)])


def whatsapp(post: Post) -> str:
    """Opens WhatsApp with a short message in Indonesian; who gets it is chosen there. No word of the post is in it."""
    with override("id"):
        if post.planned_at:
            told = _("Please look at this post before it is due, %(when)s:") % {"when": when(post)}
        else:
            told = _("Please look at this post; it leaves once you agree:")
    return chat_link(f"{told} {address(post)}")


def when(post: Post) -> str:
    """The planned time in the campaign's own zone, in the language in use."""
    assert post.planned_at
    campaign: Campaign = post.campaign
    local = post.planned_at.astimezone(campaign.tz)
    return f"{date_format(local, 'D, j M')} {time_format(local, 'H.i')} {Zone(campaign.zone).label}"
