"""Several readings in one call. Source: "Batch Requests" (from memory: at most 50, each with a code of its own)."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from sandbox import graph
from sandbox.dialect import Refusal
from sandbox.params import Params

from . import nodes
from .visit import open_visit, visit_of

MOST = 50


async def run(request: web.Request) -> web.Response:
    """POST /: batch=[{"method": "GET", "relative_url": "…"}]; only GETs here."""
    visit = await open_visit(request)
    wanted = visit.params.nested("batch")
    if not isinstance(wanted, list) or not wanted:
        graph.bad("The parameter batch is required")
    if len(wanted) > MOST:
        graph.stop(400, 100, f"Too many requests in batch message. Maximum batch size is {MOST}")
    answers = []
    for each in wanted:
        status, body = 200, ""
        try:
            address = urlsplit(str(each.get("relative_url", "")))
            parts = address.path.strip("/").split("/")
            parts = parts[1:] if parts[0].startswith("v2") else parts
            if each.get("method") != "GET" or not 1 <= len(parts) <= 2:
                graph.bad("Only GET requests can be batched in the sandbox")
            params = Params({name: values[0] for name, values in parse_qs(address.query).items()})
            inner = visit_of(visit.world, visit.who, parts[0], params, request)
            body = json.dumps(await nodes.answer("GET", parts[1] if len(parts) > 1 else "", inner))
        except Refusal as refusal:
            status, body = refusal.answer.status, refusal.answer.text or ""
        head: list[dict[str, Any]] = [{"name": "Content-Type", "value": "application/json"}]
        answers.append({"code": status, "headers": head, "body": body})
    return graph.send(request, answers, account=visit.who.account.remote_id if visit.who.account else "")
