"""The link with which a voter begins a talk with the campaign on WhatsApp: they write first, from their own phone."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from campaign import audit
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Campaign, Member
from platforms.whatsapp import chat_link

COUNTRY = "62"
_SPACES = re.compile(r"[\s().\-\u2010-\u2015\u00a0]")
_NUMBER = re.compile(r"[1-9]\d{8,14}", re.ASCII)


def checked(typed: str) -> str:
    """The number as WhatsApp wants it: digits, the country's first. "" for none. Raises Refused."""
    number = _SPACES.sub("", typed)
    if not number:
        return ""
    is_whole = number.startswith(("+", "0", COUNTRY))  # 812 … would be a stranger's in Japan
    number = number.removeprefix("+") if number[0] != "0" else COUNTRY + number[1:]
    if not is_whole or not _NUMBER.fullmatch(number):
        raise Refused(_("This is no number. Type it as it is dialled, such as 0812 3456 7890 or +62 812 3456 7890."))
    return number


def link(campaign: Campaign) -> str:
    """What opens a talk, with the words it begins with; "" where the campaign has no number for that."""
    if not campaign.talk_number:
        return ""
    return chat_link(campaign.talk_words, number=campaign.talk_number)


@transaction.atomic
def save(campaign: Campaign, number: str, words: str, *, by: Member) -> None:
    """Keep or take away the number, and the words a voter's message begins with. Raises Refused."""
    require(by, "channel.connect")
    campaign.talk_number, campaign.talk_words = checked(number), words.strip()
    campaign.save(update_fields=["talk_number", "talk_words"])
    audit.record("channel.talk", campaign, by=by, is_open=bool(campaign.talk_number))
