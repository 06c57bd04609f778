"""ItemSource, AccountSource and PriceSource over a bridge."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from crossdock.connectors.bridge import Wire, read_all, take
from crossdock.connectors.bridge.client import segment
from crossdock.connectors.bridge.json_text import as_read
from crossdock.connectors.prima.mapping_catalogue import to_account, to_price, to_stock_item
from crossdock.connectors.prima.session import Session
from crossdock.connectors.prima.wire import Customer, Item, PriceList, PriceRow
from crossdock.model.account import Account
from crossdock.model.faults import ConfigFault, DataFault, ReadIncomplete
from crossdock.model.price import Price
from crossdock.model.stock import ItemUnit, StockItem
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import Document, UnreadablePrice

W = TypeVar("W", bound=Wire)
T = TypeVar("T")
CODE_MAX = 64


class BridgeItems:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, tuple[datetime, StockItem]] = {}

    async def read(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[StockItem]]]:
        await self._session.need("items.list")
        mode = await self._session.uom_mode()
        pages = read_all(self._session.api, "/v1/items", key=lambda row: row.get("sku"), since=changed_since)
        async for page in pages:
            if page.rows:
                yield [
                    document(
                        row, "sku", f"data[{at}]", Item, lambda item, at: to_stock_item(item, uom_mode=mode, place=at)
                    )
                    for at, row in enumerate(page.rows)
                ]

    async def find(self, codes: Sequence[str], *, fresh: bool = True) -> Sequence[StockItem]:
        """fresh: False may answer from what was read a little while ago. Raises DataFault: one cannot be read."""
        found = await each(codes, lambda code: self._one(code, fresh=fresh), self._session.settings.budget.concurrency)
        return [item for item in found if item is not None]

    async def _one(self, code: str, *, fresh: bool) -> StockItem | None:
        now = self._session.clock.now()
        known = self._known.get(code)
        trusted = timedelta(seconds=self._session.settings.item_cache_seconds)
        if known is not None and not fresh and now - known[0] < trusted:
            return known[1]
        mode = await self._session.uom_mode()
        row = await one_record(self._session, f"/v1/items/{segment(code)}", code, Item, "sku")
        if row is None:
            return None
        item = to_stock_item(row, uom_mode=mode, place=f"item {code}")
        self._known[code] = (now, item)
        return item


class BridgeAccounts:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def read(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[Account]]]:
        await self._session.need("customers.list")
        key = "account_code"
        pages = read_all(self._session.api, "/v1/customers", key=lambda row: row.get(key), since=changed_since)
        async for page in pages:
            if page.rows:
                yield [
                    document(row, key, f"data[{at}]", Customer, lambda customer, _: to_account(customer))
                    for at, row in enumerate(page.rows)
                ]

    async def find(self, codes: Sequence[str]) -> Sequence[Account]:
        async def one(code: str) -> Account | None:
            path = f"/v1/customers/{segment(code)}"
            customer = await one_record(self._session, path, code, Customer, "account_code")
            return None if customer is None else to_account(customer)

        found = await each(codes, one, self._session.settings.budget.concurrency)
        return [account for account in found if account is not None]


class BridgePrices:
    def __init__(self, session: Session, items: BridgeItems) -> None:
        self._session = session
        self._items = items

    async def read(self, price_lists: Sequence[str]) -> AsyncIterator[Sequence[Price | UnreadablePrice]]:
        """Prices that hold today or later, and those that ended yesterday: an order of late last night was placed at
        them. Raises ConfigFault: a list that is not there.
        """
        await self._session.need("price_lists.list")
        lists = await self.lists()
        for code in price_lists:
            if code not in lists:
                there = ", ".join(lists) or "none"
                raise ConfigFault(f"there is no price list {code!r}; there is {there}", setting="price_lists")
        for code in price_lists:
            async for page in self.pages(lists[code]):
                if page:
                    yield page

    async def lists(self) -> Mapping[str, PriceList]:
        """By code. Raises ReadIncomplete when one cannot be read."""
        found: dict[str, PriceList] = {}
        async for page in read_all(self._session.api, "/v1/price-lists", key=lambda row: row.get("code")):
            for at, row in enumerate(page.rows):
                try:
                    one = take(PriceList, row, f"data[{at}]")
                except DataFault as fault:
                    raise ReadIncomplete(f"GET /v1/price-lists: {fault}") from fault
                found[one.code] = one
        return found

    async def pages(self, of: PriceList) -> AsyncIterator[Sequence[Price | UnreadablePrice]]:
        since = self._session.clock.now().date() - timedelta(days=1)
        path = f"/v1/price-lists/{segment(of.code)}/prices"
        async for page in read_all(self._session.api, path, key=_price_key):
            prices: list[Price | UnreadablePrice] = []
            for at, row in enumerate(page.rows):
                place = f"price list {of.code}, data[{at}]"
                try:
                    read = take(PriceRow, row, place)
                    if read.valid_to is None or read.valid_to >= since:
                        prices.append(to_price(read, of, unit=await self._unit(read, place), place=place))
                except DataFault as fault:
                    code = row.get("sku") if isinstance(row, dict) else None
                    prices.append(UnreadablePrice(of.code, code if isinstance(code, str) else "", fault))
            yield prices

    async def _unit(self, row: PriceRow, place: str) -> ItemUnit | None:
        """The unit the price is for; None where units have SKUs of their own: each is its own stock unit."""
        if row.unit_code is None or await self._session.uom_mode() == "unit_sku":
            return None
        for item in await self._items.find([row.sku], fresh=False):
            for unit in item.units:
                if unit.unit == row.unit_code:
                    return unit
        raise DataFault(f"{place}.unit_code", f"{row.sku} has no unit {row.unit_code!r}")


def _price_key(row: Mapping[str, Any]) -> str:
    return repr([row.get(name) for name in ("sku", "unit_code", "min_quantity", "valid_from", "valid_to")])


def document(row: Any, key: str, place: str, model: type[W], to: Callable[[W, str], T]) -> Document[T]:
    """A row as a Document: its value, or what is wrong with it."""
    known = row if isinstance(row, dict) else {}
    ref, updated_at, value, fault = str(known.get(key) or ""), None, None, None
    try:
        record = take(model, row, place)
        updated_at = getattr(record, "updated_at", None)
        value = to(record, place)
    except DataFault as problem:
        fault = problem
    return Document(ref=ref, raw=as_read(row), value=value, fault=fault, updated_at=updated_at, label=ref)


async def one_record(session: Session, path: str, code: str, model: type[W], key: str) -> W | None:
    """None: it is certainly not there. A code the contract cannot hold is not asked for.

    Raises DataFault when it cannot be read, ReadIncomplete when it is another.
    """
    if not 1 <= len(code) <= CODE_MAX:
        return None
    answer = await session.api.read(path, priority=Priority.ORDER)
    if answer.problem is not None:
        return None
    record = take(model, answer.doc, f"{key} {code}")
    if getattr(record, key) != code:
        raise ReadIncomplete(f"GET {path}: the answer is {getattr(record, key)!r:.80}, not {code}")
    return record


async def each(codes: Sequence[str], one: Callable[[str], Awaitable[T]], at_once: int) -> list[T]:
    """One call a code, a few at a time, in the order of the codes."""
    turn = asyncio.Semaphore(max(at_once, 1))

    async def in_turn(code: str) -> T:
        async with turn:
            return await one(code)

    return await asyncio.gather(*(in_turn(code) for code in dict.fromkeys(codes)))
