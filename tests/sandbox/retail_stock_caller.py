"""What the retail stock simulator tests share: running shops, and an ERP's side that calls them."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.retail_stock import RetailStockSimulator
from tests.sandbox import calling
from tests.sandbox.bridge_calling import BEARER, Answer, fresh_key
from tests.sandbox.calling import Listener

PLACE = ("STORE-YORK", "OSLO-S-BLK")


class Caller(calling.Caller[RetailStockSimulator]):
    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {**BEARER, **headers}
        async with self.session.request(method, self.url + path, json=body, headers=sent) as response:
            return await Answer.of(response)

    async def get(self, path: str) -> Answer:
        return await self.call("GET", f"/v1/{path}")

    async def put(self, path: str, *rows: Any, **more: Any) -> Answer:
        return await self.call("PUT", f"/v1/{path}", {"data": list(rows), **more})

    async def post(self, path: str, body: Any, **headers: str) -> Answer:
        return await self.call("POST", f"/v1/{path}", body, **headers)

    async def everything(self, path: str, *, limit: int = 500) -> list[dict[str, Any]]:
        """Every row of a feed, page by page."""
        joint = "&" if "?" in path else "?"
        answer = await self.get(f"{path}{joint}limit={limit}")
        rows: list[dict[str, Any]] = answer.data
        while answer.json["page"]["has_more"]:
            cursor = answer.json["page"]["next_cursor"]
            kept = "&".join(one for one in path.partition("?")[2].split("&") if one.startswith("order_ref"))
            answer = await self.get(f"{path.partition('?')[0]}?cursor={cursor}&limit={limit}&{kept}")
            rows += answer.data
        return rows

    async def level(self, location: str = PLACE[0], sku: str = PLACE[1]) -> Any:
        body = {"skus": [sku], "location_code": location}
        (row,) = (await self.post("stock-levels/query", body)).data
        return row


@contextlib.asynccontextmanager
async def shops(**settings: Any) -> AsyncIterator[Caller]:
    """The running shops of the usual made-up merchant, and somebody who may call."""
    settings = {"webhook_retry_seconds": 0.01, "webhook_workers": 1, **settings}
    simulator = RetailStockSimulator(build_estate(items=20, companies=2), seed=1, settings=settings)
    async with calling.visiting(simulator, Caller) as caller:
        yield caller


@contextlib.asynccontextmanager
async def listening(*event_types: str, **settings: Any) -> AsyncIterator[tuple[Caller, Listener, str]]:
    """Shops with one endpoint registered for these events; yields the endpoint's secret too."""
    async with calling.hearing() as listener, shops(**settings) as caller:
        body = {"url": listener.url, "event_types": list(event_types)}
        made = await caller.post("webhook-endpoints", body, **{"Idempotency-Key": fresh_key()})
        assert made.status == 201, made.text
        yield caller, listener, made.json["secret"]


def item(**changes: Any) -> dict[str, Any]:
    return {
        "id": "700001", "sku": "OSLO-S-BLK", "style_id": "OSLO-BLK", "item_id": "OSLO", "size_id": "S",
        "colour_id": "BLK", "stock_role": "leaf", "parent_sku": "OSLO", "status": "active", **changes,
    }  # fmt: skip


def told_level(**changes: Any) -> dict[str, Any]:
    """A level of the ERP's own warehouse."""
    return {
        "location_code": "Main Warehouse", "sku": "OSLO-S-BLK", "physical": "10", "allocated": "3", "available": "7",
        "basis": "physical", "stock_role": "leaf", "occurred_at": "2026-01-01T08:00:00Z", **changes,
    }  # fmt: skip


def commitment(id_: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": id_, "location_code": "Main Warehouse", "sku": "OSLO-S-BLK", "quantity": "3",
        "from": "2026-01-01T00:00:00Z", "source": "sales_order", "source_ref": "SO1", **changes,
    }  # fmt: skip


def sale(id_: str = "INV1", **changes: Any) -> dict[str, Any]:
    return {
        "sale_id": id_, "line_no": 1, "location_code": "WEB-SHOP", "sku": "OSLO-S-BLK", "quantity": "2",
        "unit_price": "18.40", "currency": "GBP", "sold_at": "2026-01-01T12:00:00Z", **changes,
    }  # fmt: skip


def transfer(id_: str = "ST-1", **changes: Any) -> dict[str, Any]:
    line = {"sku": "OSLO-S-BLK", "quantity": "4", "quantity_shipped": "0", "quantity_received": "0"}
    return {
        "transfer_id": id_, "from_location": "Main Warehouse", "to_location": "STORE-YORK", "open": True,
        "lines": [line], **changes,
    }  # fmt: skip


def outcomes(answer: Answer) -> list[tuple[str, str | None]]:
    """(result, problem code) of each row."""
    return [(row["result"], row.get("problem", {}).get("code")) for row in answer.data]
