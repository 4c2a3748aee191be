"""What a person types to invite, to join, to sign in with a PIN, and to change a membership."""

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from campaign import clock
from campaign.models import Campaign, Member, Role, User
from campaign.rules import LAST_YEAR
from campaign.team import declaration, inviting, pins
from campaign.team.joining import Newcomer
from campaign.templatetags.posko import DUTIES

SIX_DIGITS = RegexValidator(r"\A[0-9]{6}\Z", lazy("A PIN has six digits, 0 to 9."))

OFFERED = (Role.VOLUNTEER, Role.STAFF, Role.CANDIDATE, Role.TREASURER, Role.MANAGER)


def plain_name(typed: str) -> str:
    """A person's name as typed, without stray spaces. Raises ValidationError when it holds no letters."""
    name = " ".join(unicodedata.normalize("NFKC", typed).split())
    hidden = any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") for letter in name)
    if hidden or not any(letter.isalpha() for letter in name):
        raise ValidationError(_("Type the name with letters."))
    return name


def name_field(label: Any, **options: Any) -> forms.CharField:
    attrs = {"autocomplete": "name", "autocapitalize": "words"}
    return forms.CharField(label=label, max_length=100, widget=forms.TextInput(attrs=attrs), **options)


def pin_field(label: Any, *, is_new: bool) -> forms.CharField:
    """Six digits; a new one is shown while it is typed, so that nobody has to type it twice."""
    attrs = {"inputmode": "numeric", "maxlength": pins.LENGTH, "autocomplete": "off" if is_new else "current-password"}
    return forms.CharField(
        label=label,
        validators=[SIX_DIGITS],
        max_length=200,
        widget=forms.TextInput(attrs) if is_new else forms.PasswordInput(attrs),
        help_text=lazy("Six digits that you remember and nobody guesses: no birthday, no pattern.") if is_new else "",
    )


class DayField(forms.DateField):
    """The last day of a membership; may stay empty."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, widget=widget, **options)


def end_of(day: date, campaign: Campaign) -> datetime:
    """The moment when a day is over in the campaign's zone. Raises ValidationError for a day that is past."""
    if day < clock.now().astimezone(campaign.tz).date():
        raise ValidationError(_("This day is over. Choose a later one, or leave it empty."))
    if day.year > LAST_YEAR:
        raise ValidationError(_("This day is too far off. Choose an earlier one, or leave it empty."))
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=campaign.tz)


def last_day(member: Member) -> date | None:
    """The last day of a membership in the campaign's zone."""
    if member.access_ends_at is None:
        return None
    return (member.access_ends_at - timedelta(seconds=1)).astimezone(member.campaign.tz).date()


# A manager's -------------------------------------------------------------------------------------


class InviteForm(forms.Form):
    """Whom, as what, for how long."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    for_whom = forms.CharField(
        label=lazy("For whom?"),
        max_length=100,
        help_text=lazy("A name for your list; they type their own when they join."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )
    role = forms.ChoiceField(label=lazy("As what?"), widget=forms.RadioSelect)
    ends = DayField(
        label=lazy("Last day on the team"), help_text=lazy("Left empty, the membership does not end by itself.")
    )
    holds = forms.ChoiceField(label=lazy("The link works for"), initial="7")

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["form_id"].initial = uuid4
        role, holds = self.fields["role"], self.fields["holds"]
        assert isinstance(role, forms.ChoiceField) and isinstance(holds, forms.ChoiceField)
        role.choices = [(each.value, f"{capfirst(str(each.label))}: {DUTIES[each]}") for each in OFFERED]
        holds.choices = [
            (str(days), ngettext("%(days)s day", "%(days)s days", days) % {"days": days}) for days in inviting.CHOICES
        ]

    def clean_for_whom(self) -> str:
        return plain_name(self.cleaned_data["for_whom"])

    def clean_ends(self) -> datetime | None:
        day = self.cleaned_data["ends"]
        return end_of(day, self.campaign) if day else None

    def asked(self) -> dict[str, Any]:
        """What was typed, for the verb."""
        typed = self.cleaned_data
        return {
            "role": typed["role"],
            "for_whom": typed["for_whom"],
            "access_ends_at": typed["ends"],
            "holds": timedelta(days=int(typed["holds"])),
            "form_id": str(typed["form_id"]),
        }


def _roles() -> list[tuple[str, str]]:
    return [(each.value, capfirst(str(each.label))) for each in OFFERED]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=lazy("Role"), choices=_roles)


class AccessForm(forms.Form):
    """The last day on the team, or none."""

    ends = DayField(
        label=lazy("Last day on the team"), help_text=lazy("Left empty, the membership does not end by itself.")
    )

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign

    def clean_ends(self) -> datetime | None:
        day = self.cleaned_data["ends"]
        return end_of(day, self.campaign) if day else None


class SuspendForm(forms.Form):
    reason = forms.CharField(
        label=lazy("Why?"),
        max_length=300,
        help_text=lazy("Only campaign managers read this."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": lazy("Say in a few words why.")},
    )


# Of those who join -------------------------------------------------------------------------------


class DeclaredForm(forms.Form):
    """What everybody has to declare who joins."""

    declared = forms.BooleanField(
        label=lazy("I declare that all of this is true."),
        error_messages={"required": lazy("Read the list. Who cannot declare all of it may not join a campaign team.")},
    )

    def newcomer(self) -> Newcomer:
        """Who joins, for the verb."""
        raise NotImplementedError


class _NewPin(forms.Form):
    """A PIN that is not too easy."""

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        weak = pins.why_weak(pin)
        if weak:
            raise ValidationError(weak)
        return pin


class PinJoinForm(_NewPin, DeclaredForm):
    """A volunteer without e-mail."""

    name = name_field(lazy("Your name"), help_text=lazy("With this name you sign in later."))
    pin = pin_field(lazy("Your PIN"), is_new=True)
    field_order = ("name", "pin", "declared")

    def clean_name(self) -> str:
        return plain_name(self.cleaned_data["name"])

    def newcomer(self) -> Newcomer:
        return Newcomer(name=self.cleaned_data["name"], pin=self.cleaned_data["pin"])


class AccountJoinForm(DeclaredForm):
    """Who makes an account with e-mail and password."""

    name = name_field(lazy("Your name"))
    email = forms.EmailField(label=lazy("Your e-mail address"), widget=forms.EmailInput({"autocomplete": "email"}))
    password = forms.CharField(
        label=lazy("A password"),
        help_text=lazy("Eight characters or more, and not a common one."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    field_order = ("name", "email", "password", "declared")
    is_known = False
    """Whether the address belongs to somebody here: they sign in first."""

    def clean_name(self) -> str:
        return plain_name(self.cleaned_data["name"])

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if declaration.is_official(email):
            raise ValidationError(_("A campaign may not use an office's address. Type a private one."))
        if User.objects.filter(email__iexact=email).exists():
            self.is_known = True
            raise ValidationError(_("Somebody here has this e-mail address already. If it is yours, sign in first."))
        return email

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("password"):
            try:
                validate_password(typed["password"], User(email=typed.get("email"), name=typed.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return typed

    def newcomer(self) -> Newcomer:
        typed = self.cleaned_data
        return Newcomer(name=typed["name"], email=typed["email"], password=typed["password"])


class OwnJoinForm(DeclaredForm):
    """Who is signed in joins with their own account."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def newcomer(self) -> Newcomer:
        return Newcomer(user=self.user)


class OwnPinJoinForm(_NewPin, OwnJoinForm):
    """The same for a volunteer without e-mail, who needs a PIN in each campaign."""

    pin = pin_field(lazy("Your PIN for this campaign"), is_new=True)
    field_order = ("pin", "declared")

    def newcomer(self) -> Newcomer:
        return Newcomer(user=self.user, pin=self.cleaned_data["pin"])


class NewPinForm(_NewPin):
    pin = pin_field(lazy("Your new PIN"), is_new=True)


class PinSignInForm(forms.Form):
    name = forms.CharField(
        label=lazy("Your name"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "words"}),
    )
    pin = pin_field(lazy("Your PIN"), is_new=False)


class AddressForm(forms.Form):
    """Which campaign: its address, or a whole link that was saved."""

    address = forms.CharField(
        label=lazy("Address of the campaign"),
        max_length=300,
        help_text=lazy(
            "The last part of the address that you saved, such as ratna-wijayanti. The whole address will do too."
        ),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": lazy("Type the address of the campaign.")},
    )

    def clean_address(self) -> str:
        typed = str(self.cleaned_data["address"]).partition("?")[0].partition("#")[0].rstrip("/ ")
        parts = typed.lower().split("/")
        slug = parts[parts.index("c") + 1] if "c" in parts[:-1] else parts[-1]
        if not Campaign.objects.filter(slug=slug).exists():
            raise ValidationError(
                _("No campaign has this address. Look at what you saved, or ask your campaign manager.")
            )
        return slug
