"""Who may: written once. `@allow` asks for views, `require` for verbs, `may` for templates."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from campaign.http import Request
from campaign.identity import second_factor
from campaign.models import Member, Role
from campaign.team import pins

MANAGER, STAFF, CANDIDATE = Role.MANAGER, Role.STAFF, Role.CANDIDATE
TREASURER, VOLUNTEER = Role.TREASURER, Role.VOLUNTEER

MAY: dict[str, frozenset[Role]] = {}


def let(action: str, *roles: Role) -> None:
    """Add one line to the table; an upper app does so when it is ready."""
    if MAY.get(action, frozenset(roles)) != frozenset(roles):
        raise ValueError(f"{action} is already given to others")
    MAY[action] = frozenset(roles)


let("campaign.see", MANAGER, STAFF, CANDIDATE, TREASURER, VOLUNTEER)
let("campaign.stop", MANAGER, CANDIDATE)
let("operations.see", MANAGER, STAFF, CANDIDATE)
let("rules.see", MANAGER, STAFF, CANDIDATE, TREASURER)
let("rules.change", MANAGER, CANDIDATE)
let("demo.remove", MANAGER)
let("channel.see", MANAGER, STAFF, CANDIDATE)
let("channel.connect", MANAGER)
let("network.set_up", MANAGER)
let("post.see", MANAGER, STAFF, CANDIDATE, TREASURER, VOLUNTEER)
let("post.write", MANAGER, STAFF, CANDIDATE)
let("post.approve", MANAGER, CANDIDATE)
let("check.dismiss", MANAGER, STAFF, CANDIDATE)
let("post.review", MANAGER, STAFF, CANDIDATE)
let("approval.settings", MANAGER, STAFF, CANDIDATE)
let("approval.change", MANAGER, CANDIDATE)
let("post.take_down", MANAGER, CANDIDATE)
let("link.close", MANAGER, STAFF, CANDIDATE)
let("delivery.decide", MANAGER, STAFF, CANDIDATE)
let("delivery.finish", MANAGER, STAFF, CANDIDATE, VOLUNTEER)  # volunteers what is handed to them
let("duty.see", MANAGER, STAFF, CANDIDATE, TREASURER)
let("duty.change", MANAGER, TREASURER)  # the treasurer those of money only: the next line
let("duty.change_any", MANAGER)
let("idea.see", MANAGER, STAFF, CANDIDATE, VOLUNTEER)  # volunteers their own
let("idea.send", MANAGER, STAFF, CANDIDATE, VOLUNTEER)
let("idea.bring", VOLUNTEER)  # to whom sending is the daily work: it stands in their navigation
let("idea.decide", MANAGER, STAFF, CANDIDATE)
let("record.see", MANAGER, CANDIDATE)
let("record.export", MANAGER, CANDIDATE)
let("phone.enrol", MANAGER, CANDIDATE)
let("team.see", MANAGER, STAFF, CANDIDATE)
let("team.invite", MANAGER)
let("team.manage", MANAGER)


def may(member: Member, action: str) -> bool:
    """Whether `member` may do `action`; an unknown action is an error, not a no."""
    return member.role in MAY[action] and member.suspended_at is None


def require(member: Member, action: str) -> None:
    """Raises PermissionDenied unless `member` may do `action`."""
    if not may(member, action):
        raise PermissionDenied(f"{member.role} may not {action}")


class May:
    """`{% if may.post.approve %}`: looks `post.approve` up in the table for one member."""

    def __init__(self, member: Member, prefix: str = "") -> None:
        self._member, self._prefix = member, prefix

    def __getitem__(self, part: str) -> "May | bool":
        action = f"{self._prefix}.{part}" if self._prefix else part
        return may(self._member, action) if action in MAY else May(self._member, action)


type View[**P] = Callable[Concatenate[Request, P], HttpResponse]


def allow[**P](action: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Outermost on a view under `/c/<campaign>/`: finds the member or answers 404; 403 when they may not.

    Before anything opens, whoever owes a second step is led to it.
    """
    if action not in MAY:
        raise ValueError(f"unknown action {action}")

    def guard(view: View[P]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, campaign: str, *args: Any, **kwargs: Any) -> HttpResponse:
            members = Member.objects.of(request.user).active().select_related("campaign__ruleset", "user")
            member = members.filter(campaign__slug=campaign).first()
            if member is None:
                raise Http404("no such campaign for this person")
            leads = second_factor.required(request, member) or pins.required(request, member)
            if leads is not None:
                return leads
            request.member = member  # type: ignore[attr-defined]  # Request declares it
            require(member, action)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]  # it is a Request now

        guarded.action = action  # type: ignore[attr-defined]  # read by the table of routes
        return guarded

    return guard
