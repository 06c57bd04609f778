"""Orders out of the shop country: the walk over all of them, and one by its id.

No filter and no order of the list is public. So every sweep walks the whole list by its cursor and keeps what changed
since, with an overlap; `order_list_query` is where a tenant's own filter goes. Shop and country in the address are no
filter over there: an order of another shop country may come back and is not ours.
Source: SCAYLE Admin API, Orders.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.client import by_key
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.mapping_order import changed_at, number_of, of_wire
from crossdock.connectors.scayle.paging import pages
from crossdock.connectors.scayle.session import Part
from crossdock.connectors.scayle.states import is_unconfirmed
from crossdock.connectors.scayle.wire import dump, read
from crossdock.model.faults import DataFault, ReadIncomplete
from crossdock.model.sales_order import SalesOrder
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import Document


class OrderReads(Part):
    """Implements OrderSource."""

    async def read_orders(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[SalesOrder]]]:
        """A page comes as it is read; the end of the iterator is the proof that nothing is missing."""
        async for rows in self.order_rows(changed_since):
            if documents := [self.document(row) for row in rows if not self.left_out(row)]:
                yield documents

    async def order_rows(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Any]]:
        """Rows that may have changed since, each once. One that does not tell when is given."""
        settings = self._session.settings
        since = changed_since and changed_since - timedelta(seconds=settings.overlap_seconds)
        given: set[tuple[str, str]] = set()
        query = order_query(settings.with_nested, settings.order_list_query, since)
        for path in self._session.order_lists:
            async for rows in pages(self._session, path, query):
                fresh = []
                for row in rows:
                    if identity(row) not in given or not identity(row)[0]:
                        given.add(identity(row))
                        fresh.append(row)
                yield [row for row in fresh if since is None or (told(row) or since) >= since]

    async def find_storefront_order(self, storefront_id: str) -> Document[SalesOrder] | None:
        """None too for an order of another shop country, and for one that is still in the shopper's hands."""
        row, raw = await self.find_row(quote(storefront_id, safe=""))
        if row is None or self.left_out(row):
            return None
        if identity(row)[0] != storefront_id:
            raise ReadIncomplete(f"GET {self._session.orders_path}/{storefront_id}: the answer is another order")
        return self.document(row, raw)

    async def find_row(self, slot: str, *, priority: Priority = Priority.READ) -> tuple[dict[str, Any] | None, bytes]:
        """slot: an id, or key%3D…; (None, b"") when there is no such order."""
        settings = self._session.settings
        answer = await self._session.api.read(
            f"{self._session.orders_path}/{slot}",
            order_query(settings.with_nested, {}, None),
            expect=frozenset({404}),
            priority=priority,
        )
        if not answer.ok:
            return None, b""
        if not isinstance(answer.value, dict):
            raise ReadIncomplete(
                f"GET {self._session.orders_path}/{slot}: the answer is no order", evidence=answer.evidence
            )
        return answer.value, answer.raw

    async def find_order_wire(self, storefront_id: str) -> wire.Order | None:
        """The order as it stands, for whoever is about to write to it. Raises DataFault when it cannot be read."""
        row, _ = await self.find_row(quote(storefront_id, safe=""), priority=Priority.ORDER)
        if row is None:
            return None
        order = read(wire.Order, row, "")
        if str(order.id) != storefront_id:
            raise ReadIncomplete(f"GET {self._session.orders_path}/{storefront_id}: the answer is another order")
        return order

    async def find_by_reference(self, reference_key: str) -> tuple[str, str] | None:
        """(its key here, its number) of the order that carries this referenceKey."""
        row, _ = await self.find_row(by_key(reference_key), priority=Priority.ORDER)
        if row is None:
            return None
        order = read(wire.Order, row, "")
        return str(order.id), number_of(order, self._session.settings)

    def document(self, row: Any, raw: bytes = b"") -> Document[SalesOrder]:
        value, fault = None, None
        updated_at, label = told(row), identity(row)[0]
        try:
            order = read(wire.Order, row, "")
            updated_at, label = changed_at(order), number_of(order, self._session.settings)
            value = of_wire(order, self._session.settings)
        except DataFault as problem:
            fault = problem
        return Document(
            ref=identity(row)[0], raw=raw or dump(row), value=value, fault=fault, updated_at=updated_at, label=label
        )

    def left_out(self, row: Any) -> str:
        """The setting by which an order is not ours to read: not confirmed yet, or of another shop country. "" for
        none: what cannot be read is nobody's to leave out."""
        try:
            order = read(wire.Order, row, "")
        except DataFault:
            return ""
        settings = self._session.settings
        if country_of(order.shop_country, settings) is None:
            return "country_code"
        return "take_unconfirmed" if not settings.take_unconfirmed and is_unconfirmed(order) else ""


def country_of(there: wire.OrderShopCountry | None, settings: ScayleSettings) -> str | None:
    """Which of our countries an order is of; None for one of another shop country."""
    ours = (settings.country_code, *settings.more_countries)
    return next((one for one in ours if belongs(there, settings.shop_key, one)), None)


def belongs(there: wire.OrderShopCountry | None, shop_key: str, country_code: str) -> bool:
    """Some answers join shop and country into one shopKey (ms and de to msde). What is not told is not held against."""
    if there is None:
        return True
    country = (there.country_code or "").lower()
    if country_code.isdecimal():
        return there.id is None or str(there.id) == country_code
    if there.shop_key is not None:
        keys = {shop_key.lower(), f"{shop_key}{country_code}".lower()}
        if there.shop_key.lower() not in keys:
            return False
    return not country or country == country_code.lower()


def order_query(nested: str, more: Mapping[str, str], since: datetime | None) -> dict[str, str]:
    """Parameters that speak of a time are left out when everything is asked for."""
    query = {"with": nested} if nested else {}
    for name, value in more.items():
        if "{since}" not in value:
            query[name] = value
        elif since is not None:
            moment = since.astimezone(UTC).replace(microsecond=0).isoformat()
            query[name] = value.replace("{since}", moment)
    return query


def identity(row: Any) -> tuple[str, str]:
    """(id, time of its change) as sent; two rows with the same are the same row."""
    if not isinstance(row, dict):
        return "", ""
    key = row.get("id")
    return "" if key is None or isinstance(key, dict | list | bool) else str(key), str(row.get("updatedAt") or "")


def told(row: Any) -> datetime | None:
    """When a row changed, if it says so in a way that can be read."""
    try:
        moment = datetime.fromisoformat(row["updatedAt"])
    except (TypeError, KeyError, ValueError):
        return None
    return moment if moment.tzinfo else None
