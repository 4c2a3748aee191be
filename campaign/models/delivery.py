"""The sealed envelope on its way to one channel, and each try of it.

What must never be true of an envelope is refused by the database: see the constraints below and the triggers in
`migrations/sql/delivery.sql` (contents frozen, states in order, begun only when cleared).
"""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.models.campaign import Campaign, Member
from campaign.models.channel import Channel
from campaign.models.post import Kind
from platforms.contents import To
from platforms.registry import BY_HAND


class Action(models.TextChoices):
    """What the envelope asks of the network."""

    PUBLISH = "publish", _("publish")
    TAKE_DOWN = "take_down", _("take down")


class State(models.TextChoices):
    """The fate of an envelope."""

    WAITING = "waiting", _("waiting")
    SENDING = "sending", _("on its way")
    SENT = "sent", _("published")
    UNSURE = "unsure", _("outcome unknown")
    HANDED = "handed", _("a person must finish it")
    HELD = "held", _("held")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


ON_THE_WIRE = (State.SENDING, State.UNSURE)
OUT = (State.SENDING, State.UNSURE, State.SENT, State.HANDED)


class Fingerprint(models.Func):
    """`campaign_fingerprint(draft)`: SHA-256 over the draft's canonical JSON; computed by the database alone."""

    function = "campaign_fingerprint"
    output_field = models.CharField(max_length=64)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, member: Member) -> Self:
        return self.filter(campaign_id=member.campaign_id)

    def in_hand_of(self, member: Member) -> Self:
        """What `member` may open to publish it by hand: volunteers what is theirs, the others all."""
        mine = self.visible_to(member).filter(action=Action.PUBLISH)
        if member.role in ("treasurer", "volunteer"):
            return mine.filter(owner=member, channel__platform__in=BY_HAND, cleared__isnull=False)
        return mine

    def current(self) -> Self:
        """Without those that were cancelled."""
        return self.exclude(state=State.CANCELLED)

    def of_post(self, pk: int) -> Self:
        return self.filter(slot__startswith=f"post:{pk}/")

    def firsts(self) -> Self:
        """Without those that follow another: of each post, one for each of its channels."""
        return self.filter(after="")

    def ready(self) -> Self:
        """Without those that follow one which is not out."""
        above = Delivery.objects.filter(slot=OuterRef("after"), action=Action.PUBLISH, state=State.SENT)
        return self.filter(Q(after="") | Exists(above))

    def published(self) -> Self:
        return self.filter(state=State.SENT, action=Action.PUBLISH)


class Delivery(models.Model):
    """One sealed envelope for one channel. The engine knows nothing of posts or replies, only of these."""

    # Each index is written three times per delivery: no more of them than are read. `delivery_of_campaign` serves here.
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, db_index=False, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    # Many are locked in the order of their slots, by Python and by the database: both must mean the same order.
    slot = models.CharField(
        max_length=120, db_collation="C", help_text="The caller's name for it, such as post:41/channel:7."
    )
    key = models.UUIDField(default=uuid4, help_text="Shown to networks that honour one; never changes.")
    action = models.CharField(max_length=10, choices=Action, default=Action.PUBLISH)
    kind = models.CharField(max_length=12, choices=Kind)
    draft = models.JSONField(help_text="All that the network receives; see delivering.draft_of.")
    fingerprint = models.GeneratedField(
        expression=Fingerprint(F("draft")), output_field=models.CharField(max_length=64), db_persist=True
    )
    # From the draft, so that no approval covers one thing and another is waited for.
    after = models.GeneratedField(
        expression=Coalesce(KT("draft__after"), Value(""), output_field=models.TextField()),
        output_field=models.CharField(max_length=120, db_collation="C"),
        db_persist=True,
        help_text="The slot that has to be out first: this one answers it.",
    )
    cleared = models.CharField(max_length=64, null=True, help_text="The fingerprint that approval released.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    send_at = models.DateTimeField()
    not_after = models.DateTimeField()
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    made_at = models.DateTimeField()
    # Of the try under way
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True, help_text="From here on the network may have it.")
    handle = models.TextField(blank=True, help_text="What the network gave between two steps.")
    kept_at = models.DateTimeField(null=True, help_text="When the handle last changed: the flow's last sign of life.")
    tries = models.PositiveIntegerField(default=0)
    # Of its outcome
    doubtful = models.BooleanField(default=False, help_text="An earlier try may have gone out; not disproved.")
    repeat_until = models.DateTimeField(null=True, help_text="Till when it may be sent once more by itself.")
    asks_person = models.BooleanField(default=False, help_text="Only a person can tell what became of it.")
    look_at = models.DateTimeField(null=True, help_text="When to ask the network what became of it.")
    problem = models.CharField(max_length=60, blank=True)
    problem_params = models.JSONField(default=dict)
    remote_id = models.CharField(max_length=300, blank=True)
    remote_url = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    to: To | None = None
    """Where one that follows another goes, once it is claimed; see `chaining.address`. No column."""

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]  # as_manager's type

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot"], condition=~Q(state=State.CANCELLED), name="delivery_one_per_slot"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(cleared__isnull=True) | Q(cleared=F("fingerprint")), name="delivery_cleared_as_sealed"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=OUT) | Q(cleared__isnull=False), name="delivery_out_only_cleared"
            ),
            models.CheckConstraint(condition=Q(after="") | ~Q(after=F("slot")), name="delivery_follows_another"),
            models.CheckConstraint(
                condition=~Q(state=State.SENDING) | Q(token__isnull=False, lease_until__isnull=False),
                name="delivery_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(doubtful=False) | ~Q(state__in=[State.HELD, State.FAILED, State.CANCELLED]),
                name="delivery_in_doubt_is_not_settled",
            ),
            models.CheckConstraint(
                condition=Q(doubtful=False) | ~Q(state=State.WAITING) | Q(repeat_until__isnull=False),
                name="delivery_in_doubt_repeats_in_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "send_at", "id"],
                condition=Q(state=State.WAITING, cleared__isnull=False),
                name="delivery_due",
            ),
            models.Index(fields=["send_at"], condition=Q(state=State.WAITING), name="delivery_waiting"),
            models.Index(fields=["channel"], condition=Q(state=State.SENDING), name="delivery_sending"),
            models.Index(fields=["look_at"], condition=Q(state=State.UNSURE), name="delivery_unsure"),
            models.Index(
                fields=["look_at"],
                condition=Q(state__in=(State.HANDED, State.SENT), look_at__isnull=False),
                name="delivery_by_hand",
            ),
            models.Index(
                fields=["after"],
                condition=~Q(after="") & Q(state__in=[State.WAITING, State.HELD]),
                name="delivery_following",
            ),
            models.Index(fields=["campaign", "-send_at"], name="delivery_of_campaign"),
            models.Index(fields=["slot"], opclasses=["varchar_pattern_ops"], name="delivery_slot_prefix"),
            models.Index(fields=["sent_at"], condition=Q(state=State.SENT), name="delivery_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("campaign:delivery", args=[self.campaign.slug, self.pk])

    @property
    def hand_url(self) -> str:
        """Where a person publishes it by hand."""
        return reverse("campaign:hand_delivery", args=[self.campaign.slug, self.pk])

    @property
    def post_pk(self) -> int | None:
        """The post that it carries, by its slot (`Post.slot`); envelopes of others have none."""
        kind, _colon, rest = self.slot.partition(":")
        pk = rest.split("/")[0]
        return int(pk) if kind == "post" and pk.isdecimal() else None

    @property
    def text(self) -> str:
        return str(self.draft.get("text", ""))

    @property
    def pictures(self) -> list[dict[str, Any]]:
        return list(self.draft.get("pictures", []))

    @property
    def film(self) -> dict[str, Any]:
        """Empty where it has none."""
        return dict(self.draft.get("video", {}))


class Attempt(models.Model):
    """One try: written by the database in the statement that begins it, before any byte leaves."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    token = models.UUIDField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True, help_text="The state it led to; empty while under way.")
    problem = models.CharField(max_length=60, blank=True)
    problem_params = models.JSONField(default=dict)

    class Meta:
        ordering = ["begun_at"]
        constraints = [models.UniqueConstraint(fields=["token"], name="attempt_per_token")]

    def __str__(self) -> str:
        return f"try of delivery {self.delivery_id} at {self.begun_at}"
