"""What the pages of a post, its review and its envelopes show: one function per page, for every view that draws it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from campaign import afterwards, alike, by_hand, chaining, clock, history, policy, previews, registry, wording
from campaign.access import may
from campaign.checking import dismissing
from campaign.forms_posts import ReasonForm, RescheduleForm
from campaign.http import Request
from campaign.models import Action, Attempt, Delivery, HandProof, Idea, Member, Post, PostState, State
from campaign.planning import moving, standing
from campaign.writing.composing import MAY_SUBMIT

DETAIL = "campaign/post_detail.html"
DELIVERY = "campaign/delivery.html"
MOVABLE = (PostState.SCHEDULED, PostState.PARTLY)
SHOWN_HISTORY = 5


@dataclass(frozen=True)
class Line:
    """One envelope with its state, and why it stands so, in words."""

    delivery: Delivery
    state: str
    problem: str
    attempts: list[tuple[Attempt, str]]  # with what became of each
    name: str = ""
    """What it is of a chain; empty for a post itself."""

    @property
    def needs_person(self) -> bool:
        asked = self.delivery.state == State.UNSURE and self.delivery.asks_person
        if self.delivery.problem in chaining.REASONS:
            return False  # what it follows does
        return asked or self.delivery.state in (State.HELD, State.FAILED, State.HANDED)

    @property
    def is_beyond_reach(self) -> bool:
        """A person has told that it is out; without the network's name for it Posko cannot take it down there."""
        row = self.delivery
        return row.action == Action.PUBLISH and row.state == State.SENT and not row.remote_id


# A post ------------------------------------------------------------------------------------------


def find_post(request: Request, pk: int) -> Post:
    """The post with all that its pages show, or 404."""
    rows = Post.objects.visible_to(request.member).select_related("author__user")
    post = get_object_or_404(
        rows.prefetch_related("channels", "pictures__media", "texts", "labels", "follow_ups"), pk=pk
    )
    post.campaign = request.member.campaign
    return post


def post_page(request: Request, post: Post, acted: forms.Form | None = None, **shown: Any) -> dict[str, Any]:
    """The context of `DETAIL`. `acted` is the form of an act that was refused; `shown` its name in the page, if any."""
    member = request.member
    writes = may(member, "post.write")
    rows = [row for row in deliveries_of(post) if writes or row.state == State.SENT]
    prefetch_related_objects(rows, "attempts")
    lines = [_line(row) for row in sorted(rows, key=_in_chains)]
    checked = dismissing.of_post(post, member) if writes and post.is_editable else dismissing.Checked()
    waits = post.state == PostState.IN_REVIEW
    missing = policy.missing(post) if waits and writes else ()
    deciders, can = policy.deciders(post) if missing else [], _can(member, post, rows)
    urgent = [row for row in lines if row.needs_person] if may(member, "delivery.decide") else []
    told = history.of_post(post) if writes else []
    ideas = Idea.objects.visible_to(member).filter(taken_as=post) if may(member, "idea.see") else Idea.objects.none()
    return {
        "post": post,
        "idea": ideas.select_related("campaign").first(),
        "refusals": acted.non_field_errors() if acted else [],
        "reason_form": ReasonForm(auto_id="id_no_%s"),
        "take_down_form": ReasonForm(auto_id="id_down_%s"),
        "reschedule_form": RescheduleForm(post.campaign, auto_id="id_move_%s"),
        "previews": alike.gathered(previews.of_post(post, rows)),
        "lines": lines,
        "standing": standing.of_post(
            post,
            member,
            can=can,
            urgent=[line.delivery for line in urgent],
            deciders=deciders,
            is_missing=bool(missing),
            is_blocked=checked.blocks,
            at=post.planned_at,
        ),
        "beyond_reach": [line for line in lines if line.is_beyond_reach],
        "checked": checked,
        "can": can,
        "history": told[:SHOWN_HISTORY],
        "earlier": told[SHOWN_HISTORY:],
        "panels": [
            (panel.template, panel.context(post, member))
            for panel in sorted(registry.post_panels, key=lambda panel: panel.order)
        ],
    } | shown


def deliveries_of(post: Post) -> list[Delivery]:
    """Its envelopes, cancelled ones left out, the oldest first."""
    rows = list(Delivery.objects.of_post(post.pk).current().select_related("channel").order_by("pk"))
    for row in rows:
        row.campaign = row.channel.campaign = post.campaign
    return rows


def _can(member: Member, post: Post, rows: list[Delivery]) -> dict[str, bool]:
    """Which buttons the page offers; the verbs ask again."""
    writes, approves = may(member, "post.write"), may(member, "post.approve")
    removed = {row.slot.removesuffix("/take_down") for row in rows if row.action == Action.TAKE_DOWN}
    live = any(row.slot not in removed for row in afterwards.removable(rows))
    leaving = any(row.state in (State.WAITING, State.HELD) for row in _published(rows))
    return {
        "edit": writes and post.is_editable,
        "submit": writes and post.state in MAY_SUBMIT,
        "review": may(member, "post.review") and post.state == PostState.IN_REVIEW,
        "withdraw": writes and post.state in (PostState.IN_REVIEW, PostState.SCHEDULED),
        "reschedule": writes and post.state in MOVABLE and leaving,
        "plan": writes and post.state in moving.PLANNED and post.planned_at is not None,
        "take_down": may(member, "post.take_down") and live,
        "copy": writes and not post.is_editable,
        "retry": approves,
    }


def _published(rows: list[Delivery]) -> list[Delivery]:
    return [row for row in rows if row.action == Action.PUBLISH]


def _in_chains(row: Delivery) -> tuple[int, bool, int]:
    """What follows a post stands below it, account by account; removals below what they remove."""
    return row.channel_id, row.action == Action.TAKE_DOWN, row.pk


def _line(row: Delivery) -> Line:
    tries = [(attempt, _told(attempt)) for attempt in row.attempts.all()]
    name = wording.part(row.slot.removesuffix("/take_down"))
    return Line(row, previews.state_words(row), previews.problem_words(row), tries, name)


# An envelope -------------------------------------------------------------------------------------


def find_delivery(request: Request, pk: int) -> Delivery:
    """The envelope, or 404."""
    row = get_object_or_404(Delivery.objects.visible_to(request.member).select_related("channel", "owner__user"), pk=pk)
    row.campaign = row.channel.campaign = request.member.campaign
    return row


def post_of(request: Request, delivery: Delivery) -> Post | None:
    """The post it carries; envelopes of others have none."""
    if delivery.post_pk is None:
        return None
    post = Post.objects.visible_to(request.member).filter(pk=delivery.post_pk).first()
    if post:
        post.campaign = request.member.campaign
    return post


def delivery_page(
    request: Request, delivery: Delivery, acted: forms.Form | None = None, **shown: Any
) -> dict[str, Any]:
    """The context of `DELIVERY`."""
    post = post_of(request, delivery)
    publishes = delivery.action == Action.PUBLISH
    asks = delivery.state == State.UNSURE and delivery.asks_person
    return {
        "delivery": delivery,
        "line": _line(delivery),
        "post": post,
        "refusals": acted.non_field_errors() if acted else [],
        "preview": previews.of_delivery(delivery) if publishes else None,
        "asks": asks,
        "is_asking_network": delivery.state == State.UNSURE and not asks,
        "is_too_late": delivery.not_after <= clock.now(),
        "may_move": bool(
            post
            and may(request.member, "post.write")
            and delivery.state == State.HELD
            and delivery.problem not in chaining.REASONS
            and post.state in MOVABLE
        ),
        "above": _above(delivery),
        "may_leave_out": bool(delivery.after) and delivery.state in (State.HELD, State.FAILED),
        "proof": _proof(delivery),
        "hand": by_hand.guide(delivery) if delivery.state == State.HANDED else None,
        "may_retry": may(request.member, "post.approve") and delivery.state == State.FAILED,
        "reschedule_form": RescheduleForm(request.member.campaign, auto_id="id_move_%s"),
    } | shown


def _above(delivery: Delivery) -> Delivery | None:
    """What it follows."""
    above = Delivery.objects.current().filter(slot=delivery.after).first() if delivery.after else None
    if above:
        above.campaign = delivery.campaign
    return above


def _proof(delivery: Delivery) -> HandProof | None:
    """The picture that whoever published it by hand has brought."""
    if not delivery.channel.is_by_hand:
        return None
    proof = HandProof.objects.filter(delivery=delivery).select_related("media").first()
    if proof:
        proof.media.campaign = delivery.campaign
    return proof


def _told(attempt: Attempt) -> str:
    """What became of one try."""
    if not attempt.ended_at:
        return _("under way")
    outcome = str(State(attempt.outcome).label) if attempt.outcome in State.values else attempt.outcome
    why = wording.problem(attempt.problem, attempt.problem_params) if attempt.problem else ""
    return f"{outcome}: {why}" if why else outcome
