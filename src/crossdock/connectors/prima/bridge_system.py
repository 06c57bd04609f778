"""The live connection to a bridge: every capability in one object, each done by the small part that knows how."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from crossdock.connectors.bridge import BridgeApi, take, verify
from crossdock.connectors.bridge.paging import read_page
from crossdock.connectors.prima.allocation import WHAT, Desk, confirm_free_stock
from crossdock.connectors.prima.bridge_catalogue import BridgeAccounts, BridgeItems, BridgePrices
from crossdock.connectors.prima.bridge_ledger import BridgeLedger
from crossdock.connectors.prima.bridge_orders import BridgeOrders
from crossdock.connectors.prima.bridge_stock import BridgeStock
from crossdock.connectors.prima.config import PrimaSettings
from crossdock.connectors.prima.events import to_webhook_event
from crossdock.connectors.prima.probe import counted, first_page, line
from crossdock.connectors.prima.session import Session
from crossdock.connectors.prima.wire import PrimaCapabilities
from crossdock.connectors.prima.wire_orders import Order, Shipment
from crossdock.model.account import Account
from crossdock.model.after_sale import Cancellation
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import DataFault, Outcome
from crossdock.model.ledger import LedgerDocument
from crossdock.model.price import Price
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.stock import StockFigure, StockItem
from crossdock.ports.runtime import Clock, Gate
from crossdock.ports.systems import Document, ProbeLine, UnreadableFigure, UnreadablePrice, WebhookEvent


class PrimaBridge:
    """Every port of Prima, over a bridge-v1 server."""

    def __init__(self, settings: PrimaSettings, *, gate: Gate, clock: Clock) -> None:
        self._session = Session(settings, BridgeApi(settings, gate=gate, clock=clock), clock, PrimaCapabilities)
        self._items = BridgeItems(self._session)
        self._accounts = BridgeAccounts(self._session)
        self._prices = BridgePrices(self._session, self._items)
        self._stock = BridgeStock(self._session)
        self._orders = BridgeOrders(self._session, self._items)
        self._ledger = BridgeLedger(self._session)

    @property
    def settle_seconds(self) -> float:
        return self._session.settings.settle_seconds

    @property
    def price_decimals(self) -> int:
        return self._session.settings.price_decimals

    async def find_order(self, ref: str) -> Fulfilment | None:
        return await self._orders.find(ref)

    async def create_order(self, order: ResolvedOrder) -> Outcome:
        return await self._orders.create(order)

    async def cancel_order(self, cancellation: Cancellation) -> Outcome:
        return await self._orders.cancel(cancellation)

    async def read_fulfilments(self, refs: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        return await self._orders.read(refs)

    def read_despatched_refs(self, changed_since: datetime | None) -> AsyncIterator[Sequence[str]]:
        return self._orders.despatched(changed_since)

    def read_stock(self, changed_since: datetime | None) -> AsyncIterator[Sequence[StockFigure | UnreadableFigure]]:
        return self._stock.read(changed_since)

    def read_items(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[StockItem]]]:
        return self._items.read(changed_since)

    async def find_items(self, codes: Sequence[str]) -> Sequence[StockItem]:
        return await self._items.find(codes)

    def read_accounts(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[Account]]]:
        return self._accounts.read(changed_since)

    async def find_accounts(self, codes: Sequence[str]) -> Sequence[Account]:
        return await self._accounts.find(codes)

    def read_prices(self, price_lists: Sequence[str]) -> AsyncIterator[Sequence[Price | UnreadablePrice]]:
        return self._prices.read(price_lists)

    def read_ledger(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[LedgerDocument]]]:
        return self._ledger.read(changed_since)

    async def find_ledger(self, number: str) -> LedgerDocument | None:
        return await self._ledger.find(number)

    def read_webhook(self, headers: Mapping[str, str], raw: bytes) -> WebhookEvent:
        return to_webhook_event(verify(headers, raw, self._session.settings, self._session.clock.now()))

    async def confirm_free_stock(self) -> ProbeLine:
        """The allocation probe. It writes an order, and cancels it again."""

        async def place(order: ResolvedOrder) -> Outcome:
            return await self._orders.create(order, held=True)

        async def look(sku: str) -> list[StockFigure | UnreadableFigure]:
            return list(await self._stock.find([sku]))

        async def can_cancel() -> bool:
            return (await self._session.capabilities()).cancel

        desk = Desk(look=look, place=place, cancel=self._orders.cancel, can_cancel=can_cancel)
        return await confirm_free_stock(self._session.settings, self._session.clock, desk)

    async def probe(self) -> Sequence[ProbeLine]:
        """Sign in and ask what the bridge can do; if that fails, it ends there."""
        signed_in = await line("sign-in", self._probe_sign_in)
        if signed_in.problem or signed_in.denied:
            return [signed_in]
        lines = [
            signed_in,
            await line("stock items", lambda: first_page("stock items", self._items.read(None))),
            await line("stock levels", self._probe_stock),
            await line("accounts", lambda: first_page("accounts", self._accounts.read(None))),
            await line("price lists", self._probe_prices),
            await line("orders", lambda: self._probe_list("orders", "/v1/orders", "orders.status", Order)),
            await line("shipments", lambda: self._probe_list("shipments", "/v1/shipments", "shipments.list", Shipment)),
            await line("invoices", lambda: first_page("invoices", self._ledger.read(None))),
            await line("stock meaning", self._probe_meaning),
        ]
        if self._session.settings.probes_allocation:
            lines.append(await line(WHAT, self.confirm_free_stock))
        return lines

    async def close(self) -> None:
        await self._session.api.close()

    async def _probe_sign_in(self) -> ProbeLine:
        await self._session.api.sign_in()
        can = await self._session.capabilities()
        return ProbeLine(what=f"sign-in (contract {can.contract_version}, {can.backend or 'backend not told'})", read=1)

    async def _probe_stock(self) -> ProbeLine:
        await self._session.need("stock.list")
        page = await read_page(self._session.api, "/v1/stock")
        return counted("stock levels", self._stock.figures(page.rows, self._session.clock.now()))

    async def _probe_prices(self) -> ProbeLine:
        await self._session.need("price_lists.list")
        lists = await self._prices.lists()
        for one in lists.values():
            return await first_page(f"price lists ({one.code})", self._prices.pages(one))
        return ProbeLine(what="price lists")

    async def _probe_list(self, what: str, path: str, operation: str, model: type[Order] | type[Shipment]) -> ProbeLine:
        await self._session.need(operation)
        page = await read_page(self._session.api, path)
        found: list[object] = []
        for at, row in enumerate(page.rows):
            try:
                found.append(take(model, row, f"data[{at}]"))
            except DataFault as fault:
                found.append(fault)
        return counted(what, found)

    async def _probe_meaning(self) -> ProbeLine:
        can = await self._session.confirmed_stock()
        return ProbeLine(what=f"stock meaning ({can.stock.free_field or 'free'} may be promised)", read=1)
