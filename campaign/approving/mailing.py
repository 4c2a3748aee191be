"""The mails about approval: short, in the person's language, with one link and no word of the post."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaign import policy
from campaign.approving import link
from campaign.models import Post, PostState, Reminder, Step


def send(row: Reminder) -> int:
    """Send one mail; 0 where there is no address, or nothing to say any more. Raises what the mail server raises."""
    post, user = row.submission.post, row.member.user
    if not user.email or row.member.suspended_at or not user.is_active or _is_over(row, post):
        return 0
    with override(language_of(user)):
        subject, text = _words(row.step, post)
        body = f"{text}\n\n{link.address(post)}\n\n{post.campaign.name} · Posko\n"
        return EmailMessage(subject, body, to=[user.email]).send()


def language_of(user: object) -> str:
    """The person's language where they have told it, else Indonesian."""
    told = str(getattr(user, "language", "") or "")
    return told if told in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_over(row: Reminder, post: Post) -> bool:
    """Whether what it speaks of is done: somebody answered between the writing of the row and its turn."""
    if row.step == Step.DEPUTY_SAID:
        return post.state != PostState.SCHEDULED
    if post.state != PostState.IN_REVIEW or post.version != row.submission.version:
        return True
    return row.step in (Step.ASKED, Step.REMINDED, Step.HALFWAY) and (
        row.member_id not in policy.standing(post).askable
    )


def _words(step: str, post: Post) -> tuple[str, str]:
    told = {"who": str(post.author or "–"), "when": link.when(post) if post.planned_at else ""}
    due = _("It is to leave %(when)s.") % told if post.planned_at else _("It leaves as soon as it is approved.")
    match step:
        case Step.ASKED:
            subject = _("A post waits for your approval")
            text = _("%(who)s asks for your approval of a post.") % told
        case Step.REMINDED | Step.HALFWAY:
            subject = _("Still waits for your approval")
            text = _("A post by %(who)s still waits for your answer.") % told
        case Step.DEPUTY:
            subject = _("You may decide in the candidate's place")
            text = _("The candidate has not answered in time about a post by %(who)s. You may decide now.") % told
        case Step.DEPUTY_SAID:
            subject = _("A post was approved in your place")
            text = _("The deputy has approved a post by %(who)s in your place.") % told
            due = f"{due} {_('Until then you can take it back.')}"
        case Step.LATE:
            subject = _("A post was not approved in time")
            text = _("Nobody has approved a post by %(who)s in time, so it has not left.") % told
        case _:
            subject = _("A post is not approved yet")
            text = _("A post by %(who)s is not approved yet, so it will not leave in time.") % told
            due = _("Ask once more, or choose a later time.")
    return subject, f"{text} {due}"
