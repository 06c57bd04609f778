"""The month-end pack: numbers are numbers, text is text, and the same run is the same bytes."""

import csv
import io
import json
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree, html

from crossdock.decide.period import read_period
from crossdock.model.reconciliation import (
    Amounts,
    Column,
    Difference,
    PaperKind,
    Run,
    Subject,
    Waiver,
)
from crossdock.reports.files import write_files
from crossdock.reports.html import html_pieces, write_html
from crossdock.reports.pack import Compared, make_pack
from crossdock.reports.plain import csv_text
from crossdock.reports.rows import Spool
from crossdock.reports.sheet import Report, Sheet
from crossdock.reports.xlsx import write_xlsx

OCTOBER = read_period("2026-10", "Europe/London")
AT = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
DAY = date(2026, 10, 9)
ORDERED, PENNY = Amounts(Decimal("1200.00"), Decimal("1000.00"), Decimal("200.00")), Decimal("0.01")
EVIL = '=HYPERLINK("http://bad.example","Sons")'
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def difference(cause: str, gap: Amounts | None = None, **more: object) -> Difference:
    base = {
        "link": "billing", "cause": cause, "subject": f"{cause} INV1", "ref": "B2B-1", "document": "INV1",
        "what": "invoice INV1 of order B2B-1", "ours": "1,200.00 GBP", "theirs": "1,200.01 GBP", "day": DAY,
        "likely": "VAT rounded otherwise", "currency": "GBP", "account": "ACC1", "gap": gap,
    }  # fmt: skip
    return Difference(**{**base, **more})


def compared(**more: object) -> Compared:
    run = Run(
        id=7, subject=Subject.MONEY, period=OCTOBER, ended=True, actor="mary", began_at=AT, ours_at=AT, theirs_at=AT,
        ended_at=AT, counts={"differences": 3, "to_settle": 1, "accepted": 1, "ledger_known": 1, "refunds_known": 0},
        unknowns=("refunds: shop does not tell them",),
    )  # fmt: skip
    off = Amounts(PENNY, Decimal(0), PENNY)
    late = Amounts(Decimal("-120.00"), Decimal("-100.00"), Decimal("-20.00"))
    base = {
        "run": run,
        "columns": [
            Column(kind=PaperKind.ORDER, currency="GBP", company="", papers=10, amounts=ORDERED),
            Column(kind=PaperKind.ERP_ORDER, currency="GBP", company="", papers=10, amounts=ORDERED),
            Column(kind=PaperKind.INVOICE, currency="GBP", company="", papers=9, amounts=ORDERED + off + late),
        ],
        "differences": [
            difference("vat-rounding", off, case_kind="reconciliation-difference", case_id=12),
            difference("not-invoiced-yet", late, account=EVIL, note="<b>bold</b> & \"quoted\""),
            difference("order-total", Amounts(Decimal(0), Decimal(0), Decimal(0)), link="posting",
                       waiver=Waiver(actor="mary", reason="@agreed", at=AT)),
        ],
    }  # fmt: skip
    return Compared(**{**base, **more})


@pytest.fixture
def report() -> Report:
    return make_pack("shop-erp", [compared()])


def sheet(report: Report, name: str) -> Sheet:
    return next(one for one in report.sheets if one.name == name)


def test_every_coin_between_two_columns_is_told_and_nothing_is_left_over(report: Report) -> None:
    (bridge,) = [one for one in sheet(report, "Summary").blocks if one.title.startswith("From the ERP's orders")]
    rows = [(row[0], row[5]) for row in bridge.rows]
    assert rows == [
        ("The same orders in the ERP", Decimal("1200.00")),
        ("plus: VAT rounded per line on one side and per order on the other", PENNY),
        ("less: not invoiced yet", Decimal("-120.00")),
        ("Invoices issued", Decimal("1080.01")),
        ("Left over", Decimal("0.00")),
    ]


def test_what_is_not_told_is_never_nought(report: Report) -> None:
    (columns,) = [one for one in sheet(report, "Summary").blocks if one.title.startswith("Documents")]
    told = {row[0]: row[4] for row in columns.rows}
    assert (told["Credit notes issued"], told["Refunds at the storefront"]) == (0, None)
    page = html.fromstring(write_html(report))
    row = next(one for one in page.iter("tr") if "Refunds at the storefront" in one.text_content())
    assert [cell.text_content() for cell in row][2:] == ["not told"] * 3


def test_settled_explained_and_accepted_stand_apart_with_case_and_name(report: Report) -> None:
    (settle,), (explained,), (accepted,) = (
        sheet(report, name).blocks[0].dicts() for name in ("To settle", "Explained", "Accepted")
    )
    assert (settle["case"], settle["cause"], settle["gross"]) == (12, "vat-rounding", PENNY)
    assert explained["cause"] == "not-invoiced-yet"
    assert (accepted["accepted_by"], accepted["reason"], accepted["accepted_at"]) == ("mary", "@agreed", AT)
    assert sheet(report, "Unknown").blocks[0].rows[0][2] == "refunds: shop does not tell them"


def test_the_same_run_is_the_same_bytes(report: Report, tmp_path: Path) -> None:
    once, again = (write_files(make_pack("shop-erp", [compared()]), tmp_path / name, "x") for name in ("a", "b"))
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]
    assert {path.name for path in once} >= {"x.xlsx", "x.html", "x.json", "x-to-settle.csv"}


def test_a_name_that_looks_like_a_formula_is_text_everywhere(report: Report, tmp_path: Path) -> None:
    files = {path.name: path for path in write_files(report, tmp_path, "x")}
    with zipfile.ZipFile(files["x.xlsx"]) as book:
        sheets = [
            etree.fromstring(book.read(name)) for name in book.namelist() if name.startswith("xl/worksheets/sheet")
        ]
    formulas = {found.text for one in sheets for found in one.iterfind(".//m:f", NS)}
    strings = {found.text for one in sheets for found in one.iterfind(".//m:is/m:t", NS)}
    assert EVIL in strings
    assert formulas
    assert all(re.fullmatch(r"SUM\([A-Z]+\d+(:[A-Z]+\d+)?\)", text or "") for text in formulas)
    rows = list(csv.reader(io.StringIO(files["x-explained.csv"].read_text("utf-8"))))
    assert f"'{EVIL}" in rows[1]
    accepted = csv_text(sheet(report, "Accepted").blocks[0])
    assert "'@agreed" in accepted
    page = files["x.html"].read_text("utf-8")
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_numbers_are_numbers_and_a_sum_is_a_formula_with_its_value(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_files(report, tmp_path, "x")
    with zipfile.ZipFile(path) as book:
        page = etree.fromstring(book.read("xl/worksheets/sheet2.xml"))
    cells = {one.get("r"): one for one in page.iterfind(".//m:c", NS)}
    gross = next(
        one for one in cells.values() if one.findtext("m:v", namespaces=NS) == "0.01" and one.find("m:f", NS) is None
    )
    assert gross.get("t") is None  # a number, not a text
    total = next(one for one in cells.values() if one.find("m:f", NS) is not None)
    assert total.findtext("m:v", namespaces=NS) == "0.01"


def test_the_page_needs_nothing_from_elsewhere(report: Report) -> None:
    page = write_html(report)
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "@page" in page
    html.fromstring(page)


def test_the_json_says_it_all(report: Report, tmp_path: Path) -> None:
    write_files(report, tmp_path, "x")
    said = json.loads((tmp_path / "x.json").read_text("utf-8"))
    (run,) = said["runs"]
    assert (run["run"], run["period"]["first"], run["counts"]["to_settle"]) == (7, "2026-10-01", 1)
    assert run["differences"][0]["gross"] == "0.01"
    assert run["columns"][0]["gross"] == "1200.00"


def test_a_pack_without_money_has_no_columns() -> None:
    run = Run(id=8, subject=Subject.STOCK, period=None, ended=True, actor="mary", began_at=AT, ended_at=AT)
    pack = make_pack("shop-erp", [Compared(run=run, differences=[])])
    assert [one.title for one in sheet(pack, "Summary").blocks] == ["What was compared"]
    assert "None." in write_html(pack)


@pytest.mark.parametrize("form", ["xlsx", "html"])
def test_a_pack_of_any_length_keeps_memory_flat(tmp_path: Path, form: str) -> None:
    def peak(many: int) -> int:
        spool = Spool()
        gap = Amounts(PENNY, Decimal(0), PENNY)
        spool.add(difference("vat-rounding", gap, what=f"invoice {n} of B&B") for n in range(many))
        tracemalloc.start()
        report = make_pack("shop-erp", [compared(differences=spool)], for_programs=False)
        if form == "xlsx":
            write_xlsx(report, tmp_path / f"{many}.xlsx")
        else:
            with (tmp_path / f"{many}.html").open("w", encoding="utf-8") as file:
                file.writelines(html_pieces(report))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        spool.close()
        return most

    peak(10)  # what is made once
    assert peak(1_200) - peak(200) < 400_000  # held whole, these rows are several times that
    assert (tmp_path / f"1200.{form}").stat().st_size > 20_000


def test_what_was_put_on_disk_is_read_back_as_it_was() -> None:
    waiver = Waiver(actor="mary", reason="a penny", at=AT)
    kept = [difference("late", Amounts(PENNY), waiver=waiver, facts={"sku": "é\n"}, case_id=7), difference("plain")]
    spool = Spool()
    try:
        spool.add(kept)
        assert (len(spool), list(spool), list(spool)) == (2, kept, kept)
    finally:
        spool.close()
