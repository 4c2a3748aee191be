"""The ground's own entries of the navigation."""

from django.utils.translation import gettext_lazy as _

from campaign.registry import Page, navigation

navigation.add(
    Page(
        _("Today"),
        "today",
        "campaign:today",
        "campaign.see",
        order=10,
        hint=_("What goes out, what waits for you, and what needs someone now."),
    )
)
navigation.add(
    Page(
        _("Review"),
        "review",
        "campaign:review",
        "post.approve",
        order=20,
        hint=_("Read what waits for your yes, one post at a time."),
    )
)
navigation.add(
    Page(
        _("Calendar"),
        "calendar",
        "campaign:calendar",
        "post.see",
        order=30,
        hint=_("What goes out on which day, with the phases of the election and the holidays."),
    )
)
navigation.add(
    Page(
        _("Posts"),
        "posts",
        "campaign:posts",
        "post.see",
        order=40,
        hint=_("Everything written: drafts, planned and published."),
    )
)
navigation.add(
    Page(
        _("From the field"),
        "camera",
        "campaign:send_idea",
        "idea.bring",
        order=15,
        hint=_("Send a picture, a place and one sentence from your phone; the team makes a post of it."),
    )
)
navigation.add(
    Page(
        _("Ideas"),
        "idea",
        "campaign:ideas",
        "idea.see",
        order=45,
        hint=_("What came from the field, to make posts of."),
        part="ideas",
    )
)
navigation.add(
    Page(
        _("Accounts"),
        "channels",
        "campaign:channels",
        "channel.see",
        order=60,
        hint=_("The campaign's own accounts on the networks, and whether they are in order."),
    )
)
navigation.add(
    Page(
        _("Rules"),
        "law",
        "campaign:rules",
        "rules.see",
        order=80,
        hint=_("What the election law says, with its source, and when which part begins."),
    )
)
navigation.add(
    Page(
        _("Deadlines"),
        "duties",
        "campaign:duties",
        "duty.see",
        order=75,
        hint=_("What the law wants done and by when, who looks after it, and the proof."),
    )
)
navigation.add(
    Page(
        _("Record"),
        "record",
        "campaign:record",
        "record.see",
        order=85,
        hint=_("Who did what, when and from where; nobody can change it."),
    )
)
navigation.add(
    Page(
        _("Operations"),
        "settings",
        "campaign:operations",
        "operations.see",
        order=90,
        hint=_("Whether Posko is at work, what is stuck, what is at risk, and how old the backup is."),
    )
)
navigation.add(
    Page(
        _("Approval rules"),
        "check",
        "campaign:approval_settings",
        "approval.settings",
        order=82,
        hint=_("Whose approval a post needs, by when, and who decides otherwise."),
    )
)
navigation.add(
    Page(
        _("Team"),
        "team",
        "campaign:team",
        "team.see",
        order=70,
        hint=_("Who is on the team, with which role; invite, suspend, or give a new PIN."),
    )
)
