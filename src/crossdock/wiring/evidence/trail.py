"""A period of the audit trail as a file, handed on row by row."""

from collections.abc import AsyncIterator

import orjson

from crossdock.decide.span import Span
from crossdock.reports.plain import csv_line
from crossdock.store.database import Pool
from crossdock.store.evidence import note_export, open_evidence

NAME = "audit_trail"
PORTION = 64 * 1024


async def trail_text(pool: Pool, tenant: str, span: Span, *, lines: bool, actor: str) -> AsyncIterator[bytes]:
    """lines: one JSON document a line, as in `crossdock evidence`; else CSV. Noted first, with who takes it."""
    said = {"since": span.since.isoformat(), "until": span.until.isoformat()}
    await note_export(pool, tenant, actor=actor, action="audit_trail_exported", **said)
    async with open_evidence(pool, tenant, span) as book:
        waiting = b"" if lines else csv_line(await book.columns(NAME)).encode()
        async for row in book.rows(NAME):
            if lines:
                waiting += orjson.dumps({**row, "detail": orjson.loads(row["detail"])}) + b"\n"
            else:
                waiting += csv_line(list(row.values())).encode()
            if len(waiting) >= PORTION:
                yield waiting
                waiting = b""
        if waiting:
            yield waiting
