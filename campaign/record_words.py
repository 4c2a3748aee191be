"""Reading the record in words. The sentences themselves are in `record_sentences`, and in the apps that write more."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import registry, rules, wording
from campaign.models import AuditRow, Member, PostState, Role, State
from campaign.registry import Thing

if TYPE_CHECKING:
    from django.utils.functional import Promise

PARTS = {
    "engine": lazy("Posko’s sender"),
    "settling": lazy("Posko’s sender"),
    "channels": lazy("Posko’s account watch"),
    "listening": lazy("Posko’s account watch"),
    "rules": lazy("Posko’s calendar"),
    "demo": lazy("Posko"),
    "gate": lazy("Posko’s sender"),
    "restore": lazy("Posko"),
    "team": lazy("Posko"),
    "sign-in": lazy("Posko’s door"),
}
"""Parts of Posko that act by themselves, by the name that stands in the record."""


# Reading it --------------------------------------------------------------------------------------


def sentences() -> dict[str, "Promise"]:
    """Every verb with its sentence."""
    return {verb: sentence for acts in registry.acts for verb, sentence in acts.sentences.items()}


def verbs_of(group: str) -> list[str]:
    """The verbs of one group of acts; none where there is no such group."""
    return [verb for acts in registry.acts if acts.name == group for verb in acts.sentences]


def groups() -> list[tuple[str, "Promise"]]:
    """Each group of acts with its name, to choose from."""
    return [(acts.name, acts.label) for acts in registry.acts]


def actor(row: AuditRow) -> str:
    """Who acted: the name the person had at the time, or the part of Posko."""
    return row.actor if row.member_id else str(PARTS.get(row.actor, row.actor))


def sentence(row: AuditRow, known: Mapping[str, "Promise"] | None = None) -> str:
    """What happened, in the reader's language."""
    found = (known or sentences()).get(row.verb)
    if found is None:
        return f"{actor(row)}: {row.verb}"
    if row.verb == "post.approve" and row.details.get("team_of_one"):
        found = lazy("%(who)s approved version %(version)s, alone on the team")
    return str(found) % wording.Missing(_told(row))


def _told(row: AuditRow) -> dict[str, Any]:
    """The details as a sentence takes them: codes into words."""
    told: dict[str, Any] = dict(row.details)
    told["who"] = actor(row)
    if "problem" in told:
        told["problem"] = wording.problem(str(told["problem"]), {}) if told["problem"] else "–"
    if row.verb in ("post.settle", "delivery.settle", "delivery.decide"):
        told["state"] = _state(str(told.get("to", "")))
    if told.get("role") in Role.values:
        told["role"] = str(Role(told["role"]).label)
    if row.verb.startswith("rules."):
        key, value = str(told.get("key", "")), told.get("value")
        told["rule"] = rules.label(key)
        told["value"] = _rule_value(key, value)
    if "key" in told and row.verb.startswith("duty."):
        told["duty"] = wording.duty(str(told["key"]))
    return told


def _state(name: str) -> str:
    for states in (PostState, State):
        if name in states.values:
            return str(states(name).label)
    return name or "–"


def _rule_value(key: str, value: Any) -> str:
    """The record keeps values as text, and the shipped one as a word."""
    if value is None or value == "shipped" or key not in rules.KEYS:
        return _("as shipped") if value == "shipped" else str(value or "–")
    try:
        return rules.in_words(key, int(value) if rules.KEYS[key].is_number else value)
    except ValueError:
        return str(value)


def things() -> dict[str, Thing]:
    """Every kind of thing by the name of its model."""
    return {name: thing for acts in registry.acts for name, thing in acts.things.items()}


def name_of(about: str, known: Mapping[str, Thing] | None = None) -> str:
    """`post:41` as people say it: Konten 41."""
    model, _colon, number = about.partition(":")
    thing = (known or things()).get(model)
    return str(thing.label) % {"number": number} if thing else about


def addresses(member: Member, rows: Sequence[AuditRow]) -> dict[str, str]:
    """Where the things of these rows can be seen by `member`: one query for each kind of thing."""
    numbers: dict[str, set[int]] = {}
    for row in rows:
        model, _colon, number = row.about.partition(":")
        if number.isdecimal() and len(number) <= 18:
            numbers.setdefault(model, set()).add(int(number))
    found: dict[str, str] = {}
    for model, thing in things().items():
        if model in numbers:
            urls = thing.addresses(member, sorted(numbers[model]))
            found |= {f"{model}:{pk}": url for pk, url in urls.items()}
    return found
