"""What a person types to connect an account. A practice campaign has one server only, so it is not asked for."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import signing_in
from campaign.models import Campaign, Channel
from platforms.contents import Account

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
    def known(channel: Channel) -> dict[str, str]:
        """What we know already of an account that is connected again."""
        return {}

    def clean_server(self) -> str:
        # People paste their name there as often as their server: @ratna@mastodon.social.
        typed = str(self.cleaned_data["server"]).strip()
        return typed if "://" in typed else typed.rpartition("@")[2]

    @property
    def typed_server(self) -> str:
        return str(self.cleaned_data.get("server", ""))


class PasswordlessForm(ConnectForm):
    """Mastodon: only where; the rest happens there."""

    server = forms.CharField(
        label=lazy("Address of your server"),
        max_length=200,
        help_text=lazy("What comes after the second @ of your name, such as mastodon.social."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": lazy("Type the address of the server, such as mastodon.social.")},
    )
    anew = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def known(channel: Channel) -> dict[str, str]:
        return {"server": channel.server.removeprefix("https://")}


class SecretForm(ConnectForm):
    """A form whose secret connects the account at once."""

    def connect(self) -> Account:
        """The account. Raises ConnectorError and Refused."""
        raise NotImplementedError


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


FORMS: dict[str, type[ConnectForm]] = {
    "mastodon": PasswordlessForm,
    "bluesky": BlueskyForm,
    "telegram": TelegramForm,
}


class Permissions:
    """What each network lets Posko do once it is connected, and why Posko asks for it."""

    WORDS: ClassVar = {
        "mastodon": (
            lazy("See who you are: to show the account's name here."),
            lazy("Publish posts and pictures: only those your team has approved."),
            lazy("Read your own posts and their numbers: to prove that they are out, and to count."),
        ),
        "bluesky": (
            lazy("Publish and delete posts and pictures: only those your team has approved."),
            lazy("Read your own posts and their numbers: to prove that they are out, and to count."),
            lazy("An app password lets an app do more than that; Posko does not. Take it back in Bluesky at any time."),
        ),
        "telegram": (
            lazy("Write messages in this one channel: only those your team has approved."),
            lazy("Delete its own messages: when you take a post down."),
            lazy("Count the members. The bot reads nobody's private messages."),
        ),
    }  # fmt: skip


def steps(platform: str, campaign: Campaign) -> list[str]:
    """How a person gets what the form asks for."""
    if campaign.is_practice:
        return []
    if platform == "bluesky":
        return [
            _("In Bluesky open Settings, Privacy and security, App passwords."),
            _("Choose *Add app password*, call it Posko, and copy the password it shows."),
            _("Type your name and that password here."),
        ]
    if platform == "telegram":
        return [
            _("In Telegram write to @BotFather: /newbot. Give the bot a name; it answers with a token."),
            _("In your channel add the bot as an administrator who may post and delete messages."),
            _("Paste the token and the channel's name here."),
        ]
    return []
