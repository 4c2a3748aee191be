"""What a person may tell of a post that Posko did not send."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from campaign.models import Campaign, Member


class OursForm(forms.Form):
    """Who of us did it, and why without Posko."""

    who = forms.ModelChoiceField(
        Member.objects.none(),
        label=lazy("Who did it?"),
        empty_label=lazy("Somebody who is not on the team here"),
        required=False,
    )
    reason = forms.CharField(
        label=lazy("Why without Posko?"),
        max_length=300,
        help_text=lazy("It stays on the record."),
        error_messages={"required": lazy("Say in a few words why it was done without Posko.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = self.fields["who"]
        assert isinstance(who, forms.ModelChoiceField)
        who.queryset = Member.objects.active().filter(campaign=campaign).select_related("user").order_by("pk")
