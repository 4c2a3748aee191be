"""A yes that is taken back, or that the rules no longer take for enough: the post waits for it again."""

from django.db import transaction
from django.utils.translation import gettext as _

from campaign import audit, policy, publishing
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Approval, Campaign, Member, Post, PostState, Role


def mine(post: Post, member: Member) -> list[Approval]:
    """What of the approvals of this version `member` can take back: their own, and for the candidate the deputy's."""
    return [
        yes
        for yes in post.approvals.all()
        if yes.version == post.version and (yes.by_id == member.pk or (member.role == Role.CANDIDATE and yes.as_deputy))
    ]


@transaction.atomic
def take_back(post: Post, *, by: Member, version: int) -> None:
    """Take one's yes back, as long as nothing of the post has left; it waits for approval again."""
    require(by, "post.review")
    policy.hold(post.campaign_id)
    post = publishing.locked(post, version=version)
    taken = mine(post, by)
    if not taken or post.state not in (PostState.IN_REVIEW, PostState.SCHEDULED):
        raise Refused(_("There is no approval of yours to take back any more. Look at where the post stands."))
    Approval.objects.filter(pk__in=[yes.pk for yes in taken]).delete()
    audit.record("post.take_back", post, by=by, version=version)
    if post.state == PostState.SCHEDULED:
        publishing.reopen(post, by=by)


def recheck(campaign: Campaign, *, by: Member) -> int:
    """Scheduled posts that the rules as they are now would not let leave wait for approval again; how many.

    The caller keeps the rules (`policy.hold`). What is on its way already is left alone.
    """
    reopened = 0
    for post in Post.objects.filter(campaign=campaign, state=PostState.SCHEDULED).order_by("pk"):
        try:
            with transaction.atomic():
                row = publishing.locked(post, version=post.version)
                if row.state == PostState.SCHEDULED and policy.missing(row):
                    publishing.reopen(row, by=by)
                    reopened += 1
        except Refused:
            continue
    return reopened
