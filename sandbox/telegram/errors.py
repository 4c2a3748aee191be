"""The Bot API's error answers: {"ok": false, "error_code", "description"}."""

from typing import Any, NoReturn

from aiohttp import web

from sandbox.dialect import Refusal
from sandbox.faults import Call

PLAIN = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    409: "Conflict", 413: "Request Entity Too Large", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable",
}  # fmt: skip


def answer(status: int, description: str, **parameters: Any) -> web.Response:
    """An error answer."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)


def flood(seconds: int) -> web.Response:
    """429: too many messages; try again after so many seconds."""
    response = answer(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
    response.headers["Retry-After"] = str(seconds)
    return response


def plain(status: int) -> web.Response:
    """An error of that status with its usual words."""
    return flood(5) if status == 429 else answer(status, PLAIN.get(status, "Error"))


def refuse(fault: str, call: Call) -> web.Response:
    """What a token fault looks like here. A bot's token does not run out; revoked or not, it is `Unauthorized`."""
    if fault == "no_permission":
        return answer(403, "Forbidden: bot is not a member of the channel chat")
    return plain(401)


def bad(description: str) -> NoReturn:
    """Leave the method with a 400."""
    raise Refusal(answer(400, f"Bad Request: {description}"))


def stop(status: int, description: str) -> NoReturn:
    """Leave the method with any other error."""
    raise Refusal(answer(status, description))
