"""The report of an audit as a page for people, and as a table for a spreadsheet."""

import csv
import io
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from crossdock.reports.plain import harmless

Document = Mapping[str, Any]
COLUMNS = ("kind", "subject", "desk", "orders", "value", "records", "cause", "setting", "remedy", "examples")

PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Audit of {pairing}</title>
<style>
:root {{ color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }}
body {{ margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8884; }}
td.n, th.n {{ text-align: right; white-space: nowrap; }}
code {{ overflow-wrap: anywhere; }}
</style>
<h1>Audit of {pairing}</h1>
<p>{at}. {items} stock items, {accounts} accounts, {skus} SKUs and {orders} orders since {since} were read;
{stopped} orders would be stopped{worth}. Nothing was written.</p>
{body}
</html>
"""
TABLE = """\
<table>
<caption>{count} gaps, worst first</caption>
<thead><tr><th>Gap</th><th class="n">Orders</th><th class="n">Value</th><th>What</th><th>How it is closed</th>
<th>Desk</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>"""
ROW = (
    '<tr><td>{kind}</td><td class="n">{orders}</td><td class="n">{value}</td><td>{cause}</td>'
    "<td>{closed}</td><td>{desk}</td></tr>"
)


def page_of(document: Document, suffix: str) -> str:
    """suffix: one of PAGES."""
    return PAGES[suffix](document)


def html(document: Document) -> str:
    """One file that needs nothing else."""
    read, orders = document["read"], document["orders"]
    gaps = document["gaps"]
    rows = "\n".join(_row(gap) for gap in gaps)
    value = _money(orders["value"])
    return PAGE.format(
        pairing=escape(document["pairing"]), at=f"{document['at']:%d %B %Y %H:%M} UTC",
        since=f"{document['since']:%d %B %Y}", stopped=orders["stopped"],
        worth=f", worth {escape(value)}" if value else "", items=read["items"], accounts=read["accounts"],
        skus=read["skus"], orders=read["orders"],
        body=TABLE.format(count=len(gaps), rows=rows) if gaps else "<p>No gap was found.</p>",
    )  # fmt: skip


def _row(gap: Mapping[str, Any]) -> str:
    setting = f"<code>{escape(gap['setting'])}</code><br>" if gap["setting"] else ""
    examples = f"<br>Such as {escape(', '.join(gap['examples']))}." if gap["examples"] else ""
    return ROW.format(
        kind=escape(gap["kind"]), orders=gap["orders"] or "", value=escape(_money(gap["value"])),
        cause=escape(gap["cause"]) + examples, closed=setting + escape(gap["remedy"]), desk=escape(gap["desk"]),
    )  # fmt: skip


def table(document: Document) -> str:
    """Comma-separated, one gap a line; nothing in it is a formula."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for gap in document["gaps"]:
        told = {**gap, "value": _money(gap["value"]), "examples": " ".join(gap["examples"])}
        rows.writerow([_cell(told[name]) for name in COLUMNS])
    return written.getvalue()


def _cell(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value


def _money(value: Mapping[str, Any]) -> str:
    return ", ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(value.items()) if currency)


PAGES: Mapping[str, Callable[[Document], str]] = {".html": html, ".csv": table}
