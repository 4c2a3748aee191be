"""Signing in with a name and a PIN: which PINs are too easy, and who guesses at them."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.contrib import messages
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign import audit, clock
from campaign.errors import Refused
from campaign.http import lead
from campaign.identity import limits
from campaign.models import Campaign, Member, PinGuess, Zone

OF = "pin_of"  # in the session: the members whose PIN was typed in it
LENGTH = 6
TRIES = 5
WITHIN = timedelta(minutes=15)
LOCKED_FOR = timedelta(minutes=15)
KEYPAD = frozenset({"123654", "147258", "147852", "159753", "258456", "357159", "456123", "789456", "963852"})
"""Lines drawn over the keys of a phone."""


def key_of(name: str) -> str:
    """A name as it is compared: small letters, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", name).lower().split())


def why_weak(pin: str) -> str:
    """Why this PIN is too easy to guess, as a sentence; empty when it will do. `pin` has six digits."""
    if len(set(pin)) <= 2 or pin[:3] in (pin[3:], pin[:2:-1]):  # 112121, 123123, 123321
        return _("This PIN repeats itself, so it is easy to guess. Choose six digits without a pattern.")
    if _is_stair(pin) or pin in KEYPAD:
        return _("These digits follow each other, so they are easy to guess. Choose six digits without a pattern.")
    if _is_day(pin):
        return _("This PIN looks like a date, such as a birthday. Choose six digits without a pattern.")
    return ""


def _is_stair(pin: str) -> bool:
    """123456, 901234, 654321, 246802, 112233: each digit as far from the one before, or in pairs."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 or pin[::2] == pin[1::2]


def _is_day(pin: str) -> bool:
    """Day, month and year of two digits, as Indonesians and others write them."""
    a, b, c = int(pin[:2]), int(pin[2:4]), int(pin[4:])
    of_a_year = pin[:2] in ("19", "20") and 1 <= c <= 12  # 199805
    return of_a_year or any(1 <= day <= 31 and 1 <= month <= 12 for day, month in ((a, b), (b, a), (c, b)))


# What a PIN opens --------------------------------------------------------------------------------


def opened(request: HttpRequest, member: Member) -> None:
    """`member`'s PIN was typed, or made, in this session: it opens their campaign, and none whose PIN was not."""
    if member.pin:
        request.session[OF] = [*request.session.get(OF, []), member.pk]


def required(request: HttpRequest, member: Member) -> HttpResponse | None:
    """The answer that leads to the PIN of `member`'s campaign; None where it was typed, or another way in was taken.

    A manager can give a PIN anew, and need not be trusted in the other campaigns of that volunteer.
    """
    if member.pk in request.session.get(OF, [member.pk]):
        return None
    messages.info(request, _("This campaign asks for its own PIN."))
    return lead(request, reverse("campaign:pin_sign_in", args=[member.campaign.slug]))


def leaves_some_closed(request: HttpRequest) -> bool:
    """Whether this person is in a campaign too whose PIN was not typed in this session."""
    opened = request.session.get(OF)
    return opened is not None and Member.objects.of(request.user).active().exclude(pk__in=opened).exists()


# Signing in --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Outcome:
    member: Member | None = None
    locked_until: datetime | None = None


def enter(campaign: Campaign, name: str, pin: str, *, address: str | None) -> Member:
    """The member of this name and PIN. Raises Refused: equal words and equal work whether or not the name exists.

    Tries are counted in the database by name, so that it holds without Redis and for names that nobody has; and by
    `address`, against who tries one PIN on every name.
    """
    taken = limits.take("pin", address=address)
    if taken is None:
        raise Refused(_("Too many wrong tries from your network. Wait a quarter of an hour, then try again."))
    with transaction.atomic():  # what is refused below must be counted all the same
        outcome = _try(campaign, key_of(name), pin)
    if outcome.locked_until:
        at = outcome.locked_until.astimezone(campaign.tz)
        raise Refused(
            _("Too many wrong tries. Wait until %(clock)s, or ask your campaign manager for a new PIN.")
            % {"clock": f"{at:%H.%M}\N{NO-BREAK SPACE}{Zone(campaign.zone).label}"}
        )
    if outcome.member is None:
        raise Refused(_("Name and PIN do not belong together. Type the name as you did when you joined."))
    taken.give_back()
    if not Member.objects.active().filter(pk=outcome.member.pk).exists():
        raise Refused(_("Your membership is suspended or has ended. Ask your campaign manager."))
    return outcome.member


def forgive(member: Member) -> None:
    """Forget the wrong tries for this member's name."""
    if member.pin_name:
        PinGuess.objects.filter(campaign_id=member.campaign_id, name_hash=_hash(member.pin_name)).delete()


def _try(campaign: Campaign, key: str, pin: str) -> _Outcome:
    now = clock.now()
    _forget_old(campaign, now)
    PinGuess.objects.bulk_create([PinGuess(campaign=campaign, name_hash=_hash(key), since=now)], ignore_conflicts=True)
    # One try at a time for each name: many at once would otherwise all be looked at before the first is counted.
    guess = PinGuess.objects.select_for_update().get(campaign=campaign, name_hash=_hash(key))
    if guess.locked_until and guess.locked_until > now:
        return _Outcome(locked_until=guess.locked_until)
    member = Member.objects.filter(campaign=campaign, pin_name=key).select_related("user", "campaign").first()
    if member is None:
        make_password(pin)  # as long as looking at a real one takes
    elif check_password(pin, member.pin):
        guess.delete()
        return _Outcome(member=member)
    return _Outcome(locked_until=_count(guess, member, now))


def _count(guess: PinGuess, member: Member | None, now: datetime) -> datetime | None:
    """One wrong try more; until when the name is locked now, if it is."""
    if guess.since <= now - WITHIN or guess.locked_until:
        guess.wrong, guess.since, guess.locked_until = 0, now, None
    guess.wrong += 1
    if guess.wrong >= TRIES:
        guess.locked_until = now + LOCKED_FOR
        audit.record("pin.lock", member or "nobody", by="sign-in", campaign_id=guess.campaign_id)
    guess.save()
    return guess.locked_until


def _forget_old(campaign: Campaign, now: datetime) -> None:
    """Names that somebody tried a while ago; rows that another try holds are left to it."""
    over = Q(locked_until=None) | Q(locked_until__lte=now)
    old = PinGuess.objects.filter(over, campaign=campaign, since__lte=now - WITHIN).select_for_update(skip_locked=True)
    PinGuess.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:100])).delete()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
