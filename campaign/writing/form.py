"""The composer's form: what a person may type about a post."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import clock, drafting, election, handing, wording
from campaign.errors import Refused
from campaign.forms_posts import TimeFields
from campaign.linking import making
from campaign.models import Channel, Health, Kind, Label, Member, Post, Theme
from campaign.writing import typing
from campaign.writing.carried import Carried
from campaign.writing.content import PLAIN, Content
from campaign.writing.drafts import drafts_of
from campaign.writing.fields import (
    Many,
    Own,
    Tick,
    initial_of,
    own_field,
    rows_of,
)
from campaign.writing.follow_fields import FollowFields
from campaign.writing.typing import OWN

MOST_LABELS = 12
TIME = ("date", "time", "was")


class PostForm(Carried, TimeFields):
    """A whole post. `submits` says whether it is for saving only or goes to approval too.

    A draft may be unfinished; what goes to approval may not. An accepted picture stays accepted: its row stands in the
    page that is drawn when something else has to be corrected. `typed` is shown as it is, examined by nobody.
    """

    text = forms.CharField(
        label=lazy("Text"), required=False, max_length=20_000, strip=False, widget=forms.Textarea(attrs={"rows": 7})
    )
    channels = forms.ModelMultipleChoiceField(
        label=lazy("Accounts"),
        queryset=Channel.objects.none(),
        required=False,
        error_messages={"invalid_choice": lazy("One of these accounts is not here any more. Choose again.")},
    )
    title = forms.CharField(label=lazy("Title, for the team only"), required=False, max_length=120)
    public_title = forms.CharField(
        label=lazy("Title that the public sees"),
        required=False,
        max_length=200,
        help_text=lazy("On networks whose posts have one, such as YouTube."),
    )
    kind = forms.ChoiceField(label=lazy("In the eyes of the law"), choices=Kind.choices, required=False)
    theme = forms.ChoiceField(label=lazy("Theme"), choices=[("", "–"), *Theme.choices], required=False)
    source = forms.CharField(
        label=lazy("Sources"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Where its figures and statements about people come from. For the team only."),
    )
    link = forms.CharField(
        label=lazy("Link"),
        required=False,
        max_length=500,
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocapitalize": "off",
                "spellcheck": "false",
                "placeholder": "https://",
                "list": "links",
            }
        ),
    )
    labels = Many(label=lazy("Labels"), required=False, max_length=40)
    new_labels = forms.CharField(
        label=lazy("New labels"),
        required=False,
        max_length=500,
        help_text=lazy("Several are parted by commas."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    ai_made = forms.BooleanField(
        label=lazy("This picture or film was made or changed with AI"),
        required=False,
        help_text=lazy("Networks that can will mark it; elsewhere a line below the text says so."),
    )
    follow = Many(required=False, max_length=10_000)
    follow_part = Many(required=False, max_length=8)
    follow_on = Many(required=False, max_length=18)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    was = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    based_on = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    form_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("text", "kept", "alt", "picture", "film", "channels", "date", "time")

    def __init__(
        self,
        member: Member,
        *args: Any,
        post: Post | None = None,
        like: Post | None = None,
        typed: Mapping[str, list[str]] | None = None,
        **kwargs: Any,
    ):
        typed = typing.follow(typed, post) if post and typed is not None else typed
        initial = initial_of(member.campaign, post or like, is_copy=post is None)
        if typed is not None:
            initial = {name: value for name, value in initial.items() if not name.startswith(OWN)}
        kwargs["initial"] = initial | (typing.initial_of(typed) if typed else {}) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.member, self.campaign, self.post = member, member.campaign, post
        self.name_zone()
        if post and self.is_bound:
            told = {name: cast(QueryDict, self.data).getlist(name) for name in TIME}
            for name, values in typing.follow(told, post).items():
                self.draw(name, typing.last(values))
        mine = Channel.objects.visible_to(member).filter(~Q(health=Health.REMOVED))
        self.choices = list(mine.order_by("platform", "handle"))
        cast("forms.ModelMultipleChoiceField[Channel]", self.fields["channels"]).queryset = mine
        for channel in self.choices:
            self.fields[f"{OWN}{channel.pk}"] = own_field(channel)
        self.follows = FollowFields(self)
        self.rows = rows_of(self.campaign, self["kept"].value() or [], self["alt"].value() or [])

    @property
    def submits(self) -> bool:
        return self.data.get("do") == "submit"

    @property
    def chosen(self) -> set[str]:
        """The ids of the channels that are ticked."""
        return {str(value) for value in self["channels"].value() or ()}

    @property
    def chosen_channels(self) -> list[Channel]:
        chosen = self.chosen
        return [channel for channel in self.choices if str(channel.pk) in chosen]

    @property
    def own(self) -> list[Own]:
        """One for each channel, ticked or not."""
        return [Own(channel, self[f"{OWN}{channel.pk}"]) for channel in self.choices]

    @property
    def ticks(self) -> list[Tick]:
        """The campaign's labels, and those that are only written here so far."""
        on = {str(name).lower(): str(name) for name in self["labels"].value() or ()}
        known = list(Label.objects.filter(campaign=self.campaign))
        ticks = [Tick(label.name, label.colour, label.name.lower() in on) for label in known]
        have = {label.name.lower() for label in known}
        return ticks + [Tick(name, "grey", True) for key, name in on.items() if key not in have]

    @property
    def titled(self) -> list[str]:
        """The ids of the channels whose posts have a title."""
        return [str(channel.pk) for channel in self.choices if channel.connector_class.titled]

    def draw(self, name: str, value: str) -> None:
        """Show `value` in a page that is drawn anew, instead of what came."""
        if not self.is_bound:
            self.initial[name] = value
            return
        data = MultiValueDict(self.data.lists()) if isinstance(self.data, MultiValueDict) else MultiValueDict()
        data[name] = value
        self.data = data

    # What is shown before it is examined ----------------------------------------------------------

    def unsaved_post(self) -> Post:
        """The post that would be made of it, for counting, looking and checking; never saved."""
        post = Post(campaign=self.campaign, author=self.member, kind=self.value("kind") or Kind.CAMPAIGN)
        for name in ("text", "title", "public_title", "theme", "source", "link"):
            setattr(post, name, self.value(name).strip())
        own = {own.channel.pk: self.value(f"{OWN}{own.channel.pk}").strip() for own in self.own}
        post.unsaved_texts = {pk: text for pk, text in own.items() if text}
        post.ai_made = bool(self["ai_made"].value())
        post.unsaved_follows = self.follows.follows
        return post

    def value(self, name: str) -> str:
        """What stands in a field, with line ends as networks count them."""
        return str(self[name].value() or "").replace("\r\n", "\n")

    # Examining ------------------------------------------------------------------------------------

    def clean_text(self) -> str:
        # Browsers send line ends as two characters; networks would count both.
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or Kind.CAMPAIGN)

    def clean_link(self) -> str:
        try:
            return making.checked(self.cleaned_data["link"]) if self.cleaned_data["link"].strip() else ""
        except Refused as refusal:
            raise ValidationError(str(refusal.message)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["planned_at"] = self._same_minute(self.moment())
        self._tell_of_move()
        cleaned["own_texts"] = self._own_texts(cleaned)
        cleaned["names"] = self._labels(cleaned)
        self.follows.examine(list(cleaned.get("channels") or ()))
        wanted = {"text", "picture", "film", "kept"}
        if not cleaned.get("text") and not cleaned["own_texts"] and not self.rows and not self.errors.keys() & wanted:
            self.add_error("text", wording.problem("empty", {}))
        if self.submits:
            self._examine(cleaned)
        return cleaned

    def content(self) -> Content:
        """What was typed, ready for `publishing`."""
        told = self.cleaned_data
        plain = {name: told[name] for name in (*PLAIN, "own_texts")}
        return Content(
            **plain,
            channels=list(told["channels"]),
            pictures=[(row.media, row.alt) for row in self.rows],
            labels=told["names"],
            follows=self.follows.follows,
        )

    def _own_texts(self, cleaned: Mapping[str, Any]) -> dict[int, str]:
        found = {own.channel.pk: str(cleaned.get(f"{OWN}{own.channel.pk}") or "") for own in self.own}
        return {pk: words for pk, text in found.items() if (words := text.replace("\r\n", "\n").strip())}

    def _labels(self, cleaned: Mapping[str, Any]) -> list[str]:
        wanted = {"labels": cleaned.get("labels") or [], "new_labels": [cleaned.get("new_labels") or ""]}
        names = typing.names(wanted)
        if any(len(name) > 40 for name in names):
            self.add_error("new_labels", _("A label has 40 characters at most. Shorten it."))
        if len(names) > MOST_LABELS:
            self.add_error("new_labels", _("A post has %(most)d labels at most.") % {"most": MOST_LABELS})
        return names

    def _same_minute(self, chosen: datetime | None) -> datetime | None:
        """The time as it is stored, if the form shows the same minute: saving it again then changes nothing."""
        stored = self.post.planned_at if self.post else None
        if chosen and stored and stored.replace(second=0, microsecond=0) == chosen:
            return stored
        return chosen

    def _tell_of_move(self) -> None:
        """Two have chosen a time: whoever comes second sees the other one's before it is replaced."""
        stands = typing.written(self.post.planned_at, self.campaign) if self.post else ""
        if not self.post or self.value("was") == stands:
            return
        at = self.post.planned_at
        told = {"time": date_format(localtime(at, self.campaign.tz), "j F Y H.i") if at else _("as soon as approved")}
        sentence = _("Somebody has set the time of this post to “%(time)s” meanwhile. Look at it, and save once more.")
        self.add_error("date", sentence % told)
        self.draw("was", stands)

    def _examine(self, cleaned: dict[str, Any]) -> None:
        """What stops a post on its way to approval, each at the field that cures it."""
        chosen = list(cleaned.get("channels") or ())
        if not chosen and "channels" not in self.errors:
            self.add_error("channels", _("Choose at least one channel."))
        drafts = drafts_of(self.unsaved_post(), chosen, self.unsaved_pictures())
        for channel in [] if "text" in self.errors else chosen:
            draft = drafts[channel.pk]
            for problem in channel.connector_class.problems(drafting.draft_of(draft, self.campaign), channel.limits):
                if problem.code == handing.NO_ADDRESS:
                    continue  # a person publishes it; the checks say so
                sentence = wording.problem(problem.code, problem.params)
                where = _field_of(problem.code)
                where = f"{OWN}{channel.pk}" if where == "text" and channel.pk in cleaned["own_texts"] else where
                self.add_error(where, f"{_name(channel, chosen)}: {sentence}")
            for problem in channel.connector_class.link_problems(cleaned.get("link") or ""):
                sentence = wording.problem(problem.code, problem.params)
                self.add_error("link", f"{_name(channel, chosen)}: {sentence}")
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
    if code.startswith("title"):
        return "public_title"
    if code == "film_and_pictures" or "picture" in code:
        return "picture"
    return "film" if code.startswith("film") else "text"


def _name(channel: Channel, among: list[Channel]) -> str:
    """The network's name where that says it, else the account's too."""
    return channel.label if sum(other.platform == channel.platform for other in among) == 1 else str(channel)
