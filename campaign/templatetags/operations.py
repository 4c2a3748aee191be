"""What the pages of stopping and operating ask for by name."""

from django import template
from django.utils.translation import gettext_lazy as lazy

from campaign import stopping, wording
from campaign.models import Campaign
from campaign.operations.lines import Line

register = template.Library()

WORDS = {"ok": lazy("well"), "note": lazy("note"), "warn": lazy("have a look"), "block": lazy("act now")}


@register.simple_tag
def stop_reason(campaign: Campaign) -> stopping.Reason:
    """Why the campaign is stopped, taken apart."""
    return stopping.reason(campaign)


@register.filter
def state_word(line: Line) -> str:
    """How a thing is, in a word."""
    return str(WORDS[line.state])


@register.filter
def risk_words(code: str) -> str:
    """Why a delivery is at risk, and what to do."""
    return wording.risk(code)
