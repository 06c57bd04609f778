"""StockSource over a bridge: the feed of `free`, and single SKUs."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import structlog

from crossdock.connectors.bridge import read_all, take
from crossdock.connectors.prima.mapping_stock import to_figure
from crossdock.connectors.prima.session import Session
from crossdock.connectors.prima.wire import StockRow
from crossdock.model.faults import DataFault, ReadIncomplete
from crossdock.model.stock import StockFigure
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import UnreadableFigure

log = structlog.get_logger(__name__)
Read = StockFigure | UnreadableFigure
QUERY_MAX = 200


class BridgeStock:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._sequences: dict[tuple[str, str], int] = {}

    async def read(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Read]]:
        """Raises ConfigFault until the meaning of `free` is confirmed. Without a change feed everything is read."""
        can = await self._session.confirmed_stock()
        read_at = self._session.clock.now()
        since = changed_since if can.stock.delta else None
        pages = read_all(self._session.api, "/v1/stock", key=_key, since=since, priority=Priority.BULK)
        async for page in pages:
            if figures := self.figures(page.rows, read_at):
                yield figures

    async def find(self, skus: Sequence[str]) -> Sequence[Read]:
        """A SKU that is `missing` is unknown, which is not nought. Asked whether or not `free` is confirmed."""
        await self._session.need("stock.query")
        found: list[Read] = []
        for start in range(0, len(skus), QUERY_MAX):
            some = list(skus[start : start + QUERY_MAX])
            read_at = self._session.clock.now()
            answer = await self._session.api.read("/v1/stock/query", body={"skus": some}, expect=frozenset())
            rows = answer.doc.get("data") if isinstance(answer.doc, dict) else None
            if not isinstance(rows, list):
                raise ReadIncomplete("POST /v1/stock/query: the answer holds no list `data`", evidence=answer.evidence)
            found += self.figures(rows, read_at)
            answered = {one.stock_code for one in found}
            found += [UnreadableFigure(sku, _missing(sku)) for sku in some if sku not in answered]
        return found

    def figures(self, rows: Sequence[Any], read_at: datetime) -> list[Read]:
        """Rows as figures; one that a later row has overtaken is left out."""
        found: list[Read] = []
        for at, row in enumerate(rows):
            place = f"data[{at}]"
            try:
                read = take(StockRow, row, place)
                if self._is_overtaken(read):
                    continue
                found.append(to_figure(read, read_at=read_at, place=place))
            except DataFault as fault:
                sku = row.get("sku") if isinstance(row, dict) else None
                found.append(UnreadableFigure(sku if isinstance(sku, str) else "", fault))
        return found

    def _is_overtaken(self, row: StockRow) -> bool:
        """An older figure never takes the place of a newer one."""
        if row.sequence is None:
            return False
        key = (row.sku, row.warehouse_code)
        newest = self._sequences.get(key)
        if newest is not None and row.sequence < newest:
            log.warning("older stock figure left out", sku=row.sku, sequence=row.sequence, newest=newest)
            return True
        self._sequences[key] = row.sequence
        return False


def _key(row: Any) -> tuple[str, str] | None:
    sku, site = row.get("sku"), row.get("warehouse_code")
    return (sku, site) if isinstance(sku, str) and isinstance(site, str) else None


def _missing(sku: str) -> DataFault:
    return DataFault("missing", f"{sku} is not known over there; that is unknown, not nought")
