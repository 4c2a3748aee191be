"""What the pages of approval may ask for by name."""

from django import template

from campaign.approving import link
from campaign.models import Post

register = template.Library()


@register.simple_tag
def whatsapp(post: Post) -> str:
    """The address that opens WhatsApp with the message and the link for this post."""
    return link.whatsapp(post)
