"""What writing leaves behind: own texts, every version, what was typed and not yet saved, who is at it, labels."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from campaign.models.campaign import Campaign, Member
from campaign.models.channel import Channel
from campaign.models.post import Media, Post


class PostText(models.Model):
    """The words of a post on one channel, where they differ from those for all others."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="texts")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(max_length=20_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "channel"], name="post_text_one_per_channel"),
            models.CheckConstraint(condition=~Q(text=""), name="post_text_not_empty"),
        ]

    def __str__(self) -> str:
        return f"text of post {self.post_id} on channel {self.channel_id}"


class PostVersion(models.Model):
    """A post as it was saved once. Never changed: the database refuses it."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="post_version_once")]

    def __str__(self) -> str:
        return f"version {self.version} of post {self.post_id}"


class Autosave(models.Model):
    """What a member has typed and not yet saved: in a post, or in a form that has made none yet."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="autosaves")
    form_id = models.UUIDField(null=True)
    based_on = models.PositiveIntegerField(default=0, help_text="The version that was being changed; 0 for a new post.")
    content = models.JSONField(help_text="The form's fields, each a list, as the browser sent them.")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "post"], name="autosave_one_per_post"),
            models.UniqueConstraint(fields=["member", "form_id"], name="autosave_one_per_form"),
            models.CheckConstraint(
                condition=Q(post__isnull=False, form_id__isnull=True) | Q(post__isnull=True, form_id__isnull=False),
                name="autosave_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"typed by {self.member_id}"


class Presence(models.Model):
    """That a member has a post open for writing, since when, and when they were last heard of."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="presences")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "member"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.member_id} at post {self.post_id}"


class Colour(models.TextChoices):
    """The colours of labels, by the names of the palette's tokens."""

    PLUM = "plum", _("plum")
    BLUE = "blue", _("blue")
    GREEN = "green", _("green")
    AMBER = "amber", _("amber")
    RED = "red", _("red")
    GREY = "grey", _("grey")


class Label(models.Model):
    """A free word of the campaign's own, to find posts by."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="labels")
    name = models.CharField(_("label"), max_length=40)
    colour = models.CharField(max_length=8, choices=Colour, default=Colour.PLUM)

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.UniqueConstraint("campaign", Lower("name"), name="label_once_per_campaign"),
            models.CheckConstraint(condition=~Q(name=""), name="label_not_empty"),
            models.CheckConstraint(condition=Q(colour__in=Colour.values), name="label_colour_known"),
        ]

    def __str__(self) -> str:
        return self.name


class PictureVariant(models.Model):
    """A picture made to fit a network, `fits` being the network's demands that it was made for."""

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="variants")
    fits = models.CharField(max_length=120)
    made = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["media", "fits"], name="picture_variant_once")]

    def __str__(self) -> str:
        return f"{self.media_id} as {self.made_id}"
