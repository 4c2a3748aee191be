"""The ads and boosts that the campaign bought elsewhere, and every correction of what was written down of them."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from campaign.models import Campaign, Channel, Member, Post, Proof


class Medium(models.TextChoices):
    """Where an ad runs. When each may is a rule; see `law`."""

    FACEBOOK = "facebook", "Facebook"
    INSTAGRAM = "instagram", "Instagram"
    THREADS = "threads", "Threads"
    X = "x", "X"
    TIKTOK = "tiktok", "TikTok"
    YOUTUBE = "youtube", "YouTube"
    TELEGRAM = "telegram", "Telegram"
    SOCIAL = "social", lazy("another social network")
    ONLINE = "online", lazy("another website or search engine")
    PRINT = "print", lazy("newspaper or magazine")
    RADIO = "radio", lazy("radio")
    TELEVISION = "television", lazy("television")
    OUTDOOR = "outdoor", lazy("outdoors: billboard, videotron")


NAMELESS = frozenset({Medium.SOCIAL, Medium.ONLINE, Medium.PRINT, Medium.RADIO, Medium.TELEVISION, Medium.OUTDOOR})
"""Media of which there are many: the law counts each newspaper, station and website by itself."""


class AdState(models.TextChoices):
    """Where an ad stands."""

    PLANNED = "planned", lazy("planned")
    RAN = "ran", lazy("ran")
    CANCELLED = "cancelled", lazy("cancelled")


class AdQuerySet(models.QuerySet["Ad"]):
    def visible_to(self, member: Member) -> Self:
        return self.filter(campaign_id=member.campaign_id)

    def of(self, campaign: Campaign) -> Self:
        return self.filter(campaign=campaign)

    def valid(self) -> Self:
        """Without those that were cancelled."""
        return self.exclude(state=AdState.CANCELLED)


class Ad(models.Model):
    """One paid advertisement or boost, bought elsewhere: Posko buys none, it keeps the book.

    The database also holds that account, post, receipt and people are of this campaign, and that no row is deleted
    while the campaign stands (migrations/sql/ads.sql).
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="ads")
    state = models.CharField(max_length=10, choices=AdState)
    medium = models.CharField(max_length=12, choices=Medium)
    outlet = models.CharField(max_length=120, blank=True, help_text="Which newspaper, station, website or place.")
    channel = models.ForeignKey(Channel, on_delete=models.SET_NULL, null=True, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.SET_NULL, null=True, related_name="ads", help_text="If boosted.")
    payer = models.CharField(max_length=120, help_text="Who paid.")
    account = models.CharField(max_length=120, blank=True, help_text="Through which account it was bought; a name.")
    first_day = models.DateField()
    last_day = models.DateField()
    per_day = models.PositiveSmallIntegerField(default=1, help_text="How often on each of these days.")
    seconds = models.PositiveIntegerField(null=True, help_text="How long a film or sound lasts.")
    spend = models.PositiveBigIntegerField(null=True, help_text="Whole rupiah; of what is planned it may be unknown.")
    paid_on = models.DateField(null=True)
    disclaimer = models.CharField(max_length=300, blank=True, help_text="The words that say who paid.")
    is_disclaimer_shown = models.BooleanField(default=False)
    link = models.URLField(max_length=500, blank=True, help_text="Where it leads.")
    receipt = models.ForeignKey(Proof, on_delete=models.RESTRICT, null=True, related_name="+")
    receipt_number = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=500, blank=True)
    cancelled_because = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    made_by_form = models.UUIDField(null=True, help_text="The form it was typed in: sending that twice makes one row.")
    entered_by = models.ForeignKey(Member, on_delete=models.RESTRICT, related_name="+")
    entered_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects: ClassVar[AdQuerySet] = AdQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AdState.values), name="ad_state_known"),
            models.CheckConstraint(condition=Q(medium__in=Medium.values), name="ad_medium_known"),
            models.CheckConstraint(condition=~Q(medium__in=sorted(NAMELESS)) | ~Q(outlet=""), name="ad_outlet_named"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="ad_days_in_order"),
            models.CheckConstraint(condition=Q(spend=None) | Q(spend__gte=0), name="ad_spend_not_negative"),
            models.CheckConstraint(condition=~Q(state=AdState.RAN) | Q(spend__isnull=False), name="ad_ran_has_spend"),
            models.CheckConstraint(condition=Q(per_day__gte=1), name="ad_per_day_at_least_one"),
            models.CheckConstraint(
                condition=Q(is_disclaimer_shown=False) | ~Q(disclaimer=""), name="ad_disclaimer_shown_has_words"
            ),
            models.CheckConstraint(
                condition=Q(state=AdState.CANCELLED) & ~Q(cancelled_because="")
                | ~Q(state=AdState.CANCELLED) & Q(cancelled_because=""),
                name="ad_cancelled_for_a_reason",
            ),
            models.UniqueConstraint(fields=["campaign", "made_by_form"], name="ad_once_per_form"),
        ]
        indexes = [models.Index(fields=["campaign", "-last_day"], name="ad_newest")]

    def __str__(self) -> str:
        return f"{self.where}, {self.first_day:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("fundraising:ad", args=[self.campaign.slug, self.pk])

    @property
    def where(self) -> str:
        """The newspaper, station or website by its name; a network by its own."""
        return self.outlet or str(self.get_medium_display())

    @property
    def is_boost(self) -> bool:
        return self.post_id is not None

    @property
    def counts_on(self) -> date:
        """The day to which the books count its money: when it was paid, else its last day."""
        return self.paid_on or self.last_day

    @property
    def has_receipt(self) -> bool:
        return self.receipt_id is not None

    @property
    def is_free(self) -> bool:
        """Nothing was paid, so there can be no receipt."""
        return self.spend == 0


class AdChange(models.Model):
    """One correction: the fields that changed, as they were and as they became. Written once (sql/ads.sql)."""

    ad = models.ForeignKey(Ad, on_delete=models.CASCADE, related_name="changes")
    version = models.PositiveIntegerField(help_text="The version that it made.")
    by = models.ForeignKey(Member, on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField()
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ad", "version"], name="ad_change_once_per_version")]

    def __str__(self) -> str:
        return f"ad {self.ad_id}, version {self.version}"
