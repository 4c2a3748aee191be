"""Short links: where one leads, and how often it was followed. Nothing of whoever follows one is kept."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from campaign.models.campaign import Campaign, Member
from campaign.models.channel import Channel
from campaign.models.post import Post

CODE_LENGTH = 8


class ShortLinkQuerySet(models.QuerySet["ShortLink"]):
    def visible_to(self, member: Member) -> Self:
        return self.filter(campaign_id=member.campaign_id)


class ShortLink(models.Model):
    """`/s/<code>`, one for each account of a post, so that each is counted by itself.

    Where it leads was approved with the post: the database refuses to change it; a link can only be closed.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="short_links")
    code = models.CharField(max_length=16, unique=True)
    target = models.CharField(max_length=500, help_text="As it was typed, without what we add for counting.")
    utm_source = models.CharField(max_length=40, blank=True)
    utm_medium = models.CharField(max_length=40, blank=True)
    utm_campaign = models.CharField(max_length=60, blank=True)
    utm_content = models.CharField(max_length=40, blank=True)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="short_links")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="From then on it leads nowhere.")

    objects: ClassVar[ShortLinkQuerySet] = ShortLinkQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Za-z0-9]{8,16}$"), name="short_link_code"),
            models.CheckConstraint(
                condition=Q(target__regex=r"^https://[^/\s]+\S*$"), name="short_link_target_is_https"
            ),
            models.UniqueConstraint(fields=["post", "channel", "target"], name="short_link_once"),
        ]

    def __str__(self) -> str:
        return self.code


class LinkCount(models.Model):
    """How often one link was followed in one hour. Written by one statement; see `linking.counting`."""

    link = models.ForeignKey(ShortLink, on_delete=models.CASCADE, db_index=False, related_name="counts")
    hour = models.DateTimeField()
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "hour"], name="link_count_once_an_hour"),
            models.CheckConstraint(condition=Q(count__gte=0), name="link_count_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.count} in one hour"
