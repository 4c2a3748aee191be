"""The faults that can be switched on: which there are, which are on, and which of them a request runs into."""

import json
from dataclasses import dataclass, field
from typing import Any

from . import clock
from .accounts import Account
from .store import Store

# Name → the settings it takes, with their defaults. Times in seconds unless the name says ms.
FAULTS: dict[str, dict[str, Any]] = {
    "latency": {"ms": 500},
    "drip": {"part": "body", "interval": 1.0},
    "hang": {"seconds": 30},
    "status": {"code": 503, "headers": {}, "body": None},
    "html": {"accept": False},
    "cut_before": {},
    "cut_after": {},
    "accept_then_status": {"code": 503, "headers": {}, "body": None},
    "accept_then_delay": {"seconds": 30},
    "forget_keys": {},
    "expired_token": {},
    "revoked_token": {},
    "no_permission": {},
    "duplicate_webhook": {},
    "shuffle_webhooks": {},
    "skew": {"seconds": 60},
}
STEPS = ("any", "publish", "media", "delete", "read", "auth")
# These act beside another fault; of the rest a request meets only the oldest that fits.
BESIDE = frozenset({"latency", "skew"})
# These are asked for by name where they act, and never stop a request by themselves.
INNER = frozenset({"forget_keys", "duplicate_webhook", "shuffle_webhooks"})
TOKEN_FAULTS = frozenset({"expired_token", "revoked_token"})


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a request before it is carried out.

    `issued_at`: when its token was given out, so that a token newer than a token fault works; infinite without a token,
    None where tokens stay the same for ever and for signing in.
    """

    platform: str
    step: str
    account: Account | None = None
    issued_at: float | None = None
    name: str = ""


@dataclass(slots=True)
class Fault:
    """One switched-on fault. `times`: how many requests it still spoils, None for all."""

    id: int
    platform: str | None
    account: str | None
    step: str
    fault: str
    times: int | None
    created_at: float
    params: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As the control API shows it."""
        head = {"id": self.id, "platform": self.platform, "account": self.account, "step": self.step}
        return head | {"fault": self.fault, "times": self.times, "created_at": self.created_at} | self.params

    def fits(self, call: Call) -> bool:
        """Whether this request is one it spoils."""
        if self.platform not in (None, call.platform) or self.step not in ("any", call.step):
            return False
        if self.account is not None and (call.account is None or self.account not in call.account.known_as):
            return False
        if self.fault == "expired_token" and call.name in {"refresh", "sign_in"}:
            return False  # An access token has run out; the way to a new one stays open.
        if self.fault == "no_permission" and call.step == "auth":
            return False
        return self.fault not in TOKEN_FAULTS or call.issued_at is None or call.issued_at <= self.created_at


class Faults:
    """The switched-on faults, oldest first."""

    def __init__(self, store: Store) -> None:
        """Go on with those that were on before a restart."""
        self._store = store
        self._all = [
            Fault(
                r["id"],
                r["platform"],
                r["account"],
                r["step"],
                r["fault"],
                r["times"],
                r["created_at"],
                json.loads(r["params"]),
            )
            for r in store.all("SELECT * FROM faults ORDER BY id")
        ]

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, wish: dict[str, Any], platforms: frozenset[str]) -> Fault:
        """Switch one on. Raises ValueError with a sentence when `wish` is not one of ours."""
        name, step, times = wish.get("fault"), wish.get("step") or "any", wish.get("times")
        platform, account = wish.get("platform"), str(wish.get("account") or "").removeprefix("@") or None
        if name not in FAULTS:
            raise ValueError(f"Unknown fault. There are: {', '.join(FAULTS)}.")
        if step not in STEPS:
            raise ValueError(f"Unknown step. There are: {', '.join(STEPS)}.")
        if platform is not None and platform not in platforms:
            raise ValueError(f"Unknown platform. There are: {', '.join(sorted(platforms))}.")
        if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
            raise ValueError("times must be a whole number from 1, or null.")
        given = {k: v for k, v in wish.items() if k not in {"fault", "step", "times", "platform", "account"}}
        if unknown := given.keys() - FAULTS[name].keys():
            raise ValueError(f"{name} does not take {', '.join(sorted(unknown))}; it takes {list(FAULTS[name])}.")
        params = FAULTS[name] | given
        _check(params)
        at = clock.now()
        with self._store.write():
            row_id = self._store.run(
                "INSERT INTO faults (platform, account, step, fault, times, created_at, params)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(platform, account, step, name, times, at, json.dumps(params)),
            )
        fault = Fault(row_id, platform, account, step, name, times, at, params)
        self._all.append(fault)
        return fault

    def shown(self) -> list[dict[str, Any]]:
        """All that are on."""
        return [fault.as_dict() for fault in self._all]

    def remove(self, row_id: int | None = None) -> int:
        """Switch one off, or all; how many were on."""
        gone = [fault for fault in self._all if row_id in (None, fault.id)]
        with self._store.write():
            for fault in gone:
                self._store.run("DELETE FROM faults WHERE id = ?", fault.id)
        self._all = [fault for fault in self._all if fault not in gone]
        return len(gone)

    def take(self, call: Call) -> list[Fault]:
        """What this request runs into, each used up by one: all that act beside, and the oldest of the others."""
        found: list[Fault] = []
        for fault in [each for each in self._all if each.fault not in INNER and each.fits(call)]:
            if fault.fault in BESIDE or all(each.fault in BESIDE for each in found):
                found.append(fault)
        for fault in found:
            self._use(fault)
        return found

    def meet(self, name: str, call: Call) -> bool:
        """Whether the inner fault `name` is on for this call; uses it up by one."""
        for fault in self._all:
            if fault.fault == name and fault.fits(call):
                self._use(fault)
                return True
        return False

    def clear(self) -> None:
        """Forget all after the store was cleared."""
        self._all = []

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times <= 1:
            self.remove(fault.id)
            return
        fault.times -= 1
        with self._store.write():
            self._store.run("UPDATE faults SET times = ? WHERE id = ?", fault.times, fault.id)


def _check(params: dict[str, Any]) -> None:
    """Raises ValueError with a sentence when a setting has the wrong kind of value."""
    for name in params.keys() & {"ms", "seconds", "interval"}:
        value = params[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"{name} must be a number.")
    if "code" in params and not (isinstance(params["code"], int) and 200 <= params["code"] <= 599):
        raise ValueError("code must be an HTTP status from 200 to 599.")
    if "headers" in params and not isinstance(params["headers"], dict):
        raise ValueError("headers must be an object of names and values.")
    if params.get("part", "body") not in {"body", "headers"}:
        raise ValueError("part must be body or headers.")
