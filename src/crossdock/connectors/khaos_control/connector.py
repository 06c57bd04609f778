"""The live connection: every capability in one object, each done by the small part that knows how."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from crossdock.connectors.khaos_control.catalogue import Catalogue
from crossdock.connectors.khaos_control.channel.door import KhaosChannel
from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.despatches_in import DespatchDesk
from crossdock.connectors.khaos_control.optional import OptionalOperations
from crossdock.connectors.khaos_control.probe import probe
from crossdock.connectors.khaos_control.sink import OrderDesk
from crossdock.connectors.khaos_control.sink_accounts import AccountDesk
from crossdock.connectors.khaos_control.source_accounts import AccountReader
from crossdock.connectors.khaos_control.source_items import ItemReader
from crossdock.connectors.khaos_control.source_ledger import LedgerFolder
from crossdock.connectors.khaos_control.source_orders import OrderReader
from crossdock.connectors.khaos_control.source_prices import PriceReader
from crossdock.connectors.khaos_control.source_stock import StockReader
from crossdock.model.account import Account, NewAccount
from crossdock.model.after_sale import Cancellation, SalesReturn
from crossdock.model.despatch import DespatchNote, Fulfilment
from crossdock.model.erp_order import ErpOrder
from crossdock.model.faults import DataFault, Outcome
from crossdock.model.item_document import ItemDocument
from crossdock.model.ledger import LedgerDocument
from crossdock.model.price import Price
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.stock import StockFigure, StockItem
from crossdock.ports.channel import ChannelDesk, ChannelReply, ChannelRequest
from crossdock.ports.runtime import Clock, Gate
from crossdock.ports.systems import Document, ProbeLine, UnreadableFigure, UnreadablePrice


class KhaosControl:
    """One company database: over SOAP where we call it, over its generic channel where it calls us."""

    def __init__(self, settings: KhaosControlSettings, *, gate: Gate, clock: Clock) -> None:
        self._settings = settings
        self._client = KhaosClient(settings, gate=gate, clock=clock)
        catalogue = Catalogue(self._client, settings, clock)
        self._orders = OrderDesk(self._client, settings)
        self._items = ItemReader(catalogue, settings)
        self._stock = StockReader(self._client, catalogue, settings, clock)
        self._accounts = AccountReader(self._client, settings)
        self._desk = AccountDesk(self._client, self._accounts, settings)
        self._prices = PriceReader(self._client, settings)
        self._optional = OptionalOperations(self._client, self._orders, settings)
        self._order_reader = OrderReader(self._client, self._orders, settings)
        self._despatches = DespatchDesk(self._client, self._orders, settings)
        self._ledger = LedgerFolder(settings, clock)
        self._channel = KhaosChannel(settings.channel, timezone=settings.timezone, clock=clock)

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

    async def read_fulfilments(self, refs: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        return await self._orders.read(refs)

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

    async def find_opened(self, ref: str) -> Account | None:
        return await self._desk.find(ref)

    async def create_account(self, wanted: NewAccount) -> Outcome:
        return await self._desk.create(wanted)

    def read_prices(self, price_lists: Sequence[str]) -> AsyncIterator[Sequence[Price | UnreadablePrice]]:
        return self._prices.read(price_lists)

    async def amend_order(self, order: ResolvedOrder) -> Outcome:
        return await self._optional.amend(order)

    async def cancel_order(self, cancellation: Cancellation) -> Outcome:
        return await self._optional.cancel(cancellation)

    async def write_counts(self, figures: Sequence[StockFigure]) -> Sequence[Outcome]:
        return await self._optional.count(figures)

    async def find_fulfilments(self, codes: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        return await self._orders.by_code(codes)

    def read_open_orders(self, since: datetime) -> AsyncIterator[Sequence[Fulfilment | DataFault]]:
        return self._orders.open_orders(since)

    def read_order_states(self, since: datetime) -> AsyncIterator[Sequence[Fulfilment | DataFault]]:
        return self._order_reader.states(since)

    async def export_orders(self, codes: Sequence[str]) -> Mapping[str, ErpOrder | DataFault]:
        return await self._order_reader.export(codes)

    async def book_despatch(self, note: DespatchNote) -> Outcome:
        return await self._despatches.book(note)

    def read_ledger(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[LedgerDocument]]]:
        return self._ledger.read(changed_since)

    async def find_ledger(self, number: str) -> LedgerDocument | None:
        return await self._ledger.find(number)

    async def answer_channel(self, request: ChannelRequest, desk: ChannelDesk) -> ChannelReply:
        return await self._channel.answer(request, desk)

    def item_problem(self, document: ItemDocument) -> DataFault | None:
        return self._channel.item_problem(document)

    def return_problem(self, sales_return: SalesReturn) -> DataFault | None:
        return self._channel.return_problem(sales_return)

    def read_site_stock(
        self, site: str, changed_since: datetime | None
    ) -> AsyncIterator[Sequence[StockFigure | UnreadableFigure]]:
        return self._stock.read(changed_since, site)

    async def find_stock(self, codes: Sequence[str]) -> Sequence[StockFigure | UnreadableFigure]:
        return await self._stock.find(codes)

    async def probe(self) -> Sequence[ProbeLine]:
        ledger = self._ledger if self._settings.ledger.folder else None
        return await probe(
            self._client, self._orders, self._items, self._stock, self._accounts, self._prices, ledger
        )  # fmt: skip

    async def close(self) -> None:
        await self._client.close()


async def connect(settings: KhaosControlSettings, gate: Gate, clock: Clock) -> KhaosControl:
    """Opens nothing yet: the first call does."""
    return KhaosControl(settings, gate=gate, clock=clock)
