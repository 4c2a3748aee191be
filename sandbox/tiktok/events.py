"""Webhooks, signed with the app's secret and the time of sending. Source: "Webhook Events", "Webhooks Verification"."""

import hashlib
import hmac
import json
from typing import Any

from sandbox import clock, oauth, pushing
from sandbox.accounts import Account
from sandbox.world import World


def push(world: World, account: Account, event: str, content: dict[str, Any]) -> None:
    """Tell the app what has happened to an account of ours, inside an open write."""
    body = {
        "client_key": oauth.app("tiktok")[0], "event": event, "create_time": int(clock.now()),
        "user_openid": account.remote_id, "content": json.dumps(content),
    }  # fmt: skip
    pushing.push(world, "tiktok", json.dumps(body).encode(), {})


def sign(body: bytes) -> dict[str, str]:
    """The header that proves these bytes at this moment."""
    at = str(int(clock.now()))
    made = hmac.new(oauth.app("tiktok")[1].encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"TikTok-Signature": f"t={at},s={made}"}


pushing.SIGNERS["tiktok"] = sign
