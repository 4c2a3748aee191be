"""What narrows the calendar and the list of posts. It stands in the address, so that a link shows the same again."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from campaign.access import may
from campaign.http import row_number
from campaign.models import Channel, Kind, Label, Member, PostState, PostText, Role, Theme
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
    choices: Iterable[tuple[str, str | Promise]] | None = None  # None: of the campaign's own, from `_own`


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


FIELDS = (
    Field("channel", lazy("Account"), "channels"),
    Field("state", lazy("State"), "state", PostState.choices),
    Field("author", lazy("Author"), "author"),
    Field("theme", lazy("Theme"), "theme", Theme.choices),
    Field("label", lazy("Label"), "labels"),
    Field("kind", lazy("Kind"), "kind", Kind.choices),
)


def _own(member: Member, channels: list[Channel]) -> dict[str, Options]:
    """What this campaign has of its own to choose from, by the field's name. One query."""
    found: dict[str, Options] = {"channel": [(str(channel.pk), str(channel)) for channel in channels]}
    people = Member.objects.filter(campaign_id=member.campaign_id, role__in=WRITERS)
    labels = Label.objects.filter(campaign_id=member.campaign_id) if may(member, "post.write") else Label.objects.none()
    columns = [
        rows.order_by()
        .annotate(of=Value(of, CharField()), sorted_by=Lower(name))
        .values_list("of", "pk", name, "sorted_by")
        for of, rows, name in (("author", people, "user__name"), ("label", labels, "name"))
    ]
    for of, pk, name, _sorted in columns[0].union(columns[1], all=True).order_by("sorted_by", "pk"):
        found.setdefault(of, []).append((str(pk), name))
    return found


class Filters:
    """What one member has chosen. Anything nobody offers is taken as not chosen."""

    def __init__(self, member: Member, asked: QueryDict, *, without: Iterable[str] = ()) -> None:
        self.channels = list(Channel.objects.visible_to(member).order_by("platform", "handle"))
        self.choices: list[Choice] = []
        self._columns: dict[str, str] = {}
        own = _own(member, self.channels)
        for field in FIELDS:
            options = [(value, str(label)) for value, label in field.choices or own.get(field.name, [])]
            if field.name in without or not options:
                continue
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
            own = PostText.objects.filter(post=OuterRef("pk"), text__icontains=self.find)
            rows = rows.filter(Q(text__icontains=self.find) | Q(title__icontains=self.find) | Exists(own))
        return rows
