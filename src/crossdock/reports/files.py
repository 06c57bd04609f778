"""A report in every form, side by side in one folder."""

import re
from pathlib import Path

from crossdock.reports.html import write_html
from crossdock.reports.plain import csv_text, json_text
from crossdock.reports.sheet import Report
from crossdock.reports.xlsx import write_xlsx


def write_files(report: Report, folder: Path, stem: str) -> list[Path]:
    """NAME.xlsx, NAME.html, NAME.json, and a NAME-TABLE.csv for each table that has rows."""
    folder.mkdir(parents=True, exist_ok=True)
    book, page, data = (folder / f"{stem}.{form}" for form in ("xlsx", "html", "json"))
    write_xlsx(report, book)
    page.write_text(write_html(report), "utf-8")
    data.write_bytes(json_text(report))
    written = [book, page, data]
    for sheet in report.sheets:
        for number, block in enumerate(sheet.blocks, start=1):
            if len(block.rows):
                more = f"-{number}" if len(sheet.blocks) > 1 else ""
                path = folder / f"{stem}-{slug(sheet.name)}{more}.csv"
                path.write_text(csv_text(block), "utf-8", newline="")
                written.append(path)
    return written


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
