"""Every page as somebody sees it, drawn once: for the tests that look at all of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from campaign.access import MAY
from campaign.models import Role
from tests.asking import Asker
from tests.routes import KEYED, PUBLIC, ROUTES, SIGNED_IN, Route

BY_ROLE = ("campaign:today", "campaign:menu", "campaign:posts", "campaign:calendar")
"""Pages that look different to each role; of the others one role is enough."""


@dataclass(frozen=True)
class Drawn:
    """One page: its address's name, who looked, what they asked for, and the HTML."""

    name: str
    who: str
    method: str
    html: str

    def __str__(self) -> str:
        return f"{self.name} ({self.method} by {self.who})"


def drawn(asker: Asker, language: str = "id") -> Iterator[Drawn]:
    """Each address that answers with a page, and each form as it comes back when nothing was filled in."""
    for name, route in ROUTES.items():
        for who in _lookers(name, route):
            for method, data in (("GET", None), ("POST", {})):
                if method not in route.methods.split():
                    continue
                with transaction.atomic():
                    answer = asker(who, name, method, data=data, language=language)
                    transaction.set_rollback(True)
                if answer.status_code in (200, 422) and answer["Content-Type"].startswith("text/html"):
                    yield Drawn(name, who, method, answer.content.decode())


def _lookers(name: str, route: Route) -> list[str]:
    if route.guard in (PUBLIC, KEYED):
        return ["anonymous"]
    if route.guard == SIGNED_IN:
        return ["manager"]
    able = [role.value for role in Role if role in MAY[route.guard]]
    return able if name in BY_ROLE else able[:1]
