"""allauth, as Posko uses it: people are invited, nobody signs up; tries are counted in the database."""

import logging
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from campaign.http import client_ip
from campaign.identity import limits, second_factor
from campaign.models import User

log = logging.getLogger("posko.identity")

WAYS = {  # how to prove again who one is, the easiest first
    "mfa_reauthenticate:webauthn": lazy("With a passkey"),
    "mfa_reauthenticate": lazy("With a code"),
    "reauthenticate": lazy("With the password"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Sign-in only; an account comes with a campaign or an invitation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": lazy("This account is closed. Ask your campaign manager to open it again."),
        "email_password_mismatch": lazy("The e-mail address or the password is not right. Look at both again."),
        "enter_current_password": lazy("This is not your present password."),
        "incorrect_password": lazy("This is not your password."),
        "incorrect_code": lazy("This code is not right. Look again, or wait for the next one."),
        "too_many_login_attempts": lazy("Too many attempts. Wait ten minutes, then try again."),
        "rate_limited": lazy("Too many attempts. Wait ten minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the record has it; behind a socket that tells none, everybody counts as one."""
        return client_ip(request) or "0.0.0.0"  # noqa: S104  # nothing listens here

    # Counting ------------------------------------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        account = str(credentials.get("email") or credentials.get("username") or "")
        self._taken = self._take(request, account)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user:
            self._taken.give_back()
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """allauth's own asks by address, and not everybody has one."""
        taken = self._take(context.request, user.email or f"user:{user.pk}")
        is_right = user.check_password(password)
        if is_right:
            taken.give_back()
        return is_right

    def _take(self, request: HttpRequest, account: str) -> limits.Taken:
        taken = limits.take("password", account=account, address=self.get_client_ip(request))
        if taken is None:
            raise self.validation_error("too_many_login_attempts")
        return taken

    # Proving it again ----------------------------------------------------------------------------

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of those who have signed in or proven it within the last minutes."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        proofs = [
            record["at"]
            for record in get_authentication_records(context.request, context.request.user)
            if record["method"] in ("password", "code", "mfa")
        ]
        return not proofs or time.time() - max(proofs) >= app_settings.REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The password alone does not do for those who have set up more."""
        found = {way["id"]: way for way in super().get_reauthentication_methods(user)}
        if user.is_authenticated and second_factor.has_any(user):
            found.pop("reauthenticate", None)
            codes = Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.WEBAUTHN)
            if not codes.exists():
                found.pop("mfa_reauthenticate", None)
        return [found[way] | {"description": words} for way, words in WAYS.items() if way in found]

    # Mails and ways on ---------------------------------------------------------------------------

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().send_notification_mail(*args, **kwargs)
        except OSError:  # smtplib's errors are such; what it tells of is done
            log.exception("a mail about a changed sign-in could not be sent")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("campaign:security")
