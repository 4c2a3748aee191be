"""The team as its page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from campaign.models import Invitation, Member, Role

ORDER = (Role.CANDIDATE, Role.MANAGER, Role.STAFF, Role.TREASURER, Role.VOLUNTEER)
REMEMBERED = timedelta(days=30)  # how long a link that has run out stays on the list

STATES: dict[str, Promise] = {
    "active": lazy("active"),
    "suspended": lazy("suspended"),
    "ended": lazy("access has ended"),
}


@dataclass(frozen=True)
class Person:
    """One member as the list shows them."""

    member: Member
    state: str
    is_me: bool

    @property
    def label(self) -> Promise:
        return STATES[self.state]

    @property
    def until(self) -> datetime | None:
        """A moment of the last day, if there is one."""
        ends_at = self.member.access_ends_at
        return ends_at - timedelta(seconds=1) if ends_at else None


@dataclass(frozen=True)
class Group:
    """The people of one role."""

    role: Role
    people: list[Person]


def state(member: Member, now: datetime) -> str:
    """`active`, `suspended` by somebody, or `ended` on its last day."""
    over = member.access_ends_at is not None and member.access_ends_at <= now
    if member.suspended_at is None:
        return "ended" if over else "active"
    return "ended" if over and member.suspended_by_id is None else "suspended"


def groups(member: Member, now: datetime) -> list[Group]:
    """Everybody on the team by role, those who may act first."""
    rows = Member.objects.visible_to(member).select_related("user", "invitation__made_by__user")
    people = [Person(row, state(row, now), row.pk == member.pk) for row in rows]
    people.sort(key=lambda person: (person.state != "active", person.member.user.name.lower(), person.member.pk))
    found = [Group(role, [person for person in people if person.member.role == role]) for role in ORDER]
    return [group for group in found if group.people]


def waiting(member: Member, now: datetime) -> Iterable[Invitation]:
    """The links that nobody has used yet, newest first, and those that ran out lately."""
    rows = Invitation.objects.visible_to(member).pending().filter(expires_at__gt=now - REMEMBERED)
    return rows.select_related("made_by__user").order_by("-made_at")
