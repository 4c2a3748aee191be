"""What a person may tell of an envelope."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as lazy

from campaign.models import Delivery

CHANGED = lazy("This has changed meanwhile. Look again.")
NO_LINK = lazy("This is no link. Copy it from the browser's address line, or leave it empty.")


class SeenForm(forms.Form):
    """Which try of the envelope a person was looking at."""

    tries = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, delivery: Delivery, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.delivery = delivery

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("tries") != self.delivery.tries:
            self.errors.pop("tries", None)
            raise ValidationError(str(CHANGED))
        return cleaned


def _link() -> forms.URLField:
    return forms.URLField(
        label=lazy("Link to it"), required=False, max_length=300, assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://", "inputmode": "url"}),
        error_messages={"invalid": NO_LINK},
    )  # fmt: skip


def clean_link(form: forms.Form) -> str:
    """Only an address that a browser opens."""
    link = str(form.cleaned_data["link"])
    if link and not link.startswith(("https://", "http://")):
        raise ValidationError(str(NO_LINK))
    return link


class FinishForm(SeenForm):
    """Whether a person has published it by hand, or why nobody will."""

    DONE, BEFORE, NOT = "done", "before", "not"

    answer = forms.ChoiceField(
        choices=[(DONE, ""), (BEFORE, ""), (NOT, "")], error_messages={"required": lazy("Choose one.")}
    )
    link = _link()
    reason = forms.CharField(label=lazy("Why not"), required=False, max_length=300)

    clean_link = clean_link

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if self.data.get("answer") == self.NOT and not reason:
            raise ValidationError(str(lazy("Say in a few words why.")))
        return reason


class HandForm(FinishForm):
    """The same from the phone of whoever sent it, with something to show for it."""

    proof = forms.FileField(label=lazy("Screenshot"), required=False)
    without = forms.BooleanField(label=lazy("I have no proof"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        has_proof = cleaned.get("link") or cleaned.get("proof") or cleaned.get("without")
        if self.data.get("answer") in (self.DONE, self.BEFORE) and not has_proof and not self.errors:
            self.add_error("proof", str(lazy("Choose a screenshot or paste a link, or tick that you have neither.")))
        return cleaned


class DecideForm(SeenForm):
    """Whether it is out."""

    OUT, AGAIN, HOLD = "out", "again", "hold"

    answer = forms.ChoiceField(
        choices=[(OUT, lazy("It is published")), (AGAIN, lazy("Send it again")), (HOLD, lazy("Hold it"))],
        error_messages={"required": lazy("Choose what you found.")},
    )
    link = _link()
    clean_link = clean_link
