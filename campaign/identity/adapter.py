"""allauth's second step, as Posko uses it."""

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as lazy

from campaign.fields import box
from campaign.identity import devices, qr, second_factor
from campaign.models import User


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Secrets are encrypted with the keys of `POSKO_FIELD_KEYS`; the last second step stays where a role needs it."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": lazy("This code is not right. Look again, or wait for the next one."),
        "cannot_delete_authenticator": lazy(
            "This is your only second step, and your role in a live campaign needs one. Set up another one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        return qr.svg(url)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return second_factor.may_remove(authenticator)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's name
        return devices.describe(context.request.headers.get("User-Agent", ""))

    def _get_site_name(self) -> str:
        return "Posko"
