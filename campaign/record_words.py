"""The record in words: a sentence for every verb, a name for every thing, and where it can be seen."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import registry, rules, wording
from campaign.access import may
from campaign.models import AuditRow, Channel, Delivery, Duty, Member, Post, PostState, RuleOverride, State
from campaign.registry import Acts, Thing

if TYPE_CHECKING:
    from django.utils.functional import Promise

PARTS = {
    "engine": lazy("Posko’s sender"),
    "settling": lazy("Posko’s sender"),
    "channels": lazy("Posko’s account watch"),
    "rules": lazy("Posko’s calendar"),
    "demo": lazy("Posko"),
}
"""Parts of Posko that act by themselves, by the name that stands in the record."""


# Where things can be seen ------------------------------------------------------------------------


def _posts(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    return _each(member, "post_detail", Post.objects.visible_to(member).filter(pk__in=numbers).values_list("pk"))


def _deliveries(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    if not may(member, "delivery.decide"):
        return {}
    return _each(member, "delivery", Delivery.objects.visible_to(member).filter(pk__in=numbers).values_list("pk"))


def _channels(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    rows = Channel.objects.visible_to(member).filter(pk__in=numbers).values_list("pk")
    url = reverse("campaign:channels", args=[member.campaign.slug])
    return {pk: url for (pk,) in rows} if may(member, "channel.see") else {}


def _changes(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    rows = RuleOverride.objects.visible_to(member).filter(pk__in=numbers).values_list("pk")
    url = reverse("campaign:rules", args=[member.campaign.slug])
    return {pk: url for (pk,) in rows} if may(member, "rules.see") else {}


def _duties(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    rows = Duty.objects.visible_to(member).filter(pk__in=numbers).values_list("pk", "key")
    return {pk: reverse("campaign:duty", args=[member.campaign.slug, key]) for pk, key in rows}


def _campaigns(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    return {pk: member.campaign.get_absolute_url() for pk in numbers if pk == member.campaign_id}


def _each(member: Member, view: str, rows: Iterable[tuple[int]]) -> dict[int, str]:
    return {pk: reverse(f"campaign:{view}", args=[member.campaign.slug, pk]) for (pk,) in rows}


# What happened -----------------------------------------------------------------------------------

registry.acts.add(
    Acts(
        "post",
        lazy("Posts"),
        {
            "post.write": lazy("%(who)s wrote a post"),
            "post.edit": lazy("%(who)s changed a post: version %(version)s"),
            "post.submit": lazy("%(who)s asked for approval of version %(version)s"),
            "post.approve": lazy("%(who)s approved version %(version)s"),
            "post.schedule": lazy("A post was scheduled, because all approvals were there; the last was by %(who)s"),
            "post.ask_changes": lazy("%(who)s asked for changes of a post"),
            "post.refuse": lazy("%(who)s refused a post"),
            "post.withdraw": lazy("%(who)s withdrew a post"),
            "post.take_back": lazy("%(who)s took an approval of version %(version)s back"),
            "post.reopen": lazy("A scheduled post waits for approval again, because of what %(who)s did"),
            "post.reschedule": lazy("%(who)s moved a post to another time"),
            "post.take_down": lazy("%(who)s had a post taken down: “%(reason)s”"),
            "post.settle": lazy("The networks answered; the post is now: %(state)s"),
        },
        {"post": Thing(lazy("Post %(number)s"), _posts)},
    )
)
registry.acts.add(
    Acts(
        "delivery",
        lazy("Sending"),
        {
            "delivery.waiting": lazy("%(who)s put a sending back to wait: %(problem)s"),
            "delivery.sending": lazy("%(who)s began to send"),
            "delivery.sent": lazy("%(who)s published on an account"),
            "delivery.unsure": lazy("%(who)s does not know whether it was published: %(problem)s"),
            "delivery.handed": lazy("%(who)s handed it to a person to publish"),
            "delivery.held": lazy("%(who)s held a sending: %(problem)s"),
            "delivery.failed": lazy("%(who)s could not publish: %(problem)s"),
            "delivery.cancelled": lazy("%(who)s cancelled a sending"),
            "delivery.settle": lazy("%(who)s learned what became of it: %(state)s"),
            "delivery.ask_person": lazy("%(who)s asks a person to look: %(problem)s"),
            "delivery.try_again": lazy("%(who)s had it tried again"),
            "delivery.decide": lazy("%(who)s looked on the network and said: %(state)s"),
        },
        {"delivery": Thing(lazy("Sending %(number)s"), _deliveries)},
    )
)
registry.acts.add(
    Acts(
        "channel",
        lazy("Accounts"),
        {
            "channel.connect": lazy("%(who)s connected an account"),
            "channel.connect_again": lazy("%(who)s connected an account again"),
            "channel.remove": lazy("%(who)s removed an account"),
            "channel.reconnect_needed": lazy("%(who)s found that an account needs a new sign-in: %(problem)s"),
            "channel.registered": lazy("%(who)s noted that an account is registered with KPU"),
            "channel.closed": lazy("%(who)s noted that an account is closed"),
            "channel.not_registered": lazy("%(who)s took back that an account is registered with KPU"),
            "channel.not_closed": lazy("%(who)s took back that an account is closed"),
        },
        {"channel": Thing(lazy("Account %(number)s"), _channels)},
    )
)
registry.acts.add(
    Acts(
        "rules",
        lazy("Election rules"),
        {
            "rules.ask": lazy("%(who)s asked for a change of the rule “%(rule)s”: %(value)s"),
            "rules.agree": lazy("%(who)s agreed to the change of the rule “%(rule)s”"),
            "rules.refuse": lazy("%(who)s refused the change of the rule “%(rule)s”"),
            "rules.withdraw": lazy("%(who)s withdrew the change of the rule “%(rule)s”"),
            "rules.begin": lazy("The rule “%(rule)s” is in force as changed: %(value)s; by %(who)s"),
        },
        {"ruleoverride": Thing(lazy("Change of a rule %(number)s"), _changes)},
    )
)
registry.acts.add(
    Acts(
        "campaign",
        lazy("Campaign"),
        {
            "campaign.begin": lazy("%(who)s began the campaign"),
            "campaign.stop": lazy("%(who)s stopped everything: “%(reason)s”"),
            "campaign.resume": lazy("%(who)s let publishing go on"),
            "demo.make": lazy("%(who)s began the demonstration"),
            "demo.remove": lazy("%(who)s removed the demonstration"),
        },
        {"campaign": Thing(lazy("This campaign"), _campaigns)},
    )
)
registry.acts.add(
    Acts(
        "duty",
        lazy("Deadlines"),
        {
            "duty.assign": lazy("%(who)s chose who looks after “%(duty)s”"),
            "duty.finish": lazy("%(who)s confirmed that this is done: “%(duty)s”"),
            "duty.undo": lazy("%(who)s took back that this is done: “%(duty)s”"),
        },
        {"duty": Thing(lazy("Deadline %(number)s"), _duties)},
    )
)
registry.acts.add(
    Acts(
        "record",
        lazy("Record"),
        {
            "record.verify": lazy("%(who)s had the record checked; found wrong: %(flaws)s"),
            "record.export": lazy("%(who)s saved %(rows)s lines of the record: “%(reason)s”"),
        },
    )
)


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
