"""What networks demand of a film, as far as it can be told from what was probed."""

from dataclasses import dataclass

from platforms.contents import Draft, Problem


@dataclass(frozen=True)
class FilmRules:
    """`size` in bytes, `wide` in pixels, `seconds` and `rate` (frames a second) as least and most.

    Codecs as MediaInfo writes them; a film without sound is taken.
    """

    size: int
    seconds: tuple[float, float]
    rate: tuple[float, float] = (23, 60)
    wide: int = 1920
    mimes: frozenset[str] = frozenset({"video/mp4", "video/quicktime"})
    codecs: frozenset[str] = frozenset({"AVC", "HEVC"})
    sounds: frozenset[str] = frozenset({"", "AAC"})


def film_problems(draft: Draft, rules: FilmRules) -> list[Problem]:
    """Why the network would refuse the draft's film."""
    film, found = draft.video, list[Problem]()
    if film is None:
        return found
    if film.mime not in rules.mimes:
        found.append(Problem("film_type", {"mime": film.mime}))
    elif film.codec not in rules.codecs or film.sound not in rules.sounds:
        found.append(Problem("film_codec", {"codec": f"{film.codec}, {film.sound}".strip(", ")}))
    if film.size > rules.size:
        found.append(Problem("film_too_big", {"size": film.size, "limit": rules.size}))
    shortest, longest = rules.seconds
    if film.seconds > longest:
        found.append(Problem("film_too_long", {"seconds": round(film.seconds), "limit": round(longest)}))
    if film.seconds < shortest:
        found.append(Problem("film_too_short", {"seconds": round(film.seconds), "limit": round(shortest)}))
    if film.width > rules.wide:
        found.append(Problem("film_too_wide", {"width": film.width, "limit": rules.wide}))
    if not rules.rate[0] <= film.rate <= rules.rate[1]:
        found.append(Problem("film_rate", {"rate": round(film.rate)}))
    return found
