"""What a person may type about a post."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import clock, election, envelopes, pictures, wording
from campaign.errors import Refused
from campaign.models import Campaign, Channel, Health, Kind, Media, Member, Post, PostMedia, Theme, Zone
from campaign.publishing import STALE, Content

FARTHEST = timedelta(days=730)
"""How far ahead a time may lie; a slip in the year would else plan a post for nobody."""


class VersionForm(forms.Form):
    """Which version a person was looking at when they pressed a button."""

    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("version") is None:
            self.errors.pop("version", None)
            raise ValidationError(_(STALE))
        return cleaned


class ReasonForm(VersionForm):
    """A no, or a removal: with the reason."""

    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": lazy("Say in a few words why.")},
    )


class TimeFields(forms.Form):
    """A day and a time of the campaign's own zone; both empty is *as soon as approved*."""

    date = forms.DateField(
        label=lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=lazy("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    campaign: Campaign

    def name_zone(self) -> None:
        """Say whose clock it is."""
        self.fields["time"].label = _("Time (%(zone)s)") % {"zone": Zone(self.campaign.zone).label}

    def moment(self) -> datetime | None:
        """When, or None. Adds its own errors, at the field."""
        day, at = self.cleaned_data.get("date"), self.cleaned_data.get("time")
        if "date" in self.errors or "time" in self.errors or (day is None and at is None):
            return None
        if day is None or at is None:
            missing = {"date": _("Choose the day too.")} if day is None else {"time": _("Choose the time too.")}
            self.add_error(None, ValidationError(missing))
            return None
        now = clock.now()
        if day > now.date() + FARTHEST:
            self.add_error("date", _("Choose a day within the next two years."))
            return None
        # Two days before is past in every zone; the year 1 cannot be compared across zones at all.
        if day < now.date() - timedelta(days=2) or datetime.combine(day, at, tzinfo=self.campaign.tz) < now:
            self.add_error("date", _("The time you chose is past. Choose a later one."))
            return None
        return datetime.combine(day, at, tzinfo=self.campaign.tz)


class RescheduleForm(VersionForm, TimeFields):
    """A new time, or now."""

    now = forms.BooleanField(required=False)

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.name_zone()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["to"] = None
        if not cleaned.get("now"):
            cleaned["to"] = self.moment()
            if cleaned["to"] is None and not self.errors:
                self.add_error("date", _("Choose the day and the time, or publish now."))
        return cleaned


class PostForm(TimeFields):
    """A whole post. `submits` says whether it is for saving only or goes to approval too.

    A draft may be unfinished; what goes to approval may not. An accepted picture stays accepted: `kept` names it when
    something else has to be corrected.
    """

    text = forms.CharField(
        label=lazy("Text"), required=False, max_length=20_000, strip=False, widget=forms.Textarea(attrs={"rows": 7})
    )
    picture = forms.FileField(
        label=lazy("Picture"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    kept = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    remove_picture = forms.BooleanField(label=lazy("Remove the picture"), required=False)
    alt = forms.CharField(
        label=lazy("Description for those who cannot see it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    channels = forms.ModelMultipleChoiceField(
        label=lazy("Accounts"),
        queryset=Channel.objects.none(),
        required=False,
        error_messages={"invalid_choice": lazy("One of these accounts is not here any more. Choose again.")},
    )
    title = forms.CharField(label=lazy("Title, for the team only"), required=False, max_length=120)
    kind = forms.ChoiceField(label=lazy("In the eyes of the law"), choices=Kind.choices, required=False)
    theme = forms.ChoiceField(label=lazy("Theme"), choices=[("", "–"), *Theme.choices], required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    form_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("text", "kept", "remove_picture", "picture", "alt", "channels", "date", "time")

    def __init__(self, member: Member, *args: Any, post: Post | None = None, like: Post | None = None, **kwargs: Any):
        kwargs["initial"] = _initial(member.campaign, post or like, is_copy=post is None) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.member, self.campaign, self.post = member, member.campaign, post
        self.saved: Post | None = None
        """What somebody else saved meanwhile, to be shown beside what was typed."""
        self.name_zone()
        mine = Channel.objects.visible_to(member)
        kept = ~Q(health=Health.REMOVED)
        self.choices = list(mine.filter(kept).order_by("platform", "handle"))
        cast("forms.ModelMultipleChoiceField[Channel]", self.fields["channels"]).queryset = mine.filter(kept)
        self.media_row: Media | None = None
        """The picture that goes along, once the form is cleaned; before, the one that was kept."""
        self._keep(self["kept"].value())

    @property
    def submits(self) -> bool:
        return self.data.get("do") == "submit"

    @property
    def chosen(self) -> set[str]:
        """The ids of the channels that are ticked."""
        return {str(value) for value in self["channels"].value() or ()}

    def draw(self, name: str, value: str) -> None:
        """Show `value` in a page that is drawn anew, instead of what came."""
        data = MultiValueDict(self.data.lists()) if isinstance(self.data, MultiValueDict) else MultiValueDict()
        data[name] = value
        self.data = data

    def clean_text(self) -> str:
        # Browsers send line ends as two characters; networks would count both.
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or Kind.CAMPAIGN)

    def clean_kept(self) -> str:
        wanted = str(self.cleaned_data["kept"])
        if wanted and self.media_row is None:
            raise ValidationError(_("The picture is not here any more. Choose it again."))
        return wanted

    def clean_picture(self) -> None:
        upload: UploadedFile[Any] | None = self.cleaned_data["picture"]
        if self.cleaned_data.get("remove_picture"):
            self._keep("")
        if not upload:
            return
        try:
            self.media_row = pictures.take_in(upload, self.campaign, by=self.member)
        except Refused as refusal:
            raise ValidationError(str(refusal.message)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # What was accepted stays in the page that is drawn anew.
        self.draw("kept", self.media_row.sha256 if self.media_row else "")
        self.draw("remove_picture", "")
        cleaned["planned_at"] = self._same_minute(self.moment())
        if not cleaned.get("text") and self.media_row is None and not self.errors.keys() & {"text", "picture", "kept"}:
            self.add_error("text", wording.problem("empty", {}))
        if self.submits:
            self._examine(cleaned)
        return cleaned

    def content(self) -> Content:
        """What was typed, ready for `publishing`."""
        told = self.cleaned_data
        shown = [(self.media_row, told["alt"].strip())] if self.media_row else []
        return Content(
            text=told["text"],
            channels=list(told["channels"]),
            kind=told["kind"],
            theme=told["theme"],
            title=told["title"],
            planned_at=told["planned_at"],
            pictures=shown,
        )

    def unsaved_pictures(self) -> list[PostMedia]:
        """The picture as the post will carry it, for counting and looking."""
        alt = str(self["alt"].value() or "")
        return [PostMedia(media=self.media_row, alt=alt)] if self.media_row else []

    def _same_minute(self, chosen: datetime | None) -> datetime | None:
        """The time as it is stored, if the form shows the same minute: saving it again then changes nothing."""
        stored = self.post.planned_at if self.post else None
        if chosen and stored and stored.replace(second=0, microsecond=0) == chosen:
            return stored
        return chosen

    def _keep(self, sha256: Any) -> None:
        wanted = str(sha256 or "")
        known = Media.objects.filter(campaign=self.campaign, sha256=wanted)
        self.media_row = known.first() if re.fullmatch("[0-9a-f]{64}", wanted) else None

    def _examine(self, cleaned: dict[str, Any]) -> None:
        """What stops a post on its way to approval, each at the field that cures it."""
        chosen = list(cleaned.get("channels") or ())
        if not chosen and "channels" not in self.errors:
            self.add_error("channels", _("Choose at least one channel."))
        draft = envelopes.draft_of(envelopes.draft_json(cleaned.get("text") or "", self.unsaved_pictures()))
        for channel in [] if "text" in self.errors else chosen:
            for problem in channel.connector_class.problems(draft, channel.limits):
                sentence = wording.problem(problem.code, problem.params)
                self.add_error(_field_of(problem.code), f"{_name(channel, chosen)}: {sentence}")
        if self.errors.keys() & {"date", "time", "kind"}:
            return
        verdict, phase = election.verdict(self.campaign, cleaned["kind"], cleaned["planned_at"] or clock.now())
        if verdict == election.Verdict.BLOCK:
            told = {"phase": phase.label, "kind": Kind(cleaned["kind"]).label}
            sentence = _(
                "At that time the calendar is in: %(phase)s. Then nothing of this kind may leave: %(kind)s. "
                "Choose another time."
            )
            self.add_error("date", sentence % told)


def _field_of(code: str) -> str:
    if code == "alt_too_long":
        return "alt"
    return "picture" if "picture" in code else "text"


def _name(channel: Channel, among: list[Channel]) -> str:
    """The network's name where that says it, else the account's too."""
    return channel.label if sum(other.platform == channel.platform for other in among) == 1 else str(channel)


def _initial(campaign: Campaign, post: Post | None, *, is_copy: bool) -> dict[str, Any]:
    """What the form shows before anybody types: the post, or for a new one every account that works."""
    if post is None:
        usable = Channel.objects.filter(campaign=campaign).usable().values_list("pk", flat=True)
        return {"form_id": uuid4(), "kind": Kind.CAMPAIGN, "channels": list(usable)}
    picture = post.pictures.select_related("media").first()
    shown: dict[str, Any] = {name: getattr(post, name) for name in ("text", "title", "kind", "theme")}
    shown["channels"] = [channel.pk for channel in post.channels.kept()]
    shown["kept"], shown["alt"] = (picture.media.sha256, picture.alt) if picture else ("", "")
    if is_copy:
        return shown | {"form_id": uuid4()}
    day, at = _local(campaign, post.planned_at)
    return shown | {"date": day, "time": at, "version": post.version}


def _local(campaign: Campaign, moment: datetime | None) -> tuple[date | None, time | None]:
    if moment is None:
        return None, None
    here = moment.astimezone(campaign.tz)
    return here.date(), here.time().replace(second=0, microsecond=0)
