"""What follows a post on its networks: further parts of its thread, and its first comment."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models.channel import Channel


class Part(models.TextChoices):
    """What follows a post on its network."""

    THREAD = "thread", _("part of the thread")
    COMMENT = "comment", _("first comment")


@dataclass(frozen=True)
class Follow:
    """One text that follows; with a `channel` it is for that alone, and then that has none of the common ones."""

    part: str
    text: str
    channel: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class FollowUp(models.Model):
    """What follows a post: a further part of its thread, or its first comment. One with a channel is for that alone."""

    post = models.ForeignKey("campaign.Post", on_delete=models.CASCADE, related_name="follow_ups")
    position = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=8, choices=Part)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, related_name="+")
    text = models.TextField(max_length=10_000)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["post", "position"], name="follow_up_one_per_place"),
            models.UniqueConstraint(
                fields=["post", "channel"],
                condition=Q(part=Part.COMMENT),
                nulls_distinct=False,
                name="follow_up_one_first_comment",
            ),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="follow_up_part_known"),
            models.CheckConstraint(condition=~Q(text=""), name="follow_up_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.position} of post {self.post_id}"
