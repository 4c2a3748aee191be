"""What networks, accounts, the calendar and readers who cannot see ask of every post."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campaign import costs, drafting, election, handing, registry, wording
from campaign.checks import Finding, Subject, Weight
from campaign.linking import making
from campaign.linking.placing import PLACE
from campaign.models import Health


@registry.checks.add
def network_limits(subject: Subject) -> Iterable[Finding]:
    """Each network's own limits of text and pictures, asked of its connector."""
    for channel in subject.channels:
        (_root, first), *follows = subject.flows[channel.pk]
        network = channel.connector_class
        problems = network.problems(drafting.draft_of(first, subject.post.campaign), channel.limits)
        codes = {problem.code for problem in problems}
        texts = [draft["text"] for _slot, draft in subject.flows[channel.pk]]
        more = [*network.link_problems(subject.post.link), *network.problems_together(texts, channel.limits)]
        problems += [problem for problem in more if problem.code not in codes]
        for problem in problems:
            sentence = wording.problem(problem.code, problem.params)
            weight = Weight.NOTE if problem.code == handing.NO_ADDRESS else Weight.BLOCK
            yield Finding(weight, sentence, channel, code=f"network_limits.{problem.code}")
        for slot, content in follows:
            for problem in network.problems(drafting.draft_of(content), channel.limits):
                name, sentence = wording.part(slot), wording.problem(problem.code, problem.params)
                yield Finding(Weight.BLOCK, f"{name}: {sentence}", channel, code=f"follow_limits.{problem.code}")


@registry.checks.add
def link_that_costs(subject: Subject) -> Iterable[Finding]:
    """A link for which the network takes many times what it takes for a post without one."""
    for channel in subject.channels:
        kind = channel.connector_class
        prices = (costs.of_link(kind, draft["text"]) for _slot, draft in subject.flows[channel.pk])
        if found := next(filter(None, prices), None):
            told = {
                "network": kind.label,
                "price": costs.dollars(found[0]),
                "plain": costs.dollars(found[1]),
                "day": date_format(kind.prices_of, "j F Y") if kind.prices_of else "",
            }
            sentence = _(
                "%(network)s takes about %(price)s for this post because it has a link, and %(plain)s without one "
                "(prices of %(day)s)."
            )
            yield Finding(Weight.NOTE, sentence % told, channel, code="link_that_costs")


@registry.checks.add
def link_in_place(subject: Subject) -> Iterable[Finding]:
    """A place for a link that nobody has typed would be published as it stands; in a title any would."""
    if PLACE in subject.post.public_title and any(each.connector_class.titled for each in subject.channels):
        sentence = _("A title cannot hold a link. Take %(place)s out of it.") % {"place": PLACE}
        yield Finding(Weight.BLOCK, sentence, code="link_in_title")
    if subject.post.link:
        return
    for text, channel in subject.texts:
        if PLACE in text:
            at = text.index(PLACE)
            sentence = _("The text keeps a place for a link, %(place)s. Type the link under “Link”, or take it out.")
            where = ((at, at + len(PLACE)),)
            yield Finding(
                Weight.BLOCK, sentence % {"place": PLACE}, channel, code="link_in_place", text=text, places=where
            )


@registry.checks.add
def link_closed(subject: Subject) -> Iterable[Finding]:
    """A short link that somebody has closed would lead whoever follows it nowhere."""
    if subject.post.pk and subject.post.link and making.is_closed(subject.post):
        sentence = _(
            "The short link of this post is closed and leads nowhere. Open it again on the post's page, or change the "
            "link."
        )
        yield Finding(Weight.WARN, sentence, code="link_closed")


@registry.checks.add
def channel_in_order(subject: Subject) -> Iterable[Finding]:
    """An account that must be signed in to again would let the post fail."""
    for channel in subject.channels:
        if channel.health == Health.REMOVED:
            sentence = _("This account is not connected any more. Choose another one.")
            yield Finding(Weight.BLOCK, sentence, channel, code="channel_removed")
        elif not channel.is_ok:
            sentence = _("This account needs a new sign-in before anything can leave.")
            yield Finding(Weight.WARN, sentence, channel, code="channel_in_order")


@registry.checks.add
def election_window(subject: Subject) -> Iterable[Finding]:
    """What the election calendar says of the time at which it would leave."""
    campaign = subject.post.campaign
    verdict, phase = election.verdict(campaign, subject.post.kind, subject.leaves_at)
    if verdict == election.Verdict.ALLOW:
        return
    told = {
        "kind": subject.post.get_kind_display(),
        "phase": phase.label,
        "time": date_format(localtime(subject.leaves_at, campaign.tz), "j F Y H:i"),
    }
    if verdict == election.Verdict.BLOCK:
        sentence = _("At %(time)s the calendar is in: %(phase)s. Then nothing of this kind may leave: %(kind)s.") % told
        yield Finding(Weight.BLOCK, sentence, code="election_window")
    else:
        sentence = _("In this part of the calendar (%(phase)s) be careful with: %(kind)s.") % told
        yield Finding(Weight.WARN, sentence, code="election_window")


@registry.checks.add
def alt_text(subject: Subject) -> Iterable[Finding]:
    """A picture without a description says nothing to those who cannot see it."""
    if any(not picture.alt.strip() for picture in subject.pictures if not picture.media.is_film):
        sentence = _("Describe the picture in a few words for those who cannot see it.")
        yield Finding(Weight.NOTE, sentence, code="alt_text")
