"""What networks demand of a film, as far as it can be told from what was probed: one set of rules, one family of codes.

What each network demands stands with its connector; the source is its documentation, as named there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from platforms.contents import Draft, Problem, Video

MP4, QUICKTIME, WEBM = "video/mp4", "video/quicktime", "video/webm"


@dataclass(frozen=True)
class FilmRules:
    """What a network takes. Nought, or an empty set, means that no limit is known.

    `size` in bytes; `shortest` and `longest` in seconds; `rate` (frames a second) as least and most; `sides`, in
    pixels, as the least of either side and the most of the long and of the short one; `wide` is the most pixels from
    left to right, `pixels` the most of width × height; `ratio` the most of one side per other. Codecs as MediaInfo
    writes them; a film without sound is taken. `alone` where it cannot stand beside pictures.
    """

    size: int
    mimes: frozenset[str] = frozenset({MP4, QUICKTIME})
    codecs: frozenset[str] = frozenset()
    sounds: frozenset[str] = frozenset()
    shortest: float = 0
    longest: float = 0
    rate: tuple[float, float] = (0, 0)
    sides: tuple[int, int, int] = (0, 0, 0)
    wide: int = 0
    pixels: int = 0
    ratio: float = 0
    alone: bool = True


def film_problems(draft: Draft, rules: FilmRules) -> list[Problem]:
    """Why the network would refuse the draft's film; none where it has none."""
    film = draft.video
    if film is None:
        return []
    found = [Problem("film_and_pictures")] if draft.pictures and rules.alone else []
    return [*found, *_packing(film, rules), *_length(film, rules), *_picture(film, rules)]


def _packing(film: Video, rules: FilmRules) -> Iterator[Problem]:
    if rules.mimes and film.mime not in rules.mimes:
        yield Problem("film_type", {"kind": _kind(film.mime), "kinds": ", ".join(sorted(map(_kind, rules.mimes)))})
    is_known = not rules.codecs or film.codec in rules.codecs
    if not is_known or (rules.sounds and film.sound and film.sound not in rules.sounds):
        taken = ", ".join([*sorted(rules.codecs or {film.codec}), *sorted(rules.sounds)])
        yield Problem("film_codec", {"codec": ", ".join(filter(None, (film.codec, film.sound))), "kinds": taken})
    if rules.size and film.size > rules.size:
        yield Problem("film_too_big", {"size": film.size, "limit": rules.size})


def _length(film: Video, rules: FilmRules) -> Iterator[Problem]:
    seconds, low, high = _whole(film.seconds), _whole(rules.shortest), _whole(rules.longest)
    if rules.longest and film.seconds > rules.longest:
        yield Problem("film_too_long", {"seconds": max(seconds, high + 1), "low": max(low, 1), "high": high})
    elif film.seconds < rules.shortest:
        yield Problem("film_too_short", {"seconds": min(seconds, max(low - 1, 0)), "low": low, "high": high})
    slow, fast, rate = *map(round, rules.rate), round(film.rate)  # 29.97 counts as 30, and 59.94 as 60
    if film.rate and (rate < slow or (fast and rate > fast)):
        yield Problem("film_rate", {"rate": rate, "low": max(slow, 1), "high": fast})


def _picture(film: Video, rules: FilmRules) -> Iterator[Problem]:
    width, height = film.width, film.height
    short, long = sorted((width, height))
    least, most, most_short = rules.sides
    if (most and long > most) or (most_short and short > most_short) or short < least:
        yield Problem("film_sides", {"width": width, "height": height, "low": least, "high": most, "short": most_short})
    if rules.wide and width > rules.wide:
        yield Problem("film_too_wide", {"width": width, "limit": rules.wide})
    if rules.pixels and width * height > rules.pixels:
        yield Problem("film_pixels", {"width": width, "height": height, "limit": rules.pixels})
    if rules.ratio and long > rules.ratio * short:
        yield Problem("film_shape", {"width": width, "height": height, "limit": f"{rules.ratio:g}"})


def _whole(seconds: float) -> int:
    """Rounded as people say it: half a second is one, so that no limit reads as nought."""
    return int(seconds + 0.5)


def _kind(mime: str) -> str:
    return {MP4: "MP4", QUICKTIME: "MOV", WEBM: "WebM"}.get(mime, mime)
