"""Asking every address as everybody, and noticing whatever is written meanwhile."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from campaign.models import Role
from tests.routes import ROUTES, World

ANYBODY = (*Role.values, "suspended", "stranger", "anonymous")
READS = re.compile(r"\s*\(?(SELECT|SAVEPOINT|RELEASE|ROLLBACK|SET LOCAL)\b")
OWN = ("django_session", "usersessions_usersession", "campaign_seenpost")  # what reading alone may change


class Asker:
    """`ask("staff", "campaign:stop", "POST")` with all that the table says of the address."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._clients = {True: Client(), False: Client(enforce_csrf_checks=True)}
        self._sessions = {who: self._signed_in(who) for who in ANYBODY}

    def _signed_in(self, who: str) -> str:
        """The session of somebody whose browser has also begun the demonstration."""
        client, member = Client(), self.world.people[who]
        if member:
            client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["demo"] = self.world.demo.pk
        session.save()
        return str(session.session_key)

    def __call__(
        self,
        who: str,
        name: str,
        method: str,
        *,
        path: list[Any] | None = None,
        data: dict[str, Any] | None = None,
        query: str = "",
        token: bool = True,
        language: str = "id",
    ) -> Any:
        """The answer. `path` and `data` stand for what the table says; without `token` the form's token is missing."""
        route, ours = ROUTES[name], self.world.ours
        parts = route.args(ours, who) if path is None else path
        address = reverse(name, args=[ours.campaign.slug, *parts] if route.is_of_campaign else parts)
        sent = route.data(ours, who) if data is None else data
        client = self._clients[token]
        client.cookies.clear()
        client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[who]
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        cache.clear()  # what counts tries must not stop us
        if method == "POST":
            return client.post(address, sent)
        if method in ("GET", "HEAD"):
            return getattr(client, method.lower())(f"{address}?{query}")
        return client.generic(method, address, urlencode(sent, doseq=True), "application/x-www-form-urlencoded")


@contextmanager
def writes() -> Iterator[list[str]]:
    """Every statement run meanwhile that is no question."""
    seen: list[str] = []

    def trap(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not READS.match(sql) and not any(table in sql for table in OWN):
            seen.append(sql[:150])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(trap):
        yield seen


def fingerprint() -> str:
    """One hash per table over all that it holds; for what a trap of statements cannot see, such as functions."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - set(OWN))
        hashes = [f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" t"
                  for name in tables]  # fmt: skip
        cursor.execute(" UNION ALL ".join(hashes))
        return repr(sorted(cursor.fetchall()))
