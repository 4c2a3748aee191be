"""What a person types to search the record, and to save a part of it."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import record_words
from campaign.models import Member
from campaign.rules import FIRST_YEAR, LAST_YEAR

POSKO = "posko"
DAY = {"invalid": lazy("Type a date as the field shows it.")}


@dataclass(frozen=True)
class Asked:
    """What is looked for; empty where anything will do."""

    who: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    about: str = ""


class SearchForm(forms.Form):
    """Who, what kind of act, when, on what."""

    who = forms.ChoiceField(label=lazy("Who"), required=False)
    kind = forms.ChoiceField(label=lazy("Kind of act"), required=False)
    since = forms.DateField(
        label=lazy("From day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=DAY,
    )
    until = forms.DateField(
        label=lazy("To day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=DAY,
    )
    about = forms.CharField(
        label=lazy("On what"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = Member.objects.filter(campaign_id=member.campaign_id).select_related("user").order_by("user__name", "pk")
        people = [(str(each.pk), each.user.name) for each in team]
        self._choose("who", [("", _("everybody")), *people, (POSKO, _("Posko itself"))])
        self._choose("kind", [("", _("everything")), *((name, str(label)) for name, label in record_words.groups())])
        self.fields["about"].help_text = _("Such as %(example)s.") % {"example": record_words.name_of("post:41")}

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.error_messages["invalid_choice"] = _("Choose one of the list.")

    def clean_since(self) -> date | None:
        return self._day("since")

    def clean_until(self) -> date | None:
        return self._day("until")

    def _day(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(_("Look at the year."))
        return day

    def clean_about(self) -> str:
        """`Konten 41` or `post:41` as the record writes it."""
        typed = " ".join(str(self.cleaned_data["about"]).lower().split())
        if not typed:
            return ""
        found = re.fullmatch(r"(.*?)[ :]*(\d{1,18})", typed, re.ASCII)
        for model, thing in record_words.things().items():
            if found and found[1] in (model, (str(thing.label) % {"number": ""}).strip().lower()):
                return f"{model}:{int(found[2])}"
        raise ValidationError(
            _("Type what it is and its number, such as %(example)s.") % {"example": record_words.name_of("post:41")}
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        since, until = typed.get("since"), typed.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first one."))
        return typed

    @property
    def asked(self) -> Asked:
        return Asked(**self.cleaned_data)


class ExportForm(forms.Form):
    """Why a part of the record leaves Posko."""

    reason = forms.CharField(
        label=lazy("Why?"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=lazy("It stands in the file and in the record."),
        error_messages={"required": lazy("Say in a few words why.")},
    )
