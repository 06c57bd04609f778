"""A report for programs: one block as comma-separated values, or all of it as JSON."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

from crossdock.model import as_json
from crossdock.reports.sheet import Block, Cell, Report

RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take such a text for a formula


def csv_text(block: Block) -> str:
    """With a first row of names. Numbers have a point and no commas; a text that a spreadsheet would run is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([one.key for one in block.headings])
    writer.writerows([[_plain(cell) for cell in row] for row in block.rows])
    return out.getvalue()


def json_text(report: Report) -> bytes:
    return as_json.dumps(report.data, pretty=True) + b"\n"


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if cell.startswith(RISKY) else cell
        case Decimal():
            return format(cell, "f")
        case datetime() | date():
            return cell.isoformat()
    return str(cell)
