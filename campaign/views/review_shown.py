"""What the review page shows: one post, what changed, who is needed; and what came of the answer before."""

from dataclasses import dataclass
from typing import Any

from django import forms

from campaign import alike, clock, policy, previews, publishing
from campaign.approving import seen, taking_back, waiting
from campaign.approving.forms import ASK_REASONS, DEPUTY_REASONS, REFUSE_REASONS, ApproveForm, NoForm
from campaign.approving.needs import Standing
from campaign.checking import dismissing
from campaign.http import Request, row_number
from campaign.models import Member, Post, PostState
from campaign.views import shown

REVIEW = "campaign/review.html"
MOST_COUNTED = 999


@dataclass(frozen=True)
class Done:
    """What the last answer has come to."""

    post: Post
    is_approved: bool
    may_take_back: bool
    is_held: bool
    """Approved when it was too late for it: a person says when it leaves."""
    is_again: bool


def number(request: Request) -> int:
    """The how many-th post of this sitting is on the page."""
    typed = row_number(request.POST.get("ke", "") or request.GET.get("ke", "")) or 1
    return min(max(typed, 1), MOST_COUNTED)


def done(request: Request) -> Done | None:
    """What came of the answer that led here, as the post stands now."""
    pk = row_number(request.GET.get("dari", ""))
    rows = Post.objects.visible_to(request.member).prefetch_related("approvals", "channels")
    post = rows.filter(pk=pk).first() if pk else None
    if post is None:
        return None
    post.campaign = request.member.campaign
    mine = any(yes.version == post.version and yes.by_id == request.member.pk for yes in post.approvals.all())
    return Done(
        post=post,
        is_approved=mine,
        may_take_back=mine and post.state in (PostState.IN_REVIEW, PostState.SCHEDULED),
        is_held=mine and is_held(post),
        is_again="lagi" in request.GET,
    )


def is_held(post: Post) -> bool:
    """Approved, and past the time at which it might still have left by itself."""
    return post.state == PostState.SCHEDULED and post.not_after is not None and post.not_after < clock.now()


def nothing_page(request: Request, everything: list[waiting.Waiting]) -> dict[str, Any]:
    """The context of `REVIEW` when nothing waits for this member."""
    return {
        "post": None,
        "done": done(request),
        "others": everything,
        "leaving": waiting.leaving(request.member),
    }


def post_page(
    request: Request, post: Post, everything: list[waiting.Waiting], acted: forms.Form | None = None, **forms_: Any
) -> dict[str, Any]:
    """The context of `REVIEW` with a post on it. `acted` is the form of an answer that was refused."""
    member, now = request.member, clock.now()
    house = policy.house(member.campaign_id)
    stands = policy.standing(post, house, now)
    pictures = previews.of_post(post, shown.deliveries_of(post))
    mine = [each.post for each in waiting.mine(member, everything)]
    others = [each for each in mine if each.pk != post.pk]
    place = number(request)
    return (
        {
            "post": post,
            "planned": publishing.plan_of(post),
            "waits": post.state == PostState.IN_REVIEW,
            "done": None if acted else done(request),
            "refusals": acted.non_field_errors() if acted else [],
            "ask_form": NoForm(auto_id="id_ask_%s"),
            "refuse_form": NoForm(auto_id="id_refuse_%s"),
            "approve_form": ApproveForm(auto_id="id_yes_%s"),
            "ask_reasons": ASK_REASONS,
            "refuse_reasons": REFUSE_REASONS,
            "deputy_reasons": DEPUTY_REASONS,
            "previews": pictures,
            "cards": alike.gathered(pictures),
            "difference": seen.look(post, member, pictures),
            "checked": dismissing.of_post(post, member, then="review"),
            "until": policy.deadline(post, house.terms),
            "number": place,
            "total": place + len(others),
            "following": others[0] if others else None,
            "is_late": post.is_planned_before(now),
            "is_too_late": post.not_after is not None and post.not_after < now,
            "is_held": is_held(post),
            "given": taking_back.mine(post, member) if post.state in (PostState.IN_REVIEW, PostState.SCHEDULED) else [],
        }
        | _standing(house, stands, member)
        | forms_
    )


def _standing(house: policy.House, stands: Standing, member: Member) -> dict[str, Any]:
    return {
        "may_answer": house.may_answer(member),
        "counts": member.pk in stands.counting,
        "decides": member.pk in stands.askable,
        "is_deputy": member.pk in stands.deputies,
        "whose_turn": ", ".join(str(each) for each in house.among(stands.askable)),
    }
