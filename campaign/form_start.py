"""What a person types to begin a campaign, and why they stop it."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import beginning, clock
from campaign.beginning import Beginning
from campaign.models import Campaign, Level, Ruleset, User, Zone
from campaign.models.campaign import RESERVED
from campaign.rules import LAST_YEAR

OFFERED = [
    ("PEMILU_2029", lazy("Pemilu 2029: real accounts. Its calendar is a draft until KPU issues it.")),
    (beginning.PRACTICE, lazy("Practice: nothing reaches a real network. It stays practice for life.")),
]


class BeginForm(forms.Form):
    """Candidate, election, and the person who will manage the campaign."""

    candidate_name = forms.CharField(label=lazy("Name of the candidate"), max_length=120)
    level = forms.ChoiceField(label=lazy("Seat"), choices=Level.choices, widget=forms.RadioSelect)
    dapil = forms.CharField(
        label=lazy("Electoral district (dapil)"),
        max_length=80,
        help_text=lazy("Such as Jawa Barat VII; for DPD RI the province."),
    )
    party = forms.CharField(label=lazy("Party"), max_length=80, required=False, help_text=lazy("Not for DPD RI."))
    list_number = forms.IntegerField(label=lazy("List number"), required=False, min_value=1, max_value=99)
    ruleset = forms.ChoiceField(label=lazy("Real or practice?"), choices=OFFERED, widget=forms.RadioSelect)
    voting_day = forms.DateField(
        label=lazy("Voting day"),
        required=False,
        help_text=lazy("Leave it empty until KPU has fixed it; Posko then allows no campaign posts yet."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    zone = forms.ChoiceField(label=lazy("Time zone"), choices=Zone.choices, initial=Zone.WIB)
    manager = forms.CharField(
        label=lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=lazy("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=lazy("A password"),
        help_text=lazy("Eight characters or more, and not a common one."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    name = forms.CharField(
        label=lazy("Name of the campaign"),
        max_length=120,
        required=False,
        help_text=lazy("Left empty: Kampanye and the candidate's name."),
    )
    slug = forms.SlugField(
        label=lazy("Address"),
        max_length=60,
        required=False,
        help_text=lazy("Part of the address of your pages. Left empty, it is made of the candidate's name."),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("Somebody here has this e-mail address already. Use another one."))
        return email

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug in RESERVED:
            raise ValidationError(_("Posko needs this address itself. Choose another one."))
        if slug and Campaign.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another campaign has this address. Choose another one."))
        return slug

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        self._clean_seat(typed)
        self._clean_voting_day(typed)
        self._clean_password(typed)
        candidate = typed.get("candidate_name", "")
        typed["name"] = typed.get("name") or f"Kampanye {candidate}"[:120]
        typed["slug"] = typed.get("slug") or beginning.free_slug(candidate)
        return typed

    def _clean_seat(self, typed: dict[str, Any]) -> None:
        if typed.get("level") == Level.DPD:
            typed["party"] = ""
        elif typed.get("level") and not typed.get("party"):
            self.add_error("party", _("Type the party; only candidates for DPD RI run without one."))

    def _clean_voting_day(self, typed: dict[str, Any]) -> None:
        day = typed.get("voting_day")
        if typed.get("ruleset") == beginning.PRACTICE:
            typed["voting_day"] = None  # always forty days after the beginning
        elif day is not None and day <= clock.now().date():
            self.add_error("voting_day", _("This day is past. Type the coming voting day, or leave it empty."))
        elif day is not None and day.year > LAST_YEAR:
            self.add_error("voting_day", _("This day is too far off. Type the coming voting day, or leave it empty."))

    def _clean_password(self, typed: dict[str, Any]) -> None:
        if typed.get("password"):
            someone = User(email=typed.get("email"), name=typed.get("manager", ""))
            try:
                validate_password(typed["password"], someone)
            except ValidationError as error:
                self.add_error("password", error)

    def beginning(self) -> Beginning:
        """What was typed, for the verb."""
        ruleset = Ruleset.objects.get(code=self.cleaned_data["ruleset"])
        return Beginning(**(self.cleaned_data | {"ruleset": ruleset}))


class StopForm(forms.Form):
    """Why everything stops: one tap, a few words, or both; the whole team reads it."""

    OTHER = "other"
    REASONS = [
        ("hijacked", lazy("An account was hijacked")),
        ("wrong", lazy("Something wrong went out")),
        ("asked", lazy("The candidate asks for it")),
        (OTHER, lazy("Something else")),
    ]
    why = forms.ChoiceField(label=lazy("Why?"), choices=REASONS, required=False, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=lazy("In a few words"),
        help_text=lazy("The whole team reads this."),
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        chosen = dict(self.REASONS).get(typed.get("why") or self.OTHER)
        told = [] if typed.get("why") in ("", None, self.OTHER) else [str(chosen)]
        told += [typed["reason"]] if typed.get("reason") else []
        if not told and not self.errors:
            self.add_error("reason", _("Say in a few words why."))
        return {**typed, "reason": ": ".join(told)}
