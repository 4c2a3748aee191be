"""What a person types to connect an account. A practice campaign has one server only, so it is not asked for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import channels, hand_accounts, networks, signing_in
from campaign.models import Campaign, Channel, Member, NetworkApp
from campaign.network_steps import GUIDES, STEPS
from campaign.network_telling import TELLING
from platforms.contents import Account
from platforms.registry import KINDS, SIGN_INS
from platforms.whatsapp import Sort

SECRET = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


class ConnectForm(forms.Form):
    """What every network asks. A secret is never drawn again, not even to correct something else."""

    def __init__(self, campaign: Campaign, *args: Any, again: Channel | None = None, **kwargs: Any) -> None:
        if again:
            kwargs["initial"] = self.known(again)
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        if campaign.is_practice:
            self.fields.pop("server", None)

    @staticmethod
    def known(channel: Channel) -> dict[str, Any]:
        """What we know already of an account that is connected again."""
        return {}

    def clean_server(self) -> str:
        # People paste their name there as often as their server: @ratna@mastodon.social.
        typed = str(self.cleaned_data["server"]).strip()
        return typed if "://" in typed else typed.rpartition("@")[2]

    @property
    def typed_server(self) -> str:
        return str(self.cleaned_data.get("server", ""))


class LeavingForm(ConnectForm):
    """Nothing to type: all of it happens on the network's own page."""

    again = forms.IntegerField(required=False, widget=forms.HiddenInput)
    anew = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def known(channel: Channel) -> dict[str, str]:
        return {"again": str(channel.pk)}


class PasswordlessForm(LeavingForm):
    """Mastodon: only where; the rest happens there."""

    server = forms.CharField(
        label=lazy("Address of your server"),
        max_length=200,
        help_text=lazy("What comes after the second @ of your name, such as mastodon.social."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": lazy("Type the address of the server, such as mastodon.social.")},
    )

    @staticmethod
    def known(channel: Channel) -> dict[str, str]:
        return {"server": channel.server.removeprefix("https://"), "again": str(channel.pk)}


class SecretForm(ConnectForm):
    """A form whose secret connects the account at once."""

    def connect(self) -> Account:
        """The account. Raises ConnectorError and Refused."""
        raise NotImplementedError

    def save(self, *, by: Member) -> Channel:
        """Connect it and keep it. Raises ConnectorError and Refused."""
        return channels.save(self.campaign, self.connect(), by=by)


class BlueskyForm(SecretForm):
    """A name and an app password."""

    handle = forms.CharField(
        label=lazy("Name"),
        max_length=200,
        help_text=lazy("Such as ratna.bsky.social, without @."),
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": lazy("Type the account's name.")},
    )
    password = forms.CharField(
        label=lazy("App password"),
        max_length=100,
        help_text=lazy("Four groups of four letters, made for Posko only. Never the account's own password."),
        widget=forms.PasswordInput(attrs=SECRET),
        error_messages={"required": lazy("Type the app password.")},
    )
    server = forms.CharField(
        label=lazy("Server, if it is not bsky.social"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}),
    )

    @staticmethod
    def known(channel: Channel) -> dict[str, str]:
        return {"handle": channel.handle.removeprefix("@")}

    def connect(self) -> Account:
        told = self.cleaned_data
        return signing_in.bluesky(
            self.campaign, server=self.typed_server, handle=told["handle"], password=told["password"]
        )


class TelegramForm(SecretForm):
    """A bot's token and where it may write."""

    token = forms.CharField(
        label=lazy("The bot's token"),
        max_length=100,
        help_text=lazy("Numbers, a colon and letters, as BotFather gave it."),
        widget=forms.PasswordInput(attrs=SECRET),
        error_messages={"required": lazy("Paste the token that BotFather gave you.")},
    )
    chat = forms.CharField(
        label=lazy("Channel or group"),
        max_length=200,
        help_text=lazy("Its name or link, such as @kabarratna or t.me/kabarratna."),
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": lazy("Type the channel's name or link.")},
    )

    @staticmethod
    def known(channel: Channel) -> dict[str, str]:
        return {"chat": channel.handle or channel.remote_id}

    def connect(self) -> Account:
        return signing_in.telegram(self.campaign, token=self.cleaned_data["token"], chat=self.cleaned_data["chat"])


class HandForm(SecretForm):
    """A place on WhatsApp: what it is called, and who sends there. Nothing secret, and no sign-in."""

    again = forms.IntegerField(required=False, widget=forms.HiddenInput)
    sort = forms.ChoiceField(
        label=lazy("What it is"),
        choices=[
            (Sort.GROUP, lazy("A group")),
            (Sort.CHANNEL, lazy("A channel")),
            (Sort.STATUS, lazy("The status of a member")),
        ],
        widget=forms.RadioSelect,
        initial=Sort.GROUP,
        error_messages={"required": lazy("Choose one.")},
    )
    name = forms.CharField(
        label=lazy("Name"),
        max_length=80,
        help_text=lazy("As the team calls it, such as Volunteers of Sukamaju. No telephone numbers."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": lazy("Type a name.")},
    )
    owner = forms.ModelChoiceField(
        label=lazy("Who sends there"),
        queryset=Member.objects.none(),
        empty_label=lazy("Choose a member"),
        help_text=lazy("One member, with their own phone. They must be in the group or manage the channel already."),
        error_messages={
            "required": lazy("Choose who sends there."),
            "invalid_choice": lazy("This member is not here any more. Choose another one."),
        },
    )
    url = forms.URLField(
        label=lazy("Its link"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=lazy(
            "Of a channel, such as whatsapp.com/channel/… Leave it empty for a group: its link lets people in."
        ),
        widget=forms.URLInput(attrs={"placeholder": "https://", "inputmode": "url"}),
        error_messages={"invalid": lazy("This is no link. Copy it from WhatsApp, or leave it empty.")},
    )

    def __init__(self, campaign: Campaign, *args: Any, again: Channel | None = None, **kwargs: Any) -> None:
        super().__init__(campaign, *args, again=again, **kwargs)
        can = [member.pk for member in hand_accounts.senders(campaign)]
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Member.objects.filter(pk__in=can).select_related("user").order_by("user__name", "pk")

    @staticmethod
    def known(channel: Channel) -> dict[str, Any]:
        told = {"again": channel.pk, "sort": channel.sort, "name": channel.name, "url": channel.url}
        return told | {"owner": channel.owner_id}

    def clean_url(self) -> str:
        link = str(self.cleaned_data["url"])
        if link and not link.startswith("https://"):
            raise forms.ValidationError(_("This is no link. Copy it from WhatsApp, or leave it empty."))
        return link

    def save(self, *, by: Member) -> Channel:
        mine = Channel.objects.visible_to(by).kept().filter(platform="whatsapp")
        again = mine.filter(pk=self.cleaned_data["again"] or 0).first()
        return hand_accounts.save(self.campaign, self.cleaned_data, by=by, again=again)


class TalkForm(forms.Form):
    """Where voters may write to the campaign on WhatsApp."""

    number = forms.CharField(
        label=lazy("Number"),
        required=False,
        max_length=30,
        help_text=lazy("Of a member who answers there, in ordinary WhatsApp. Empty: no link is offered."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "placeholder": "0812 …"}),
    )
    words = forms.CharField(
        label=lazy("The voter's first words"),
        required=False,
        max_length=200,
        help_text=lazy("They stand ready in the voter's own message, who may change them before sending."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


FORMS: dict[str, type[ConnectForm]] = {
    "mastodon": PasswordlessForm,
    "bluesky": BlueskyForm,
    "telegram": TelegramForm,
    "whatsapp": HandForm,
}


def form_for(platform: str) -> type[ConnectForm] | None:
    """What connects an account there; None for a network that Posko cannot connect yet."""
    if platform in FORMS or platform not in KINDS:
        return FORMS.get(platform)
    return LeavingForm if platform in SIGN_INS else None


class AppForm(forms.Form):
    """Posko's own id and secret at a network. The secret is never drawn again; left empty, the known one stays."""

    client_id = forms.CharField(max_length=200, widget=forms.TextInput(attrs=SECRET))
    client_secret = forms.CharField(max_length=500, required=False, widget=forms.PasswordInput(attrs=SECRET))
    allowed = forms.MultipleChoiceField(
        required=False, label=lazy("What the network has said"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, platform: str, known: NetworkApp | None, *args: Any, **kwargs: Any) -> None:
        if known:
            kwargs["initial"] = {"client_id": known.client_id, "allowed": list(known.allowed)}
        super().__init__(*args, **kwargs)
        self.known, guide = known, GUIDES[platform]
        self.fields["client_id"].label, self.fields["client_secret"].label = guide.id_name, guide.secret_name
        self.fields["client_id"].error_messages["required"] = _("Copy it from the network's page.")
        self.more = dict(TELLING[platform].more or {})
        for name, label in self.more.items():
            self.fields[name] = forms.CharField(
                max_length=500, required=False, widget=forms.PasswordInput(attrs=SECRET)
            )
            self.fields[name].label = label
            if known and known.secrets.get(name):
                self.fields[name].help_text = _("It is kept and not shown. Leave this empty to keep it.")
        self.order_fields(["client_id", "client_secret", *self.more, "allowed"])
        if known:
            self.fields["client_secret"].help_text = _("It is kept and not shown. Leave this empty to keep it.")
        choices = networks.ALLOWED.get(platform)
        if choices:
            self.fields["allowed"].choices = list(choices.items())  # type: ignore[attr-defined]  # a choice field
        else:
            del self.fields["allowed"]

    def clean_client_id(self) -> str:
        return _one_word(self.cleaned_data["client_id"])

    def clean_client_secret(self) -> str:
        return _one_word(self.cleaned_data["client_secret"])

    def clean(self) -> None:
        told = self.cleaned_data
        self._clean_more(told)
        is_other = self.known is None or told.get("client_id") not in (None, self.known.client_id)
        if is_other and not told.get("client_secret") and "client_secret" not in self.errors:
            self.add_error("client_secret", _("Copy the secret that belongs to this id."))

    def _clean_more(self, told: dict[str, Any]) -> None:
        typed = [name for name in self.more if told.get(name)]
        for name in typed:
            try:
                told[name] = _one_word(told[name])
            except forms.ValidationError as error:
                self.add_error(name, error)
        if typed and (missing := [name for name in self.more if name not in typed]):
            self.add_error(missing[0], _("Copy both; they belong together."))

    @property
    def secrets(self) -> dict[str, str]:
        """What the network gives besides id and secret."""
        return {name: self.cleaned_data.get(name, "") for name in self.more}

    @property
    def granted(self) -> dict[str, str]:
        return dict.fromkeys(self.cleaned_data.get("allowed", []), "1")


def _one_word(typed: str) -> str:
    if any(sign.isspace() or not sign.isprintable() or ord(sign) > 126 for sign in typed):
        raise forms.ValidationError(
            _("There is a space or another sign in it that does not belong there. Copy it anew.")
        )
    return typed


class ChooseForm(forms.Form):
    """Which of several accounts to connect."""

    account = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": lazy("Tick at least one account.")}
    )

    def __init__(self, accounts: Sequence[Account], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [(each.remote_id, each.name) for each in accounts]  # type: ignore[attr-defined]  # a choice field


def steps(platform: str, campaign: Campaign) -> list[Promise]:
    """How a person gets what the form asks for."""
    return [] if campaign.is_practice and platform != "whatsapp" else list(STEPS.get(platform, ()))
