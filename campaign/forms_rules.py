"""What a person types to change a rule."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as lazy

from campaign.errors import Refused
from campaign.rules import KEYS, Unit

WHY = {"required": lazy("Say in a few words why.")}


class EndRuleForm(forms.Form):
    """Why the campaign goes back to the rule as shipped."""

    reason = forms.CharField(
        label=lazy("Why?"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=WHY,
    )


class ChangeRuleForm(forms.Form):
    """The new value of one rule, and why."""

    reason = forms.CharField(
        label=lazy("Why?"),
        help_text=lazy("Such as the decision of KPU with its number. The whole team reads this."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=WHY,
    )
    field_order = ("value", "reason")

    def __init__(self, *args: Any, key: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        self.fields["value"] = _field(key)
        self.order_fields(self.field_order)

    def clean_value(self) -> int | str:
        try:
            return KEYS[self.key].check(self.cleaned_data["value"])
        except Refused as refusal:
            raise ValidationError(str(refusal.message)) from refusal


def _field(key: str) -> forms.Field:
    rule = KEYS[key]
    if rule.unit == Unit.DATE:
        return forms.DateField(
            label=lazy("New date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        )
    if rule.unit == Unit.TIME:
        return forms.TimeField(label=lazy("New time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    if rule.unit == Unit.CHOICE:
        return forms.ChoiceField(label=lazy("New value"), choices=rule.options)
    labels = {
        Unit.DAYS: lazy("New number of days"),
        Unit.MINUTES: lazy("New number of minutes"),
        Unit.HOURS: lazy("New number of hours"),
        Unit.SECONDS: lazy("New number of seconds"),
        Unit.ACCOUNTS: lazy("New number of accounts"),
        Unit.ADS: lazy("New number of advertisements"),
    }
    return forms.IntegerField(label=labels[rule.unit], min_value=rule.least, max_value=rule.most)
