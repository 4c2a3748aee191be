"""What came from the field: a sentence, a place and pictures that may become a post."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.models.campaign import Campaign, Member
from campaign.models.post import Media, Post


class IdeaState(models.TextChoices):
    """Whether somebody has done something with it."""

    NEW = "new", _("new")
    TAKEN = "taken", _("made into a post")
    ASIDE = "aside", _("put aside")


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible_to(self, member: Member) -> Self:
        """Volunteers see what they have sent themselves, treasurers none, the others all of their campaign."""
        mine = self.filter(campaign_id=member.campaign_id)
        if member.role == "treasurer":
            return mine.none()
        return mine.filter(by=member) if member.role == "volunteer" else mine


class Idea(models.Model):
    """One thing that somebody saw or thought of. Its pictures carry no metadata; where it was stands in `place`."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="ideas")
    text = models.TextField(max_length=2000)
    place = models.CharField(max_length=120, blank=True)
    people_agree = models.BooleanField(default=False, help_text="The people in the pictures know and agree.")
    parents_agree = models.BooleanField(default=False, help_text="There are children, and their parents agree.")
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by_form = models.UUIDField(help_text="The form it was typed in: sending that twice makes one idea.")
    state = models.CharField(max_length=6, choices=IdeaState, default=IdeaState.NEW)
    taken_as = models.OneToOneField(Post, on_delete=models.SET_NULL, null=True, related_name="idea")
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[IdeaQuerySet] = IdeaQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=IdeaState.values), name="idea_state_known"),
            models.CheckConstraint(condition=Q(state="taken") | Q(taken_as=None), name="idea_post_means_taken"),
            models.CheckConstraint(condition=~Q(text=""), name="idea_says_something"),
            models.UniqueConstraint(fields=["campaign", "made_by_form"], name="idea_once_per_form"),
        ]
        indexes = [models.Index(fields=["campaign", "state", "-id"], name="idea_newest")]

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        """The list from this idea on, however many are newer."""
        return f"{reverse('campaign:ideas', args=[self.campaign.slug])}?before={self.pk + 1}#ide-{self.pk}"


class IdeaMedia(models.Model):
    """A picture's place in an idea."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="pictures")
    media = models.ForeignKey(Media, on_delete=models.RESTRICT, related_name="ideas")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["idea", "position"], name="idea_media_one_per_place")]

    def __str__(self) -> str:
        return f"picture {self.position} of idea {self.idea_id}"
