"""A made-up storefront as a third party would bring it: one package, one entry point, no line of Crossdock changed."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from crossdock.connectors.http import HttpClient
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, ReadIncomplete
from crossdock.model.sales_order import Address, OrderLine, SalesOrder, Shipping
from crossdock.model.stock import StockLevel, StockTarget
from crossdock.ports.config import Secret, SystemSettings
from crossdock.ports.runtime import Clock, Gate, Priority
from crossdock.ports.systems import Document, ProbeLine, Sample, System, Translation


class AcmeSettings(SystemSettings):
    """Settings of an `acme` system."""

    key: Secret = Field(description="the shop's API key")


def to_order(row: dict[str, Any], place: str) -> SalesOrder:
    """Raises DataFault naming the place."""
    try:
        return SalesOrder(
            ref=row["number"],
            storefront_id=row["id"],
            placed_at=datetime.fromisoformat(row["placed"]),
            updated_at=datetime.fromisoformat(row["placed"]),
            currency="GBP",
            company_ref=row["buyer"],
            account_hint=row["buyer"],
            lines=tuple(
                OrderLine(
                    line_ref=str(at), sku=line["sku"], quantity=Decimal(line["pieces"]), unit="each",
                    unit_price=Decimal(line["net"]), tax=Decimal(line["vat"]), tax_code="STD",
                )
                for at, line in enumerate(row["lines"])
            ),
            total=Decimal(row["total"]),
            shipping=Shipping(),
            delivery_address=Address(line1="1 Quay", town="Hull", postcode="HU1 1UU", country="GB", surname="Shaw"),
        )  # fmt: skip
    except KeyError as error:
        raise DataFault(f"{place}.{error.args[0]}", "is missing") from error
    except (ValueError, ArithmeticError) as error:
        raise DataFault(place, str(error)) from error


def read_orders(raw: bytes) -> Sequence[SalesOrder]:
    try:
        rows = json.loads(raw)["orders"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataFault("document", f"is no list of orders: {error!r}") from error
    return [to_order(row, f"orders[{at}]") for at, row in enumerate(rows)]


class Acme:
    """OrderSource and StockSink."""

    stock_batch_max = 100

    def __init__(self, settings: AcmeSettings, gate: Gate, clock: Clock) -> None:
        self._http = HttpClient(settings.base_url, gate=gate, clock=clock)
        self._headers = {"X-Key": settings.key.get_secret_value()}

    async def _get(self, path: str) -> Any:
        reply = await self._http.read("GET", path, headers=self._headers)
        if reply.status == 401:
            raise ConfigFault("the shop does not know us", setting="key")
        return json.loads(reply.body)

    async def read_orders(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[SalesOrder]]]:
        found = await self._get("/orders")
        if found["count"] != len(found["orders"]):
            raise ReadIncomplete(f"orders: it counts {found['count']} and lists {len(found['orders'])}")
        documents = [_document(row, f"orders[{at}]") for at, row in enumerate(found["orders"])]
        yield [
            one for one in documents if one.updated_at is None or not changed_since or one.updated_at >= changed_since
        ]

    async def find_storefront_order(self, storefront_id: str) -> Document[SalesOrder] | None:
        rows = (await self._get("/orders"))["orders"]
        return next((_document(row, "order") for row in rows if row["id"] == storefront_id), None)

    async def read_stock_targets(self) -> AsyncIterator[Sequence[StockTarget]]:
        from fractions import Fraction

        shelf = await self._get("/shelf")
        yield [
            StockTarget(ref=sku, sku=sku, unit="each", stock_units=Fraction(1), shown=Decimal(shown))
            for sku, shown in shelf.items()
        ]

    async def write_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        body = json.dumps({one.sku: str(one.quantity) for one in levels}).encode()
        await self._http.send("PUT", "/shelf", headers=self._headers, body=body, priority=Priority.BULK)
        return [Accepted(one.ref) for one in levels]

    async def probe(self) -> Sequence[ProbeLine]:
        return [ProbeLine(what="orders", read=len((await self._get("/orders"))["orders"]) + 1)]

    async def close(self) -> None:
        await self._http.close()


def _document(row: dict[str, Any], place: str) -> Document[SalesOrder]:
    raw = json.dumps(row).encode()
    try:
        order = to_order(row, place)
    except DataFault as fault:
        return Document(ref=str(row.get("id")), raw=raw, fault=fault)
    return Document(ref=order.storefront_id, raw=raw, value=order, updated_at=order.updated_at)


async def connect(settings: AcmeSettings, gate: Gate, clock: Clock) -> Acme:
    return Acme(settings, gate, clock)


SYSTEM = System(
    kind="acme",
    title="Acme Stores",
    role="storefront",
    settings=AcmeSettings,
    capabilities=frozenset({"OrderSource", "StockSink"}),
    connect=connect,
    translations={"sales-order": Translation(read=read_orders)},
    samples={
        "acme": Sample(
            settings={"base_url": "http://127.0.0.1:8899", "key": "file:secrets/acme-key"},
            files={"secrets/acme-key": "sandbox-key"},
        )
    },
)
