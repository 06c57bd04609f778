"""The pack of one run, or of one period: written to a file, whatever its size, for whoever downloads it."""

import asyncio
from pathlib import Path
from typing import Literal

from crossdock.model.reconciliation import PERIODIC, Subject
from crossdock.reports.files import slug
from crossdock.reports.html import write_html
from crossdock.reports.pack import Compared, make_pack
from crossdock.reports.xlsx import write_xlsx
from crossdock.store import compared
from crossdock.store.compared import RunLine
from crossdock.wiring.installation import Installation

Form = Literal["xlsx", "html"]


async def runs_of_pack(here: Installation, line: RunLine) -> list[RunLine]:
    """The run, and with a period's money what else was compared over the same period."""
    if line.run.subject is not Subject.MONEY:
        return [line]
    others = sorted(PERIODIC - {Subject.MONEY})
    ids = await compared.beside(here.pool, here.tenant, line.pairing, line.run.period_name, others)
    found = [await compared.find_run(here.pool, here.tenant, one) for one in ids]
    return [line, *(one for one in found if one is not None)]


async def write_pack(here: Installation, lines: list[RunLine], form: Form, path: Path) -> str:
    """lines: ended runs of one pairing, at least one. Returns the name the file should go by."""
    found = [
        Compared(
            run=one.run,
            differences=[
                row.difference async for page in compared.every_difference(here.pool, one.run.id) for row in page
            ],
            columns=await compared.columns(here.pool, one.run.id),
        )
        for one in lines
    ]
    report = make_pack(lines[0].pairing, found)
    if form == "xlsx":
        await asyncio.to_thread(write_xlsx, report, path)
    else:
        await asyncio.to_thread(lambda: path.write_text(write_html(report), "utf-8"))
    periods = dict.fromkeys(one.run.period_name or f"run {one.run.id}" for one in lines)
    return f"{slug(' '.join([lines[0].pairing, str(lines[0].run.subject), *periods]))}.{form}"
