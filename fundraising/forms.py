"""What a person types about an ad."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign.access import may
from campaign.forms_duties import WebLinkField, proof_file
from campaign.models import Channel, Member, Post, PostState
from campaign.rules import FIRST_YEAR, LAST_YEAR
from fundraising.exporting import TYPES
from fundraising.law import NETWORKS
from fundraising.models import NAMELESS, Ad, AdState, Medium
from fundraising.recording import NAMES, Facts

MOST_SPEND = 1_000_000_000_000
MOST_DAYS = 366
BOOSTABLE = (PostState.SCHEDULED, PostState.PUBLISHED, PostState.PARTLY)
OFFERED = 100  # posts, the newest
PLAIN = {"autocomplete": "off"}
# Cents never stand behind the sign that also parts the thousands: 1.500.00 is a slip and not 1.500.
RUPIAH = re.compile(r"(\d+|\d{1,3}(\.\d{3})+|\d{1,3}(\s\d{3})+)(,-|,00)?|\d{1,3}(,\d{3})+(\.00)?", re.ASCII)


class RupiahField(forms.CharField):
    """Whole rupiah as people type it: 1500000, 1.500.000, Rp 1.500.000,-"""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={**PLAIN, "inputmode": "numeric"})
        super().__init__(max_length=30, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return number_format(value, use_l10n=True, force_grouping=True) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        typed = re.sub(r"^rp\.?\s*", "", str(super().clean(value)).strip(), flags=re.IGNORECASE)
        if not typed:
            return None
        if not RUPIAH.fullmatch(typed):
            raise ValidationError(_("Type whole rupiah, such as %(example)s.") % {"example": "1.500.000"})
        amount = int(re.sub(r"\D", "", re.sub(r"(,-|[.,]00)$", "", typed)))
        if amount > MOST_SPEND:
            raise ValidationError(_("This is too much. Look at the zeros."))
        return amount


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": lazy("Type the day."),
            "invalid": lazy("Type a date as the field shows it."),
        },
    )


def _text(label: Any, most: int, *, required: bool = False, help_text: Any = "", missing: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": missing} if missing else None,
    )


def _name(post: Post, member: Member) -> str:
    """A post as its reader may know it: who sees only what is public gets the number of what is not."""
    if may(member, "post.write") or post.state in (PostState.PUBLISHED, PostState.PARTLY):
        return Truncator(str(post)).chars(70)
    return _("Post %(number)s") % {"number": post.pk}


class AdForm(forms.Form):
    """One ad that was bought elsewhere, or is to be."""

    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    state = forms.ChoiceField(
        label=lazy("How it stands"),
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Choose one."), "invalid_choice": lazy("Choose one.")},
    )
    medium = forms.ChoiceField(
        label=lazy("Medium"),
        error_messages={"required": lazy("Choose where it runs."), "invalid_choice": lazy("Choose one of the list.")},
    )
    outlet = _text(
        lazy("Which one"),
        120,
        help_text=lazy(
            "The name of the newspaper, station, website or place; for other media than the networks above."
        ),
    )
    channel = forms.ModelChoiceField(
        Channel.objects.none(),
        label=lazy("Our account"),
        required=False,
        empty_label=lazy("none"),
        help_text=lazy("If it runs in the name of one of our accounts."),
        error_messages={"invalid_choice": lazy("Choose one of the list.")},
    )
    post = forms.ModelChoiceField(
        Post.objects.none(),
        label=lazy("Boosted post"),
        required=False,
        empty_label=lazy("none"),
        help_text=lazy("If one of our posts is boosted."),
        error_messages={"invalid_choice": lazy("Choose one of the list.")},
    )
    first_day = _day(lazy("First day"))
    last_day = _day(lazy("Last day"))
    per_day = forms.IntegerField(
        label=lazy("How often a day"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=lazy("Spots or places on each of these days; 1 if you leave it empty."),
    )
    seconds = forms.IntegerField(
        label=lazy("Length in seconds"),
        required=False,
        min_value=1,
        max_value=86_400,
        help_text=lazy("Of a film or sound."),
    )
    spend = RupiahField(
        label=lazy("Spend in rupiah"),
        required=False,
        help_text=lazy("With tax and fees. Needed once it ran; of a plan, if it is known."),
    )
    paid_on = _day(
        lazy("Paid on"), required=False, help_text=lazy("The books count it on this day, else on its last day.")
    )
    payer = _text(
        lazy("Paid by"), 120, required=True, missing=lazy("Type who paid, such as the party or the candidate.")
    )
    account = _text(
        lazy("Bought through"), 120, help_text=lazy("The name of the advertising account or agency; no password.")
    )
    disclaimer = forms.CharField(
        label=lazy("Line that says who paid"),
        max_length=300,
        required=False,
        help_text=lazy("Word for word as it stands there, such as “Iklan kampanye. Dibayar oleh …”."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
    )
    is_disclaimer_shown = forms.BooleanField(
        label=lazy("I have seen that this line is shown on the advertisement."), required=False
    )
    link = WebLinkField(label=lazy("Where it leads"))
    receipt_number = _text(lazy("Number of the receipt"), 120)
    file = proof_file()
    note = forms.CharField(
        label=lazy("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
    )

    def __init__(self, member: Member, *args: Any, ad: Ad | None = None, **kwargs: Any) -> None:
        if ad is not None:
            kwargs["initial"] = {name: getattr(ad, name) for name in NAMES} | {"version": ad.version}
            if ad.state == AdState.CANCELLED:
                kwargs["initial"]["state"] = AdState.RAN if ad.spend is not None else AdState.PLANNED
        else:
            kwargs["initial"] = {"form_id": uuid4(), "per_day": 1} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Receipt")
        self._choose("state", [(AdState.PLANNED, _("It is planned")), (AdState.RAN, _("It runs or has run"))])
        self._choose(
            "medium", [("", _("Choose where it runs."))] + [(each.value, capfirst(str(each.label))) for each in Medium]
        )
        kept = Q(pk=ad.channel_id) if ad and ad.channel_id else Q(pk=None)
        accounts = Channel.objects.visible_to(member)
        self._offer("channel", (accounts.kept() | accounts.filter(kept)).order_by("platform", "name", "pk"))
        posts = Post.objects.filter(campaign_id=member.campaign_id)
        newest = Post.objects.visible_to(member).filter(state__in=BOOSTABLE).order_by("-changed_at").values("pk")
        kept = Q(pk=ad.post_id) if ad and ad.post_id else Q(pk=None)
        self._offer("post", posts.filter(Q(pk__in=newest[:OFFERED]) | kept).order_by("-changed_at"))
        self.fields["post"].label_from_instance = lambda post: _name(post, member)  # type: ignore[attr-defined]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        self._clean_days(typed)
        medium, channel = typed.get("medium"), typed.get("channel")
        if medium in NAMELESS and not (typed.get("outlet") or "").strip() and "outlet" not in self.errors:
            self.add_error("outlet", _("Type which one: each newspaper, station and website is counted by itself."))
        self._clean_other(medium, typed.get("outlet") or "", channel)
        if medium and channel and medium not in (channel.platform, Medium.SOCIAL):
            self.add_error("channel", _("This account is on another network than the medium above."))
        if medium in NETWORKS - {Medium.SOCIAL}:
            typed["outlet"] = ""  # its name says it
        if typed.get("is_disclaimer_shown") and not (typed.get("disclaimer") or "").strip():
            self.add_error("disclaimer", _("Type the line as it is shown there."))
        if typed.get("state") == AdState.RAN and typed.get("spend") is None and "spend" not in self.errors:
            self.add_error("spend", _("Type what it cost. If it cost nothing, type 0."))
        return typed

    def _clean_other(self, medium: str | None, outlet: str, channel: Channel | None) -> None:
        """A network that has rules of its own is chosen by its name, not typed as another one."""
        if medium not in (Medium.SOCIAL, Medium.ONLINE):
            return
        words = outlet.casefold().replace(".com", "").split()
        named = [each for each in NETWORKS - {Medium.SOCIAL} if str(each.label).casefold() in words]
        if named or (channel and channel.platform in Medium.values):
            sentence = _("%(network)s is on the list above: choose it there, so that its own rules count.")
            name = str(named[0].label) if named else Medium(channel.platform).label if channel else ""
            self.add_error("medium", sentence % {"network": name})

    def _clean_days(self, typed: dict[str, Any]) -> None:
        for name in ("first_day", "last_day", "paid_on"):
            day = typed.get(name)
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, _("Look at the year."))
        first, last = typed.get("first_day"), typed.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("This day lies before the first one."))
        elif first and last and (last - first).days > MOST_DAYS:
            self.add_error("last_day", _("It cannot run longer than a year. Look at the days."))

    @property
    def facts(self) -> Facts:
        """What was typed, once it is valid."""
        typed = {name: self.cleaned_data[name] for name in NAMES}
        return Facts(**typed | {"per_day": typed["per_day"] or 1})


class ReceiptForm(forms.Form):
    """The receipt of one ad."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    receipt_number = _text(lazy("Number of the receipt"), 120)
    file = proof_file()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.label, field.required = _("Receipt"), True
        field.error_messages["required"] = _("Choose the file of the receipt.")


class CancelForm(forms.Form):
    """Why it does not count."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = _text(lazy("Why?"), 300, required=True, missing=lazy("Say in a few words why."))


class SaveForm(forms.Form):
    """As which file."""

    form = forms.ChoiceField(choices=[(name, name) for name in TYPES])
