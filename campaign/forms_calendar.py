"""What a person may type about a post's place in the calendar."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign.forms_posts import VersionForm
from campaign.publishing import STALE


class MoveForm(VersionForm):
    """Another day for a post. `was` is where the person saw it stand; `withdraws` gives its approval up."""

    date = forms.DateField(
        label=lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": lazy("Choose the day."), "invalid": lazy("Choose the day, such as 2029-02-03.")},
    )
    was = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    withdraws = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_was(self) -> datetime:
        was: datetime | None = self.cleaned_data["was"]
        if was is None or not 2000 <= was.year < 2100:  # at the ends of time no other zone can be told
            raise ValidationError(_(STALE))
        return was


class DayForm(forms.Form):
    """The day alone, as a link or a drop asks for it."""

    date = MoveForm.base_fields["date"]


def planned_day(asked: QueryDict) -> dict[str, date]:
    """The day that a link of the calendar asks to write for, as a form's initial value; empty for no such day."""
    try:
        return {"date": date.fromisoformat(asked.get("date", ""))}
    except ValueError:
        return {}
