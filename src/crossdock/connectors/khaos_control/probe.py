"""Trying a connection for real: who we are, what the server offers, and one page of every kind of record."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, cast

from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.sink import OrderDesk
from crossdock.connectors.khaos_control.source_accounts import AccountReader
from crossdock.connectors.khaos_control.source_items import ItemReader
from crossdock.connectors.khaos_control.source_ledger import LedgerFolder
from crossdock.connectors.khaos_control.source_prices import PriceReader
from crossdock.connectors.khaos_control.source_stock import StockReader
from crossdock.model.faults import RemoteFault
from crossdock.ports.systems import Document, ProbeLine

OPERATIONS = (
    "ImportOrders", "ExportOrderStatusEx", "GetStockList", "ExportStock", "ExportStockStatus", "GetSiteList",
    "GetCompanyList", "ExportCompany", "ExportPriceListEx", "GetPriceLists",
)  # fmt: skip
NOBODYS_ORDER = "crossdock-probe"

Counts = tuple[int, int]  # records read, records that could not be


async def probe(
    client: KhaosClient,
    orders: OrderDesk,
    items: ItemReader,
    stock: StockReader,
    accounts: AccountReader,
    prices: PriceReader,
    ledger: LedgerFolder | None,
) -> Sequence[ProbeLine]:
    """One line per kind of record, the good and the bad; a failed one stops no other."""

    async def order_status() -> Counts:
        return (0 if await orders.find(NOBODYS_ORDER) is None else 1), 0

    async def sites() -> Counts:
        await stock.site()
        return len(await stock.sites()), 0

    async def price_lists() -> Counts:
        return len(await prices.names()), 0

    checks: tuple[tuple[str, Callable[[], Awaitable[Counts]]], ...] = (
        ("order status", order_status),
        ("sites", sites),
        ("stock items", lambda: _first_page(items.read(None))),
        ("stock levels", lambda: _first_page(stock.read(None))),
        ("companies", lambda: _first_page(accounts.read(None))),
        ("price lists", price_lists),
        *([("ledger files", lambda: _first_page(ledger.read(None)))] if ledger else []),
    )
    return [*await _operations(client), *[await _try(what, check) for what, check in checks]]


async def _operations(client: KhaosClient) -> list[ProbeLine]:
    """Many functions are optional developments, so the WSDL tells what this server has. One may hide its WSDL."""
    with contextlib.suppress(RemoteFault):
        wsdl = await client.operations()
        lacking = ", ".join(method for method in OPERATIONS if wsdl.lacks(method))
        return [
            ProbeLine(
                what="operations",
                read=len(wsdl.actions),
                problem=f"the server does not offer {lacking}" if lacking else "",
            )
        ]
    return []


async def _try(what: str, check: Callable[[], Awaitable[Counts]]) -> ProbeLine:
    try:
        read, unreadable = await check()
    except RemoteFault as fault:
        return ProbeLine(what=what, problem=str(fault))
    return ProbeLine(what=what, read=read, unreadable=unreadable)


async def _first_page(pages: AsyncIterator[Sequence[Any]]) -> Counts:
    async with contextlib.aclosing(cast("AsyncGenerator[Sequence[Any]]", pages)) as opened:
        async for page in opened:
            bad = sum(1 for one in page if isinstance(one, Document) and one.fault is not None)
            return len(page) - bad, bad
    return 0, 0
