"""The mail to a candidate whose access is over: whoever can shut them out must not be able to do it unseen."""

import logging

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaign.approving import mailing
from campaign.models import Member, Role

log = logging.getLogger("posko.team")


def candidate_is_out(candidate: Member, *, by: Member | None) -> None:
    """Mail the candidate that `by` has suspended them, or that their last day is over. Never a reason to fail."""
    user = candidate.user
    if not user.email:
        return
    managers = Member.objects.active().filter(campaign=candidate.campaign_id, role=Role.MANAGER).select_related("user")
    told = {
        "campaign": candidate.campaign.name,
        "by": by,
        "managers": ", ".join(f"{each} ({each.user.email})" for each in managers if each.user.email),
    }
    with override(mailing.language_of(user)):
        if by:
            what = _("%(by)s has suspended your access to %(campaign)s. You can open nothing there any more.") % told
        else:
            what = _("Your access to %(campaign)s has ended: the last day set for it is over.") % told
        text = [
            what,
            _("What needs your own approval waits until you are back, unless you have agreed to a deputy."),
            _("If this was not agreed with you, ask the campaign managers: %(managers)s.") % told,
        ]
        mail = EmailMessage(_("Your access to Posko is over"), "\n\n".join(text) + "\n", to=[user.email])
    try:
        mail.send()
    except OSError:  # smtplib's errors are such; the suspension stands all the same
        log.exception("member %s could not be told by mail", candidate.pk)
