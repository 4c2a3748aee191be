"""Numbers of posts and of the Page.

Source: "Page Insights" reference of 2026-09, "Batch Requests" (from memory). Meta removes metrics now and then, and one
that is gone spoils its whole call: so each is asked for by itself, and its absence is no failure.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from platforms.base import Temporary
from platforms.contents import Figure
from platforms.graph import Graph, accept, fault, fault_of, refuse
from platforms.http import Answer

BATCH = 50
_COUNTS = "id,shares,comments.filter(stream).limit(0).summary(true),reactions.limit(0).summary(true)"
_POST_INSIGHTS = {"views": "post_media_view", "reach": "post_total_media_view_unique", "clicks": "post_clicks"}
_PAGE_INSIGHTS = {
    "views": "page_media_view",
    "reach": "page_total_media_view_unique",
    "engagements": "page_post_engagements",
    "profile_views": "page_views_total",
}
_NO_METRIC = 100
_FORBIDDEN = frozenset({10, *range(200, 300)})
_UNTOLD = _FORBIDDEN | {_NO_METRIC}
"""Metrics that were removed, or that the person did not let us see."""
_GONE = frozenset({(100, 33), (803, 0)})


def of_posts(graph: Graph, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
    """Counters and insights, fifty posts a call; a post that is gone is left out."""
    found: dict[str, list[Figure]] = {}
    for start in range(0, len(remote_ids), BATCH):
        found |= _some(graph, remote_ids[start : start + BATCH])
    return found


def _some(graph: Graph, names: Sequence[str]) -> dict[str, list[Figure]]:
    counted = _batch(graph, [f"{quote(name, safe='')}?fields={_COUNTS}" for name in names])
    found = {name: _counts(told) for name, told in zip(names, counted, strict=True) if told is not None}
    for metric, remote in _POST_INSIGHTS.items():
        there = list(found)
        asked = [f"{quote(name, safe='')}/insights?metric={remote}&period=lifetime" for name in there]
        for name, told in zip(there, _batch(graph, asked, _UNTOLD) if asked else (), strict=True):
            value = None if told is None else _last(told)
            found[name] += [] if value is None else [Figure(metric, value, remote)]
    return found


def _batch(
    graph: Graph, addresses: Sequence[str], may_lack: frozenset[int] = frozenset()
) -> list[dict[str, Any] | None]:
    """The answer to each; None for a post that is gone, or where the error is one of `may_lack`.

    It is a POST that changes nothing. Raises `Temporary` where one was not worked on, and what other refusals mean.
    """
    asked = json.dumps([{"method": "GET", "relative_url": each} for each in addresses], separators=(",", ":"))
    answers = accept(graph.post("", {"batch": asked, "include_headers": "false"}, changes=False)).json()
    if not isinstance(answers, list) or len(answers) != len(addresses):
        raise Temporary("odd_answer", status=200, detail="a batch of another length")
    return [_of_batch(each, may_lack) for each in answers]


def _of_batch(told: Any, may_lack: frozenset[int]) -> dict[str, Any] | None:
    if not isinstance(told, dict) or not isinstance(told.get("body"), str):
        raise Temporary("odd_answer", status=200, detail="a batch with a gap")  # Meta's sign for "out of time"
    try:
        body = json.loads(told["body"])
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Temporary("not_json", detail="within a batch")
    if told.get("code") == 200:
        return body
    found = fault_of(body.get("error"))
    if found is not None and (found.code in may_lack or (found.code, found.subcode) in _GONE):
        return None
    status = told.get("code") if isinstance(told.get("code"), int) else 500
    return refuse(Answer(int(status or 500), {}, told["body"].encode(), changes=False), public=False)


def _counts(told: dict[str, Any]) -> list[Figure]:
    found = [
        Figure("likes", _summary(told, "reactions"), "reactions.summary.total_count"),
        Figure("replies", _summary(told, "comments"), "comments.summary.total_count"),
    ]
    shares = told.get("shares")  # which Facebook leaves out as long as there are none
    count = shares.get("count") if isinstance(shares, dict) else 0
    return [*found, Figure("reposts", count if isinstance(count, int) else 0, "shares.count")]


def _summary(told: dict[str, Any], name: str) -> int:
    edge = told.get(name)
    summary = edge.get("summary") if isinstance(edge, dict) else None
    count = summary.get("total_count") if isinstance(summary, dict) else None
    return count if isinstance(count, int) else 0


def of_page(graph: Graph, page: str) -> list[Figure]:
    """Followers, and what the last full day brought as far as Facebook still tells it."""
    told = graph.read(page, {"fields": "followers_count,fan_count"})
    names = {"followers": "followers_count", "likes": "fan_count"}
    found = [Figure(metric, told[name], name) for metric, name in names.items() if isinstance(told.get(name), int)]
    if not found:
        raise Temporary("odd_answer", status=200, detail="no followers")
    return found + list(_insights(graph, page))


def _insights(graph: Graph, page: str) -> Iterator[Figure]:
    for metric, remote in _PAGE_INSIGHTS.items():
        answer = graph.get(f"{page}/insights", {"metric": remote, "period": "day"})
        found = fault(answer)
        if found is not None and found.code in _FORBIDDEN:
            return  # the person did not let us see insights; followers are public
        if found is not None and found.code == _NO_METRIC:
            continue
        value = _last(accept(answer).object())
        if value is not None:
            yield Figure(metric, value, remote)


def _last(told: dict[str, Any]) -> int | None:
    """The newest value of the one metric that was asked for; None where there is none yet."""
    try:
        value = told["data"][0]["values"][-1]["value"]
    except (KeyError, IndexError, TypeError):
        return None
    if isinstance(value, dict):
        value = sum(each for each in value.values() if isinstance(each, int))
    return value if isinstance(value, int) else None
