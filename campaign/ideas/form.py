"""The phone's form: pictures, a place, one sentence."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign.errors import Refused
from campaign.ideas import gathering
from campaign.ideas.gathering import MOST_PICTURES, Found
from campaign.models import Media, Member
from campaign.writing.fields import Many, Pictures, SeveralFiles


class IntakeForm(forms.Form):
    """What is sent from the field. An accepted picture stays accepted when something else has to be corrected.

    `kept` names the pictures that are in already, signed for this member: nobody can name another's.
    """

    picture = Pictures(
        label=lazy("Pictures"),
        required=False,
        allow_empty_file=True,
        widget=SeveralFiles(attrs={"accept": "image/*"}),
        help_text=lazy("Up to four. Where and with what they were taken is removed from them."),
    )
    kept = Many(required=False, max_length=200)
    place = forms.CharField(
        label=lazy("Place"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": lazy("Such as: Sukamaju market")}),
    )
    text = forms.CharField(
        label=lazy("What is to be seen, in one sentence"),
        max_length=2000,
        error_messages={"required": lazy("Write one sentence: what is to be seen, and why it matters.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    people_agree = forms.BooleanField(
        label=lazy("The people in the pictures know and agree that they are used"), required=False
    )
    parents_agree = forms.BooleanField(
        label=lazy("There are children in the pictures, and their parents have agreed"), required=False
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, member: Member, *args: Any, typed: QueryDict | None = None, **kwargs: Any):
        """`typed` is shown as it is, examined by nobody."""
        kwargs["initial"] = {"form_id": uuid4()} | (_as_typed(typed) if typed else {}) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.member = member
        self.media_kept: list[Media] = self._kept(self["kept"].value() or [])
        self.wrong: list[str] = []

    @property
    def rows(self) -> list[tuple[str, Media]]:
        """The pictures that are in, each with the name that the browser sends back."""
        return [(_signer(self.member).sign(media.sha256), media) for media in self.media_kept]

    @property
    def room(self) -> int:
        """How many pictures may still be added."""
        return MOST_PICTURES - len(self.media_kept)

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()

    def clean_picture(self) -> None:
        wrong = self.take_in(self.cleaned_data["picture"])
        if wrong:
            raise ValidationError(wrong)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "form_id" in self.errors:
            self.add_error(None, _("This page is incomplete. Load it again."))
            self.renew()
        return cleaned

    def renew(self) -> None:
        """Drawn anew, it is another form: what it sends is another idea."""
        data = cast(QueryDict, self.data).copy()
        data["form_id"] = str(uuid4())
        self.data = data

    def take_in(self, uploads: Sequence["UploadedFile[Any]"]) -> list[str]:
        """Take the pictures in; what is wrong with those that are not. The sound ones are in nevertheless."""
        wrong = []
        for upload in uploads:
            if self.room < 1:
                wrong.append(_("Four pictures at most. Send the others with a second sentence."))
                break
            try:
                media = gathering.take_in(upload, by=self.member)
            except Refused as refusal:
                wrong.append(f"{upload.name}: {refusal.message}" if len(uploads) > 1 else str(refusal.message))
                continue
            if media not in self.media_kept:
                self.media_kept.append(media)
        self.wrong = wrong
        return wrong

    def drop(self, place: int) -> None:
        """Leave one of the pictures out."""
        if 0 <= place < len(self.media_kept):
            self.media_kept.pop(place)

    def found(self) -> Found:
        """What was typed, for the verb."""
        told = self.cleaned_data
        names = ("text", "place", "people_agree", "parents_agree")
        return Found(**{name: told[name] for name in names}, pictures=self.media_kept)

    def _kept(self, names: Sequence[str]) -> list[Media]:
        signer, wanted = _signer(self.member), []
        for name in names[:MOST_PICTURES]:
            try:
                wanted.append(signer.unsign(str(name)))
            except signing.BadSignature:
                continue
        known = {
            media.sha256: media for media in Media.objects.filter(campaign=self.member.campaign, sha256__in=wanted)
        }
        return [known[sha256] for sha256 in dict.fromkeys(wanted) if sha256 in known]


def _as_typed(typed: QueryDict) -> dict[str, Any]:
    shown: dict[str, Any] = {name: typed[name] for name in ("place", "text", "form_id") if name in typed}
    shown |= {name: name in typed for name in ("people_agree", "parents_agree")}
    return shown | {"kept": typed.getlist("kept")}


def _signer(member: Member) -> signing.Signer:
    return signing.Signer(salt=f"posko.idea.{member.pk}")
