"""What a person may type about a post."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import clock
from campaign.models import Campaign, Zone
from campaign.publishing import STALE

FARTHEST = timedelta(days=730)
"""How far ahead a time may lie; a slip in the year would else plan a post for nobody."""


class VersionForm(forms.Form):
    """Which version a person was looking at when they pressed a button."""

    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("version") is None:
            self.errors.pop("version", None)
            raise ValidationError(_(STALE))
        return cleaned


class ReasonForm(VersionForm):
    """A no, or a removal: with the reason."""

    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": lazy("Say in a few words why.")},
    )


class TimeFields(forms.Form):
    """A day and a time of the campaign's own zone; both empty is *as soon as approved*."""

    date = forms.DateField(
        label=lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=lazy("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    campaign: Campaign

    def name_zone(self) -> None:
        """Say whose clock it is."""
        self.fields["time"].label = _("Time (%(zone)s)") % {"zone": Zone(self.campaign.zone).label}

    def moment(self) -> datetime | None:
        """When, or None. Adds its own errors, at the field."""
        day, at = self.cleaned_data.get("date"), self.cleaned_data.get("time")
        if "date" in self.errors or "time" in self.errors or (day is None and at is None):
            return None
        if day is None or at is None:
            missing = {"date": _("Choose the day too.")} if day is None else {"time": _("Choose the time too.")}
            self.add_error(None, ValidationError(missing))
            return None
        now = clock.now()
        if day > now.date() + FARTHEST:
            self.add_error("date", _("Choose a day within the next two years."))
            return None
        # Two days before is past in every zone; the year 1 cannot be compared across zones at all.
        if day < now.date() - timedelta(days=2) or datetime.combine(day, at, tzinfo=self.campaign.tz) < now:
            self.add_error("date", _("The time you chose is past. Choose a later one."))
            return None
        return datetime.combine(day, at, tzinfo=self.campaign.tz)


class RescheduleForm(VersionForm, TimeFields):
    """A new time, or now."""

    now = forms.BooleanField(required=False)

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.name_zone()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["to"] = None
        if not cleaned.get("now"):
            cleaned["to"] = self.moment()
            if cleaned["to"] is None and not self.errors:
                self.add_error("date", _("Choose the day and the time, or publish now."))
        return cleaned
