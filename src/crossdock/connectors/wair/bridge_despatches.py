"""RetailDespatchSource over a retail-stock bridge: the feed, and what left for single orders."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

import structlog

from crossdock.connectors.wair.bridge_feeds import Feed, ask, read_feed
from crossdock.connectors.wair.mapping_goods import to_despatch
from crossdock.connectors.wair.session import Session
from crossdock.connectors.wair.wire import DespatchRow
from crossdock.model.faults import DataFault
from crossdock.model.retail import RetailDespatch
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import Document

log = structlog.get_logger(__name__)
QUERY_MAX = 200
CODE_MAX = 64
DESPATCHES: Feed[DespatchRow, RetailDespatch] = Feed(
    "/v1/dispatches",
    "dispatches.feed",
    ("dispatch_id",),
    DespatchRow,
    to_despatch,
    "published_at",
    Priority.DESPATCH,
    "order_ref",
)


class BridgeDespatches:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def read(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[RetailDespatch]]]:
        async for page in read_feed(self._session, DESPATCHES, changed_since):
            yield page

    async def find(self, order_refs: Sequence[str]) -> Mapping[str, Sequence[RetailDespatch | DataFault]]:
        """An order's tellings, oldest revision first. An order whose number the contract cannot hold has none there."""
        await self._session.need("dispatches.query")
        wanted = [ref for ref in dict.fromkeys(order_refs) if 1 <= len(ref) <= CODE_MAX]
        found: dict[str, list[RetailDespatch | DataFault]] = {}
        for start in range(0, len(wanted), QUERY_MAX):
            some = wanted[start : start + QUERY_MAX]
            rows = await ask(self._session, "/v1/dispatches/query", {"order_refs": some})
            for at, row in enumerate(rows):
                self._sort_in(row, DESPATCHES.document(row, f"data[{at}]"), some, found)
        for told in found.values():
            told.sort(key=_order)
        return found

    def _sort_in(
        self, row: object, told: Document[RetailDespatch], some: Sequence[str],
        found: dict[str, list[RetailDespatch | DataFault]],
    ) -> None:  # fmt: skip
        """A row that names no order is that of the only one asked for; among several it can be nobody's."""
        ref = row.get("order_ref") if isinstance(row, dict) else None
        if not isinstance(ref, str) and len(some) == 1:
            ref = some[0]
        if not isinstance(ref, str):
            log.warning("despatch names no order", despatch=told.ref, problem=str(told.fault))
        elif ref in some and (one := told.value or told.fault) is not None:
            found.setdefault(ref, []).append(one)


def _order(one: RetailDespatch | DataFault) -> tuple[bool, str, int]:
    """Faults last."""
    return (True, "", 0) if isinstance(one, DataFault) else (False, one.key, one.revision)
