"""The gateways of one made-up pairing on a real database, and orders to put into them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from crossdock.model.account import Account
from crossdock.model.faults import DataFault
from crossdock.model.lifecycle import Move, OrderState
from crossdock.model.price import Price
from crossdock.model.sales_order import OrderLine, SalesOrder
from crossdock.model.stock import Basis, StockFigure, StockItem, StockTarget
from crossdock.ports.order_book import OrderFile, OrderMove
from crossdock.ports.systems import Document
from crossdock.store.archive import Vault
from crossdock.store.cases import PgCaseBook
from crossdock.store.database import Pool
from crossdock.store.despatches import PgDespatchBook
from crossdock.store.orders import PgOrderBook
from crossdock.store.prices import PgPriceBook
from crossdock.store.reference import PgReferenceBook
from crossdock.store.refunds import PgRefundBook
from crossdock.store.scope import Scope, UnitRules
from crossdock.store.stock import PgStockBook

TENANT, PAIRING, SHOP, ERP = "main", "oro-khaos", "shop", "khaos"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECRET_STREET = "17 Nobody's Business Lane"


class Books:
    """Everything remembered of one pairing."""

    def __init__(
        self,
        pool: Pool,
        *,
        pairing: str = PAIRING,
        declared: bool = True,
        units: UnitRules | None = None,
        credit: bool = False,
    ) -> None:
        self.pool = pool
        units = units or UnitRules(declared=declared)
        self.scope = Scope(pool=pool, tenant=TENANT, pairing=pairing, storefront=SHOP, erp=ERP, units=units)
        self.vault = Vault(bytes(32))
        self.orders = PgOrderBook(
            self.scope, self.vault, linked_by_hint=True, price_lists=("Trade",), credit=credit
        )  # fmt: skip
        self.cases = PgCaseBook(self.scope)
        self.despatches = PgDespatchBook(self.scope)
        self.reference = PgReferenceBook(self.scope)
        self.refunds = PgRefundBook(self.scope, self.vault)
        self.stock = PgStockBook(self.scope)
        self.prices = PgPriceBook(self.scope)

    async def store_prices(self, *prices: Price) -> None:
        """As whole lists of the ERP."""
        async with self.prices.run() as run:
            for name in {one.price_list for one in prices}:
                await run.begin()
                await run.stage([one for one in prices if one.price_list == name])
                await run.take(name, unreadable=[], whole=True)

    async def capture(self, *orders: SalesOrder | Document[SalesOrder]) -> Any:
        """One page of them."""
        page = [one if isinstance(one, Document) else document(one) for one in orders]
        return await self.orders.capture(page, start_from=None)

    async def file(self, ref: str) -> OrderFile:
        found = await self.orders.load(await self.pool.fetchval("select id from sales_order where ref = $1", ref))
        assert found is not None
        return found

    async def move(self, ref: str, *moves: Move, **more: Any) -> OrderFile:
        """Through these moves, one after the other."""
        for move in moves:
            assert await self.orders.move(step(await self.file(ref), move, **more)), move
        return await self.file(ref)

    async def jobs(self) -> list[str]:
        rows = await self.pool.fetch("select dedupe_key from pgqueuer where status = 'queued' order by id")
        return [row["dedupe_key"] for row in rows]

    async def kinds(self) -> dict[str, int]:
        """Open case → how many records it holds."""
        rows = await self.pool.fetch(
            "select kind, (select count(*) from case_hold h where h.case_id = c.id) as records "
            "from desk_case c where state = 'open'"
        )
        return {row["kind"]: row["records"] for row in rows}


def step(file: OrderFile, move: Move, **more: Any) -> OrderMove:
    return OrderMove(order_id=file.id, version=file.version, from_state=file.state, move=move, **more)


def line(sku: str = "DRILL-18V", quantity: str = "2", unit: str = "each") -> OrderLine:
    return OrderLine(line_ref=f"l-{sku}", sku=sku, quantity=Decimal(quantity), unit=unit, unit_price=Decimal("49.90"))


def sale(ref: str = "1001", *lines: OrderLine, **more: Any) -> SalesOrder:
    """An order as a storefront would tell it."""
    plain = SalesOrder(
        ref=ref, storefront_id=f"id-{ref}", placed_at=NOON, updated_at=NOON, currency="GBP", company_ref="c-9",
        company_name="Hartley Joinery", lines=lines or (line(),), total=Decimal("119.76"), account_hint="HART01",
    )  # fmt: skip
    return replace(plain, **more)


def document(order: SalesOrder, raw: bytes = b"") -> Document[SalesOrder]:
    body = raw or f"order {order.ref} of {order.updated_at} to {SECRET_STREET}: {order.po_number}".encode()
    return Document(ref=order.storefront_id, raw=body, value=order, updated_at=order.updated_at, label=order.ref)


def unreadable(ref: str, *, place: str = "lineItems.0", later: int = 0) -> Document[SalesOrder]:
    fault = DataFault(place, "must be a number")
    return Document(
        ref=f"id-{ref}",
        raw=f"rubbish {later}".encode(),
        fault=fault,
        updated_at=NOON + timedelta(minutes=later),
        label=ref,
    )


def item(code: str) -> StockItem:
    return StockItem(code=code, item_id=f"i-{code}", tax_percent=Decimal(20))


def account(code: str, account_id: str = "") -> Account:
    return Account(account_id=account_id or f"a-{code}", code=code, name="Hartley")


def target(sku: str, unit: str = "each", units: Fraction | int = 1) -> StockTarget:
    return StockTarget(ref=f"{sku}/{unit}", sku=sku, unit=unit, stock_units=Fraction(units))


def figure(code: str, quantity: int | str, *, minute: int = 0, site: str = "", unlimited: bool = False) -> StockFigure:
    return StockFigure(
        stock_code=code, site=site, basis=Basis.AVAILABLE, quantity=Decimal(quantity), unlimited=unlimited,
        as_of=NOON + timedelta(minutes=minute),
    )  # fmt: skip


IN_FLIGHT_MOVES: dict[OrderState, tuple[Move, ...]] = {
    OrderState.CAPTURED: (),
    OrderState.WAITING: (Move.HOLD,),
    OrderState.POSTING: (Move.SEND,),
}
OTHER_MOVES: dict[OrderState, tuple[Move, ...]] = {
    OrderState.POSTED: (Move.SEND, Move.ACCEPT),
    OrderState.WITHDRAWN: (Move.WITHDRAW,),
    OrderState.SET_ASIDE: (Move.HOLD, Move.SET_ASIDE),
    OrderState.DESPATCHED: (Move.SEND, Move.ACCEPT, Move.DESPATCH_ALL),
}
