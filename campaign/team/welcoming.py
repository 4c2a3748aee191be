"""What somebody new reads first: three sentences on what they do here, and where to begin."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from campaign.models import Member, Role


@dataclass(frozen=True)
class Welcome:
    """Three sentences and one button."""

    sentences: list[Promise]
    button: Promise
    url: str


SENTENCES: dict[Role, list[Promise]] = {
    Role.MANAGER: [
        lazy("You run the team: you invite people and end their access."),
        lazy("You connect the campaign's accounts and keep them in order."),
        lazy("If something goes wrong, you stop all publishing with one button."),
    ],
    Role.STAFF: [
        lazy("You write posts and plan when they appear."),
        lazy("Nothing leaves before the candidate has approved it."),
        lazy("If a post is to be changed, you are told on the page Today."),
    ],
    Role.CANDIDATE: [
        lazy("Your team writes; you read each post as people will see it."),
        lazy("You approve, ask for changes or refuse, with one tap."),
        lazy("Without your yes, nothing leaves in your name."),
    ],
    Role.TREASURER: [
        lazy("You keep the campaign's money in order."),
        lazy("The election rules show until when each report is due."),
        lazy("What the team publishes, you read as soon as it is out."),
    ],
    Role.VOLUNTEER: [
        lazy("You help to spread what the campaign has published."),
        lazy("What you see among people, you send to the team on the page From the field."),
        lazy("Do not share your PIN with anybody, not even with the team."),
    ],
}
FIRST: dict[Role, tuple[Promise, str]] = {
    Role.MANAGER: (lazy("See what is on today"), "campaign:today"),
    Role.STAFF: (lazy("Write a post"), "campaign:write_post"),
    Role.CANDIDATE: (lazy("See what waits for me"), "campaign:review"),
    Role.TREASURER: (lazy("See the election rules"), "campaign:rules"),
    Role.VOLUNTEER: (lazy("See what is on today"), "campaign:today"),
}


def of(member: Member) -> Welcome:
    """The welcome for a member's role."""
    role = Role(member.role)
    button, view = FIRST[role]
    return Welcome(SENTENCES[role], button, reverse(view, args=[member.campaign.slug]))
