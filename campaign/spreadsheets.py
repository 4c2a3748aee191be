"""Tables for spreadsheet programs, in which nothing that people typed is taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

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
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of spreadsheet programs."""
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML may hold."""
_TYPES = (
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="'
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType="'
    'application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
)
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLES = (
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)
_BOLD, _NUMBER, _DAY = 1, 2, 3


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """The sheets by name as one XLSX file. Whole numbers and days are such to the program, all else is text.

    A row whose first cell is text and which follows an empty row, or begins the sheet, is drawn as a heading.
    """
    out = io.BytesIO()
    numbers = range(1, len(sheets) + 1)
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        overrides = "".join(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_SHEET_TYPE}"/>' for number in numbers
        )
        file.writestr(
            "[Content_Types].xml", f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{_TYPES}{overrides}</Types>'
        )
        file.writestr("_rels/.rels", _links({"rId1": ("officeDocument", "xl/workbook.xml")}))
        names = "".join(
            f'<sheet name="{_xml(_sheet_name(name))}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in zip(numbers, sheets, strict=True)
        )
        file.writestr(
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{names}</sheets></workbook>',
        )
        parts = {f"rId{number}": ("worksheet", f"worksheets/sheet{number}.xml") for number in numbers}
        file.writestr("xl/_rels/workbook.xml.rels", _links(parts | {"rId0": ("styles", "styles.xml")}))
        file.writestr("xl/styles.xml", f'{_HEAD}<styleSheet xmlns="{_MAIN}">{_STYLES}</styleSheet>')
        for number, rows in zip(numbers, sheets.values(), strict=True):
            file.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(rows))
    return out.getvalue()


def _links(parts: Mapping[str, tuple[str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="{name}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for name, (kind, target) in parts.items()
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def _sheet(rows: Sequence[Sequence[object]]) -> str:
    drawn, is_heading = [], True
    for number, row in enumerate(rows, 1):
        is_heading = is_heading and bool(row) and isinstance(row[0], str)
        cells = "".join(_cell(f"{_column(place)}{number}", value, is_heading) for place, value in enumerate(row))
        drawn.append(f'<row r="{number}">{cells}</row>')
        is_heading = not row
    widths = f'<cols><col min="1" max="{max(map(len, rows), default=0) or 1}" width="18" customWidth="1"/></cols>'
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{widths}<sheetData>{"".join(drawn)}</sheetData></worksheet>'


def _cell(place: str, value: object, is_heading: bool) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f'<c r="{place}" s="{_NUMBER}"><v>{value}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="{_DAY}"><v>{(value - _FIRST_DAY).days}</v></c>'
    style = f' s="{_BOLD}"' if is_heading else ""
    text = _xml(cell(value))
    return f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


def _column(place: int) -> str:
    """A, B … Z, AA … for 0, 1 …"""
    name = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        name = chr(65 + letter) + name
    return name


def _xml(text: str) -> str:
    return escape(_UNREADABLE.sub("", text), {'"': "&quot;"})


def _sheet_name(name: str) -> str:
    """Programs refuse some signs in it, and more than 31 letters."""
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:31].strip("' ") or "1"
