"""allauth's forms with our words and our counting, and those of the enrolled phone."""

import time
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.forms import (
    ChangePasswordForm as AllauthChangePasswordForm,
)
from allauth.account.forms import (
    ConfirmLoginCodeForm,
    ReauthenticateForm,
    RequestLoginCodeForm,
)
from allauth.account.forms import (
    SetPasswordForm as AllauthSetPasswordForm,
)
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as lazy

from campaign.forms import _InOurWords
from campaign.identity import limits

REUSE = 180  # seconds in which a code that was taken is not taken again: longer than it lives


class _Words(_InOurWords):
    labels = {
        **_InOurWords.labels,
        "oldpassword": lazy("Present password"),
        "code": lazy("Code"),
        "name": lazy("Name"),
    }


class ChangePasswordForm(_Words, AllauthChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The present password, and the new one twice."""


class SetPasswordForm(_Words, AllauthSetPasswordForm):  # type: ignore[misc]
    """A first password, twice."""


class AgainForm(_Words, ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""


class RequestCodeForm(_Words, RequestLoginCodeForm):  # type: ignore[misc]
    """Where to mail a code."""

    def clean_email(self) -> str:
        adapter = account_adapter()
        email, address = str(self.cleaned_data["email"]), adapter.get_client_ip(context.request)
        if limits.take("mail", account=email, address=address) is None:
            raise adapter.validation_error("too_many_login_attempts")
        return str(super().clean_email())


class ConfirmCodeForm(_Words, ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code that was mailed."""


# Codes of the second step ------------------------------------------------------------------------


class _Counted(_Words):
    """Wrong codes are counted in the database, and a right one is taken once."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        adapter = account_adapter()
        taken = limits.take("step", account=str(self.user.pk), address=adapter.get_client_ip(context.request))
        if taken is None:
            raise adapter.validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]  # the form of allauth that follows has it
        if self.authenticator.type == Authenticator.Type.TOTP and not _spend(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        taken.give_back()
        return code


@transaction.atomic
def _spend(authenticator: Authenticator, code: str) -> bool:
    """Take a code that was right; False when it was taken before. allauth asks the cache, which may be away."""
    row, now = Authenticator.objects.select_for_update().get(pk=authenticator.pk), time.time()
    digest = salted_hmac(
        "campaign.identity.spent", f"{row.pk}:{normalize_user_code(code)}", algorithm="sha256"
    ).hexdigest()
    spent = {old: at for old, at in row.data.get("spent", {}).items() if now - at < REUSE}
    if digest in spent:
        return False
    row.data["spent"] = {**spent, digest: now}
    row.save(update_fields=["data"])
    return True


class StepForm(_Counted, AuthenticateForm):  # type: ignore[misc]
    """A code at sign-in."""


class StepAgainForm(_Counted, CodeAgainForm):  # type: ignore[misc]
    """A code once more."""


class ActivateAppForm(_Words, ActivateTOTPForm):  # type: ignore[misc]
    """The first code that the app shows."""


# Passkeys ----------------------------------------------------------------------------------------


class _Sound:
    """What a browser sends for a passkey is JSON of any shape; whatever is not one is a wrong code."""

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except (AttributeError, IndexError, KeyError, LookupError, TypeError, ValueError, OverflowError):
            raise get_adapter().validation_error("incorrect_code") from None
        return found


class PasskeySignInForm(_Sound, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of address and password."""


class PasskeyStepForm(_Sound, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class PasskeyAgainForm(_Sound, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey once more."""


class AddPasskeyForm(_Words, AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey. It always asks who holds it (finger, face or PIN), so that it is both steps in one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        self.fields["name"].max_length = 80
        self.fields["name"].help_text = lazy("So that you know it again, such as “My phone”.")

    def clean_name(self) -> str:
        return str(super().clean_name())[:80]

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        try:
            cleaned: dict[str, Any] = super().clean()
        except (AttributeError, IndexError, KeyError, LookupError, TypeError, ValueError, OverflowError):
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned


class NamePasskeyForm(_Words, EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(max_length=80, label=lazy("Name"))


# The enrolled phone ------------------------------------------------------------------------------


class UsePhoneForm(forms.Form):
    """What the phone is called, and the code that was mailed where one is asked."""

    name = forms.CharField(
        max_length=80, label=lazy("Name of this phone"), help_text=lazy("So that you know it again in the list.")
    )
    code = forms.CharField(
        max_length=20,
        label=lazy("Code from the mail"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, asks_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_code:
            del self.fields["code"]
