"""What writing adds to a post's page: the way to its versions, and a copy."""

from uuid import uuid4

from campaign.access import may
from campaign.models import Member, Post
from campaign.registry import Panel, post_panels


def context(post: Post, member: Member) -> dict[str, object]:
    """Nothing for those who only read."""
    return {"post": post, "form_id": uuid4()} if may(member, "post.write") else {}


post_panels.add(Panel("campaign/_versions_panel.html", context, order=90))
