"""Codes into sentences, in the reader's language: what happened, and what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from campaign import measures, registry, rules
from platforms.ai import needs_ai_line

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
    "confirm_there": lazy(
        "The network wants whoever connected this account to confirm who they are: “%(words)s” Open its app, do what it"
        " asks, and then connect the account again."
    ),
    "blocked_there": lazy(
        "The network has blocked this account for a while: “%(words)s” Look at its notices there; connect the account"
        " again once it is free."
    ),
    "window_closed": lazy("Too much time has passed since this person wrote. Answer in the network's own app."),
    "person_away": lazy("This person cannot be written to at the moment: “%(words)s”"),
    "said_before": lazy(
        "The network refuses it because the account's last post says the same. Change the text a little."
    ),
    "link_unreadable": lazy("The network cannot open the link: “%(words)s” Check the address."),
    "telegram_blind": lazy("Telegram lets nobody look up what a bot has sent. Look at the channel and tell Posko."),
    "chat_not_found": lazy("The bot does not find this channel. Check the name, and add the bot as an administrator."),
    "no_right_to_post": lazy("The bot may not post there. Make it an administrator who may post messages."),
    "chat_moved": lazy("The group has moved. Connect it again."),
    "quota_used_up": lazy(
        "YouTube has taken all it takes from Posko in one day. Posko goes on at midnight in California."
    ),
    "upload_limit": lazy("YouTube takes no more films from this channel today. Posko tries again by itself."),
    "no_channel": lazy("This Google account has no YouTube channel. Open one on YouTube, or choose another account."),
    "upload_lost": lazy("YouTube lost this film several times while it was sent. Look at the channel, then try again."),
    "at_work": lazy("The network has received everything and is still at work. Posko looks again."),
    "youtube_private": lazy("The film is on YouTube and private still. Make it public in YouTube Studio."),
    # TikTok
    "tiktok_inbox": lazy(
        "It waits in your TikTok inbox. Open the notification in the TikTok app, add the caption (and the AI label, if"
        " AI made it), and post it there."
    ),
    "tiktok_private": lazy("It is on TikTok, where only you can see it. Make it public in the TikTok app."),
    "tiktok_review": lazy("TikTok has it and looks at it before the public can see it. You need do nothing."),
    "tiktok_drafts_full": lazy(
        "Too many drafts wait in your TikTok inbox. Post or discard one in the TikTok app; then Posko goes on."
    ),
    "tiktok_too_many": lazy("TikTok takes no more posts today. Posko tries again by itself."),
    "tiktok_unaudited": lazy("TikTok lets Posko post directly only to private accounts. Send it to the inbox instead."),
    "tiktok_foreign_address": lazy(
        "TikTok does not know that the address of your pictures is yours. Confirm it in the TikTok developer portal."
    ),
    "tiktok_upload_broke": lazy("The upload to TikTok broke off several times. Nothing was posted; try again later."),
    "delete_there": lazy("This network lets no program delete posts. Delete it in its app: %(url)s"),
    "wrong_app": lazy("The network does not know Posko's app or its secret. Check both in the settings."),
    "needs_professional": lazy(
        "Instagram lets programs work for professional accounts only. Switch this account in its settings, then connect"
        " it again."
    ),
    "never_ready": lazy(
        "The network did not finish preparing it within %(minutes)s minutes. Nothing was published; try again."
    ),
    "not_fetched": lazy(
        "The network could not fetch picture or film from Posko (“%(words)s”). Nothing was published; try again."
    ),
    "x_no_credit": lazy(
        "X has stopped Posko there: the prepaid credit is used up or the spending limit is reached. Add credit at X, "
        "then connect the account again."
    ),
    "x_duplicate": lazy("X does not publish the same words twice. Change the text a little and try again."),
    "x_not_summoned": lazy(
        "X lets Posko answer only people who named or quoted this account. Open X and answer there: %(url)s"
    ),
    "x_out_unseen": lazy("X says that this is out already, and does not show it yet. Posko looks again."),
    "x_not_shown_yet": lazy("X does not show it yet. Posko looks again."),
    "x_cashtags": lazy("There are %(count)s words that begin with $; X takes one."),
    "telegram_hooked": lazy(
        "Another program has this bot, and Telegram tells that one what people write. Give Posko a bot of its own, or "
        "connect the account here again."
    ),
    "hook_failing": lazy(
        "It could not bring what people wrote to Posko (“%(words)s”), and tries again. Let whoever runs Posko look "
        "whether its public address answers."
    ),
    "permission_missing": lazy(
        "Posko was not given permission for this. Publishing goes on; connect the account again to allow it."
    ),
    "dm_permission_missing": lazy(
        "This app password does not open messages. Make one in Bluesky that may, and connect the account again."
    ),
    # Answering
    "parent_gone": lazy("What you answer is no longer there."),
    "person_unreachable": lazy("This person cannot be written to: “%(words)s”"),
    "mention_missing": lazy("Begin the text with %(person)s, or it does not reach them."),
    "only_text_to_people": lazy("A message to one person can only be text here."),
    "cannot_take_back": lazy("What was sent to one person cannot be taken back."),
    "not_our_thread": lazy("This stands below somebody else's post. Only they can hide it."),
    "comments_closed": lazy(
        "The bot may not write in the group where comments stand. Add it there, and connect again."
    ),
    # Drafts
    "empty": lazy("Write a text or add a picture."),
    "too_long": lazy("The text has %(length)s characters; %(limit)s are allowed here."),
    "too_many_bytes": lazy("The text takes %(length)s bytes; %(limit)s are allowed here."),
    "too_many_pictures": lazy("There are %(count)s pictures; %(limit)s are allowed here."),
    "picture_type": lazy("Picture %(number)s is of a kind (%(mime)s) that is not taken here."),
    "picture_too_big": lazy("Picture %(number)s is too large for this network."),
    "picture_too_wide": lazy("Picture %(number)s has too many pixels for this network."),
    "picture_shape": lazy("Picture %(number)s is too long and narrow for this network."),
    "film_changed": lazy("The film's file is not the one that was approved. Add it anew and submit again."),
    "film_and_pictures": lazy("A film cannot be shown together with pictures here. Choose one of them."),
    "film_type": lazy("A film here is %(kinds)s; this one is %(kind)s."),
    "film_codec": lazy(
        "A film here is packed as %(kinds)s; this one is packed as %(codec)s. Save it as MP4 with H.264 and AAC."
    ),
    "film_too_big": lazy("A film here has %(limit)s at most; this one has %(size)s. Shorten it, or save it smaller."),
    "film_too_long": lazy("A film here lasts %(low)s to %(high)s; this one lasts %(seconds)s."),
    "film_too_short": lazy("A film here lasts %(low)s to %(high)s; this one lasts only %(seconds)s."),
    "film_rate": lazy("A film here has %(low)s to %(high)s frames a second; this one has %(rate)s. Save it with 30."),
    "film_sides": lazy(
        "Each side of a film here has %(low)s to %(high)s pixels, the shorter one %(short)s at most; this one is"
        " %(width)s × %(height)s."
    ),
    "film_too_wide": lazy("A film here is at most %(limit)s pixels wide; this one is %(width)s."),
    "film_pixels": lazy("A film here has %(limit)s pixels at most; this one has %(width)s × %(height)s."),
    "film_shape": lazy(
        "The long side of a film here is at most %(limit)s times the short one; this one is %(width)s × %(height)s."
    ),
    "film_failed": lazy("The network could not process the film: “%(words)s”"),
    "film_limit": lazy("The network takes no further film from this account now: “%(words)s”"),
    "alt_too_long": lazy("The description of picture %(number)s has %(length)s characters; %(limit)s are allowed."),
    "title_missing": lazy("Write a title; this network asks for one."),
    "title_too_long": lazy("The title has %(length)s characters; %(limit)s are allowed here."),
    "angle_brackets": lazy("Take out < and >: this network does not take them in titles and texts."),
    "film_missing": lazy("Add a film; this network takes nothing else."),
    "no_film_here": lazy("An answer takes no film here."),
    "only_comments": lazy("This network knows comments only. Answer below the film."),
    "no_answers_here": lazy("Posko cannot answer on this network. Answer in its own app."),
    "needs_picture": lazy("No text alone is taken here. Add a picture or a film."),
    "needs_public_address": lazy(
        "This network fetches pictures and films from Posko, which it cannot reach from outside. Publish it by hand."
    ),
    "no_donations_here": lazy("TikTok allows political accounts no call for donations. Leave it out here."),
    "text_only": lazy("An answer here is text only. Leave out pictures and films."),
    "no_messages": lazy("This network lets no program send messages. Answer in its app."),
    "too_many_tags": lazy("There are %(count)s hashtags; %(limit)s are allowed here."),
    "too_many_mentions": lazy("There are %(count)s mentions; %(limit)s are allowed here."),
    "too_many_links": lazy("There are %(count)s different links; %(limit)s are allowed here."),
    # Ours
    "processing": lazy("The network is working on what it has received. Posko looks again in a moment."),
    "late": lazy("It was too late to publish it as planned."),
    "phase": lazy("The election calendar does not allow it to leave at that time."),
    "stopped": lazy("It fell due while the campaign was stopped."),
    "not_out": lazy("Somebody looked and found that it was not published."),
    "not_there": lazy("The network's answers stayed unclear for minutes; it shows that this was not published."),
    "account_removed": lazy("The account was removed from Posko before this could leave."),
    "bucket_failed": lazy("The file could not be laid out for the network. Nothing was sent; Posko tries again."),
    "picture_changed": lazy("The picture's file is not the one that was approved. Add it anew and submit again."),
    "by_hand": lazy("Posko cannot publish here by itself: a person of the team does it."),
    "given_up": lazy("Somebody decided not to publish it."),
    "restored": lazy("Posko was restored from a backup, and this may have left after it was taken."),
    "above_held": lazy("It follows a part that is held. It goes on by itself as soon as that is out."),
    "above_failed": lazy("It follows a part that could not be published. It goes on by itself as soon as that is out."),
    "above_handed": lazy(
        "It follows a part that a person has to publish. It goes on by itself as soon as that is out."
    ),
    "above_gone": lazy("What it should follow is not to be published any more."),
    "follow_by_hand": lazy(
        "What it follows was published by hand, and Posko does not know it there. Put this below it by hand."
    ),
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
    "hand_waits": lazy("Not sent to %(channel)s yet, and only until %(time)s: “%(text)s”"),
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
    "foreign_post": lazy("Posko did not send this, and it stands on %(channel)s: “%(text)s”"),
    "vanished_post": lazy("This has disappeared from %(channel)s without Posko: “%(text)s”"),
    "ad_receipt": lazy("Add the receipt of the advertisement on %(where)s that ended on %(until)s: %(spend)s"),
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
    params = measures.of(code, params)
    return _fill(PROBLEMS.get(code), params) or _("Something went wrong that Posko has no words for (%(code)s).") % {
        "code": code
    }


def ai_line(kind: str, language: str = "id") -> str:
    """The line a text needs on a network of that `kind` where its picture or film is made by AI, "" where none.

    In the language of the post, whoever seals it; put in by `platforms.ai.with_ai_line` before anybody approves.
    """
    if not needs_ai_line(kind):
        return ""
    with override(language):
        return _("This picture or film was made with the help of AI.")


def part(slot: str) -> str:
    """What an envelope is of its chain, by its slot: `…/then:2` is a thread's second part; "" for a post itself."""
    _root, _sign, name = slot.rpartition("/then:")
    if not _sign:
        return ""
    return _("First comment") if name == "comment" else _("Part %(number)s of the thread") % {"number": name}


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
