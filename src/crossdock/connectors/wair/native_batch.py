"""One upload cycle: `POST /Batch/start`, the uploads, `POST /Batch/stop`. The stop is always sent, and before it has
succeeded nothing counts as in: what a batch that was never stopped holds, nobody says.

Source: docs.wair.ai, "Integration core principles".
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from crossdock.connectors.wair.native_client import NativeApi, Posted
from crossdock.connectors.wair.native_faults import nothing_done
from crossdock.model.faults import Outcome, Refused, RemoteFault, Transient, Unanswered, Unknown

log = structlog.get_logger(__name__)
START, STOP = "/Batch/start", "/Batch/stop"
HALVINGS_MAX = 40  # of one cycle, to find the rows for which a chunk is refused


@dataclass(frozen=True, slots=True)
class Upload:
    """One row. row: as it is written. done: what is said of it when it is in."""

    row: Mapping[str, Any]
    done: Outcome


@dataclass(slots=True)
class _Progress:
    """uploaded: something may be in. unknown: why nothing more can be said of this cycle. "" while all is well."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    uploaded: bool = False
    unknown: str = ""
    evidence: str = ""
    halved: int = 0


class Batches:
    """Cycles of one tenant, one at a time in this process."""

    def __init__(self, api: NativeApi) -> None:
        self._api = api
        self._turn = asyncio.Lock()
        self._left_open = False

    async def upload(self, path: str, wrapper: str, uploads: Sequence[Upload], chunk: int) -> list[Outcome]:
        """One outcome a row, in order. A chunk that is refused is halved until the rows that spoil it are found: rows
        are written whole under their ids, so that sending one again changes nothing.

        Raises Transient, ConfigFault and Unsupported while certainly nothing was done.
        """

        async def work(progress: _Progress) -> None:
            for start in range(0, len(uploads), chunk):
                numbers = range(start, min(start + chunk, len(uploads)))
                await self._send(path, wrapper, uploads, numbers, progress)

        progress = await self._cycle(work)
        if progress.unknown:
            unknown = Unknown(progress.unknown, evidence=progress.evidence)
            return [progress.outcomes.get(at, unknown) for at in range(len(uploads))]
        return [progress.outcomes.get(at, one.done) for at, one in enumerate(uploads)]

    async def replace(self, path: str, wrapper: str, rows: Sequence[Mapping[str, Any]], chunk: int) -> Outcome | None:
        """A full load: these rows are all there are. None: it is in.

        Raises as upload. A refused part refuses the whole, and the parts before it may stand until the next load.
        """

        async def work(progress: _Progress) -> None:
            starts = range(0, max(len(rows), 1), chunk)
            for start in starts:
                query = {"fullLoad": "true", "moreRecordsAvailable": str(start != starts[-1]).lower()}
                posted = await self._api.post(path, body(wrapper, rows[start : start + chunk]), query)
                if posted.refusal is not None:
                    progress.outcomes[0] = refused(posted)
                    return
                progress.uploaded = True

        progress = await self._cycle(work)
        if progress.unknown:
            return progress.outcomes.get(0) or Unknown(progress.unknown, evidence=progress.evidence)
        return progress.outcomes.get(0)

    async def _cycle(self, work: Callable[[_Progress], Awaitable[None]]) -> _Progress:
        async with self._turn:
            await self._start()
            progress = _Progress()
            try:
                await work(progress)
            except RemoteFault as fault:
                if nothing_done(fault) and not progress.uploaded:
                    raise
                progress.unknown, progress.evidence = str(fault), fault.evidence
            finally:
                await self._stop(progress)
            return progress

    async def _start(self) -> None:
        """A batch that was left open is closed first. Raises what a cycle that has not begun raises."""
        if self._left_open:
            await self._close()
        posted = await self._try_start()
        if posted.refusal is None:
            return
        log.warning("batch does not start; one may be open still", problem=posted.refusal.text)
        await self._close()
        posted = await self._try_start()
        if posted.refusal is not None:
            raise Transient(f"POST {START}: {posted.refusal.text}", evidence=posted.evidence)

    async def _try_start(self) -> Posted:
        try:
            return await self._api.post(START)
        except Unanswered as fault:
            self._left_open = True
            await self._close()
            raise Transient(f"no batch was started, nothing was uploaded: {fault}", evidence=fault.evidence) from fault

    async def _stop(self, progress: _Progress) -> None:
        """Said once: after a stop that failed, a later yes would not tell what became of the rows."""
        self._left_open = True
        try:
            posted = await self._api.post(STOP)
        except RemoteFault as fault:
            progress.unknown = progress.unknown or f"the batch was not closed: {fault}"
            progress.evidence = progress.evidence or fault.evidence
            return
        if posted.refusal is not None:
            progress.unknown = progress.unknown or f"the batch was not closed: {posted.refusal.text}"
            progress.evidence = progress.evidence or posted.evidence
            return
        self._left_open = False

    async def _close(self) -> None:
        """As well as it can be done: the start that follows tells whether it was enough."""
        try:
            posted = await self._api.post(STOP)
        except RemoteFault as fault:
            log.warning("batch could not be closed", problem=str(fault))
            return
        if posted.refusal is None:
            self._left_open = False

    async def _send(
        self, path: str, wrapper: str, uploads: Sequence[Upload], numbers: Sequence[int], progress: _Progress
    ) -> None:
        posted = await self._api.post(path, body(wrapper, [uploads[at].row for at in numbers]))
        if posted.refusal is None:
            progress.uploaded = True
            return
        if len(numbers) == 1 or progress.halved >= HALVINGS_MAX:
            progress.outcomes |= dict.fromkeys(numbers, refused(posted))
            return
        progress.halved += 1
        half = len(numbers) // 2
        await self._send(path, wrapper, uploads, numbers[:half], progress)
        await self._send(path, wrapper, uploads, numbers[half:], progress)


def body(wrapper: str, rows: Sequence[Mapping[str, Any]]) -> Any:
    """wrapper: "" where the list is the document."""
    return {wrapper: list(rows)} if wrapper else list(rows)


def refused(posted: Posted) -> Refused:
    assert posted.refusal is not None
    return Refused(posted.refusal.code, posted.refusal.text, evidence=posted.evidence)
