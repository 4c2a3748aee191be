"""How Posko is registered at each network, step by step: the pages show it, and docs/networks/ is made from it.

Source: the networks' documentation for developers, as of 2026-11. Their pages change often; each step names what to
look for rather than where to press.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

META_ROLE = lazy(
    "Under App roles add everybody who will connect an account here, and let them accept. For their accounts "
    "publishing needs no review by Meta."
)
META_LIVE = lazy(
    "Publish the app (switch it to Live); it asks for the address of a privacy page. Before that, only people with "
    "a role in the app see what it posts."
)
META_REVIEW = lazy(
    "For messages and comments of ordinary voters Meta wants Advanced Access: App Review and Business Verification. "
    "That takes weeks; begin early. Publishing works meanwhile."
)


@dataclass(frozen=True)
class Step:
    """One thing to do, and where."""

    text: Promise
    link: str = ""


@dataclass(frozen=True)
class Guide:
    """What the network calls the two words Posko needs, what it takes, and the way there."""

    id_name: str
    secret_name: str
    takes: Promise
    steps: tuple[Step, ...]
    after: tuple[Promise, ...] = ()
    """What to know once it is done."""


GUIDES: dict[str, Guide] = {
    "facebook": Guide(
        "App ID",
        "App secret",
        lazy("About twenty minutes. Free of charge."),
        (
            Step(
                lazy("Sign in at Meta for Developers with the Facebook account that manages the Page."),
                "https://developers.facebook.com/apps/",
            ),
            Step(lazy("Create an app and call it Posko with your candidate's name. Choose the use case for Pages.")),
            Step(lazy("Add Facebook Login, and in its settings enter the address below as a valid redirect address.")),
            Step(META_ROLE),
            Step(META_LIVE),
            Step(lazy("In App settings, Basic, copy App ID and App secret and enter them here.")),
        ),
        (
            META_REVIEW,
            lazy(
                "Facebook may ask the people who manage a Page to confirm who they are before anything can be "
                "published. Do that now, together with two-factor authentication, rather than in the last week."
            ),
        ),
    ),
    "instagram": Guide(
        "Instagram App ID",
        "Instagram App secret",
        lazy("About twenty minutes. Free of charge."),
        (
            Step(lazy("In the Instagram app make the account a professional one: Settings, Account type.")),
            Step(
                lazy("Open the same app as for Facebook at Meta for Developers, or create one."),
                "https://developers.facebook.com/apps/",
            ),
            Step(lazy("Add Instagram and choose the way with Instagram Login; a Facebook Page is not needed for it.")),
            Step(lazy("In Business login settings enter the address below as the redirect address.")),
            Step(
                lazy(
                    "Under App roles add the account as an Instagram tester, and accept in Instagram: Settings, "
                    "Website permissions, Tester invitations."
                )
            ),
            Step(META_LIVE),
            Step(
                lazy(
                    "Copy Instagram App ID and Instagram App secret from the Instagram page of the app and enter them "
                    "here. They are not the App ID and secret of Facebook."
                )
            ),
        ),
        (
            META_REVIEW,
            lazy("Instagram fetches pictures from Posko, so Posko must be reachable from the internet by https."),
            lazy("A sign-in lasts 60 days; Posko renews it every week by itself."),
        ),
    ),
    "threads": Guide(
        "Threads App ID",
        "Threads App secret",
        lazy("About fifteen minutes. Free of charge."),
        (
            Step(
                lazy("At Meta for Developers create an app with the use case for Threads, or add it to your app."),
                "https://developers.facebook.com/apps/",
            ),
            Step(lazy("In the settings of the use case enter the address below as the redirect address.")),
            Step(
                lazy(
                    "Under App roles add the account as a Threads tester, and accept in Threads: Settings, Account, "
                    "Website permissions, Invitations."
                )
            ),
            Step(
                lazy(
                    "Copy Threads App ID and Threads App secret and enter them here. They are not the App ID and "
                    "secret of Facebook."
                )
            ),
        ),
        (
            lazy("Accounts that are no testers of the app need Meta's App Review."),
            lazy("Threads fetches pictures from Posko, so Posko must be reachable from the internet by https."),
            lazy("A sign-in lasts 60 days; Posko renews it every week by itself."),
        ),
    ),
    "x": Guide(
        "OAuth 2.0 Client ID",
        "OAuth 2.0 Client Secret",
        lazy("About fifteen minutes and a credit card: X sells its API by use."),
        (
            Step(lazy("Sign in at X's developer console with the campaign's account."), "https://console.x.com/"),
            Step(lazy("Describe what Posko is for: one candidate's team publishes and answers on its own account.")),
            Step(
                lazy(
                    "Buy credits and set a spending limit. As of August 2026 a post costs 0.015 US dollars, and 0.20 "
                    "with a link."
                )
            ),
            Step(lazy("Create an app, and in its user authentication settings choose Read and write and Web App.")),
            Step(lazy("Enter the address below as the callback address, and Posko's own address as the website.")),
            Step(
                lazy(
                    "Copy OAuth 2.0 Client ID and Client Secret and enter them here. They are not the API key and "
                    "its secret."
                )
            ),
        ),
        (
            lazy("X lets apps answer people only after they have mentioned you; otherwise a person answers in X."),
            lazy("X forbids keeping anybody's political leaning. Posko never does."),
        ),
    ),
    "tiktok": Guide(
        "Client key",
        "Client secret",
        lazy("About thirty minutes, then some days until TikTok has looked at the app. Free of charge."),
        (
            Step(
                lazy("Sign in at TikTok for Developers and create an app of the kind Web."),
                "https://developers.tiktok.com/apps/",
            ),
            Step(lazy("Add Login Kit, and enter the address below as the redirect address.")),
            Step(
                lazy("Add the Content Posting API. Verify Posko's own web address there, so that it may fetch photos.")
            ),
            Step(lazy("Ask for the permissions that are named below, and send the app for review.")),
            Step(lazy("Copy Client key and Client secret and enter them here.")),
        ),
        (
            lazy(
                "Until TikTok has audited the app, films arrive as drafts in the TikTok app, and a person publishes "
                "them there. TikTok's rules say that a tool for one team's own accounts does not pass the audit, so "
                "plan for drafts."
            ),
            lazy("TikTok lets nobody ask for donations in politics, and gives apps no access to comments."),
        ),
    ),
    "youtube": Guide(
        "Client ID",
        "Client secret",
        lazy("About thirty minutes. Free of charge."),
        (
            Step(
                lazy("At Google Cloud create a project, signed in with the Google account of the channel."),
                "https://console.cloud.google.com/",
            ),
            Step(lazy("Switch on the YouTube Data API v3 in the library.")),
            Step(
                lazy(
                    "Fill in the consent screen for external users, and publish it: while it is in testing, each "
                    "sign-in ends after seven days."
                )
            ),
            Step(lazy("Create credentials: an OAuth client ID of the kind Web application.")),
            Step(lazy("Enter the address below as an authorised redirect address.")),
            Step(lazy("Copy Client ID and Client secret and enter them here.")),
        ),
        (
            lazy(
                "Films stay private until YouTube has audited the project; a person then makes each one public in "
                "YouTube Studio. Ask for the audit with YouTube's form for API services."
            ),
            lazy("One project may upload 100 films a day."),
        ),
    ),
}
STEPS: dict[str, tuple[Promise, ...]] = {
    "bluesky": (
        lazy("In Bluesky open Settings, Privacy and security, App passwords."),
        lazy("Choose *Add app password*, call it Posko, and copy the password it shows."),
        lazy("Type your name and that password here."),
    ),
    "telegram": (
        lazy("In Telegram write to @BotFather: /newbot. Give the bot a name; it answers with a token."),
        lazy("In your channel add the bot as an administrator who may post and delete messages."),
        lazy("Paste the token and the channel's name here."),
    ),
    "whatsapp": (
        lazy("Say which status, group or channel it is, and who of the team sends there; they must be in it already."),
        lazy("At its time each post stands on that member's phone: text, pictures and a button into WhatsApp."),
        lazy("They send it once, by hand, and bring a screenshot or a link back."),
    ),
}
"""Networks without a registration: how a person gets what the form for an account asks for."""

NOTES: dict[str, tuple[Promise, ...]] = {
    "whatsapp": (
        lazy(
            "Why by hand: Meta closes the WhatsApp Business Platform, and the Business app too, to candidates, "
            "parties, campaigns and whoever works for them. Programs that pass for a phone break WhatsApp's terms, and "
            "the number is lost. So there is no connector, and there will be none."
        ),
        lazy(
            "One person, one tap, into a group they are in themselves: Posko sends to no list and keeps no numbers of "
            "those who read."
        ),
        lazy(
            "Each group gets a short link of its own, so Posko can count how often a post was followed from there, "
            "though WhatsApp tells no numbers."
        ),
        lazy(
            "Voters begin a talk themselves: *Talks on WhatsApp* under *Accounts* makes a wa.me link and a QR code of "
            "a member's number. What they write stays on that phone."
        ),
        lazy(
            "How long a text may be is known for certain only of the Business Platform; of the app people report what "
            "Posko assumes: 4,096 characters, 1,024 below a picture, 700 in a status."
        ),
    ),
}
"""What to know of a network besides."""
