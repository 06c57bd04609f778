"""LedgerSource: invoices and credit notes, which no published operation of Khaos Control tells, from files.

Assumed, and off until a folder is named: somebody exports them on a schedule, each file whole for the days in its name.
Where files overlap the newer one holds, so that what was changed or withdrawn since is gone. Days that no file speaks
of are unknown, never empty.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.ledger_file import LedgerFile, Row, files_in, read_file
from crossdock.model.faults import ConfigFault, ReadIncomplete, Unsupported
from crossdock.model.ledger import LedgerDocument
from crossdock.ports.runtime import Clock
from crossdock.ports.systems import Document

DAY = timedelta(days=1)


class LedgerFolder:
    def __init__(self, settings: KhaosControlSettings, clock: Clock) -> None:
        self._settings = settings.ledger
        self._form = settings.ledger.form
        self._zone = ZoneInfo(settings.timezone)
        self._clock = clock

    async def read(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[LedgerDocument]]]:
        """Everything issued from the day of that moment on; a file does not say when a document was changed."""
        begins = None if changed_since is None else changed_since.astimezone(self._zone).date()
        files = await self._files()
        self._check(files, begins)
        async for rows in self._rows(files, begins):
            yield [row.document for row in rows]

    async def find(self, number: str) -> LedgerDocument | None:
        files = await self._files()
        async for rows in self._rows(files, None):
            for row in rows:
                if row.document.ref == number and row.document.value is not None:
                    return row.document.value
        return None

    async def _files(self) -> Sequence[LedgerFile]:
        if not self._settings.folder:
            raise Unsupported("ledger", "no operation of Khaos Control tells invoices; name a folder of files")
        folder = Path(self._settings.folder)
        try:
            files = await asyncio.to_thread(files_in, folder, self._form)
        except OSError as error:
            raise ConfigFault(f"the folder of ledger files cannot be read: {error}", setting="ledger.folder") from error
        if not files:
            raise ReadIncomplete(f"{folder} holds no ledger file yet")
        return files

    def _check(self, files: Sequence[LedgerFile], begins: date | None) -> None:
        """Raises ReadIncomplete: the newest file is old, or days are left out."""
        today, ends = self._clock.now().astimezone(self._zone).date(), files[0].ends
        if today - ends > timedelta(days=self._settings.stale_after_days):
            raise ReadIncomplete(f"the newest ledger file, {files[0].path.name}, says nothing of {ends} and later")
        day = begins or min(one.begins for one in files)
        while day < ends:
            reached = max((one.ends for one in files if one.holds(day)), default=None)
            if reached is None:
                raise ReadIncomplete(f"no ledger file speaks of {day}")
            day = reached

    async def _rows(self, files: Sequence[LedgerFile], begins: date | None) -> AsyncGenerator[Sequence[Row], None]:
        for at, file in enumerate(files):
            if begins is not None and file.ends <= begins:
                continue
            pages = read_file(file, self._form)
            while (page := await asyncio.to_thread(next, pages, None)) is not None:
                if rows := [row for row in page if _counts(row, files[:at], begins)]:
                    yield rows


def _counts(row: Row, newer: Sequence[LedgerFile], begins: date | None) -> bool:
    """A row that does not say its day counts, so that somebody sees it."""
    day = row.day
    return day is None or ((begins is None or day >= begins) and not any(one.holds(day) for one in newer))
