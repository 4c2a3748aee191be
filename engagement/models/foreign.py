"""What stands on our accounts and is not from Posko, and what Posko sent and is no longer there."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from campaign.models import Campaign, Channel, Delivery, Member


class Strange(models.TextChoices):
    """What is strange about it."""

    FOREIGN = "foreign", lazy("not sent by Posko")
    VANISHED = "vanished", lazy("gone from the network")


class ForeignState(models.TextChoices):
    """Where it stands. Only `open` and `not_ours` need somebody."""

    DOUBTED = "doubted", lazy("being looked at again")
    OPEN = "open", lazy("waits for an answer")
    OURS = "ours", lazy("ours")
    NOT_OURS = "not_ours", lazy("not ours")
    SETTLED = "settled", lazy("settled")


UNDECIDED = (ForeignState.DOUBTED, ForeignState.OPEN)


class ForeignPostQuerySet(models.QuerySet["ForeignPost"]):
    def visible_to(self, member: Member) -> Self:
        """Without those that one more reading may still explain."""
        return self.filter(campaign_id=member.campaign_id).exclude(state=ForeignState.DOUBTED)

    def burning(self) -> Self:
        return self.filter(state__in=(ForeignState.OPEN, ForeignState.NOT_OURS))


class ForeignPost(models.Model):
    """One post that stands on our account, or has gone from it, without Posko; and what people say of it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, db_index=False, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_index=False, related_name="foreign_posts")
    strange = models.CharField(max_length=10, choices=Strange)
    remote_id = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(help_text="When it was published, by the network's clock.")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, null=True, related_name="+")
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ForeignState, default=ForeignState.OPEN)
    who = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[ForeignPostQuerySet] = ForeignPostQuerySet.as_manager()  # type: ignore[assignment]  # its type

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "strange", "remote_id"], name="foreign_post_once"),
            models.CheckConstraint(condition=Q(strange__in=Strange.values), name="foreign_post_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ForeignState.values), name="foreign_post_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=UNDECIDED, decided_at=None)
                | ~Q(state__in=UNDECIDED) & Q(decided_at__isnull=False),
                name="foreign_post_decided_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=ForeignState.OURS) | ~Q(reason=""), name="foreign_post_ours_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(strange=Strange.FOREIGN) | Q(delivery__isnull=False), name="foreign_post_vanished_was_sent"
            ),
        ]
        indexes = [models.Index(fields=["campaign", "-found_at"], name="foreign_post_newest")]

    def __str__(self) -> str:
        return f"{self.strange} post {self.remote_id}"

    def get_absolute_url(self) -> str:
        return reverse("engagement:foreign_post", args=[self.campaign.slug, self.pk])

    @property
    def is_foreign(self) -> bool:
        return self.strange == Strange.FOREIGN

    @property
    def is_back(self) -> bool:
        """Whether it had gone and was seen again, so that no person had to say anything."""
        return self.state == ForeignState.SETTLED and not self.is_foreign and self.decided_by_id is None

    @property
    def link(self) -> str:
        """Its address at the network, where that is one that a browser may open."""
        return self.url if self.url.startswith(("https://", "http://")) else ""
