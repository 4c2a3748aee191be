"""What narrows the calendar and the list of posts. It stands in the address, so that a link shows the same again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from campaign.http import row_number
from campaign.models import Channel, Kind, Member, PostState, Role, Theme
from campaign.models.post import PostQuerySet

WRITERS = (Role.MANAGER, Role.STAFF, Role.CANDIDATE)
LONGEST = 100  # characters of a search

type Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Field:
    """One thing to narrow by: its name in the address, its label, the column it asks and what may be chosen."""

    name: str
    label: Promise
    column: str
    options: Callable[[Member, list[Channel]], Options]


@dataclass(frozen=True)
class Choice:
    """A field as it is drawn, with what is chosen in it; empty is everything."""

    name: str
    label: Promise
    options: Options
    chosen: str

    @property
    def chosen_label(self) -> str:
        return dict(self.options).get(self.chosen, "")


def _accounts(_member: Member, channels: list[Channel]) -> Options:
    return [(str(channel.pk), str(channel)) for channel in channels]


def _authors(member: Member, _channels: list[Channel]) -> Options:
    people = Member.objects.filter(campaign_id=member.campaign_id, role__in=WRITERS)
    return [(str(pk), name) for pk, name in people.order_by("user__name", "pk").values_list("pk", "user__name")]


def _of(choices: Iterable[tuple[object, object]]) -> Callable[[Member, list[Channel]], Options]:
    fixed = list(choices)
    return lambda _member, _channels: [(str(value), str(label)) for value, label in fixed]


FIELDS = (
    Field("channel", lazy("Account"), "channels", _accounts),
    Field("state", lazy("State"), "state", _of(PostState.choices)),
    Field("author", lazy("Author"), "author", _authors),
    Field("theme", lazy("Theme"), "theme", _of(Theme.choices)),
    Field("kind", lazy("Kind"), "kind", _of(Kind.choices)),
)


class Filters:
    """What one member has chosen. Anything nobody offers is taken as not chosen."""

    def __init__(self, member: Member, asked: QueryDict, *, without: Iterable[str] = ()) -> None:
        self.channels = list(Channel.objects.visible_to(member).order_by("platform", "handle"))
        self.choices: list[Choice] = []
        self._columns: dict[str, str] = {}
        for field in FIELDS:
            if field.name in without:
                continue
            options = field.options(member, self.channels)
            chosen = asked.get(field.name, "")
            known = chosen if chosen in dict(options) else ""
            self.choices.append(Choice(field.name, field.label, options, known))
            self._columns[field.name] = field.column
        self.find = asked.get("find", "").replace("\0", "").strip()[:LONGEST]

    @property
    def chosen(self) -> dict[str, str]:
        """What is set, by its name in the address."""
        told = {choice.name: choice.chosen for choice in self.choices if choice.chosen}
        return told | ({"find": self.find} if self.find else {})

    @property
    def query(self) -> str:
        """The same as the address writes it: empty, or with an & before it."""
        return f"&{urlencode(self.chosen)}" if self.chosen else ""

    @property
    def is_set(self) -> bool:
        return bool(self.chosen)

    def narrow(self, rows: PostQuerySet) -> PostQuerySet:
        """The rows that are wanted."""
        for choice in self.choices:
            if choice.chosen:
                value = row_number(choice.chosen) or choice.chosen
                rows = rows.filter(**{self._columns[choice.name]: value})
        if self.find:
            rows = rows.filter(Q(text__icontains=self.find) | Q(title__icontains=self.find))
        return rows
