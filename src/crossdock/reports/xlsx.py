"""A report as a workbook. Text is always text: a name that begins with = or + or @ is no formula here."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from crossdock.reports.sheet import Block, Cell, Form, Report, Sheet

FACTS_WIDTH = 24
NAME_MAX = 31  # characters of a sheet's name
STYLES: Mapping[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 15},
    "subtitle": {"font_color": "#555555", "font_size": 11},
    "block": {"bold": True, "font_size": 12, "top": 1, "top_color": "#999999"},
    "note": {"font_color": "#555555", "italic": True},
    "heading": {"bold": True, "bg_color": "#E7ECF1", "bottom": 1, "text_wrap": True, "valign": "top"},
    "text": {"text_wrap": True, "valign": "top"},
    "label": {"bold": True, "valign": "top"},
}


def write_xlsx(report: Report, path: Path) -> None:
    import xlsxwriter

    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "remove_timezone": True,
        "constant_memory": True,  # each row goes to disk when the next begins
    }  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties(
            {
                "title": report.title,
                "subject": report.subtitle,
                "created": report.made_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        pen = _Pen(book)
        for number, sheet in enumerate(report.sheets):
            pen.sheet(report if number == 0 else None, sheet)


class _Pen:
    def __init__(self, book: Any) -> None:
        self._book = book
        self._styles = {name: book.add_format(style) for name, style in STYLES.items()}
        self._numbers: dict[tuple[Form, int, bool], Any] = {}

    def sheet(self, report: Report | None, sheet: Sheet) -> None:
        page = self._book.add_worksheet(sheet.name[:NAME_MAX])
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_footer("&L&A&RPage &P of &N")
        row = self._top(page, report) if report else 0
        self._widths(page, sheet)
        for block in sheet.blocks:
            row = self._block(page, block, row) + 1
        if report is None and len(sheet.blocks) == 1 and len(sheet.blocks[0].rows):
            page.freeze_panes(2 if not sheet.blocks[0].note else 3, 0)

    def _top(self, page: Any, report: Report) -> int:
        page.write_string(0, 0, report.title, self._styles["title"])
        page.write_string(1, 0, report.subtitle, self._styles["subtitle"])
        row = 3
        for label, said in report.facts:
            page.write_string(row, 0, label, self._styles["label"])
            page.write_string(row, 1, said)
            row += 1
        return row + 1

    def _widths(self, page: Any, sheet: Sheet) -> None:
        widths: dict[int, int] = {}
        for block in sheet.blocks:
            for at, one in enumerate(block.headings):
                widths[at] = max(widths.get(at, 0), one.width)
        for at, width in widths.items():
            page.set_column(at, at, width)

    def _block(self, page: Any, block: Block, row: int) -> int:
        """Returns the row below it."""
        page.write_string(row, 0, block.title, self._styles["block"])
        row += 1
        if block.note:
            page.write_string(row, 0, block.note, self._styles["note"])
            row += 1
        if not len(block.rows):
            page.write_string(row, 0, block.empty, self._styles["note"])
            return row + 1
        for at, one in enumerate(block.headings):
            page.write_string(row, at, one.title, self._styles["heading"])
        first = row + 1
        for number, cells in enumerate(block.rows):
            row += 1
            for at, (one, cell) in enumerate(zip(block.headings, cells, strict=True)):
                self._cell(page, row, at, cell, one.form, block.decimals, strong=number in block.strong)
        return (self._total(page, block, first, row) if block.total else row) + 1

    def _total(self, page: Any, block: Block, first: int, last: int) -> int:
        from xlsxwriter.utility import xl_range

        assert block.total is not None
        row = last + 1
        page.write_string(row, 0, block.total.title, self._styles["label"])
        for at, one in enumerate(block.headings):
            if one.key in block.total.columns:
                style = self._number(one.form, block.decimals, strong=True)
                total = float(block.sum_of(one.key))
                page.write_formula(row, at, f"=SUM({xl_range(first, at, last, at)})", style, total)
        return row

    def _cell(self, page: Any, row: int, at: int, cell: Cell, form: Form, decimals: int, *, strong: bool) -> None:
        match cell:
            case None:
                page.write_blank(row, at, None, self._styles["text"])
            case str():
                page.write_string(row, at, cell, self._styles["label" if strong else "text"])
            case datetime() | date():
                moment = cell.astimezone(UTC).replace(tzinfo=None) if isinstance(cell, datetime) else cell
                page.write_datetime(row, at, moment, self._number(form, decimals, strong=strong))
            case int() | Decimal():
                page.write_number(row, at, cell, self._number(form, decimals, strong=strong))

    def _number(self, form: Form, decimals: int, *, strong: bool) -> Any:
        key = form, decimals, strong
        if key not in self._numbers:
            places = "." + "0" * decimals if decimals else ""
            shape = {
                Form.MONEY: f"#,##0{places};[Red]-#,##0{places}", Form.COUNT: "#,##0", Form.DAY: "yyyy-mm-dd",
                Form.MOMENT: "yyyy-mm-dd hh:mm:ss",
            }.get(form, "General")  # fmt: skip
            self._numbers[key] = self._book.add_format({"num_format": shape, "bold": strong, "valign": "top"})
        return self._numbers[key]
