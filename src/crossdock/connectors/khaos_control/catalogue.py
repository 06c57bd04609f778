"""Which stock codes there are, and how their records are exported: what the item and the stock reader share."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from crossdock.connectors.khaos_control.batches import unique
from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.soap import Param
from crossdock.connectors.khaos_control.times import NO_DATE, since
from crossdock.connectors.khaos_control.wire_results import ListedStock, stock_list
from crossdock.connectors.khaos_control.xmldoc import Element
from crossdock.model.faults import DataFault, ReadIncomplete
from crossdock.ports.runtime import Clock, Priority

BY_STOCK_CODE = "1"
KEPT = timedelta(minutes=5)


class Catalogue:
    """The list of codes, and exports by code."""

    def __init__(self, client: KhaosClient, settings: KhaosControlSettings, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._families: dict[str, str] = {}
        self._families_at: datetime | None = None

    async def listed(self, changed_since: datetime | None) -> list[ListedStock]:
        """Every item (None), or every one touched since; each code once.

        A revision date does not move with the stock level, so the movement date is asked for too.
        """
        settings = self._settings
        moment = since(changed_since, settings.timezone, settings.overlap_hours)
        kinds = settings.stock_date_types if changed_since else settings.stock_date_types[:1]
        found: dict[str, ListedStock] = {}
        for kind in kinds:
            for row in await self._list(kind, moment):
                found.setdefault(row.stock_code.casefold(), row)
        if changed_since is None:
            self._keep(found)
        return list(found.values())

    async def family_of(self, code: str) -> str | None:
        """The code under which an item is exported: its family's, or its own; None if there is no such item.

        From a list at most five minutes old.
        """
        if self._families_at is None or self._clock.now() - self._families_at > KEPT:
            await self.listed(None)
        return self._families.get(code.casefold())

    async def export(self, codes: Sequence[str]) -> Element:
        """STOCK_ITEMS by code and unfiltered by date, for a date would leave unchanged sub-items out of a family."""
        params = [
            Param("StockCode", ",".join(codes)),
            Param("MappingType", BY_STOCK_CODE, "int"),
            Param("LastUpdated", NO_DATE, "dateTime"),
        ]
        method = "ExportStock"
        if self._settings.compressed:
            method = "ExportStockCompressed"
            params.append(Param("CompressionMethod", "0", "int"))
        return await self._client.export(method, params, root="STOCK_ITEMS", priority=Priority.BULK)

    async def gone(self, codes: Sequence[str], changed_since: datetime | None) -> None:
        """Raises ReadIncomplete unless the list no longer holds these codes: they went while we were reading."""
        if not codes:
            return
        rows = await self.listed(changed_since)
        there = {row.stock_code.casefold() for row in rows} | {row.parent_code.casefold() for row in rows}
        if missing := [code for code in unique(codes) if code.casefold() in there]:
            raise ReadIncomplete(
                f"{len(missing)} listed stock items were asked for twice and not answered: {missing[:5]}"
            )

    async def _list(self, kind: int, moment: str) -> list[ListedStock]:
        params = [
            Param("DateType", str(kind), "int"),
            Param("DateValue", moment, "dateTime"),
            Param("StockItemType", "0", "int"),
        ]
        timeout = self._settings.export_timeout_seconds
        answer = await self._client.read("GetStockList", params, priority=Priority.BULK, timeout_seconds=timeout)
        try:
            return stock_list(answer)
        except DataFault as fault:
            raise ReadIncomplete(f"GetStockList: {fault}") from fault

    def _keep(self, rows: dict[str, ListedStock]) -> None:
        self._families = {code: row.parent_code or row.stock_code for code, row in rows.items()}
        self._families_at = self._clock.now()
