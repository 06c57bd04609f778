"""The pack of one run, or of one period: written to a file, whatever its size, for whoever downloads it."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Literal

from crossdock.model.reconciliation import PERIODIC, Subject
from crossdock.reports.files import slug
from crossdock.reports.html import html_pieces
from crossdock.reports.pack import Compared, make_pack
from crossdock.reports.rows import Spool
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
    spools = [Spool() for _ in lines]
    try:
        found = []
        for one, spool in zip(lines, spools, strict=True):
            async with aclosing(compared.every_difference(here.pool, one.run.id)) as pages:
                async for page in pages:
                    spool.add(row.difference for row in page)
            columns = await compared.columns(here.pool, one.run.id)
            found.append(Compared(run=one.run, differences=spool, columns=columns))
        await asyncio.to_thread(_write, lines[0].pairing, found, form, path)
    finally:
        for spool in spools:
            spool.close()
    periods = dict.fromkeys(one.run.period_name or f"run {one.run.id}" for one in lines)
    return f"{slug(' '.join([lines[0].pairing, str(lines[0].run.subject), *periods]))}.{form}"


def _write(pairing: str, found: Sequence[Compared], form: Form, path: Path) -> None:
    report = make_pack(pairing, found, for_programs=False)
    if form == "xlsx":
        write_xlsx(report, path)
        return
    with path.open("w", encoding="utf-8") as file:
        file.writelines(html_pieces(report))
