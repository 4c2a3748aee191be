"""The day's seal, sent out of the house: who holds the mail can prove that nothing was cut from the record."""

import logging
from datetime import UTC, datetime, time, timedelta

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaign import audit, clock
from campaign.duties import reading
from campaign.models import Campaign, DaySeal, Member, Phone, Role

log = logging.getLogger("posko.digest")


def send_day_seals() -> int:
    """Seal yesterday and mail the seal; how many mails. Only whoever made the seal sends it, so it goes out once."""
    seal = audit.seal_day()
    if seal is None:
        return 0
    people = Member.objects.active().filter(role__in=(Role.CANDIDATE, Role.MANAGER), user__email__isnull=False)
    late: dict[int, list[str]] = {}
    mails = 0
    for member in people.select_related("user", "campaign__ruleset"):
        if member.campaign_id not in late:
            late[member.campaign_id] = _late(member.campaign)
        mails += _send(seal, member, late[member.campaign_id])
    return mails


def _late(campaign: Campaign) -> list[str]:
    """The duties that are late, a line each. A seal is mailed whatever becomes of them."""
    try:
        with override("id"):
            standings = reading.open_of(campaign, clock.now())
            return [f"- {each.name}: {each.words}" for each in standings if each.stage == reading.Stage.OVERDUE]
    except Exception:
        log.exception("the duties of campaign %s could not be read for the digest", campaign.pk)
        return []


def _send(seal: DaySeal, member: Member, late: list[str]) -> int:
    with override("id"):
        told = "\n" + "\n".join([_("These duties are late:"), *late]) + "\n" if late else ""
        text = _(
            "Keep this mail. It proves that nothing was taken from Posko's record up to this day.\n\n"
            "Rows sealed: %(position)d\nSeal: %(hash)s\n"
            "To compare: python manage.py verify_audit --seal %(position)d:%(hash)s\n"
        )
        mail = EmailMessage(
            _("The day's seal of %(campaign)s, %(day)s") % {"campaign": member.campaign.name, "day": seal.day},
            text % {"position": seal.position, "hash": seal.hash} + told + _phones(seal, member),
            to=[str(member.user.email)],
        )
        try:
            return mail.send()
        except OSError:  # smtplib's errors are such; tomorrow's seal covers today as well
            log.exception("the day's seal could not be mailed to member %s", member.pk)
            return 0


def _phones(seal: DaySeal, member: Member) -> str:
    """The phones that were enrolled in the campaign that day, a line each; empty on most days."""
    begins = datetime.combine(seal.day, time(), tzinfo=UTC)  # the seal's day is the database's, and that is UTC
    made = Phone.objects.filter(made_at__gte=begins, made_at__lt=begins + timedelta(days=1))
    enrolled = made.filter(member__campaign_id=member.campaign_id).select_related("user")
    line = _("A phone was enrolled that signs in as %(who)s: “%(name)s”. If it is not theirs, release it in Posko.")
    return "".join(f"\n{line % {'who': phone.user, 'name': phone.name}}\n" for phone in enrolled)
