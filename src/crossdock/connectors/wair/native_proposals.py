"""ProposalSource over wair.ai: lists that move while they are read, without cursor, total or memory of who fetched.

Offset paging over a moving list repeats rows and skips others. So every page is read before the first row is given
out, rows are told apart by their reference, and the list is read again until two readings agree.
What still slipped through stays open and comes again: all open transfers are always listed, readings overlap in time,
and one without a time filter is made every day.
Source: docs.wair.ai, "GET /Recommendations/transfers", "GET /Recommendations/stockTargets".
"""

from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import structlog

from crossdock.connectors.bridge.json_text import as_read
from crossdock.connectors.wair.fields import DATASETS, ROWS
from crossdock.connectors.wair.native_client import NativeApi
from crossdock.connectors.wair.native_speech import Speech
from crossdock.model.faults import DataFault, ReadIncomplete
from crossdock.model.retail import StockGoal, TransferProposal
from crossdock.ports.systems import Document

log = structlog.get_logger(__name__)
T = TypeVar("T")
PAGES_MAX = 20_000
IDLE_PAGES_MAX = 3  # full pages in a row that bring nothing new
CONFIRMED = "%Y-%m-%d %H:%M:%S.00"
Rows = Mapping[Hashable, Any]


class NativeProposals:
    def __init__(self, api: NativeApi, tongue: Speech) -> None:
        self._api = api
        self._tongue = tongue
        self._whole_at: datetime | None = None

    async def transfers(self, confirmed_since: datetime | None) -> AsyncIterator[Sequence[Document[TransferProposal]]]:
        """Raises ReadIncomplete: the end is not proven, or the list did not keep still."""
        started = self._api.clock.now()
        since = self._since(confirmed_since, started)
        query = {} if since is None else {"FromConfirmedDateTime": self._stamp(since)}
        rows = await self._settled("transfer_proposals", query)
        if since is None:
            self._whole_at = started
        for page in self._documents(rows, "transfer_proposals", "referenceId", self._tongue.to_proposal):
            yield page

    async def goals(self) -> AsyncIterator[Sequence[Document[StockGoal]]]:
        rows = await self._settled("stock_goals", {})
        for page in self._documents(rows, "stock_goals", "skuId", self._tongue.to_goal):
            yield page

    async def first_page(self, dataset: str) -> Sequence[Document[Any]]:
        """For a look: one page as it stands."""
        rows, _ = await self._page(dataset, 0, {})
        to = self._tongue.to_proposal if dataset == "transfer_proposals" else self._tongue.to_goal
        ref = "referenceId" if dataset == "transfer_proposals" else "skuId"
        return [self._document(row, f"{self._wrapper(dataset)}[{at}]", dataset, ref, to) for at, row in enumerate(rows)]

    def _since(self, asked: datetime | None, now: datetime) -> datetime | None:
        """None: without a filter, because that is asked or due."""
        settings = self._api.settings
        due = timedelta(seconds=settings.proposal_unfiltered_seconds)
        if asked is None or self._whole_at is None or now - self._whole_at >= due:
            return None
        return asked - timedelta(seconds=settings.proposal_overlap_seconds)

    def _stamp(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self._api.settings.confirmed_time_zone)).strftime(CONFIRMED)

    async def _settled(self, dataset: str, query: Mapping[str, str]) -> Rows:
        """A list is read until two readings of it are the same."""
        before = await self._pass(dataset, query)
        path, passes = DATASETS[dataset].path, self._api.settings.proposal_passes_max
        for _ in range(passes - 1):
            after = await self._pass(dataset, query)
            if after == before:
                return after
            log.info("list moved while it was read", path=path, before=len(before), after=len(after))
            before = after
        raise ReadIncomplete(f"GET {path}: the list moved during each of {passes} readings")

    async def _pass(self, dataset: str, query: Mapping[str, str]) -> Rows:
        reading: dict[Hashable, Any] = {}
        offset, idle = 0, 0
        what = f"GET {DATASETS[dataset].path}"
        for number in range(1, PAGES_MAX + 1):
            rows, more = await self._page(dataset, offset, query)
            known = len(reading)
            keys = self._take(reading, dataset, rows)
            if not more:
                return reading
            if not rows:
                raise ReadIncomplete(f"{what}: page {number} is empty and says that there is more")
            idle = 0 if len(reading) > known else idle + 1
            if idle >= IDLE_PAGES_MAX:
                raise ReadIncomplete(f"{what}: {idle} pages in a row brought nothing new, so the list has no end")
            offset += len(keys)
        raise ReadIncomplete(f"{what}: no end after {PAGES_MAX} pages")

    def _take(self, reading: dict[Hashable, Any], dataset: str, rows: Sequence[Any]) -> set[Hashable]:
        """The different rows of this page, which is how far it reaches at least: one that stands there twice must not
        carry us past another. A row without a key is one of its own."""
        keys: set[Hashable] = set()
        for row in rows:
            key = self._key(dataset, row) or ("unnamed", len(reading))
            keys.add(key)
            reading[key] = row
        return keys

    def _key(self, dataset: str, row: Any) -> Hashable | None:
        names = self._tongue.names[dataset]
        ours = ("referenceId",) if dataset == "transfer_proposals" else ("locationId", "skuId", "forecastDate")
        if not isinstance(row, dict):
            return None
        *parts, last = (row.get(names[name]) for name in ours)
        if not all(isinstance(part, str | int) and part != "" for part in parts or (last,)):
            return None
        return (*parts, last if isinstance(last, str | int) else repr(last))

    async def _page(self, dataset: str, offset: int, query: Mapping[str, str]) -> tuple[list[Any], bool]:
        """(rows, whether there is more). The echoed offset and limit are not looked at: the published example echoes
        a limit of 0. Raises ReadIncomplete: it is no page."""
        path, size = DATASETS[dataset].path, self._api.settings.page_size
        document = await self._api.read(path, {"Offset": str(offset), "Limit": str(size), **query})
        told = document if isinstance(document, dict) else {}
        rows, more = told.get(self._wrapper(dataset)), told.get("moreRecordsAvailable")
        if not isinstance(rows, list):
            raise ReadIncomplete(f"GET {path}: the answer holds no list `{self._wrapper(dataset)}`")
        if not isinstance(more, bool):
            problem = "moreRecordsAvailable is not true or false, so that the end cannot be proven"
            raise ReadIncomplete(f"GET {path}: {problem}")
        return rows, more

    def _wrapper(self, dataset: str) -> str:
        return self._tongue.names[dataset][ROWS]

    def _documents(
        self, rows: Rows, dataset: str, ref: str, to: Callable[[Any, str], T]
    ) -> list[Sequence[Document[T]]]:
        found = [
            self._document(row, f"{self._wrapper(dataset)}[{at}]", dataset, ref, to)
            for at, row in enumerate(rows.values())
        ]
        size = self._api.settings.page_size
        return [found[start : start + size] for start in range(0, len(found), size)]

    def _document(self, row: Any, place: str, dataset: str, ref: str, to: Callable[[Any, str], T]) -> Document[T]:
        known = row.get(self._tongue.names[dataset][ref]) if isinstance(row, dict) else None
        label = str(known) if isinstance(known, str | int) else ""
        value, fault = None, None
        try:
            value = to(row, place)
        except DataFault as problem:
            fault = problem
        return Document(ref=label, raw=as_read(row), value=value, fault=fault, label=label)
