"""A report for programs: one block as comma-separated values, or all of it as JSON."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from crossdock.model import as_json
from crossdock.reports.sheet import Block, Cell, Report

RISKY = tuple("=+-@＝＋－＠\t\r\n")  # a spreadsheet would take such a text for a formula; the wide ones too


def csv_text(block: Block) -> str:
    """With a first row of names. Numbers have a point and no commas; a text that a spreadsheet would run is quoted."""
    return "".join([csv_line([one.key for one in block.headings]), *(csv_line(row) for row in block.rows)])


def csv_line(cells: Sequence[Cell]) -> str:
    line = io.StringIO()
    # Lines end in CR LF: then a CR or LF within a name is quoted, and begins no line.
    csv.writer(line).writerow([_plain(cell) for cell in cells])
    return line.getvalue()


def harmless(text: str) -> str:
    """The text as a spreadsheet must be given it, so that it stays text."""
    return f"'{text}" if text.startswith(RISKY) else text


def json_text(report: Report) -> bytes:
    return as_json.dumps(report.data, pretty=True) + b"\n"


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return harmless(cell)
        case Decimal():
            return format(cell, "f")
        case datetime() | date():
            return cell.isoformat()
    return str(cell)
