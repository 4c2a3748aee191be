"""A post's numbers as its page shows them: when each was read, what is missing and why, and when the next comes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils.formats import number_format

from analytics import metrics, wording
from analytics.models import Pull, Reading
from campaign import clock
from campaign.linking import counting
from campaign.models import Campaign, Delivery, Member, Post

ASKING = timedelta(seconds=30)  # so long a reading that was asked for may be under way


@dataclass(frozen=True)
class Moment:
    """A time as the tag `when` shows it: today's by the clock alone, others with the day."""

    at: datetime
    form: str


@dataclass(frozen=True)
class Line:
    """One metric of one account: its newest value, and what changed since `before`, the reading before."""

    metric: str
    label: str
    value: int
    change: int | None
    read: Moment
    before: Moment | None

    @property
    def shown(self) -> str:
        return number(self.value)

    @property
    def shown_change(self) -> str:
        return "" if self.change is None else signed(self.change)


@dataclass(frozen=True)
class AccountNumbers:
    """One account on which the post is out.

    `state`: silent (its network tells no numbers of posts), unnamed (we do not know the post's name there), waiting
    (for the first reading), read, gone (the network no longer shows it) or down (we took it down).
    """

    name: str
    url: str
    state: str
    lines: list[Line] = field(default_factory=list)
    read: Moment | None = None
    failed: Moment | None = None
    why: str = ""
    upcoming: Moment | None = None
    gone: Moment | None = None
    is_asking: bool = False
    needs_sign_in: bool = False
    clicks: "Clicks | None" = None

    @property
    def is_overtaken(self) -> bool:
        """A number here was left out of the newest reading, and is older than it."""
        return len({line.read for line in self.lines}) > 1

    @property
    def has_changes(self) -> bool:
        """At least one number was read twice."""
        return any(line.before for line in self.lines)

    @property
    def before(self) -> Moment | None:
        """When the reading before was, where it was the same for all numbers."""
        found = {line.before for line in self.lines}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True)
class Clicks:
    """How often the account's short link was followed: counted by us, so true at the moment it is read."""

    shown: str
    address: str
    read: Moment
    is_closed: bool


@dataclass(frozen=True)
class Total:
    """One metric that every account tells, summed."""

    label: str
    shown: str


@dataclass(frozen=True)
class Numbers:
    """All that the panel shows."""

    campaign: Campaign
    accounts: list[AccountNumbers]
    totals: list[Total]
    counted: int
    can_read: bool
    read_url: str
    clicks: str = ""
    """Of all short links together; empty where there is none."""
    link: str = ""
    """Where the post leads."""
    close_url: str = ""
    """Where its short links are closed or opened; empty where there is none."""
    is_closed: bool = False
    is_uncounted: bool = False
    """Whether it leads somewhere past us, so that nobody counts."""


def context(post: Post, member: Member) -> dict[str, object]:
    """`numbers` for `analytics/_numbers_panel.html`; three queries, and one more where the post leads somewhere."""
    campaign = member.campaign
    rows = Delivery.objects.of_post(post.pk).firsts().published().select_related("channel", "pull").defer("draft")
    deliveries = list(rows.order_by("channel__platform", "pk"))
    pulls = [pull for row in deliveries if (pull := pull_of(row))]
    teller = Teller(clock.now(), campaign)
    lines = _lines(Reading.objects.latest(pulls), teller)
    clicks = counting.of_post(post) if post.link else {}
    accounts = [
        replace(_account(row, lines, teller), clicks=_clicks(clicks.get(row.channel_id), teller)) for row in deliveries
    ]
    out = [clicks[row.channel_id] for row in deliveries if row.channel_id in clicks]
    told = [account for account in accounts if account.state not in ("silent", "unnamed")]
    return {
        "numbers": Numbers(
            campaign=campaign,
            accounts=accounts,
            totals=_totals(told),
            counted=len(told),
            can_read=any(pull.ended_at is None for pull in pulls),
            read_url=reverse("analytics:read_now", args=[campaign.slug, post.pk]),
            clicks=number(sum(each.count for each in out)) if len(out) > 1 else "",
            link=post.link,
            close_url=reverse("campaign:close_link", args=[campaign.slug, post.pk]) if clicks else "",
            is_closed=bool(clicks) and all(each.is_closed for each in clicks.values()),
            is_uncounted=bool(post.link and deliveries and not clicks),
        )
    }


def _clicks(told: counting.Clicks | None, teller: "Teller") -> Clicks | None:
    return Clicks(number(told.count), told.address, teller.moment(told.read_at), told.is_closed) if told else None


def pull_of(delivery: Delivery) -> Pull | None:
    """The pull of a delivery loaded with it, if there is one."""
    return getattr(delivery, "pull", None)


@dataclass(frozen=True)
class Teller:
    """Tells times as seen now from the campaign's zone."""

    now: datetime
    campaign: Campaign

    def moment(self, at: datetime) -> Moment:
        zone = self.campaign.tz
        return Moment(at, "clock" if at.astimezone(zone).date() == self.now.astimezone(zone).date() else "day")

    def maybe(self, at: datetime | None) -> Moment | None:
        return self.moment(at) if at else None


def _lines(readings: Iterable[Reading], teller: Teller) -> dict[int, list[Line]]:
    """By pull: one line per metric. `readings` hold two per metric at most."""
    ordered = sorted(readings, key=lambda r: (r.pull_id, metrics.place(r.metric), r.metric, -r.read_at.timestamp()))
    found: dict[int, list[Line]] = {}
    for (pull_id, metric), group in groupby(ordered, key=lambda r: (r.pull_id, r.metric)):
        newest, *older = group
        before = older[0] if older else None
        line = Line(
            metric=metric,
            label=metrics.label(metric, newest.remote_name),
            value=newest.value,
            change=newest.value - before.value if before else None,
            read=teller.moment(newest.read_at),
            before=teller.moment(before.read_at) if before else None,
        )
        found.setdefault(pull_id, []).append(line)
    return found


def _account(delivery: Delivery, lines: dict[int, list[Line]], teller: Teller) -> AccountNumbers:
    channel, pull = delivery.channel, pull_of(delivery)
    # A person may have typed the link.
    url = delivery.remote_url if delivery.remote_url.startswith(("https://", "http://")) else ""
    if not metrics.measures_posts(channel):
        return AccountNumbers(str(channel), url, "silent")
    if pull is None:
        return AccountNumbers(str(channel), url, "unnamed")
    return AccountNumbers(
        name=str(channel),
        url=url,
        state=_state(pull),
        lines=lines.get(pull.pk, []),
        read=teller.maybe(pull.read_at),
        failed=teller.maybe(pull.failed_at),
        why=wording.problem(pull.problem, pull.problem_params) if pull.failed_at else "",
        upcoming=teller.moment(max(pull.next_at, teller.now)) if pull.next_at and channel.is_ok else None,
        gone=teller.maybe(pull.gone_at),
        is_asking=_is_asking(pull, teller.now),
        needs_sign_in=not channel.is_ok,
    )


def _is_asking(pull: Pull, now: datetime) -> bool:
    """A member asked and no answer is there yet."""
    if pull.asked_at is None or now - pull.asked_at > ASKING:
        return False
    answers = (at for at in (pull.read_at, pull.failed_at, pull.gone_at) if at)
    return all(at < pull.asked_at for at in answers)


def _state(pull: Pull) -> str:
    if pull.ended_at:
        return "down"
    if pull.gone_at:
        return "gone"
    return "read" if pull.read_at else "waiting"


def _totals(told: list[AccountNumbers]) -> list[Total]:
    """Sums over the metrics that every account tells; a sum that leaves one out would say less than there is."""
    if len(told) < 2:
        return []
    shared = set.intersection(*({line.metric for line in account.lines} for account in told))
    sums: dict[str, int] = {}
    for line in (line for account in told for line in account.lines if line.metric in shared):
        sums[line.metric] = sums.get(line.metric, 0) + line.value
    return [Total(metrics.label(metric), number(sums[metric])) for metric in sorted(sums, key=metrics.place)]


# In words ----------------------------------------------------------------------------------------


def number(value: int) -> str:
    """As the reader's language writes it: 12.345."""
    return number_format(value, use_l10n=True, force_grouping=True)


def signed(value: int) -> str:
    """A change: +3, −3 or 0."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + number(abs(value))
