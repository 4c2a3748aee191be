"""Why numbers could not be read, in words: a failed reading changes nothing on the network, and says so nowhere."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign import wording

PROBLEMS: dict[str, Promise] = {
    "timed_out": _("the network did not answer in time"),
    "connect_timeout": _("the network did not answer in time"),
    "slow_start": _("Posko's machine was too slow to ask"),
    "cut_off": _("the line broke before the answer was complete"),
    "connect_failed": _("the network could not be reached"),
    "dns_failed": _("the network could not be reached"),
    "tls_failed": _("the secure connection failed"),
    "broken_answer": _("the network gave a broken answer"),
    "answer_too_large": _("the network gave an answer of unusual size"),
    "not_json": _("the network gave a broken answer"),
    "odd_answer": _("the network gave an answer that Posko does not understand"),
    "rate_limited": _("the network asks us to wait"),
    "server_error": _("the network's server failed"),
    "signed_out": _("the network no longer accepts our sign-in; connect the account again"),
    "token_expired": _("the sign-in had run out; Posko renews it"),
    "no_numbers": _("the network told no numbers"),
    "wrong_side": _("this account does not belong to the networks that this campaign may reach"),
}


def problem(code: str, params: Mapping[str, Any]) -> str:
    """The words for a problem, without a full stop; what is not ours to word is worded as in publishing."""
    found = PROBLEMS.get(code)
    return str(found) if found is not None else wording.problem(code, params).rstrip(".")
