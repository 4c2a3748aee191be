"""Every code a connector may raise or name as a problem, and what it means.

`campaign.wording` puts them into words for people.
"""

CODES: dict[str, str] = {
    # The door
    "bad_address": "This address cannot be used.",
    "bad_header": "The value for {header} holds characters that cannot be sent.",
    "plain_http": "{host} must be reached over https.",
    "private_address": "{host} lies in a private network, where we do not go.",
    "redirected": "The server sent us elsewhere, to {host}; we do not follow.",
    "dns_failed": "The name {host} could not be looked up; nothing was sent.",
    "connect_timeout": "{host} did not answer in time; nothing was sent.",
    "connect_failed": "{host} could not be reached; nothing was sent.",
    "tls_failed": "The secure connection to {host} failed; nothing was sent.",
    "slow_start": "Too much time passed since the gate said yes; nothing was sent.",
    "timed_out": "{host} did not answer in time.",
    "cut_off": "The line to {host} was cut before the answer was complete.",
    "broken_answer": "{host} answered in a way that is not HTTP.",
    "answer_too_large": "{host} answered with more than we are ready to read.",
    "not_json": "The server answered with a page instead of data.",
    # Answers of all networks
    "rate_limited": "The network asks us to wait.",
    "server_error": "The network's server failed with status {status}.",
    "signed_out": "The network no longer accepts our sign-in: {words}",
    "not_allowed": "The network does not allow this account to do that: {words}",
    "not_found": "The network does not know what we asked for: {words}",
    "refused": "The network refused: {words}",
    "odd_answer": "The network answered with status {status} in an unknown way.",
    # Looking for a post
    "look_there": "It was not found, which proves nothing: look at {url}.",
    # Signing in
    "wrong_login": "The network does not accept this name and password: {words}",
    "use_app_password": "Use an app password, not the account's own password.",
    "token_expired": "The session has ended and must be renewed.",
    # Telegram
    "telegram_blind": "Telegram lets nobody look up what a bot has posted; look at the channel.",
    "chat_not_found": "The bot does not find this channel or group: {words}",
    "no_right_to_post": "The bot may not post there; make it an administrator who may post messages.",
    "chat_moved": "The group has moved to the new number {chat}; connect it again.",
    # What a person must finish
    "by_hand": "There is no way to publish there but by hand.",
    "needs_public_address": "The network fetches pictures and films, and cannot reach us.",
    # Drafts
    "empty": "There is neither text nor picture.",
    "too_long": "The text has {length} characters, {limit} are allowed.",
    "too_many_bytes": "The text has {length} bytes, {limit} are allowed.",
    "too_many_pictures": "There are {count} pictures, {limit} are allowed.",
    "picture_type": "Picture {number} is of the kind {mime}, which the network does not take.",
    "picture_too_big": "Picture {number} has {size} bytes, {limit} are allowed.",
    "picture_too_wide": "Picture {number} has too many pixels; {limit} are allowed.",
    "picture_shape": "Picture {number} is too long and narrow for this network.",
    "alt_too_long": "The description of picture {number} has {length} characters, {limit} are allowed.",
}
