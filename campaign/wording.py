"""Codes into sentences, in the reader's language: what happened, and what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import registry, rules

PROBLEMS: dict[str, Promise] = {
    # Reaching the network
    "bad_address": lazy(
        "This address cannot be used. Type it as your browser shows it, such as https://mastodon.social."
    ),
    "bad_header": lazy("There are characters in this that cannot be sent. Type it again."),
    "plain_http": lazy("%(host)s must be reached over https. Type the address with https."),
    "private_address": lazy("%(host)s lies in a private network. Posko only goes to public addresses."),
    "redirected": lazy("The server sends us on to %(host)s. Type that address instead."),
    "dns_failed": lazy("No server is called %(host)s. Check the spelling."),
    "connect_timeout": lazy("%(host)s did not answer. Nothing was sent; Posko tries again."),
    "connect_failed": lazy("%(host)s could not be reached. Nothing was sent; Posko tries again."),
    "tls_failed": lazy("The secure connection to %(host)s failed. Nothing was sent."),
    "slow_start": lazy("Posko's machine was too slow to begin. Nothing was sent; it tries again."),
    "timed_out": lazy("%(host)s did not answer in time. It may be published or not."),
    "cut_off": lazy("The line to %(host)s broke before the answer came. It may be published or not."),
    "broken_answer": lazy("%(host)s gave a broken answer. It may be published or not."),
    "answer_too_large": lazy("%(host)s gave an answer of unusual size. It may be published or not."),
    "not_json": lazy("The server answered with a page instead of data. It may be published or not."),
    # What the network says
    "rate_limited": lazy("The network asks us to wait. Posko tries again by itself."),
    "server_error": lazy("The network's server failed (%(status)s)."),
    "signed_out": lazy("The network no longer accepts our sign-in. Connect the account again."),
    "not_allowed": lazy("The network does not let this account do that: “%(words)s”"),
    "not_found": lazy("The network does not know this: “%(words)s”"),
    "refused": lazy("The network refuses this content: “%(words)s”"),
    "odd_answer": lazy("The network gave an answer that Posko does not understand (%(status)s)."),
    "look_there": lazy("The network does not show it, which proves nothing. Look at the account and tell Posko."),
    "wrong_login": lazy("The network does not accept this name and password. Check both."),
    "use_app_password": lazy("Use an app password, not the account's own password."),
    "token_expired": lazy("The sign-in had run out; Posko renews it and tries again."),
    "telegram_blind": lazy("Telegram lets nobody look up what a bot has sent. Look at the channel and tell Posko."),
    "chat_not_found": lazy("The bot does not find this channel. Check the name, and add the bot as an administrator."),
    "no_right_to_post": lazy("The bot may not post there. Make it an administrator who may post messages."),
    "chat_moved": lazy("The group has moved. Connect it again."),
    # Drafts
    "empty": lazy("Write a text or add a picture."),
    "too_long": lazy("The text has %(length)s characters; %(limit)s are allowed here."),
    "too_many_bytes": lazy("The text takes %(length)s bytes; %(limit)s are allowed here."),
    "too_many_pictures": lazy("There are %(count)s pictures; %(limit)s are allowed here."),
    "picture_type": lazy("Picture %(number)s is of a kind (%(mime)s) that is not taken here."),
    "picture_too_big": lazy("Picture %(number)s is too large for this network."),
    "picture_too_wide": lazy("Picture %(number)s has too many pixels for this network."),
    "picture_shape": lazy("Picture %(number)s is too long and narrow for this network."),
    "alt_too_long": lazy("The description of picture %(number)s has %(length)s characters; %(limit)s are allowed."),
    # Ours
    "late": lazy("It was too late to publish it as planned."),
    "phase": lazy("The election calendar does not allow it to leave at that time."),
    "stopped": lazy("It fell due while the campaign was stopped."),
    "not_out": lazy("Somebody looked and found that it was not published."),
    "not_there": lazy("The network's answers stayed unclear for minutes; it shows that this was not published."),
    "account_removed": lazy("The account was removed from Posko before this could leave."),
    "picture_changed": lazy("The picture's file is not the one that was approved. Add it anew and submit again."),
    "by_hand": lazy("Posko cannot publish here by itself: a person of the team does it."),
    "needs_public_address": lazy(
        "This network fetches the pictures from Posko, which it cannot reach here. A person publishes it by hand."
    ),
    "given_up": lazy("Somebody decided not to publish it."),
    "restored": lazy("Posko was restored from a backup, and this may have left after it was taken."),
    "worker_lost": lazy("Posko was interrupted while sending. It may be published or not."),
}

# The same codes mean something else while an account is being connected: nothing is published, nothing is repeated.
CONNECTING: dict[str, Promise] = {
    "timed_out": lazy("%(host)s did not answer in time. Check the address, or try again later."),
    "cut_off": lazy("The line to %(host)s broke. Try again."),
    "broken_answer": lazy("%(host)s gave an answer that is not a social network's. Check the address."),
    "answer_too_large": lazy("%(host)s gave an answer that is not a social network's. Check the address."),
    "not_json": lazy("This server answers with a page, not as a social network does. Check the address."),
    "not_found": lazy("This server does not know what Posko asked. Check the address."),
    "connect_timeout": lazy("%(host)s did not answer. Check the address, or try again later."),
    "connect_failed": lazy("%(host)s could not be reached. Check the address, or try again later."),
    "tls_failed": lazy("The secure connection to %(host)s failed. Check the address."),
    "slow_start": lazy("Posko's machine is too slow just now. Try again."),
    "rate_limited": lazy("The network asks us to wait. Try again in some minutes."),
    "signed_out": lazy("The network does not accept this. Check it and copy it anew."),
    "refused": lazy("The network refuses: “%(words)s”"),
    "odd_answer": lazy("This server does not answer as this network does. Check the address."),
}

NOTICES: dict[str, Promise] = {
    "approve": lazy("Waits for your approval: “%(text)s”"),
    "ask_changes": lazy("Changes are asked: “%(text)s”"),
    "refuse": lazy("Was refused: “%(text)s”"),
    "deputy": lazy("The candidate has not answered in time; you may decide: “%(text)s”"),
    "deputy_said": lazy("Was approved in your place; you can take it back until it leaves: “%(text)s”"),
    "unapproved": lazy("Is not approved yet and will not leave in time: “%(text)s”"),
    "policy_agree": lazy("The approval rules are to be loosened, and need your agreement."),
    "policy_refused": lazy("Your change of the approval rules was not agreed to."),
    "unsure": lazy("Look whether this is on %(channel)s: “%(text)s”"),
    "handed": lazy("Publish this yourself on %(channel)s: “%(text)s”"),
    "held": lazy("Was held and not published on %(channel)s: “%(text)s”"),
    "failed": lazy("Could not be published on %(channel)s: “%(text)s”"),
    "reconnect": lazy("Connect %(channel)s again; until then nothing leaves there."),
    "signin_week": lazy("The sign-in to %(channel)s ends on %(until)s. Connect it again before then, in a minute."),
    "signin_day": lazy(
        "The sign-in to %(channel)s ends on %(until)s. Connect it again now, else nothing leaves there."
    ),
    "rules_agree": lazy("A rule is to be loosened and needs your agreement: %(rule)s"),
    "at_risk": lazy("At risk at %(time)s on %(channel)s. %(why)s “%(text)s”"),
    "stopped": lazy("%(by)s stopped all publishing: “%(reason)s”"),
    "resumed": lazy("%(by)s lifted the stop. What fell due meanwhile is held and waits for a new time."),
    "restored": lazy("Posko was restored from a backup, and publishing is stopped. Look at the accounts, then resume."),
    "rules_refused": lazy("Your change of a rule was not agreed to: %(rule)s"),
    "duty_due": lazy("To be done by %(due)s: %(duty)s"),
    "duty_late": lazy("Late, it was to be done by %(due)s: %(duty)s"),
    "phone_enrolled": lazy("A phone now signs in as %(who)s: “%(name)s”, by a QR code of %(by)s"),
}

RISKS: dict[str, Promise] = {
    "stopped": lazy("Publishing is stopped: nothing leaves until somebody resumes."),
    "account": lazy("The account must be signed in to again: connect it before then."),
    "doubt": lazy("It is from a backup and may be out already: look at the account."),
    "calendar": lazy("The election calendar closes that time: choose another one."),
    "expires": lazy("The account's sign-in ends before then: connect it again."),
    "blocked": lazy("A check stops it by now: open it and read what the check says."),
    "unapproved": lazy("It is not approved yet: remind whoever approves, or move it."),
    "network": lazy("The network fails or asks to wait just now: have another time at hand."),
}

ALARMS: dict[str, Promise] = {
    "silent": lazy("Nothing is published: Posko has given no sign for %(seconds)s seconds."),
    "never": lazy("Posko is not publishing: it has given no sign yet. Right after a start, wait a minute."),
    "clock": lazy("This machine's clock is %(seconds)s seconds off: posts may leave too early or too late."),
}


def alarm(kind: str, *, part: str, seconds: int) -> str:
    """The sentence for something wrong with the machine; negative seconds of silence mean it was never heard."""
    return _fill(ALARMS["never" if kind == "silent" and seconds < 0 else kind], {"part": part, "seconds": seconds})


def problem(code: str, params: Mapping[str, Any]) -> str:
    """The sentence for a problem code; an unknown code still gives a true sentence."""
    return _fill(PROBLEMS.get(code), params) or _("Something went wrong that Posko has no words for (%(code)s).") % {
        "code": code
    }


def connecting(code: str, params: Mapping[str, Any]) -> str:
    """The sentence for a problem met while an account is being connected."""
    return _fill(CONNECTING.get(code), params) or problem(code, params)


def risk(code: str) -> str:
    """Why a delivery is at risk, and what to do."""
    return _fill(RISKS.get(code), {}) or code


def notice(kind: str, params: Mapping[str, Any]) -> str:
    """The sentence of a notice."""
    if "risk" in params:
        params = {**params, "why": risk(params["risk"])}
    if "rule" in params:
        params = {**params, "rule": rules.label(params["rule"])}
    if "duty" in params:
        params = {**params, "duty": duty(params["duty"]), "due": rules.in_words("calendar.voting_day", params["due"])}
    if "until" in params:
        params = {**params, "until": rules.in_words("calendar.voting_day", params["until"])}
    return _fill(NOTICES.get(kind), params) or kind


def duty(key: str) -> str:
    """The name of a duty of the election."""
    return next((str(kind.name) for kind in registry.duties if kind.key == key), key)


def _fill(sentence: Promise | None, params: Mapping[str, Any]) -> str:
    if sentence is None:
        return ""
    return str(sentence) % Missing(params)


class Missing(dict[str, Any]):
    """Leaves a dash where a network did not tell what a sentence asks for."""

    def __missing__(self, key: str) -> str:
        return "–"
