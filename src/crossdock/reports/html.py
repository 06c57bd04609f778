"""A report as one page that needs nothing else: read on a screen, printed on A4, light and dark."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape

from crossdock.reports.rows import Made
from crossdock.reports.sheet import Block, Cell, Form, Heading, Report, Sheet

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6b7a; --line: #d5dce3; --band: #f1f4f7; --paper: #fff;
  --bad: #a3162b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --soft: #9aa8b5; --line: #37424d; --band: #1f272f;
  --paper: #14191e; --bad: #ff8a94; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1600px; padding: 2rem 1.5rem 4rem; color: var(--ink); background: var(--paper);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } .subtitle { color: var(--soft); margin: .2rem 0 1.2rem; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .4rem; border-bottom: 2px solid var(--line); padding-bottom: .25rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .2rem; } .note { color: var(--soft); margin: .1rem 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .4rem 0 1rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { background: var(--band); font-weight: 600; white-space: nowrap; } td.wide { min-width: 12rem; max-width: 24rem; }
td:not(.wide) { white-space: nowrap; }
.number { text-align: right; white-space: nowrap; } .day { white-space: nowrap; }
tr.strong td, tfoot td { font-weight: 600; } tfoot td { border-top: 2px solid var(--line); }
.below { color: var(--bad); }
nav { margin: 1rem 0 0; } nav a { margin-right: 1rem; color: inherit; }
@media print { body { max-width: none; padding: 0; font-size: 8pt; } nav { display: none; }
  th, td { padding: .18rem .4rem; } .scroll { overflow: visible; }
  h2 { break-after: avoid; } tr { break-inside: avoid; }
  thead { display: table-header-group; } td.wide { min-width: 0; } }
@page { size: A4 landscape; margin: 12mm; }
"""
STRONG = ' class="strong"'
WIDE = 24  # characters from which a text column may wrap


def style_hash() -> str:
    """Of the page's own style, as a browser is told to allow that and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}"


def write_html(report: Report) -> str:
    return "".join(html_pieces(report))


def html_pieces(report: Report) -> Iterator[str]:
    """The page in pieces, so that one of any length need not be held whole."""
    links = " ".join(f'<a href="#{_anchor(sheet)}">{escape(sheet.name)}</a>' for sheet in report.sheets)
    facts = "".join(f"<dt>{escape(label)}</dt><dd>{escape(said)}</dd>" for label, said in report.facts)
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(report.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<header>\n"
        f'<h1>{escape(report.title)}</h1>\n<p class="subtitle">{escape(report.subtitle)}</p>\n'
        f"<dl>{facts}</dl>\n<nav>{links}</nav>\n</header>\n<main>\n"
    )
    for sheet in report.sheets:
        yield from _sheet(sheet)
    yield "</main>\n</body>\n</html>\n"


def _anchor(sheet: Sheet) -> str:
    return escape(sheet.name.lower().replace(" ", "-"))


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield f'<section id="{_anchor(sheet)}">\n<h2>{escape(sheet.name)}</h2>\n'
    for block in sheet.blocks:
        yield from _block(block)
    yield "</section>\n"


def _block(block: Block) -> Iterator[str]:
    note = f'<p class="note">{escape(block.note)}</p>\n' if block.note else ""
    head = f"<h3>{escape(block.title)}</h3>\n{note}"
    if not len(block.rows):
        yield f'{head}<p class="note">{escape(block.empty)}</p>\n'
        return
    block = _without_empty_columns(block)
    titles = "".join(f'<th scope="col"{_class(one)}>{escape(one.title)}</th>' for one in block.headings)
    yield f'{head}<div class="scroll"><table>\n<thead><tr>{titles}</tr></thead>\n<tbody>\n'
    for number, row in enumerate(block.rows):
        cells = "".join(_cell(one, cell, block.decimals) for one, cell in zip(block.headings, row, strict=True))
        yield f"<tr{STRONG if number in block.strong else ''}>{cells}</tr>\n"
    yield f"</tbody>\n{_foot(block)}</table></div>\n"


def _without_empty_columns(block: Block) -> Block:
    """A page is narrow: a column of text in which nothing stands is left out."""
    silent = {at for at, one in enumerate(block.headings) if one.form is Form.TEXT}
    for row in block.rows:
        silent = {at for at in silent if row[at] in (None, "")}
        if not silent:
            return block
    told = [at for at in range(len(block.headings)) if at not in silent]
    rows = Made(lambda: (tuple(row[at] for at in told) for row in block.rows))
    return replace(block, headings=tuple(block.headings[at] for at in told), rows=rows)


def _foot(block: Block) -> str:
    if block.total is None:
        return ""
    cells = []
    for at, one in enumerate(block.headings):
        if one.key in block.total.columns:
            cells.append(_cell(one, block.sum_of(one.key), block.decimals))
        else:
            cells.append(f"<td>{escape(block.total.title) if at == 0 else ''}</td>")
    return f"<tfoot><tr>{''.join(cells)}</tr></tfoot>\n"


def _class(heading: Heading, *more: str) -> str:
    match heading.form:
        case Form.MONEY | Form.COUNT:
            names = ["number", *more]
        case Form.DAY | Form.MOMENT:
            names = ["day", *more]
        case _:
            names = ["wide", *more] if heading.width >= WIDE else [*more]
    return f' class="{" ".join(names)}"' if names else ""


def _cell(heading: Heading, cell: Cell, decimals: int) -> str:
    below = ("below",) if isinstance(cell, int | Decimal) and cell < 0 else ()
    return f"<td{_class(heading, *below)}>{escape(_text(cell, heading.form, decimals))}</td>"


def _text(cell: Cell, form: Form, decimals: int) -> str:
    match cell:
        case None:
            return "not told" if form is Form.MONEY else ""
        case Decimal() if form is Form.MONEY:
            return f"{cell:,.{decimals}f}".replace("-", "−")
        case int() if form is Form.COUNT:
            return f"{cell:,}"
        case datetime():
            return cell.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        case date():
            return cell.isoformat()
    return str(cell)
