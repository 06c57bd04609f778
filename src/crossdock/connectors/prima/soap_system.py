"""The live connection to Prima's own SOAP service, as far as the mapping file reaches."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from crossdock.connectors.prima.allocation import WHAT, Desk, confirm_free_stock
from crossdock.connectors.prima.config import PrimaSettings
from crossdock.connectors.prima.probe import first_page, line
from crossdock.connectors.prima.session import unconfirmed
from crossdock.connectors.prima.soap_client import SoapClient
from crossdock.connectors.prima.soap_orders import SoapOrders, check_confirmed
from crossdock.connectors.prima.soap_stock import SoapStock
from crossdock.model.after_sale import Cancellation
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import ConfigFault, DataFault, Outcome
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.stock import StockFigure
from crossdock.ports.runtime import Clock, Gate
from crossdock.ports.systems import ProbeLine, UnreadableFigure

NOBODYS_ORDER = "crossdock-probe"


class PrimaSoap:
    """OrderSink, FulfilmentSource and StockSource; OrderCanceller where the mapping file has a way."""

    def __init__(self, settings: PrimaSettings, *, gate: Gate, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._mapped = settings.mapped()
        keys = settings.keys()
        self._client = SoapClient(settings, self._mapped, gate=gate, clock=clock)
        self._orders = SoapOrders(self._client, settings, keys)
        self._stock = SoapStock(self._client, keys, clock)

    @property
    def settle_seconds(self) -> float:
        return self._settings.settle_seconds

    @property
    def price_decimals(self) -> int:
        return self._settings.price_decimals

    async def find_order(self, ref: str) -> Fulfilment | None:
        return await self._orders.find(ref)

    async def create_order(self, order: ResolvedOrder) -> Outcome:
        return await self._orders.create(order)

    async def cancel_order(self, cancellation: Cancellation) -> Outcome:
        return await self._orders.cancel(cancellation)

    async def read_fulfilments(self, refs: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        return await self._orders.read(refs)

    async def read_stock(
        self, changed_since: datetime | None
    ) -> AsyncIterator[Sequence[StockFigure | UnreadableFigure]]:
        """Raises ConfigFault until the meaning of `free` is confirmed, and without a key table."""
        self._check_meaning()
        self._check_keys()
        async for page in self._stock.read():
            yield page

    async def confirm_free_stock(self) -> ProbeLine:
        """The allocation probe, where the mapping file has a way to cancel. It writes an order and cancels it again."""

        async def place(order: ResolvedOrder) -> Outcome:
            return await self._orders.create(order, held=True)

        async def look(sku: str) -> list[StockFigure | UnreadableFigure]:
            return list(await self._stock.find([sku]))

        async def can_cancel() -> bool:
            return self._mapped.operation("orders.cancel") is not None

        desk = Desk(look=look, place=place, cancel=self._orders.cancel, can_cancel=can_cancel)
        return await confirm_free_stock(self._settings, self._clock, desk)

    async def probe(self) -> Sequence[ProbeLine]:
        lines = [
            await line("operations", self._probe_wsdl),
            await line("order status", self._probe_orders),
            await line("stock levels", self._probe_stock),
            await line("order entry", self._probe_posting),
            await line("stock meaning", self._probe_meaning),
        ]
        if self._settings.probes_allocation:
            lines.append(await line(WHAT, self.confirm_free_stock))
        return lines

    async def close(self) -> None:
        await self._client.close()

    def _check_meaning(self) -> None:
        if not (self._settings.stock_semantics_confirmed or self._mapped.file.stock_semantics.semantics_confirmed):
            field = self._mapped.file.stock_semantics.free_field
            text = unconfirmed(f"nobody has said in public what {field} leaves out")
            raise ConfigFault(text, setting="stock_semantics_confirmed")

    def _check_keys(self) -> None:
        if not self._settings.key_table:
            text = "no SKU can be told from Prima's keys without a key table; keys are never taken apart"
            raise ConfigFault(text, setting="key_table")

    async def _probe_wsdl(self) -> ProbeLine:
        found = await self._client.learn()
        return ProbeLine(what=f"operations (parameter {found.argument})", read=1)

    async def _probe_orders(self) -> ProbeLine:
        found = await self._orders.find(NOBODYS_ORDER)
        return ProbeLine(what="order status", read=0 if found is None else 1)

    async def _probe_stock(self) -> ProbeLine:
        self._check_keys()
        return await first_page("stock levels", self._stock.read())

    async def _probe_posting(self) -> ProbeLine:
        check_confirmed(self._settings, self._mapped)
        return ProbeLine(what="order entry", read=1)

    async def _probe_meaning(self) -> ProbeLine:
        self._check_meaning()
        return ProbeLine(what="stock meaning (free may be promised)", read=1)
