"""Tables for spreadsheet programs, in which nothing that people typed is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Without it spreadsheet programs on Windows take UTF-8 for something else."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A cell that begins so is run as a formula by some program; the last four are the wide signs of Asian keyboards."""


def cell(value: object) -> str:
    """What stands in one cell: a leading apostrophe makes text of what would be a formula."""
    text = "" if value is None else str(value).replace("\0", "")
    return f"'{text}" if text.startswith(DANGEROUS) else text


def lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8, a line at a time."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(BOM)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
