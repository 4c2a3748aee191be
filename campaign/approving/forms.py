"""What a person may type to answer a post, and to change the approval rules."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign.approving.needs import Terms
from campaign.forms_posts import VersionForm
from campaign.models import Kind, Member, Role
from campaign.policy import House

ASK_REASONS = (
    lazy("Make it shorter."),
    lazy("Check the figures and where they come from."),
    lazy("Choose another picture."),
    lazy("These are not my words yet."),
)
REFUSE_REASONS = (
    lazy("This is not the time for it."),
    lazy("This is not my position."),
    lazy("I have said this already."),
)
DEPUTY_REASONS = (lazy("The candidate cannot be reached."), lazy("It cannot wait any longer."))


class ApproveForm(VersionForm):
    """A yes; the deputy's with the reason."""

    reason = forms.CharField(
        label=lazy("Reason"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    quick = forms.CharField(max_length=300, required=False)
    planned = forms.CharField(max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        said = (str(cleaned.get("quick") or "").strip(), str(cleaned.get("reason") or "").strip())
        cleaned["reason"] = " ".join(filter(None, said))
        return cleaned


class NoForm(ApproveForm):
    """Changes asked, or a refusal: with a reason, typed or tapped."""

    reason = forms.CharField(
        label=lazy("Reason"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned["reason"] and "reason" not in self.errors:
            self.add_error("reason", _("Say in a few words why."))
        return cleaned


MOST_HOURS = 72


class PolicyForm(forms.Form):
    """A campaign's approval rules."""

    manager_kinds = forms.MultipleChoiceField(
        label=lazy("For which content is a campaign manager's approval enough?"),
        help_text=lazy("For all other content the candidate's own approval is needed."),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    four_eyes = forms.BooleanField(
        label=lazy("A second person reads every post before it leaves"),
        help_text=lazy("A campaign manager, or staff named below, who has not written it. They are asked first."),
        required=False,
    )
    readers = forms.MultipleChoiceField(
        label=lazy("Staff who may be the second reader"), required=False, widget=forms.CheckboxSelectMultiple
    )
    deputy = forms.ChoiceField(
        label=lazy("If the candidate does not answer in time"),
        help_text=lazy("The deputy says why; the candidate hears of it and can take it back until the post leaves."),
        required=False,
    )
    before = forms.IntegerField(
        label=lazy("Deadline: hours before the planned time"),
        help_text=lazy("The candidate always has at least half an hour after a post was submitted."),
        min_value=1,
        max_value=MOST_HOURS,
    )
    after = forms.IntegerField(
        label=lazy("Without a planned time: hours after submitting"), min_value=1, max_value=MOST_HOURS
    )
    remind = forms.IntegerField(
        label=lazy("First reminder: hours after submitting"),
        help_text=lazy("The next one comes at half of the time that remains. From 22.00 to 06.00 nobody is disturbed."),
        min_value=1,
        max_value=MOST_HOURS,
    )

    def __init__(self, house: House, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = _initial(house.terms)
        super().__init__(*args, **kwargs)
        managers = [(str(each.pk), _names(each)) for each in house.members if each.role == Role.MANAGER]
        staff = [(str(each.pk), each.user.name) for each in house.members if each.role == Role.STAFF]
        self._choose("deputy", [("", _("The post is held until the candidate answers")), *managers])
        self._choose("readers", staff)
        if not staff:
            del self.fields["readers"]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.error_messages["invalid_choice"] = _("This person is not on the team any more. Choose again.")

    def clean_manager_kinds(self) -> list[str]:
        chosen = list(self.cleaned_data["manager_kinds"])
        if not set(chosen) <= set(Kind.values):
            raise ValidationError(_("Choose from the list."))
        return chosen

    def terms(self) -> Terms:
        """What was typed."""
        told = self.cleaned_data
        return Terms(
            manager_kinds=frozenset(told["manager_kinds"]),
            four_eyes=told["four_eyes"],
            readers=frozenset(int(pk) for pk in told.get("readers", ())),
            deputy=int(told["deputy"]) if told["deputy"] else None,
            deadline_before=timedelta(hours=told["before"]),
            deadline_after=timedelta(hours=told["after"]),
            remind_after=timedelta(hours=told["remind"]),
        )


def hours(length: timedelta) -> int:
    return int(length.total_seconds() // 3600)


def _names(manager: Member) -> str:
    return _("%(name)s decides as deputy") % {"name": manager.user.name}


def _initial(terms: Terms) -> dict[str, Any]:
    return {
        "manager_kinds": sorted(terms.manager_kinds),
        "four_eyes": terms.four_eyes,
        "readers": [str(pk) for pk in sorted(terms.readers)],
        "deputy": str(terms.deputy or ""),
        "before": hours(terms.deadline_before),
        "after": hours(terms.deadline_after),
        "remind": hours(terms.remind_after),
    }
