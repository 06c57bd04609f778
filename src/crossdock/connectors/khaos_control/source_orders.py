"""ErpOrderSource: every order since a moment, and what an order asks for. Assumed, and off until switched on."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.mapping_erp_order import read_erp_order
from crossdock.connectors.khaos_control.mapping_order import check_reference
from crossdock.connectors.khaos_control.sink import OrderDesk
from crossdock.connectors.khaos_control.soap import Param
from crossdock.model.despatch import Fulfilment
from crossdock.model.erp_order import ErpOrder
from crossdock.model.faults import ConfigFault, DataFault
from crossdock.ports.runtime import Priority

BY_CODE = "1"


class OrderReader:
    def __init__(self, client: KhaosClient, orders: OrderDesk, settings: KhaosControlSettings) -> None:
        self._client = client
        self._orders = orders
        self._settings = settings

    async def states(self, since: datetime) -> AsyncIterator[Sequence[Fulfilment | DataFault]]:
        self._check()
        yield await self._orders.placed_since(since)

    async def export(self, codes: Sequence[str]) -> Mapping[str, ErpOrder | DataFault]:
        """One order a call: the export does not say which of several it is."""
        self._check()
        found: dict[str, ErpOrder | DataFault] = {}
        for code in dict.fromkeys(codes):
            try:
                check_reference(code, self._settings.lengths)
                if (order := await self._one(code)) is not None:
                    found[code] = order
            except DataFault as fault:
                found[code] = fault
        return found

    async def _one(self, code: str) -> ErpOrder | None:
        params = [Param("OrderID", code), Param("MappingType", BY_CODE, "int")]
        answer = await self._client.export(
            "ExportOrders", params, root="SALES_ORDERS", priority=Priority.BULK, quick=True
        )
        currency = self._settings.home_currency
        return read_erp_order(answer, code, timezone=self._settings.timezone, home_currency=currency)

    def _check(self) -> None:
        for name in ("list_open_orders", "export_orders"):
            if not getattr(self._settings.optional, name):
                problem = "is switched off: nobody has said that this server gives its orders out"
                raise ConfigFault(f"ExportOrders {problem}", setting=f"optional.{name}")
