"""XRPC error answers: {"error": NAME, "message": TEXT}.

Source: packages/xrpc-server, packages/pds/src/auth-verifier.ts.
"""

from typing import NoReturn

from aiohttp import web

from sandbox.dialect import Refusal
from sandbox.faults import Call

PLAIN = {
    400: ("InvalidRequest", "Invalid Request"),
    401: ("AuthenticationRequired", "Authentication Required"),
    403: ("Forbidden", "Forbidden"),
    404: ("XRPCNotSupported", "XRPCNotSupported"),
    405: ("InvalidRequest", "Incorrect HTTP method"),
    413: ("PayloadTooLarge", "request entity too large"),
    429: ("RateLimitExceeded", "Rate Limit Exceeded"),
    500: ("InternalServerError", "Internal Server Error"),
    501: ("MethodNotImplemented", "Method Not Implemented"),
    502: ("UpstreamFailure", "Upstream Failure"),
    503: ("NotEnoughResources", "Not Enough Resources"),
    504: ("UpstreamTimeout", "Upstream Timeout"),
}


def answer(status: int, name: str, message: str) -> web.Response:
    """An error answer."""
    return web.json_response({"error": name, "message": message}, status=status)


def plain(status: int) -> web.Response:
    """An error of that status with its usual name."""
    return answer(status, *PLAIN.get(status, ("Error", "Error")))


def refuse(fault: str, call: Call) -> web.Response:
    """What a token fault looks like here. A deleted app password shows at refresh and at the next sign-in."""
    if fault == "no_permission":
        return answer(403, "Forbidden", "Missing required scope for this action")
    if call.name == "sign_in":
        return answer(401, "AuthenticationRequired", "Invalid identifier or password")
    message = "Token has been revoked" if fault == "revoked_token" else "Token has expired"
    return answer(400, "ExpiredToken", message)


def stop(status: int, name: str, message: str) -> NoReturn:
    """Leave the handler with an error."""
    raise Refusal(answer(status, name, message))


def invalid(message: str, name: str = "InvalidRequest") -> NoReturn:
    """Leave the handler with a 400."""
    stop(400, name, message)
