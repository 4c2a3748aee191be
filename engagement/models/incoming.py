"""What people wrote to us."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as lazy

from campaign.models import Campaign, Channel, Member


class Where(models.TextChoices):
    """`platforms.contents.Place`, with words."""

    COMMENT = "comment", lazy("comment")
    MENTION = "mention", lazy("mention")
    MESSAGE = "message", lazy("direct message")


class IncomingQuerySet(models.QuerySet["Incoming"]):
    def visible_to(self, member: Member) -> Self:
        return self.filter(campaign_id=member.campaign_id)


class Incoming(models.Model):
    """One thing somebody wrote to us, as the network shows it. Of its author only what answering needs; no profile.

    `as_of` is the time of the state taken over: whatever is older changes nothing, in whatever order it comes. What
    was removed there is emptied here; the row stays, so that a late push does not bring it back.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, db_index=False, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_index=False, related_name="incoming")
    place = models.CharField(max_length=10, choices=Where)
    remote_id = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    at = models.DateTimeField(help_text="When it was written, by the network's clock.")
    author_id = models.CharField(max_length=200, blank=True)
    author_name = models.CharField(max_length=200, blank=True)
    author_handle = models.CharField(max_length=200, blank=True)
    about = models.CharField(max_length=300, blank=True, help_text="The post of ours it stands under.")
    parent = models.CharField(max_length=300, blank=True)
    thread = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=500, blank=True)
    is_hidden = models.BooleanField(default=False)
    may_answer = models.BooleanField(default=True)
    as_of = models.DateTimeField(help_text="Up to when the network's word is taken over.")
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    doubted_at = models.DateTimeField(null=True, help_text="It has changed since; the next reading tells how.")
    received_at = models.DateTimeField()

    objects: ClassVar[IncomingQuerySet] = IncomingQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "place", "remote_id"], name="incoming_once"),
            models.CheckConstraint(condition=Q(place__in=Where.values), name="incoming_place_known"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(text="", author_id="", author_name="", author_handle=""),
                name="incoming_removed_is_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "-at", "-id"], name="incoming_newest"),
            models.Index(fields=["channel", "-at", "-id"], name="incoming_of_channel"),
            models.Index(fields=["channel"], condition=Q(doubted_at__isnull=False), name="incoming_doubted"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.remote_id}"

    @property
    def first_name(self) -> str:
        """What volunteers see of its author."""
        return (self.author_name or self.author_handle).split(" ")[0]

    @property
    def link(self) -> str:
        """Its address at the network, where that is one that a browser may open."""
        return self.url if self.url.startswith(("https://", "http://")) else ""
