"""How often one may try to sign in, counted in the database: it holds while Redis is down, and over all machines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from campaign import clock
from campaign.models import SignInTry

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """So many tries of a kind per account and per address within a time."""

    account: int
    address: int
    within: timedelta


LIMITS = {
    "password": Limit(account=5, address=30, within=timedelta(minutes=5)),  # wrong ones; many share a mobile address
    "step": Limit(account=5, address=30, within=timedelta(minutes=5)),  # wrong codes of the second step
    "pin": Limit(account=5, address=30, within=timedelta(minutes=15)),  # wrong ones; names are locked in `team.pins`
    "mail": Limit(account=3, address=15, within=timedelta(minutes=10)),  # codes sent by mail
}


@dataclass(frozen=True)
class Taken:
    """Tries that are counted already; `give_back` when they turned out to be right."""

    rows: list[int]

    def give_back(self) -> None:
        SignInTry.objects.filter(pk__in=self.rows).delete()


def take(kind: str, *, account: str | None = None, address: str | None) -> Taken | None:
    """Count one try, of an account, from an address, or both; None when there have been too many.

    Counted before the answer is known: guesses sent all at once would otherwise all be looked at.
    """
    limit, now = LIMITS[kind], clock.now()
    asked = []
    if account is not None:
        asked.append((_key(kind, "account", account), limit.account))
    if address:
        asked.append((_key(kind, "address", address), limit.address))
    with transaction.atomic():
        _one_after_another(key for key, _most in asked)
        for key, most in asked:
            if SignInTry.objects.filter(kind=kind, key=key, at__gt=now - limit.within).count() >= most:
                return None
        rows = SignInTry.objects.bulk_create(SignInTry(kind=kind, key=key, at=now) for key, _most in asked)
    SignInTry.objects.filter(at__lt=now - KEPT).delete()
    return Taken([row.pk for row in rows])


def forget(kind: str, *, account: str) -> None:
    """Start anew for an account whose owner has proven themselves otherwise."""
    SignInTry.objects.filter(kind=kind, key=_key(kind, "account", account)).delete()


def _key(kind: str, what: str, value: str) -> str:
    """No address of mail or machine stands in the table."""
    return salted_hmac(f"campaign.identity.limits.{kind}.{what}", value.lower(), algorithm="sha256").hexdigest()


def _one_after_another(keys: Iterable[str]) -> None:
    numbers = sorted(int(key[:15], 16) for key in keys)  # in one order for all, or two would wait for each other
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
