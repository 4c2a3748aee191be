"""Google's error answers. Source: YouTube Data API, "Errors"; Google Identity, "OAuth 2.0" (errors of /token)."""

from typing import NoReturn

from aiohttp import web

from sandbox.dialect import Refusal
from sandbox.faults import Call

PLAIN = {
    400: ("badRequest", "Bad Request"), 401: ("authError", "Invalid Credentials"), 403: ("forbidden", "Forbidden"),
    404: ("notFound", "Not Found"), 405: ("httpMethodNotAllowed", "Method Not Allowed"),
    413: ("uploadTooLarge", "Request Entity Too Large"), 429: ("rateLimitExceeded", "Rate Limit Exceeded"),
}  # fmt: skip
QUOTA = (
    'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">quota'
    "</a>."
)
DOMAINS = {"quotaExceeded": "youtube.quota", "rateLimitExceeded": "usageLimits", "authError": "global"}


def answer(status: int, reason: str, message: str) -> web.Response:
    """An error as the Data API writes it."""
    entry = {"message": message, "domain": DOMAINS.get(reason, "youtube"), "reason": reason}
    body = {"error": {"code": status, "message": message, "errors": [entry]}}
    response = web.json_response(body, status=status)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
    return response


def plain(status: int) -> web.Response:
    """An error of that status with Google's usual words."""
    return answer(status, *PLAIN.get(status, ("backendError", "Backend Error")))


def refuse(fault: str, call: Call) -> web.Response:
    """What a token fault looks like here."""
    if call.step == "auth":
        body = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        return web.json_response(body, status=400)
    if fault == "no_permission":
        return answer(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
    return plain(401)


def stop(status: int, reason: str = "", message: str = "") -> NoReturn:
    """Leave the handler with an error."""
    raise Refusal(answer(status, reason, message or reason) if reason else plain(status))


def oauth(status: int, error: str, description: str) -> NoReturn:
    """Leave the handler with an error of the OAuth kind."""
    raise Refusal(web.json_response({"error": error, "error_description": description}, status=status))
