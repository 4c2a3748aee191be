"""Bodies as each network writes them, and the headers with which it proves them."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from campaign import hook_secrets
from campaign.models import Campaign, Channel, ServerApp
from tests import make

SECRET = "rahasia-aplikasi"
ALL = ("facebook", "instagram", "threads", "x", "tiktok", "youtube", "telegram")
WITH_APP = ("facebook", "instagram", "threads", "x", "tiktok")


def sandbox_knows_posko(platform: str, secret: str = SECRET) -> None:
    """Posko's own app there, as a subscription leaves it."""
    server = f"{settings.SANDBOX_URL}/{platform}"
    ServerApp.objects.create(server=server, redirect_uri="x", secrets={"client_id": "1", "client_secret": secret})


def channel_on(platform: str, campaign: Campaign, remote_id: str = "") -> Channel:
    return make.channel(
        of=campaign, platform=platform, remote_id=remote_id or ("-1007" if platform == "telegram" else "")
    )


def address(channel: Channel) -> str:
    """The path that the practice networks push to."""
    ear = hook_secrets.ear(channel)
    assert ear is not None
    return ear.url.removeprefix(settings.BASE_URL)


def key(channel: Channel, secret: str = SECRET) -> str:
    """What this network's proofs are made with: the app's secret, or the word."""
    ear = hook_secrets.ear(channel)
    assert ear is not None
    return secret if channel.platform in WITH_APP else ear.word


def headers(platform: str, body: bytes, key: str, *, at: datetime | None = None) -> dict[str, str]:
    """The proof, made without the code that checks it."""

    def made(kind: Any, what: bytes = body) -> hmac.HMAC:
        return hmac.new(key.encode(), what, kind)

    match platform:
        case "telegram":
            return {"X-Telegram-Bot-Api-Secret-Token": key}
        case "youtube":
            return {"X-Hub-Signature": f"sha1={made(hashlib.sha1).hexdigest()}"}
        case "x":
            proof = b64encode(made(hashlib.sha256).digest()).decode()
            return {"X-Twitter-Webhooks-Signature": f"sha256={proof}"}
        case "tiktok":
            moment = str(int((at or datetime.now(UTC)).timestamp()))
            return {
                "TikTok-Signature": f"t={moment},s={made(hashlib.sha256, f'{moment}.'.encode() + body).hexdigest()}"
            }
        case _:
            return {"X-Hub-Signature-256": f"sha256={made(hashlib.sha256).hexdigest()}"}


# What they tell ----------------------------------------------------------------------------------


def said(platform: str, account: str, name: str, text: str, at: datetime) -> bytes:
    """Somebody wrote this to `account`: below a post, or where a network has no comments, as a mention or message."""
    seconds = int(at.timestamp())
    match platform:
        case "facebook":
            return facebook(account, seconds, fb_comment(name, text, seconds))
        case "instagram":
            value = {"id": name, "text": text, "from": {"id": "9", "username": "sri"}, "media": {"id": "18"}}
            return graph("instagram", account, seconds, changes=[{"field": "comments", "value": value}])
        case "threads":
            value = {
                "id": name, "username": "sri", "text": text, "replied_to": {"id": "567"},
                "root_post": {"id": "123", "owner_id": account}, "timestamp": f"{at:%Y-%m-%dT%H:%M:%S+0000}",
            }  # fmt: skip
            return dump({"topic": "moderate", "target_id": account, "time": seconds,
                         "values": {"field": "replies", "value": value}})  # fmt: skip
        case "x":
            post = {"id": name, "text": text, "author_id": "22", "created_at": f"{at:%Y-%m-%dT%H:%M:%S.000Z}"}
            return dump({"data": {"event_uuid": f"u-{name}", "event_type": "post.mention.create",
                                  "filter": {"user_id": account}, "payload": post}})  # fmt: skip
        case "telegram":
            return telegram(int(name), text, seconds)
        case "tiktok":
            return dump({"event": "post.publish.complete", "create_time": seconds, "user_openid": account,
                         "content": json.dumps({"publish_id": name})})  # fmt: skip
        case _:
            return youtube(account, name, at)


def dump(told: dict[str, Any]) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode()


def graph(object_: str, account: str, seconds: int, **told: Any) -> bytes:
    return dump({"object": object_, "entry": [{"id": account, "time": seconds, **told}]})


def facebook(account: str, seconds: int, *values: dict[str, Any]) -> bytes:
    return graph("page", account, seconds, changes=[{"field": "feed", "value": each} for each in values])


def fb_comment(name: str, text: str, seconds: int, *, verb: str = "add") -> dict[str, Any]:
    return {
        "item": "comment", "verb": verb, "comment_id": name, "post_id": "P_1", "from": {"id": "9", "name": "Sri"},
        "message": text, "created_time": seconds,
    }  # fmt: skip


def deleted_message(account: str, name: str, seconds: int) -> bytes:
    """On Instagram the person took it back."""
    told = {"sender": {"id": "9"}, "timestamp": seconds * 1000, "message": {"mid": name, "is_deleted": True}}
    return graph("instagram", account, seconds, messaging=[told])


def message(account: str, name: str, text: str, seconds: int) -> bytes:
    told = {"sender": {"id": "9"}, "timestamp": seconds * 1000, "message": {"mid": name, "text": text}}
    return graph("instagram", account, seconds, messaging=[told])


def telegram(number: int, text: str, seconds: int, *, edited: int = 0) -> bytes:
    """A person wrote to the bot, which names no channel; `edited` seconds later they changed it."""
    told = {
        "message_id": number, "date": seconds, "text": text, "from": {"id": 9, "first_name": "Sri"},
        "chat": {"id": 9, "type": "private"},
    }  # fmt: skip
    kind = "edited_message" if edited else "message"
    more = {"edit_date": seconds + edited} if edited else {}
    return dump({"update_id": 2 * number + bool(edited), kind: told | more})


def youtube(account: str, name: str, at: datetime) -> bytes:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml/schemas/2015"><entry>'
        f"<yt:videoId>{name}</yt:videoId><yt:channelId>{account}</yt:channelId>"
        f"<updated>{at.isoformat()}</updated></entry></feed>"
    ).encode()


def batch(bodies: Sequence[bytes]) -> bytes:
    """Several of Meta's bodies for one object in one, as it does under load."""
    told = [json.loads(body) for body in bodies]
    return dump({"object": told[0]["object"], "entry": [entry for each in told for entry in each["entry"]]})
