"""The candidate's phone: enrolled once by a QR code, signed in by itself for 90 days, released at any time."""

import hashlib
import hmac
import secrets

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import audit, clock, notices
from campaign.access import may, require
from campaign.errors import Refused
from campaign.identity import limits, mails, second_factor, sessions
from campaign.models import Member, Phone, PhoneLink, Role
from campaign.models.campaign import MemberQuerySet
from campaign.models.identity import LINK_LASTS, VALID

COOKIE = "posko_phone"
BACKEND = "django.contrib.auth.backends.ModelBackend"
MOST_WRONG = 5  # wrong codes; then the QR code is over


# The QR code -------------------------------------------------------------------------------------


def candidates(by: Member) -> MemberQuerySet:
    """Whose phones `by` may enrol and release: a candidate their own, a manager every candidate's."""
    people = Member.objects.filter(campaign_id=by.campaign_id, role=Role.CANDIDATE).select_related("user", "campaign")
    return people.filter(pk=by.pk) if by.role == Role.CANDIDATE else people


def invite(candidate: Member, *, by: Member) -> tuple[PhoneLink, str]:
    """A QR code for `candidate`'s phone and what it says. Raises Refused.

    Somebody else than the candidate cannot use it up alone: the phone then asks for a code that goes to the
    candidate's own mail.
    """
    require(by, "phone.enrol")
    if not candidates(by).active().filter(pk=candidate.pk).exists():
        raise Refused(_("Only the candidate's phone is enrolled here. Load this page again."))
    code = f"{secrets.randbelow(1_000_000):06}" if by.pk != candidate.pk and candidate.user.email else ""
    if code and limits.take("mail", account=f"phone:{candidate.pk}", address=None) is None:
        raise Refused(_("Several codes were mailed just now. Wait ten minutes, then show a new QR code."))
    token, now = secrets.token_urlsafe(24), clock.now()
    with transaction.atomic():
        PhoneLink.objects.filter(member=candidate, used_at=None, expires_at__gt=now).update(expires_at=now)
        link = PhoneLink.objects.create(
            member=candidate,
            made_by=by,
            token_hash=_hash(token),
            code_hash=_code_hash(token, code) if code else "",
            made_at=now,
            expires_at=now + LINK_LASTS,
        )
        audit.record("phone.invite", candidate, by=by)
    if code and not mails.send(
        candidate.user,
        lazy("Your code for enrolling a phone: %(code)s"),
        lazy(
            "%(who)s is enrolling a phone as yours in %(campaign)s. The phone asks for this code: %(code)s\n\n"
            "Type it only on your own phone, and tell it to nobody."
        ),
        code=code,
        who=by,
        campaign=candidate.campaign,
    ):
        PhoneLink.objects.filter(pk=link.pk).update(expires_at=now)
        raise Refused(_("The code could not be mailed to the candidate. Try again in some minutes."))
    return link, token


def link_of(token: str) -> PhoneLink | None:
    """The QR code that says `token`, used or not; None for anything else."""
    links = PhoneLink.objects.select_related("member__user", "member__campaign", "made_by__user")
    return links.filter(token_hash=_hash(token)).first()


def is_open(link: PhoneLink) -> bool:
    """Whether a phone can still be enrolled with it."""
    over = link.used_at is not None or link.expires_at <= clock.now() or link.wrong_codes >= MOST_WRONG
    here = Member.objects.active()
    maker, candidate = here.filter(pk=link.made_by_id).first(), here.filter(pk=link.member_id, role=Role.CANDIDATE)
    return not over and maker is not None and may(maker, "phone.enrol") and candidate.exists()


def use(link: PhoneLink, *, token: str, name: str, code: str = "") -> tuple[Phone, str]:
    """Enrol the phone that asks; it and its secret, which only the phone keeps. Raises Refused."""
    with transaction.atomic():
        PhoneLink.objects.select_for_update().get(pk=link.pk)
        link.refresh_from_db()
        if not is_open(link):
            raise Refused(_("This QR code can no longer be used. Ask for a new one."))
        is_right = not link.code_hash or hmac.compare_digest(link.code_hash, _code_hash(token, code))
        if is_right:
            return _enrol(link, name)
        link.wrong_codes += 1
        link.save(update_fields=["wrong_codes"])
    if link.wrong_codes >= MOST_WRONG:
        raise Refused(_("The code was wrong five times, so this QR code is over. Ask for a new one."))
    raise Refused(_("This is not the code in the mail. Look again, and type its six digits."))


def _enrol(link: PhoneLink, name: str) -> tuple[Phone, str]:
    secret, now, member = secrets.token_urlsafe(32), clock.now(), link.member
    phone = Phone.objects.create(
        user=member.user,
        member=member,
        token_hash=_hash(secret),
        name=name,
        made_at=now,
        made_by=link.made_by,
        last_seen_at=now,
        valid_until=now + VALID,
    )
    link.used_at, link.phone = now, phone
    link.save(update_fields=["used_at", "phone"])
    audit.record("phone.enrol", phone, by=member, campaign_id=member.campaign_id, invited_by=link.made_by_id)
    url = reverse("campaign:candidate_phone", args=[member.campaign.slug])
    told = notices.responsible(member.campaign, member)
    notices.tell("phone_enrolled", phone, to=told, url=url, name=name, who=str(member), by=str(link.made_by))
    transaction.on_commit(
        lambda: mails.send(
            member.user,
            lazy("A phone now signs in to Posko as you"),
            lazy("“%(name)s” is enrolled in %(campaign)s for 90 days; the QR code came from %(by)s."),
            name=name,
            campaign=member.campaign,
            by=link.made_by,
        )
    )
    return phone, secret


# Signing in by itself ----------------------------------------------------------------------------


def sign_in(request: HttpRequest, phone: Phone) -> None:
    """Go on as the candidate, on a phone whose secret was right."""
    request.identity_phone = True  # type: ignore[attr-defined]  # no mail about a new device: this one is known
    login(request, phone.user, backend=BACKEND)
    second_factor.prove(request, phone.user, "phone", id=phone.pk)
    UserSession.objects.filter(session_key=request.session.session_key).update(data={"phone": phone.pk})


def renew(request: HttpRequest) -> None:
    """Sign in anew the phone whose session ran out; a phone that is not enrolled any more loses its cookie."""
    phone = of_cookie(request)
    if phone is None:
        drop_cookie(request)
        return
    kept = request.META.get("CSRF_COOKIE")
    sign_in(request, phone)
    if kept:  # the page that the phone shows was drawn before, and its form must still be taken
        request.META["CSRF_COOKIE"] = kept
    seen(phone.pk)


def seen(pk: int) -> None:
    """Note that a phone is in use."""
    Phone.objects.filter(pk=pk).update(last_seen_at=clock.now())


def of_cookie(request: HttpRequest) -> Phone | None:
    """The enrolled phone that asks, while it is valid."""
    try:
        pk, _colon, secret = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE).partition(":")
    except (signing.BadSignature, AttributeError):
        return None
    valid = Phone.objects.valid(clock.now()).select_related("user", "member")
    return valid.filter(pk=pk, token_hash=_hash(secret)).first()


def keep_cookie(response: HttpResponse, phone: Phone, secret: str) -> None:
    """Give the phone what it signs in by from now on."""
    response.set_cookie(
        COOKIE,
        signing.dumps(f"{phone.pk}:{secret}", salt=COOKIE),
        max_age=int(VALID.total_seconds()),
        httponly=True,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        samesite="Lax",
    )


def drop_cookie(request: HttpRequest) -> None:
    """Let the answer to `request` take the phone's cookie away."""
    request.identity_drop_phone = True  # type: ignore[attr-defined]  # read by the middleware


# Releasing ---------------------------------------------------------------------------------------


@transaction.atomic
def release_all_of(member: Member) -> None:
    """They are the candidate's no more, or suspended: no phone signs in by itself, even once they are back."""
    now = clock.now()
    PhoneLink.objects.filter(member=member, used_at=None, expires_at__gt=now).update(expires_at=now)
    for phone in Phone.objects.filter(member=member, revoked_at=None).select_related("user", "member"):
        release(phone, by="team")


@transaction.atomic
def release(phone: Phone, *, by: Member | str) -> None:
    """The phone signs in no more, and its sessions end now. Harmless to do twice."""
    if Phone.objects.filter(pk=phone.pk, revoked_at=None).update(revoked_at=clock.now()):
        audit.record("phone.release", phone, by=by, campaign_id=phone.member.campaign_id)
        notices.done("phone_enrolled", phone)
    sessions.end(phone.user, data__phone=phone.pk)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()  # of 24 random bytes or more, which nobody guesses


def _code_hash(token: str, code: str) -> str:
    digits = "".join(filter(str.isdigit, code))
    return salted_hmac(f"campaign.identity.phones.{token}", digits, algorithm="sha256").hexdigest()
