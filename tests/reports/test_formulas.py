"""What a spreadsheet would reckon stays text, whatever a company or an order calls itself."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from crossdock.cli import audit_pages
from crossdock.reports.plain import RISKY, csv_text
from crossdock.reports.sheet import Block, Heading, Report, Sheet
from crossdock.reports.xlsx import write_xlsx

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0xFFFD, exclude_categories=["Cs"]), max_size=30)
EVIL = st.builds(str.__add__, st.sampled_from(STARTS), TEXTS)
HEADINGS = (Heading(key="name", title="Name"), Heading(key="note", title="Note"))


def test_every_way_to_begin_a_formula_is_known() -> None:
    assert set(RISKY) >= set(STARTS)


@given(name=EVIL, note=TEXTS)
@example(name="=1", note="a\r=1")
@example(name='=HYPERLINK("http://bad.example","Sons")', note="@SUM(1+1)*cmd|' /C calc'!A0")
def test_no_cell_of_a_csv_begins_as_a_formula_and_no_text_is_lost(name: str, note: str) -> None:
    block = Block(title="t", headings=HEADINGS, rows=[(name, note)])
    _, (one, other) = csv.reader(io.StringIO(csv_text(block), newline=""))
    assert not one.startswith(STARTS)
    assert not other.startswith(STARTS)
    assert (one, other.removeprefix("'") if note.startswith(STARTS) else other) == (f"'{name}", note)


@settings(max_examples=25)
@given(names=st.lists(EVIL, min_size=1, max_size=8))
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(names: list[str]) -> None:
    block = Block(title=names[0], note=names[0], headings=HEADINGS, rows=[(one, one) for one in names])
    report = Report(
        title=names[0], subtitle=names[0], made_at=datetime(2026, 1, 1, tzinfo=UTC), facts=[(names[0], names[0])],
        sheets=(Sheet(name="Found", blocks=(block,)),),
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        write_xlsx(report, Path(folder) / "x.xlsx")
        with zipfile.ZipFile(Path(folder) / "x.xlsx") as book:
            page = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
            assert not [name for name in book.namelist() if "externalLink" in name or "sheet1.xml.rels" in name]
    cells = page.findall(".//m:c", NS)
    assert {cell.get("t") for cell in cells} == {"inlineStr"}  # text, written as it comes
    assert page.find(".//m:f", NS) is None


@given(name=EVIL)
def test_the_gaps_of_an_audit_are_text_too(name: str) -> None:
    gap = dict.fromkeys(audit_pages.COLUMNS, name) | {"value": {}, "examples": [name]}
    _, row = csv.reader(io.StringIO(audit_pages.table({"gaps": [gap]}), newline=""))
    assert not [cell for cell in row if cell.startswith(STARTS)]
