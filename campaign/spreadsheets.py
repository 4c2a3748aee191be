"""Tables for spreadsheet programs, in which nothing that people typed is taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from xlsxwriter import Workbook

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Without it spreadsheet programs on Windows take UTF-8 for something else."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A cell that begins so is run as a formula by some program; the last four are the wide signs of Asian keyboards."""


def cell(value: object) -> str:
    """What stands in one cell: a leading apostrophe makes text of what would be a formula."""
    text = "" if value is None else str(value).replace("\0", "")
    return f"'{text}" if text.startswith(DANGEROUS) else text


_BORDERS = re.compile(r"([;\t\r\n]\s*)(?=[-=+@\uff1d\uff0b\uff0d\uff20])")
"""Where a program that parts CSV otherwise than at commas, as where the comma parts decimals, begins a cell anew."""


def lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8, a line at a time."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(BOM)
    for row in rows:
        writer.writerow([_BORDERS.sub(r"\1'", cell(value)) for value in row])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


# Workbooks ---------------------------------------------------------------------------------------

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH = 18  # letters
_LONGEST = 32_767  # letters a cell holds; XlsxWriter leaves out what is longer


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """The sheets by name as one XLSX file. Whole numbers and days are such to the program, all else is text.

    A row whose first cell is text and which follows an empty row, or begins the sheet, is drawn as a heading.
    """
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        number, day = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(_sheet_name(name))
            sheet.set_column(0, max(map(len, rows), default=0), _WIDTH)
            is_heading = True
            for line, row in enumerate(rows):
                is_heading = is_heading and bool(row) and isinstance(row[0], str)
                for place, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(line, place, value, day)
                    elif isinstance(value, int) and not isinstance(value, bool):
                        sheet.write_number(line, place, value, number)
                    else:
                        sheet.write_string(line, place, cell(value)[:_LONGEST], bold if is_heading else None)
                is_heading = not row
    return out.getvalue()


def _sheet_name(name: str) -> str | None:
    """Programs refuse some signs in it, and more than 31 letters. None: the program's own."""
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:31].strip("' ") or None
