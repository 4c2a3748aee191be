"""What the benchmarks found: one line per figure, with its budget where `design` names one."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Line:
    """One figure. `is_met` is None where there is no budget."""

    bench: str
    what: str
    figure: str
    budget: str = ""
    is_met: bool | None = None

    def as_dict(self) -> dict[str, str | bool | None]:
        return asdict(self)


def at_least(bench: str, what: str, value: float, budget: float, note: str = "") -> Line:
    """A ratio that may not be smaller."""
    return Line(bench, what, f"{value:.2f}{note}", f">= {budget:g}", value >= budget)


def at_most(bench: str, what: str, value: float, budget: float, unit: str = "", note: str = "") -> Line:
    """A figure that may not be larger."""
    return Line(bench, what, f"{value:.3g} {unit}{note}".strip(), f"<= {budget:g} {unit}".strip(), value <= budget)


def spread(values: Sequence[float]) -> str:
    """` (lowest to highest)`: a wide one says that the machine was busy with other things."""
    return f" ({min(values):.2f} to {max(values):.2f})"


def middle(values: Iterable[float]) -> float:
    """The median."""
    return float(median(list(values)))


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` of them lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def draw(lines: Sequence[Line]) -> str:
    """The table."""
    rows = [("benchmark", "what", "figure", "budget", "")]
    rows += [
        (line.bench, line.what, line.figure, line.budget, {True: "ok", False: "MISSED", None: ""}[line.is_met])
        for line in lines
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    drawn = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([drawn[0], "-" * len(drawn[0]), *drawn[1:]])
