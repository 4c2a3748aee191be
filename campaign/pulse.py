"""Signs of life: which parts of Posko were at work when, and how far the networks' clocks are from ours."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Func

from campaign import clock
from campaign.models import Pulse

SILENT_AFTER = timedelta(seconds=60)
SKEW_ALARM = timedelta(seconds=5)
PARTS = ("tick", "deliver")


def beat(name: str, value: float = 0) -> None:
    """Note that part `name` is at work now."""
    Pulse.objects.update_or_create(name=name, defaults={"at": clock.now(), "value": value})


def is_off(skew: timedelta | None) -> bool:
    """Whether a network's clock is so far from ours that people should know."""
    return skew is not None and abs(skew) > SKEW_ALARM


def note_skew(skew: timedelta | None) -> None:
    """Note a network's clock that differs by more than five seconds; a smaller difference is not worth a row."""
    if skew is not None and is_off(skew):
        beat("clock", skew.total_seconds())


@dataclass(frozen=True)
class Alarm:
    """One thing wrong with the machine. `kind`: silent or clock."""

    kind: str
    part: str
    seconds: int


def alarms() -> list[Alarm]:
    """What is wrong right now; one query, for every page asks, and none of it needs Redis."""
    age = ExpressionWrapper(
        Func(function="campaign_now", output_field=DateTimeField()) - F("at"), output_field=DurationField()
    )
    pulses = {pulse.name: pulse for pulse in Pulse.objects.annotate(age=age)}
    found = [
        Alarm("silent", part, int(pulses[part].age.total_seconds()) if part in pulses else -1)
        for part in PARTS
        if part not in pulses or pulses[part].age > SILENT_AFTER
    ]
    clock_pulse = pulses.get("clock")
    if clock_pulse and clock_pulse.age < timedelta(hours=1):
        found.append(Alarm("clock", "clock", abs(int(clock_pulse.value))))
    return found
