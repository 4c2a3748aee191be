"""What we want to say, its pictures, and who said yes to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.models.campaign import Campaign, Member
from campaign.models.channel import Channel
from campaign.models.follow_up import Follow


class PostState(models.TextChoices):
    """Where a post stands in its life."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    CHANGES_ASKED = "changes_asked", _("changes asked")
    REFUSED = "refused", _("refused")
    SCHEDULED = "scheduled", _("scheduled")
    PUBLISHED = "published", _("published")
    PARTLY = "partly", _("partly published")
    FAILED = "failed", _("not published")
    TAKEN_DOWN = "taken_down", _("taken down")


WHY_OUT = _("This post is out already. Take it down, or write a new one.")
WHY_CLOSED = {
    PostState.FAILED: _("This post did not get out. Try it again on its page, or copy it and change the copy."),
    PostState.REFUSED: _("This post was refused. Copy it and change the copy."),
    PostState.TAKEN_DOWN: _("This post was taken down. Copy it and change the copy."),
}


class Kind(models.TextChoices):
    """What a message is in the eyes of the election law; the phase table speaks of these."""

    CAMPAIGN = "campaign", _("campaigning")
    OTHER = "other", _("other than campaigning")
    AD = "ad", _("paid advertisement")
    FUNDRAISING = "fundraising", _("fundraising")
    SURVEY = "survey", _("survey or quick count")
    NOTICE = "notice", _("notice")


class Theme(models.TextChoices):
    """What a post is about; the law asks that campaign posts carry one of the first four."""

    VISION = "vision", _("vision")
    MISSION = "mission", _("mission")
    PROGRAM = "program", _("programme")
    SELF_IMAGE = "self_image", _("self-image")
    CLARIFICATION = "clarification", _("clarification")
    OTHER = "other", _("other")


class Media(models.Model):
    """One picture or film, without metadata. The file is named for the hash of its bytes.

    What a film is besides (`seconds`, `rate`, its codecs) is as `platforms.film` has probed it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="media")
    file = models.FileField(upload_to="pictures/")
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    seconds = models.FloatField(default=0, help_text="How long a film lasts; 0 for a picture.")
    rate = models.FloatField(default=0, help_text="Frames a second.")
    codec = models.CharField(max_length=40, blank=True, help_text="As MediaInfo writes it, such as AVC.")
    sound = models.CharField(max_length=40, blank=True, help_text="The same of its sound; empty for none.")
    added_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "sha256"], name="media_once_per_campaign"),
            models.CheckConstraint(
                condition=Q(mime__startswith="video/", seconds__gt=0) & ~Q(codec="")
                | ~Q(mime__startswith="video/") & Q(seconds=0, codec="", sound=""),
                name="media_film_is_probed",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def is_film(self) -> bool:
        return self.mime.startswith("video/")

    def get_absolute_url(self) -> str:
        return reverse("campaign:picture", args=[self.campaign.slug, self.sha256])


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, member: Member) -> Self:
        """Treasurers and volunteers see what is public; the others see all of their campaign."""
        mine = self.filter(campaign_id=member.campaign_id)
        if member.role in ("treasurer", "volunteer"):
            return mine.filter(state__in=[PostState.PUBLISHED, PostState.PARTLY])
        return mine

    def labelled(self, label: int) -> Self:
        """Those that carry this label."""
        return self.filter(labels=label)


class Post(models.Model):
    """One thing to say on one or more channels. `version` goes up with every edit."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="posts")
    title = models.CharField(_("title, for the team only"), max_length=120, blank=True)
    public_title = models.CharField(_("title that the public sees"), max_length=200, blank=True)
    text = models.TextField(_("text"), max_length=20_000)
    channels = models.ManyToManyField(Channel, related_name="posts", verbose_name=_("channels"))
    kind = models.CharField(_("in the eyes of the law"), max_length=12, choices=Kind, default=Kind.CAMPAIGN)
    theme = models.CharField(_("theme"), max_length=14, choices=Theme, blank=True)
    source = models.TextField(
        _("sources"),
        max_length=2000,
        blank=True,
        help_text=_("Where its figures and statements about people come from."),
    )
    link = models.CharField(
        _("link"), max_length=500, blank=True, default="", db_default="", help_text="Where its short links lead."
    )
    labels = models.ManyToManyField("campaign.Label", related_name="posts", verbose_name=_("labels"))
    ai_made = models.BooleanField(
        _("made or changed with AI"), default=False, db_default=False, help_text="Its pictures or its film."
    )
    planned_at = models.DateTimeField(_("time"), null=True, blank=True, help_text=_("Empty: as soon as approved."))
    not_after = models.DateTimeField(_("not after"), null=True, blank=True)
    movable_from = models.DateTimeField(null=True, help_text="From when: the beginning of the day it was approved for.")
    movable_until = models.DateTimeField(null=True, help_text="Till when it may be moved without asking again.")
    note = models.TextField(blank=True, help_text="Why changes were asked or it was refused.")
    state = models.CharField(max_length=14, choices=PostState, default=PostState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    edited_by = models.ManyToManyField(
        Member, related_name="+", help_text="Who changed the content since it was last approved."
    )
    made_by_form = models.UUIDField(null=True, help_text="The form it was typed in: sending that twice makes one post.")
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[PostQuerySet] = PostQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PostState.values), name="post_state_known"),
            models.UniqueConstraint(fields=["campaign", "made_by_form"], name="post_once_per_form"),
            models.CheckConstraint(condition=Q(link="") | Q(link__startswith="https://"), name="post_link_is_https"),
        ]
        indexes = [
            models.Index(fields=["campaign", "-changed_at"], name="post_newest"),
            models.Index(fields=["campaign", "planned_at"], name="post_planned"),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:60]

    def get_absolute_url(self) -> str:
        return reverse("campaign:post_detail", args=[self.campaign.slug, self.pk])

    def slot(self, channel: Channel) -> str:
        """The one envelope this post may have on `channel`."""
        return f"post:{self.pk}/channel:{channel.pk}"

    @property
    def own_texts(self) -> Mapping[int, str]:
        """The words that differ, by channel. A post that is not saved yet is given them by whoever makes it up."""
        if self.pk is None:
            return self.unsaved_texts
        return {row.channel_id: row.text for row in self.texts.all()}

    unsaved_texts: Mapping[int, str] = {}
    unsaved_follows: Sequence[Follow] = ()

    @property
    def follows(self) -> Sequence[Follow]:
        """What follows it, in order."""
        if self.pk is None:
            return self.unsaved_follows
        return [Follow(row.part, row.text, row.channel_id) for row in self.follow_ups.all()]

    def text_for(self, channel: Channel) -> str:
        """What leaves on `channel`."""
        return self.own_texts.get(channel.pk) or self.text

    @property
    def is_editable(self) -> bool:
        """Nothing of it has left yet."""
        return self.state in (PostState.DRAFT, PostState.IN_REVIEW, PostState.CHANGES_ASKED, PostState.SCHEDULED)

    @property
    def why_closed(self) -> str:
        """The sentence for whoever wants to change it and cannot any more."""
        return str(WHY_CLOSED.get(PostState(self.state), WHY_OUT))

    def is_planned_before(self, moment: datetime) -> bool:
        return self.planned_at is not None and self.planned_at < moment


class PostMedia(models.Model):
    """A picture's place in a post, with the words for those who cannot see it; or the place of its one film."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="pictures")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(_("description for those who cannot see it"), max_length=1000, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["post", "position"], name="post_media_one_per_place")]

    def __str__(self) -> str:
        return f"picture {self.position} of post {self.post_id}"


class Approval(models.Model):
    """One member's yes to one version, exactly as it would leave."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="approvals")
    version = models.PositiveIntegerField()
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text="Of all its envelopes.")
    made_at = models.DateTimeField()
    as_deputy = models.BooleanField(default=False, help_text="Said in the candidate's place, after the deadline.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why the deputy decided.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "version", "by"], name="approval_once"),
            models.CheckConstraint(condition=Q(as_deputy=False) | ~Q(reason=""), name="approval_deputy_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} approved version {self.version} of post {self.post_id}"
