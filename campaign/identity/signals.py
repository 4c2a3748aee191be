"""What follows when somebody signs in or out, or changes how they do."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from campaign import audit
from campaign.identity import limits, phones, second_factor, sessions
from campaign.models import Member, User


def record(verb: str, user: User, **details: str | int) -> None:
    """One row in the record of each campaign that `user` is in."""
    for member in Member.objects.of(user).active().select_related("user"):
        audit.record(verb, user, by=member, campaign_id=member.campaign_id, **details)


# Connected before Django's own receiver, for this app stands first: `last_login` is still the time before.
@receiver(user_logged_in)
def on_signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    sessions.begun(request, user, by_phone=getattr(request, "identity_phone", False))


@receiver(user_logged_out)
def on_signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Who signs out on an enrolled phone wants to be out: it would sign in again by itself."""
    if phones.COOKIE not in getattr(request, "COOKIES", {}):
        return
    phone = phones.of_cookie(request)
    if phone is not None and user is not None and phone.user_id == user.pk:
        phones.release(phone, by=phone.member)
        phones.drop_cookie(request)


@receiver(password_changed)
@receiver(password_set)
def on_new_password(request: HttpRequest, user: User, **_: Any) -> None:
    record("person.new_password", user, ended=sessions.end_others(user, request))


@receiver(password_reset)
def on_forgotten_password(user: User, **_: Any) -> None:
    limits.forget("password", account=user.email or "")
    record("person.new_password", user, ended=sessions.end(user))


@receiver(authenticator_added)
def on_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Setting it up has shown it already: the code was typed, the passkey was used."""
    record("person.second_step_add", user, kind=authenticator.type)
    if authenticator.type in second_factor.TYPES:
        second_factor.prove(request, user, "mfa", type=str(authenticator.type), id=authenticator.pk)


@receiver(authenticator_removed)
def on_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    record("person.second_step_remove", user, kind=authenticator.type)


@receiver(authenticator_reset)
def on_reset(user: User, authenticator: Authenticator, **_: Any) -> None:
    record("person.recovery_codes", user)
