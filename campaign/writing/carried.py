"""What a post carries besides its words: the fields for its pictures and its film, and what was chosen just now."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import films, pictures
from campaign.errors import Refused
from campaign.models import Campaign, Member, PostMedia
from campaign.writing.fields import MOST_PICTURES, Many, Pictures, Row, SeveralFiles, in_order

FILMS = "video/mp4,video/quicktime,.mp4,.mov,.m4v"


class Carried(forms.Form):
    """Pictures and one film. `rows` are those that go along, with the new ones once the form is cleaned."""

    picture = Pictures(
        label=lazy("Pictures"),
        required=False,
        allow_empty_file=True,
        widget=SeveralFiles(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif,image/heic,image/heif"}),
    )
    film = forms.FileField(
        label=lazy("Film"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": FILMS}),
    )
    kept = Many(required=False, max_length=64)
    alt = Many(required=False, max_length=1000)

    member: Member
    campaign: Campaign
    rows: list[Row]

    @property
    def picture_rows(self) -> list[Row]:
        return [row for row in self.rows if not row.media.is_film]

    @property
    def film_row(self) -> Row | None:
        return next((row for row in self.rows if row.media.is_film), None)

    def unsaved_pictures(self) -> list[PostMedia]:
        """The pictures as the post will carry them."""
        return [PostMedia(media=row.media, alt=row.alt, position=row.place) for row in self.rows]

    def clean_kept(self) -> list[str]:
        wanted: list[str] = [sha256 for sha256 in self.cleaned_data["kept"] if sha256]
        if len(self.rows) < len(set(wanted)):
            raise ValidationError(_("A picture is not here any more. Choose it again."))
        return wanted

    def clean_picture(self) -> None:
        if wrong := self.take_in(self.cleaned_data["picture"]):
            raise ValidationError(wrong)

    def clean_film(self) -> None:
        upload = self.cleaned_data["film"]
        if wrong := self.take_in([upload] if upload else []):
            raise ValidationError(wrong)

    def take_in(self, uploads: Sequence["UploadedFile[Any]"]) -> list[str]:
        """Add what was just chosen; what is wrong with those that are not. The sound ones are in nevertheless.

        A film takes the place of the one before.
        """
        wrong = []
        alts = [str(alt).strip() for alt in (self["alt"].value() or [])[len(self["kept"].value() or []) :]]
        for place, upload in enumerate(uploads):
            is_film = films.is_one(upload)
            if not is_film and sum(not row.media.is_film for row in self.rows) >= MOST_PICTURES:
                wrong.append(_("A post holds %(most)d pictures at most.") % {"most": MOST_PICTURES})
                break
            try:
                media = (films if is_film else pictures).take_in(upload, self.campaign, by=self.member)
            except Refused as refusal:
                wrong.append(f"{upload.name}: {refusal.message}" if len(uploads) > 1 else str(refusal.message))
                continue
            if media.pk not in {row.media.pk for row in self.rows}:
                self.rows.append(Row(len(self.rows), media, alts[place] if place < len(alts) else ""))
        self.rows = in_order(self.rows)
        return wrong
