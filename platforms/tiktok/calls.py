"""Calls to TikTok and what its answers mean. `error.code` decides, whatever the HTTP status says.

Source: developers.tiktok.com, "API v2 Response Codes", Content Posting API references, read 2026-09-11; "Rate Limits",
2026-08-04.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Never

from platforms.answers import content, refuse, tidy, wait_asked
from platforms.base import ConnectorError, Reconnect, Rejected, Stale, Temporary, Unsure
from platforms.contents import Account
from platforms.http import Answer, Door, Params

HOME = "https://open.tiktokapis.com"
WEB = "https://www.tiktok.com"
UNKNOWN_ID = "invalid_publish_id"
DRAFTS_WAIT = timedelta(minutes=30)
"""A person must finish or discard a draft first. At most 5 wait within 24 hours; TikTok does not say how long."""
DAY_WAIT = timedelta(hours=1)
"""The count of posts runs over 24 hours and is shared by all apps, so nobody can tell when it falls."""

_DRAFTS_FULL = "spam_risk_too_many_pending_share"
_TOO_MANY = frozenset({"spam_risk_too_many_posts", "reached_active_user_cap"})
_NOT_ALLOWED = frozenset({"scope_not_authorized", "scope_permission_missed", "spam_risk_user_banned_from_posting"})
_UNAUDITED = "unaudited_client_can_only_post_to_private_accounts"
_BROKEN = "internal_error"
_TOKEN = re.compile(r"\b(act|rft)\.[\w!.*~+/-]{8,}|\bupload_token=[^\s&\"]+")


def code_of(answer: Answer) -> str:
    """TikTok's own name for what happened, `ok` included; "" where the answer is not of its shape."""
    error = content(answer).get("error")
    return str(error.get("code") or "") if isinstance(error, dict) else ""


def words(answer: Answer) -> str:
    """TikTok's words on why it refused, or its code where it says nothing."""
    error = content(answer).get("error")
    said = str(error.get("message") or "") if isinstance(error, dict) else ""
    return tidy(_TOKEN.sub("***", said)) or code_of(answer)


def result(answer: Answer, *, public: bool = False) -> dict[str, Any]:
    """The `data` of a good answer, else raises what it means. `public`: the call may have shown something."""
    if code_of(answer) == "ok":
        data = content(answer).get("data")
        return data if isinstance(data, dict) else {}
    if code_of(answer) or not answer.ok:
        refuse_call(answer, public=public)
    answer.object()  # a page is no answer
    raise _unclear(answer, "odd_answer", f"HTTP {answer.status} without an error code")


def _unclear(answer: Answer, code: str, detail: str) -> ConnectorError:
    failure = Unsure if answer.changes else Temporary
    return failure(code, status=answer.status, detail=detail)


def refuse_call(answer: Answer, *, public: bool) -> Never:
    """Raise what a refused call means, by TikTok's names first, else by its status."""
    name, said = code_of(answer), words(answer)
    detail = f"HTTP {answer.status} {name}: {said}"
    if name == "access_token_invalid":
        raise Stale("token_expired", detail=detail)
    if name in _NOT_ALLOWED:
        raise Reconnect("not_allowed", words=said, detail=detail)
    if name == "rate_limit_exceeded":
        raise Temporary("rate_limited", retry_after=wait_asked(answer), detail=detail)
    if name == _DRAFTS_FULL:
        raise Temporary("tiktok_drafts_full", retry_after=DRAFTS_WAIT, detail=detail)
    if name in _TOO_MANY:
        raise Temporary("tiktok_too_many", retry_after=DAY_WAIT, detail=detail)
    if name == _UNAUDITED:
        raise ConnectorError("tiktok_unaudited", detail=detail)
    if name == "url_ownership_unverified":
        raise ConnectorError("tiktok_foreign_address", detail=detail)
    if name == _BROKEN:
        answer = replace(answer, status=max(answer.status, 500))
    elif name and answer.status < 400:
        raise Rejected("refused", words=said, detail=detail)
    flat = json.dumps({"message": said}).encode() if name else answer.body
    refuse(replace(answer, body=flat), public=public)


@dataclass(frozen=True)
class Calls:
    """The way to TikTok for one account."""

    account: Account
    door: Door

    @property
    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.account.secrets['access']}"}

    def ask(self, path: str, body: Mapping[str, Any], *, params: Params | None = None) -> Answer:
        """A POST that changes nothing, as most of TikTok's questions are."""
        return self._post(path, body, params=params, changes=False)

    def change(self, path: str, body: Mapping[str, Any]) -> Answer:
        """A POST that begins something."""
        return self._post(path, body, params=None, changes=True)

    def _post(self, path: str, body: Mapping[str, Any], *, params: Params | None, changes: bool) -> Answer:
        headers = {**self._signed, "Content-Type": "application/json; charset=UTF-8"}
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        url = f"{self.account.server}/v2/{path}/"
        return self.door.call("POST", url, headers=headers, params=params, data=data, changes=changes)

    def user(self, *fields: str) -> dict[str, Any]:
        """What TikTok tells of the account: GET /v2/user/info/."""
        url = f"{self.account.server}/v2/user/info/"
        answer = self.door.call("GET", url, headers=self._signed, params={"fields": ",".join(fields)}, changes=False)
        user = result(answer).get("user")
        if not isinstance(user, dict):
            raise Temporary("odd_answer", status=answer.status, detail="no user")
        return user

    def creator(self) -> dict[str, Any]:
        """What the creator may choose: POST /v2/post/publish/creator_info/query/, asked before every direct post."""
        return result(self.ask("post/publish/creator_info/query", {}))

    def status(self, publish_id: str) -> dict[str, Any]:
        """How far a post is; empty where TikTok does not know it, or no more."""
        answer = self.ask("post/publish/status/fetch", {"publish_id": publish_id})
        return {} if code_of(answer) == UNKNOWN_ID else result(answer)
