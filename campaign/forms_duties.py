"""What a person types about a duty."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign.duties import deeds
from campaign.models import Duty, FilingStep, Member

ACCEPT = {"accept": "application/pdf,image/jpeg,image/png,image/webp"}


def proof_file() -> forms.FileField:
    """One file as a proof; what it may be is looked at when it is kept (`duties.proofs`)."""
    return forms.FileField(
        label=lazy("File"),
        required=False,
        help_text=lazy("A PDF or a picture, up to 10 MB."),
        widget=forms.FileInput(attrs=ACCEPT),
        error_messages={"empty": lazy("This file is empty. Choose another one.")},
    )


class WebLinkField(forms.URLField):
    """A page on the web, if there is one."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, **options: Any) -> None:
        invalid = {"invalid": lazy("Type a whole address, such as https://kpu.go.id.")}
        super().__init__(max_length=500, required=False, assume_scheme="https", error_messages=invalid, **options)


def _number(**options: Any) -> forms.CharField:
    return forms.CharField(
        label=lazy("Number of the receipt"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        **options,
    )


class AssignForm(forms.Form):
    """Who looks after it."""

    owner = forms.ModelChoiceField(
        Member.objects.none(),
        label=lazy("Who looks after it"),
        empty_label=lazy("Choose somebody."),
        error_messages={"required": lazy("Choose somebody."), "invalid_choice": lazy("Choose somebody of the team.")},
    )

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = Member.objects.active().filter(campaign_id=member.campaign_id).select_related("user")
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = team.filter(role__in=deeds.OWNERS).order_by("user__name", "pk")
        field.label_from_instance = lambda each: f"{each.user.name} ({each.get_role_display()})"  # type: ignore[method-assign, assignment]


class FinishForm(forms.Form):
    """That it is done, and what shows it."""

    file = proof_file()
    number = _number(help_text=lazy("As it stands on the receipt or letter."))
    link = WebLinkField(label=lazy("Link"), help_text=lazy("Where the proof can be seen."))
    note = forms.CharField(
        label=lazy("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
    )

    def __init__(self, row: Duty | None, *args: Any, **kwargs: Any) -> None:
        if row:
            kwargs["initial"] = {"number": row.number, "link": row.link, "note": row.note}
        super().__init__(*args, **kwargs)
        self.has_proof = bool(row and row.proof_id)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not self.has_proof and not any(typed.get(name) for name in ("file", "number", "link")):
            raise ValidationError(_("Add a proof: a file, a link or the number of the receipt."))
        return typed

    @property
    def evidence(self) -> deeds.Evidence:
        typed = self.cleaned_data
        return deeds.Evidence(typed.get("file"), typed["link"], typed["number"], typed["note"])


class StepForm(forms.Form):
    """Which of the account's two steps is meant."""

    step = forms.ChoiceField(choices=FilingStep.choices, widget=forms.HiddenInput)


class FileChannelForm(StepForm):
    """That an account was registered or closed: when, with which proof."""

    day = forms.DateField(
        label=lazy("Done on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": lazy("Type the day on which it was done."),
            "invalid": lazy("Type a date as the field shows it."),
        },
    )
    number = _number()
    file = proof_file()

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day.year < 2000:
            raise ValidationError(_("This day is too long ago. Look at the year."))
        return day
