"""An invitation's link: its secret is made here and shown once; the database knows only its hash."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.models import Invitation
from platforms.whatsapp import chat_link


def secret(*parts: object) -> str:
    """A link's secret, made of what was asked: pressing the same button of the same form twice gives the same one."""
    told = "\0".join(map(str, parts)).encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), b"posko.invitation\0" + told, hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def hash_of(token: str) -> str:
    """What the database keeps of a secret: SHA-256 in 64 hex digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class Link:
    """A link that was made just now; nobody can show it again."""

    invitation: Invitation
    token: str = field(repr=False)

    @property
    def url(self) -> str:
        return settings.BASE_URL + reverse("campaign:join", args=[self.token])

    @property
    def qr(self) -> str:
        """The link as a picture for a phone's camera: black on white in dark mode too, as cameras want it."""
        return segno.make(self.url, error="m", micro=False).svg_data_uri(dark="#000", light="#fff", border=3)

    @property
    def message(self) -> str:
        """What goes with the link."""
        words = {"name": self.invitation.for_whom, "url": self.url}
        if self.invitation.is_new_pin:
            return _("Hello %(name)s, make your new PIN for Posko here: %(url)s") % words
        words["candidate"] = self.invitation.campaign.candidate_name
        return _("Hello %(name)s, you are invited to the campaign team of %(candidate)s. Join here: %(url)s") % words

    @property
    def whatsapp(self) -> str:
        """WhatsApp with the message written; whom it goes to is chosen there."""
        return chat_link(self.message)
