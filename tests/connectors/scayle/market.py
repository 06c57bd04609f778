"""A connector and the simulated shop it speaks to."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from crossdock.connectors.scayle import SYSTEM
from crossdock.connectors.scayle.connector import Scayle
from crossdock.model.despatch import Despatch, DespatchLine
from crossdock.model.sales_order import SalesOrder
from crossdock.model.stock import StockTarget
from crossdock.ports.systems import Document
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.scayle import ScayleSimulator
from tests.connectors.gate import FreeGate
from tests.connectors.scayle.stub import settings_for

ESTATE = build_estate(items=20, companies=6)
AT_ONCE = {"processing_seconds": 0, "bulk_seconds": 0, "initial_stock": 500, "delegation_delay_seconds": 0}
ORDERS = "GET /api/admin/v1/shops/hp/countries/DE/orders"
SHIPMENTS = "POST /api/admin/v1/fulfillment/shipments"


class Wall:
    """The time on the wall: the simulator runs by it."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def market(
    *, simulator: Mapping[str, Any] | None = None, **settings: Any
) -> AsyncIterator[tuple[Scayle, ScayleSimulator]]:
    shop = ScayleSimulator(ESTATE, seed=3, settings={**AT_ONCE, **(simulator or {})})
    async with running(shop) as url:
        given = {"access_token": "sandbox-token", "shop_key": "hp", "bulk_timeout_seconds": 3.0, **settings}
        connector = await SYSTEM.connect(settings_for(url, **given), FreeGate(), Wall())
        assert isinstance(connector, Scayle)
        try:
            yield connector, shop
        finally:
            await connector.close()


def strike(shop: ScayleSimulator, *knobs: Mapping[str, Any]) -> None:
    shop.faults.set(knobs)


async def swept(connector: Scayle, since: datetime | None = None) -> list[Document[SalesOrder]]:
    return [document async for documents in connector.read_orders(since) for document in documents]


async def targets(connector: Scayle) -> list[StockTarget]:
    return [target async for part in connector.read_stock_targets() for target in part]


def there(shop: ScayleSimulator, country: str = "DE") -> dict[str, dict[str, Any]]:
    return {str(one["id"]): one for one in shop.state()["orders"] if one["country"] == country}


def closes(order: SalesOrder) -> bool:
    nets = sum((line.net_before_discount - line.discount for line in order.lines), Decimal(0))
    off = sum((discount.amount for discount in order.discounts), Decimal(0))
    return nets - off + order.shipping.net + (order.tax_total or Decimal(0)) == order.total


async def one_order(shop: ScayleSimulator, count: int = 3, **terms: Any) -> str:
    sku = ESTATE.items[0].sku
    told = await shop.act("place_order", {"country": "DE", "lines": [{"sku": sku, "quantity": count}], **terms})
    await shop.act("pass_time", {"seconds": 120})
    return str(told.get("order") or told.get("id"))


def despatch(number: str = "0034-1", count: int = 2, **changes: Any) -> Despatch:
    given: dict[str, Any] = {
        "key": f"x/{number}", "order_ref": "x", "tracking_number": number, "carrier": "DHL_STD_NATIONAL",
        "lines": (DespatchLine(stock_code=ESTATE.items[0].sku, quantity=Decimal(count)),),
    }  # fmt: skip
    return Despatch(**given | changes)
