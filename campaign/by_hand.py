"""What a person is told who publishes by hand: the steps at that network, and whether it may go out now."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import handing
from campaign.models import Delivery
from platforms.ai import needs_ai_line
from platforms.whatsapp import Sort, chat_link

WHATSAPP: dict[Sort, Promise] = {
    Sort.GROUP: lazy("Send it once, to the group “%(account)s” and nowhere else, exactly as it stands here."),
    Sort.CHANNEL: lazy("Post it once, in the channel “%(account)s”, exactly as it stands here."),
    Sort.STATUS: lazy("Post it once, as your status (“%(account)s”), exactly as it stands here."),
}


@dataclass(frozen=True)
class Guide:
    """The steps in order. `carries`: the person brings text and pictures along; else they are there already.

    `writes`: at least the words must be pasted there.
    """

    steps: list[str]
    carries: bool
    writes: bool
    why_closed: str
    """Why it may not be published now; empty while it may."""
    url: str
    share: str
    """Opens WhatsApp with the text, where that is where it goes; whom it goes to is chosen there."""

    @property
    def is_open(self) -> bool:
        return not self.why_closed


def guide(delivery: Delivery) -> Guide:
    """How this envelope is finished."""
    channel, reason = delivery.channel, delivery.problem
    is_whatsapp = channel.platform == "whatsapp"
    told = {"network": channel.label, "account": channel.handle or channel.name}
    there = _at_the_network(reason, told)
    steps = there or _from_here(delivery, told)
    if _asks_for_mark(delivery):
        steps.insert(-1, _("AI made or changed it: switch on the mark that %(network)s has for that.") % told)
    return Guide(
        steps=[
            *steps,
            _("Come back here with a screenshot or the link, and press “I have sent it”.")
            if is_whatsapp
            else _("Come back here, paste the link, and press “It is published”."),
        ],
        carries=not there,
        writes=not there or reason == "tiktok_inbox",  # a film there arrives without its words
        why_closed=handing.why_closed(handing.gate(delivery)),
        url=delivery.remote_url or _address_above(delivery) or channel.url,
        share=chat_link(delivery.text) if is_whatsapp else "",
    )


def _asks_for_mark(delivery: Delivery) -> bool:
    """Whether nobody but the person can tell the network that AI made it: the text does not, where there is a field.

    What the network holds already was marked when it was sent; TikTok's inbox takes no marks.
    """
    is_marked_there = delivery.problem in ("tiktok_private", "youtube_private")
    return bool(delivery.draft.get("ai_made")) and not is_marked_there and not needs_ai_line(delivery.channel.platform)


def _address_above(delivery: Delivery) -> str:
    """Where what it follows stands, if somebody has told."""
    if not delivery.after:
        return ""
    return Delivery.objects.published().filter(slot=delivery.after).values_list("remote_url", flat=True).first() or ""


def _at_the_network(reason: str, told: dict[str, str]) -> list[str]:
    """Where the network holds it already."""
    if reason == "tiktok_inbox":
        return [
            _("Open TikTok on the phone as %(account)s. A message in the inbox says that something waits.") % told,
            _("Paste the approved text if it is not there yet, choose who may see it, and publish."),
        ]
    if reason == "tiktok_private":
        return [_("Open the video in TikTok as %(account)s and let everyone watch it.") % told]
    if reason == "youtube_private":
        return [_("Open YouTube Studio as %(account)s, choose the video, and set its visibility to public.") % told]
    return []


def _from_here(delivery: Delivery, told: dict[str, str]) -> list[str]:
    """Where it has to be brought there."""
    if delivery.after:
        return [
            _("Copy the text."),
            _("Open %(network)s as %(account)s and find what was published just before this.") % told,
            _("Paste the text as an answer to it, as it is: exactly these words were approved. Then publish."),
        ]
    if delivery.channel.platform == "whatsapp":
        return [WHATSAPP[Sort(delivery.channel.sort)] % told]
    steps = [_("Copy the text, and save the pictures in their order.")] if delivery.pictures else [_("Copy the text.")]
    if delivery.film:
        steps = [_("Copy the title if there is one, and the text; save the film, and the pictures in their order.")]
    return [
        *steps,
        _("Open %(network)s as %(account)s and begin a new post.") % told,
        _("Paste the text as it is: exactly these words were approved. Then publish."),
    ]
