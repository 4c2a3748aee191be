"""X's error answers: problem+json, and OAuth's own. Source: x-api/fundamentals/response-codes-and-errors."""

from typing import Any, NoReturn

from aiohttp import web

from sandbox.dialect import Refusal
from sandbox.faults import Call

PROBLEMS = "https://api.x.com/2/problems/"
TITLES = {
    400: "Invalid Request", 401: "Unauthorized", 402: "CreditsDepleted", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 413: "Request Entity Too Large", 429: "Too Many Requests",
    500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip
KINDS = {402: f"{PROBLEMS}credits"}
DETAILS = {402: "Your enrolled account [1] does not have any credits to fulfill this request."}
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)
NO_PARENT = "You attempted to reply to a Tweet that is deleted or not visible to you."
NO_MEDIA = "Your media IDs are invalid."


def answer(status: int, detail: str = "", *, kind: str = "about:blank", **more: Any) -> web.Response:
    """A problem with its `type`, `title`, `detail` and `status`."""
    title = TITLES.get(status, "Error")
    body = {"title": title, "detail": detail or title, "type": kind, "status": status} | more
    return web.json_response(body, status=status, content_type="application/problem+json")


def plain(status: int) -> web.Response:
    """An error of that status with X's usual words."""
    return answer(status, DETAILS.get(status, ""), kind=KINDS.get(status, "about:blank"))


def refuse(fault: str, call: Call) -> web.Response:
    """What a token fault looks like here."""
    if fault == "no_permission":
        return answer(403, "You are not permitted to perform this action.")
    return (
        oauth_answer("invalid_request", "Value passed for the token was invalid.")
        if call.step == "auth"
        else plain(401)
    )


def stop(status: int, detail: str = "", **more: Any) -> NoReturn:
    """Leave the handler with a problem."""
    raise Refusal(answer(status, detail, **more))


def invalid(message: str, **parameters: list[str]) -> NoReturn:
    """Leave the handler with 400 and what was wrong with the request."""
    stop(
        400, "One or more parameters to your request was invalid.", kind=f"{PROBLEMS}invalid-request",
        errors=[{"parameters": parameters, "message": message}],
    )  # fmt: skip


def missing(remote_id: str, what: str = "tweet") -> dict[str, Any]:
    """An entry beside `data`: this one is not there."""
    return {
        "value": remote_id, "detail": f"Could not find {what} with id: [{remote_id}].", "title": "Not Found Error",
        "resource_type": what, "parameter": "id", "resource_id": remote_id, "type": f"{PROBLEMS}resource-not-found",
    }  # fmt: skip


def hidden_field(remote_id: str, field: str) -> dict[str, Any]:
    """An entry beside `data`: this number is not told any more, or not to everybody."""
    return {
        "value": remote_id, "detail": f"Sorry, you are not authorized to access '{field}' on the Tweet with id: "
        f"[{remote_id}].", "title": "Field Authorization Error", "resource_type": "tweet", "parameter": "id",
        "resource_id": remote_id, "field": field, "type": f"{PROBLEMS}not-authorized-for-field",
    }  # fmt: skip


def oauth_answer(error: str, description: str, status: int = 400) -> web.Response:
    """An error of the OAuth kind."""
    return web.json_response({"error": error, "error_description": description}, status=status)
