"""The one door for requests to a network: writes the journal, meets the faults, gives errors the network's shape."""

import json
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from . import clock, dialects, spoil
from .dialect import Dialect, Refusal
from .faults import Fault
from .params import BadBody
from .world import WORLD, World

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through to its dialect, or spoil it as the control API asked. Our own pages pass untouched."""
    dialect = dialects.find(request.path)
    if dialect is None or _is_page(request):
        return await handler(request)
    world = request.app[WORLD]
    entry = world.journal.begin(request.method, dialect.shown(request.path))
    visit = Visit(world, dialect, request, handler)
    answer: web.StreamResponse | None = None
    try:
        answer = await visit.carry_out()
        return answer
    finally:
        world.journal.end(entry, status=answer.status if answer else 0, is_accepted=visit.is_accepted)


def _is_page(request: web.Request) -> bool:
    """Whether a person looks here, at a permalink, and not an app."""
    route = request.match_info.route
    return (route.name or "").startswith("page")


class Visit:
    """One request on its way. `is_accepted` says whether the network did what was asked, whatever it answered."""

    def __init__(self, world: World, dialect: Dialect, request: web.Request, handler: Handler) -> None:
        """Nothing has happened yet."""
        self.world, self.dialect, self.request, self._handler = world, dialect, request, handler
        self.is_accepted = False

    async def carry_out(self) -> web.StreamResponse:
        """The answer, after every fault this request runs into."""
        if not self.world.faults:
            return await self.accept()
        faults = self.world.faults.take(await self.dialect.describe(self.world, self.request))
        answer = await self._meet([fault for fault in faults if fault.fault != "skew"])
        for fault in faults:
            if fault.fault == "skew":
                answer.headers["Date"] = clock.http_date(clock.now() + fault.params["seconds"])
        return answer

    async def accept(self) -> web.StreamResponse:
        """Let the network do what was asked."""
        try:
            answer = await self._handler(self.request)
        except Refusal as refusal:
            answer = refusal.answer
        except BadBody:
            answer = self.dialect.error(400)
        except web.HTTPException as error:
            # Redirects are answers; the router's 404 and 405 and the body limit's 413 get the network's shape.
            answer = self.dialect.error(error.status) if error.status >= 400 else error
        except Exception:
            log.exception("the sandbox itself failed at %s", self.dialect.shown(self.request.path))
            answer = self.dialect.error(500)
        self.is_accepted = answer.status < 400
        return answer

    async def _meet(self, faults: list[Fault]) -> web.StreamResponse:
        last: Fault | None = None
        for fault in faults:
            if fault.fault == "latency":
                await spoil.wait(fault.params["ms"] / 1000)
            else:
                last = fault
        if last is None:
            return await self.accept()
        if last.fault in spoil.BEFORE:
            return await spoil.BEFORE[last.fault](self.request, last)
        if last.fault in spoil.AFTER:
            return await spoil.AFTER[last.fault](self.request, last, await self.accept())
        if last.fault == "html":
            if last.params["accept"]:
                await self.accept()
            return spoil.page_instead()
        if last.fault == "status":
            return self._status(last)
        if last.fault == "accept_then_status":
            answer = await self.accept()
            return self._status(last) if self.is_accepted else answer
        return self.dialect.refuse(last.fault, await self.dialect.describe(self.world, self.request))

    def _status(self, fault: Fault) -> web.Response:
        """The status that was asked for, in the network's shape unless a body was given."""
        body = fault.params["body"]
        if body is None:
            answer = self.dialect.error(fault.params["code"])
        elif isinstance(body, str):
            answer = web.Response(text=body, status=fault.params["code"])
        else:
            answer = web.json_response(body, status=fault.params["code"], dumps=json.dumps)
        answer.headers.update({str(name): str(value) for name, value in fault.params["headers"].items()})
        return answer
