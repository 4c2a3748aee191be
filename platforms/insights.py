"""Numbers as Instagram and Threads tell them.

Source: developers.facebook.com, "IG Media Insights", "IG User Insights" (2026-09-11), "Threads Insights API"
(2026-01-30).
"""

from collections.abc import Mapping
from typing import Any

from platforms.answers import things
from platforms.contents import Figure


def figures(told: Mapping[str, Any], which: Mapping[str, str]) -> list[Figure]:
    """`which` names the network's metrics by ours. A `total_value`, or `values`: those of days end with the newest.

    An empty list is told in place of numbers that are not known; what is missing is no zero.
    """
    found: list[Figure] = []
    names = {name: metric for metric, name in which.items()}
    for each in things(told.get("data"), "name"):
        values = each.get("values")
        holder = each.get("total_value") or (values[-1] if isinstance(values, list) and values else {})
        value = holder.get("value") if isinstance(holder, dict) else None
        if each["name"] in names and isinstance(value, int):
            found.append(Figure(names[each["name"]], value, str(each["name"])))
    return found
