"""Lengths and sizes of films as people say them."""

import math
from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MEGABYTE = 1024 * 1024
LENGTHS = ("seconds", "low", "high")


def of(code: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The numbers of a problem with a film, in words; those of all other problems as they are."""
    if code in ("film_too_long", "film_too_short"):
        return {**params, **{name: length(params[name]) for name in LENGTHS if name in params}}
    if code == "film_too_big" and {"size", "limit"} <= params.keys():
        # Rounded away from each other: what is too large by a byte must not read as the limit.
        return {**params, "size": weight(params["size"]), "limit": weight(params["limit"], down=True)}
    return params


def length(seconds: float) -> str:
    """How long a film is: 45 seconds, 2:04 minutes, 12 hours."""
    whole = int(seconds + 0.5)
    if whole <= 180:
        return ngettext("%(count)d second", "%(count)d seconds", whole) % {"count": whole}
    minutes, rest = divmod(whole, 60)
    if whole < 3600:
        return _("%(minutes)s minutes") % {"minutes": f"{minutes}:{rest:02d}" if rest else minutes}
    hours, minutes = divmod(minutes, 60)
    told = f"{hours}:{minutes:02d}:{rest:02d}" if rest else f"{hours}:{minutes:02d}" if minutes else hours
    return _("%(hours)s hours") % {"hours": told}


def weight(size: int, *, down: bool = False) -> str:
    """How heavy a film is, in megabytes or gigabytes; rounded up unless `down`."""
    towards = math.floor if down else math.ceil
    unit, name = (1024 * MEGABYTE, "GB") if size >= 1024 * MEGABYTE else (MEGABYTE, "MB")
    tenths = towards(size / unit * 10)
    return f"{number_format(tenths / 10, 0 if tenths % 10 == 0 else 1)} {name}"
