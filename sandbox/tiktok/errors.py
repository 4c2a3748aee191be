"""TikTok's answers: {"data": {…}, "error": {"code", "message", "log_id"}}; OAuth has a shape of its own.

Source: developers.tiktok.com, "API v2 Response Codes", "OAuth Error Handling", Content Posting API references.
"""

import secrets
from typing import Any, NoReturn

from aiohttp import web

from sandbox.dialect import Refusal
from sandbox.faults import Call

STATUS = {
    "access_token_invalid": 401, "scope_not_authorized": 401, "rate_limit_exceeded": 429, "invalid_params": 400,
    "invalid_publish_id": 400, "internal_error": 500, "spam_risk_too_many_posts": 403,
    "spam_risk_too_many_pending_share": 403, "unaudited_client_can_only_post_to_private_accounts": 403,
    "url_ownership_unverified": 403, "privacy_level_option_mismatch": 403, "token_not_authorized": 401,
}  # fmt: skip
WORDS = {
    "access_token_invalid": "The access token is invalid or not found in the request.",
    "scope_not_authorized": "The user did not authorize the scope required for completing this request.",
    "rate_limit_exceeded": "The API rate limit was exceeded. Please try again later.",
    "invalid_params": "One or more fields in request is invalid.",
    "invalid_publish_id": "The publish_id does not exist.",
    "internal_error": "Something is wrong. Please try again later.",
    "spam_risk_too_many_posts": "The daily post cap from the API is reached for the current user.",
    "spam_risk_too_many_pending_share": "There may be at most 5 pending shares within any 24-hour period.",
    "unaudited_client_can_only_post_to_private_accounts": "Please review our integration guidelines.",
    "url_ownership_unverified": "The URL ownership is not verified.",
    "privacy_level_option_mismatch": "privacy_level is not among the creator's privacy_level_options.",
}
BY_STATUS = {
    400: "invalid_params", 401: "access_token_invalid", 403: "scope_not_authorized", 429: "rate_limit_exceeded",
}  # fmt: skip


def good(data: dict[str, Any]) -> web.Response:
    """What was asked for, with `ok`."""
    return web.json_response({"data": data, "error": _error("ok", "")})


def _error(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message, "log_id": secrets.token_hex(16).upper()}


def answer(code: str, message: str = "", *, status: int = 0) -> web.Response:
    """An error of that code with its usual words."""
    body = {"data": {}, "error": _error(code, message or WORDS.get(code, code))}
    return web.json_response(body, status=status or STATUS.get(code, 400))


def plain(status: int) -> web.Response:
    """An error of that status with its usual code."""
    return answer(BY_STATUS.get(status, "internal_error" if status >= 500 else "invalid_params"), status=status)


def refuse(fault: str, call: Call) -> web.Response:
    """What a token fault looks like here."""
    if call.step == "auth":
        return oauth("invalid_grant", "Refresh token is invalid or expired.")
    return answer("scope_not_authorized" if fault == "no_permission" else "access_token_invalid")


def stop(code: str, message: str = "") -> NoReturn:
    """Leave the handler with an error."""
    raise Refusal(answer(code, message))


def oauth(error: str, description: str, *, status: int = 200) -> web.Response:
    """An error of the OAuth kind; TikTok tells most of them with status 200."""
    body = {"error": error, "error_description": description, "log_id": secrets.token_hex(16).upper()}
    return web.json_response(body, status=status)
