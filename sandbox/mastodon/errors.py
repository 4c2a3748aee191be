"""Mastodon's error answers. Source: docs, entities/Error and methods' responses; Doorkeeper's texts."""

from typing import Any, NoReturn

from aiohttp import web

from sandbox.dialect import Refusal
from sandbox.faults import Call

PLAIN = {
    400: "Bad request", 401: "The access token is invalid", 403: "This action is not allowed", 404: "Record not found",
    405: "Method not allowed", 413: "Payload too large", 422: "Validation failed", 429: "Too many requests",
    500: "This page is not correct", 503: "Remote data could not be fetched",
}  # fmt: skip
TOKEN = {"expired_token": "The access token expired", "revoked_token": "The access token was revoked"}
INVALID_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the "
    "authorization request, or was issued to another client."
)
INVALID_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, or unsupported "
    "authentication method."
)


def answer(status: int, message: str) -> web.Response:
    """{"error": message}, with the challenge header that goes with a 401."""
    response = web.json_response({"error": message}, status=status)
    if status == 401:
        response.headers["WWW-Authenticate"] = (
            f'Bearer realm="Doorkeeper", error="invalid_token", error_description="{message}"'
        )
    return response


def plain(status: int) -> web.Response:
    """An error of that status with Mastodon's usual words."""
    return answer(status, PLAIN.get(status, "Unexpected error"))


def refuse(fault: str, call: Call) -> web.Response:
    """What a token fault looks like here."""
    if fault in TOKEN:
        return answer(401, TOKEN[fault])
    return answer(403, "This action is outside the authorized scopes")


def stop(status: int, message: str | None = None) -> NoReturn:
    """Leave the handler with an error."""
    raise Refusal(answer(status, message) if message else plain(status))


def invalid(*problems: str) -> NoReturn:
    """Leave the handler with 422 Validation failed."""
    stop(422, f"Validation failed: {', '.join(problems)}")


def oauth(status: int, error: str, description: str) -> NoReturn:
    """Leave the handler with an error of the OAuth kind."""
    body: dict[str, Any] = {"error": error, "error_description": description}
    raise Refusal(web.json_response(body, status=status))
