"""Short mails about somebody's own sign-in. Never a reason to fail: what was done is done."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaign.models import User

log = logging.getLogger("posko.identity")


def send(user: User, subject: str | Promise, body: str | Promise, **told: object) -> bool:
    """Mail `user` in Indonesian; whether it left. Lazy texts are filled with `told`. Nobody without an address."""
    if not user.email:
        return False
    with override(settings.LANGUAGE_CODE):
        where = settings.BASE_URL + reverse("campaign:security")
        foot = _("Was it not you? Open My security, sign out what you do not know, and change your password: %(url)s")
        text = f"{str(body) % told}\n\n{foot % {'url': where}}\n"
        mail = EmailMessage(str(subject) % told, text, to=[user.email])
    try:
        return bool(mail.send())
    except OSError:  # smtplib's errors are such
        log.exception("a mail about signing in could not be sent to user %s", user.pk)
        return False
