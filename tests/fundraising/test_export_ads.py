"""`/iklan/simpan/`: the list and its sums as a file, in which nothing typed is taken for a formula."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from campaign import spreadsheets
from campaign.models import AuditRow
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(campaign):
    return f"/c/{campaign.slug}/iklan/simpan/"


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode().removeprefix(spreadsheets.BOM))))


def sheets_of(content):
    """By name: each sheet's cells that hold something, by place."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        sheet.title: {each.coordinate: each for row in sheet for each in row if each.value is not None}
        for sheet in book
    }


@pytest.mark.parametrize("role", ["treasurer", "candidate"])
def test_the_table_holds_every_ad_the_sums_and_who_saved_it(client, campaign, sign_in, address, role):
    make.ad(of=campaign, first_day=date(2026, 1, 5), spend=100, receipt_number="K-1")
    make.ad(of=campaign, medium="radio", outlet="Radio Nusa", first_day=date(2026, 2, 5), spend=30)
    member = sign_in(role)
    answer = client.post(address, {"form": "csv"})
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv")
    assert 'filename="iklan-ratna-C' in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    rows = rows_of(answer.content)
    assert len({len(row) for row in rows[:3]}) == 1
    spend, paid = rows[0].index("Spend in rupiah"), rows[0].index("Counts on")
    assert [(row[spend], row[paid]) for row in rows[1:3]] == [("30", "2026-02-05"), ("100", "2026-01-05")]
    assert ["2026-01", "Facebook", "1", "100"] in rows and ["2026-02", "together", "1", "30"] in rows
    assert ["Everything so far", "2", "130"] in rows
    assert ["Saved by", str(member)] in rows
    told = AuditRow.objects.get(verb="ad.export")
    assert told.details == {"rows": 2, "form": "csv"}


def test_the_workbook_holds_numbers_as_numbers_and_days_as_days(client, campaign, sign_in, address):
    make.ad(of=campaign, first_day=date(2026, 1, 5), spend=1_500_000)
    sign_in("treasurer")
    answer = client.post(address, {"form": "xlsx"})
    assert answer["Content-Type"] == spreadsheets.XLSX
    sheets = sheets_of(answer.content)
    assert list(sheets) == ["Advertisements", "By month", "By report", "This copy"]
    ads = sheets["Advertisements"]
    heads = {each.value: each.column_letter for each in ads.values() if each.row == 1}
    assert ads["A1"].font.bold and not ads["A2"].font.bold
    assert ads[f"{heads['Spend in rupiah']}2"].value == 1_500_000
    day = ads[f"{heads['First day']}2"]
    assert day.is_date and day.value.date() == date(2026, 1, 5)
    assert sheets["By month"]["D2"].value == 1_500_000


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_nothing_typed_is_a_formula(client, campaign, sign_in, address, form):
    make.ad(of=campaign, payer='=HYPERLINK("http://jahat.example")', note="+1", account="@a\x0bb")
    sign_in("treasurer")
    content = client.post(address, {"form": form}).content
    told = (
        [cell for row in rows_of(content) for cell in row]
        if form == "csv"
        else [str(cell.value) for sheet in sheets_of(content).values() for cell in sheet.values()]
    )
    assert "'+1" in told
    assert not any(each.startswith(spreadsheets.DANGEROUS) for each in told)


@pytest.mark.parametrize("border", [";", "\t"])
def test_nor_where_a_program_parts_csv_otherwise(client, campaign, sign_in, address, border):
    make.ad(of=campaign, payer="Budi;=1+1", note="baris\r\n=1+2\r\n\t@jahat", account="a;\t-1", disclaimer="x; +1")
    sign_in("treasurer")
    text = client.post(address, {"form": "csv"}).content.decode()
    for quoting in (csv.QUOTE_NONE, csv.QUOTE_MINIMAL):
        rows = csv.reader(io.StringIO(text), delimiter=border, quoting=quoting)
        cells = [cell.strip(" ") for row in rows for cell in row]
        assert not [each for each in cells if each.startswith(("=", "+", "@", "-1"))]


def test_only_what_is_filtered_is_saved_and_the_file_says_so(client, campaign, sign_in, address):
    make.ad(of=campaign)
    make.ad(of=campaign, medium="radio", outlet="Radio Nusa")
    sign_in("treasurer")
    text = client.post(address, {"form": "csv", "media": "radio"}).content.decode()
    assert "Radio Nusa" in text and "Facebook" not in text and "Only what was filtered" in text


def test_another_kind_of_file_is_not_found_and_a_get_is_none(client, campaign, sign_in, address):
    sign_in("treasurer")
    assert client.post(address, {"form": "exe"}).status_code == 404
    assert client.get(address).status_code == 405
    sign_in("volunteer")
    assert client.post(address, {"form": "csv"}).status_code == 403


def test_many_columns_and_odd_sheet_names_are_sound():
    sheets = sheets_of(spreadsheets.workbook({"a/b:[c]" + "x" * 40: [["H"] * 30, [1] * 30], "": []}))
    (wide, _empty) = sheets.values()
    assert wide["AD2"].value == 1
    assert all(len(name) <= 31 for name in sheets)
