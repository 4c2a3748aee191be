"""What the ground writes to the record, in words: a sentence for every verb, and where its things can be seen."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from campaign import registry
from campaign.access import may
from campaign.models import (
    Channel,
    Delivery,
    Duty,
    Idea,
    Invitation,
    Member,
    PolicyChange,
    Post,
    RuleOverride,
)
from campaign.registry import Acts, Thing

# Where things can be seen ------------------------------------------------------------------------


def _posts(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    return _each(member, "post_detail", Post.objects.visible_to(member).filter(pk__in=numbers).values_list("pk"))


def _deliveries(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    if not may(member, "delivery.decide"):
        return {}
    return _each(member, "delivery", Delivery.objects.visible_to(member).filter(pk__in=numbers).values_list("pk"))


def _channels(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    rows = Channel.objects.visible_to(member).filter(pk__in=numbers).values_list("pk")
    url = reverse("campaign:channels", args=[member.campaign.slug])
    return {pk: url for (pk,) in rows} if may(member, "channel.see") else {}


def _changes(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    rows = RuleOverride.objects.visible_to(member).filter(pk__in=numbers).values_list("pk")
    url = reverse("campaign:rules", args=[member.campaign.slug])
    return {pk: url for (pk,) in rows} if may(member, "rules.see") else {}


def _duties(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    rows = Duty.objects.visible_to(member).filter(pk__in=numbers).values_list("pk", "key")
    return {pk: reverse("campaign:duty", args=[member.campaign.slug, key]) for pk, key in rows}


def _ideas(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    rows = Idea.objects.visible_to(member).filter(pk__in=numbers).values_list("pk")
    url = reverse("campaign:ideas", args=[member.campaign.slug])
    return {pk: f"{url}#ide-{pk}" for (pk,) in rows} if may(member, "idea.see") else {}


def _members(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    rows = Member.objects.filter(campaign_id=member.campaign_id, pk__in=numbers).values_list("pk")
    return _each(member, "team_member", rows) if may(member, "team.manage") else {}


def _invitations(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    rows = Invitation.objects.filter(campaign_id=member.campaign_id, pk__in=numbers).values_list("pk", flat=True)
    url = reverse("campaign:team", args=[member.campaign.slug])
    return dict.fromkeys(rows, url) if may(member, "team.manage") else {}


def _policies(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    rows = PolicyChange.objects.filter(campaign_id=member.campaign_id, pk__in=numbers).values_list("pk", flat=True)
    url = reverse("campaign:approval_settings", args=[member.campaign.slug])
    return dict.fromkeys(rows, url) if may(member, "approval.settings") else {}


def _nowhere(_member: Member, _numbers: Sequence[int]) -> dict[int, str]:
    return {}


def _campaigns(member: Member, numbers: Sequence[int]) -> dict[int, str]:
    return {pk: member.campaign.get_absolute_url() for pk in numbers if pk == member.campaign_id}


def _each(member: Member, view: str, rows: Iterable[tuple[int]]) -> dict[int, str]:
    return {pk: reverse(f"campaign:{view}", args=[member.campaign.slug, pk]) for (pk,) in rows}


# What happened -----------------------------------------------------------------------------------

registry.acts.add(
    Acts(
        "post",
        lazy("Posts"),
        {
            "post.write": lazy("%(who)s wrote a post"),
            "post.edit": lazy("%(who)s changed a post: version %(version)s"),
            "post.submit": lazy("%(who)s asked for approval of version %(version)s"),
            "post.approve": lazy("%(who)s approved version %(version)s"),
            "post.schedule": lazy("A post was scheduled, because all approvals were there; the last was by %(who)s"),
            "post.ask_changes": lazy("%(who)s asked for changes of a post"),
            "post.refuse": lazy("%(who)s refused a post"),
            "post.withdraw": lazy("%(who)s withdrew a post"),
            "post.reschedule": lazy("%(who)s moved a post to another time"),
            "post.plan": lazy("%(who)s planned a post for another day"),
            "post.take_back": lazy("%(who)s took an approval of version %(version)s back"),
            "post.reopen": lazy("A scheduled post waits for approval again, after what %(who)s did"),
            "post.copy": lazy("%(who)s made a copy of post %(copied)s"),
            "post.restore": lazy("%(who)s brought version %(restored)s back as version %(version)s"),
            "post.ignore_finding": lazy("%(who)s ignored a finding of the checks in version %(version)s"),
            "label.make": lazy("%(who)s made a new label"),
            "link.close": lazy("%(who)s closed the short links of a post"),
            "link.open": lazy("%(who)s opened the short links of a post again"),
            "post.take_down": lazy("%(who)s had a post taken down: “%(reason)s”"),
            "post.settle": lazy("The networks answered; the post is now: %(state)s"),
        },
        {"post": Thing(lazy("Post %(number)s"), _posts), "label": Thing(lazy("Label %(number)s"), _nowhere)},
    )
)
registry.acts.add(
    Acts(
        "delivery",
        lazy("Sending"),
        {
            "delivery.waiting": lazy("%(who)s put a sending back to wait: %(problem)s"),
            "delivery.sending": lazy("%(who)s began to send"),
            "delivery.sent": lazy("%(who)s published on an account"),
            "delivery.unsure": lazy("%(who)s does not know whether it was published: %(problem)s"),
            "delivery.handed": lazy("%(who)s handed it to a person to publish"),
            "delivery.held": lazy("%(who)s held a sending: %(problem)s"),
            "delivery.failed": lazy("%(who)s could not publish: %(problem)s"),
            "delivery.cancelled": lazy("%(who)s cancelled a sending"),
            "delivery.settle": lazy("%(who)s learned what became of it: %(state)s"),
            "delivery.ask_person": lazy("%(who)s asks a person to look: %(problem)s"),
            "delivery.try_again": lazy("%(who)s had it tried again"),
            "delivery.follow": lazy("%(who)s let it go on, now that what it follows does"),
            "delivery.leave_out": lazy("%(who)s left out what should have followed a post"),
            "delivery.finish": lazy("%(who)s published it by hand"),
            "delivery.finish_before": lazy("%(who)s told that it had been published by hand before it was too late"),
            "delivery.give_up": lazy("%(who)s decided not to publish it: “%(reason)s”"),
            "delivery.decide": lazy("%(who)s looked on the network and said: %(state)s"),
        },
        {"delivery": Thing(lazy("Sending %(number)s"), _deliveries)},
    )
)
registry.acts.add(
    Acts(
        "channel",
        lazy("Accounts"),
        {
            "channel.connect": lazy("%(who)s connected an account"),
            "channel.connect_again": lazy("%(who)s connected an account again"),
            "channel.change": lazy("%(who)s changed where and by whom is published by hand"),
            "channel.remove": lazy("%(who)s removed an account"),
            "channel.talk": lazy("%(who)s changed the number for talks on WhatsApp"),
            "channel.reconnect_needed": lazy("%(who)s found that an account needs a new sign-in: %(problem)s"),
            "channel.registered": lazy("%(who)s noted that an account is registered with KPU"),
            "channel.closed": lazy("%(who)s noted that an account is closed"),
            "channel.not_registered": lazy("%(who)s took back that an account is registered with KPU"),
            "channel.not_closed": lazy("%(who)s took back that an account is closed"),
        },
        {"channel": Thing(lazy("Account %(number)s"), _channels)},
    )
)
registry.acts.add(
    Acts(
        "rules",
        lazy("Election rules"),
        {
            "rules.ask": lazy("%(who)s asked for a change of the rule “%(rule)s”: %(value)s"),
            "rules.agree": lazy("%(who)s agreed to the change of the rule “%(rule)s”"),
            "rules.refuse": lazy("%(who)s refused the change of the rule “%(rule)s”"),
            "rules.withdraw": lazy("%(who)s withdrew the change of the rule “%(rule)s”"),
            "rules.begin": lazy("The rule “%(rule)s” is in force as changed: %(value)s; by %(who)s"),
        },
        {"ruleoverride": Thing(lazy("Change of a rule %(number)s"), _changes)},
    )
)
registry.acts.add(
    Acts(
        "campaign",
        lazy("Campaign"),
        {
            "network.register": lazy("%(who)s entered Posko's registration at a network: %(platform)s"),
            "network.forget": lazy("%(who)s removed Posko's registration at a network: %(platform)s"),
            "campaign.begin": lazy("%(who)s began the campaign"),
            "campaign.put_away": lazy("%(who)s put the congratulation on the first post away"),
            "campaign.stop": lazy("%(who)s stopped everything: “%(reason)s”"),
            "campaign.resume": lazy("%(who)s let publishing go on"),
            "campaign.restore": lazy("%(who)s was restored from a backup, and everything stopped"),
            "demo.make": lazy("%(who)s began the demonstration"),
            "demo.remove": lazy("%(who)s removed the demonstration"),
        },
        {"campaign": Thing(lazy("This campaign"), _campaigns)},
    )
)
registry.acts.add(
    Acts(
        "duty",
        lazy("Deadlines"),
        {
            "duty.assign": lazy("%(who)s chose who looks after “%(duty)s”"),
            "duty.finish": lazy("%(who)s confirmed that this is done: “%(duty)s”"),
            "duty.undo": lazy("%(who)s took back that this is done: “%(duty)s”"),
        },
        {"duty": Thing(lazy("Deadline %(number)s"), _duties)},
    )
)
registry.acts.add(
    Acts(
        "idea",
        lazy("Ideas"),
        {
            "idea.send": lazy("%(who)s sent an idea from the field"),
            "idea.take": lazy("%(who)s made a post of an idea"),
            "idea.put_aside": lazy("%(who)s put an idea aside"),
            "idea.bring_back": lazy("%(who)s brought an idea back"),
            "idea.withdraw": lazy("%(who)s withdrew an idea of their own, with its pictures"),
        },
        {"idea": Thing(lazy("Idea %(number)s"), _ideas)},
    )
)
registry.acts.add(
    Acts(
        "record",
        lazy("Record"),
        {
            "record.verify": lazy("%(who)s had the record checked; found wrong: %(flaws)s"),
            "record.export": lazy("%(who)s saved %(rows)s lines of the record: “%(reason)s”"),
        },
    )
)
registry.acts.add(
    Acts(
        "approval",
        lazy("Approval rules"),
        {
            "approval.ask": lazy("%(who)s asked for other approval rules"),
            "approval.begin": lazy("Other approval rules are in force, by %(who)s"),
            "approval.refuse": lazy("%(who)s refused other approval rules"),
            "approval.withdraw": lazy("%(who)s took a request for other approval rules back"),
        },
        {"policychange": Thing(lazy("Approval rules %(number)s"), _policies)},
    )
)
registry.acts.add(
    Acts(
        "team",
        lazy("Team"),
        {
            "invitation.make": lazy("%(who)s invited somebody as %(role)s"),
            "invitation.revoke": lazy("%(who)s took an invitation back"),
            "invitation.new_pin": lazy("%(who)s made a link for a new PIN"),
            "member.join": lazy("%(who)s joined the team as %(role)s"),
            "member.new_pin": lazy("%(who)s chose a new PIN"),
            "member.role": lazy("%(who)s gave a member another role: %(role)s"),
            "member.access": lazy("%(who)s changed how long a membership lasts"),
            "member.suspend": lazy("%(who)s suspended a member"),
            "member.resume": lazy("%(who)s let a member in again"),
            "member.end": lazy("A membership has ended, noted by %(who)s"),
            "pin.lock": lazy("%(who)s locked a name after wrong PINs"),
        },
        {
            "member": Thing(lazy("Member %(number)s"), _members),
            "invitation": Thing(lazy("Invitation %(number)s"), _invitations),
        },
    )
)
registry.acts.add(
    Acts(
        "identity",
        lazy("Signing in"),
        {
            "phone.invite": lazy("%(who)s showed a code to enrol the candidate's phone"),
            "phone.enrol": lazy("%(who)s enrolled a phone"),
            "phone.release": lazy("%(who)s released a phone"),
            "person.new_password": lazy("%(who)s chose a new password"),
            "person.second_step_add": lazy("%(who)s added a second step to signing in"),
            "person.second_step_remove": lazy("%(who)s removed a second step of signing in"),
            "person.recovery_codes": lazy("%(who)s made new recovery codes"),
            "person.end_session": lazy("%(who)s signed another device out"),
            "feed.make_key": lazy("%(who)s made a link for their calendar"),
            "feed.end_key": lazy("%(who)s ended the link for their calendar"),
        },
        {"phone": Thing(lazy("Phone %(number)s"), _nowhere), "user": Thing(lazy("Person %(number)s"), _nowhere)},
    )
)
