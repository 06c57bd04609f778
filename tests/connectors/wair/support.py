"""Records as wair.ai and a retail-stock bridge would write them, about a made-up shoe merchant; and both connected."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from aiohttp import web

from crossdock.connectors.wair import SYSTEM
from crossdock.connectors.wair.bridge_system import RetailBridge
from crossdock.connectors.wair.config import WairSettings
from crossdock.connectors.wair.native_system import WairAi
from crossdock.model.retail import (
    Commitment,
    Location,
    LocationKind,
    RetailItem,
    RetailSale,
    RetailStock,
    Transfer,
    TransferLine,
)
from crossdock.model.stock import Basis
from tests.connectors.bridge.stub import Asked, Stub, json_answer, page, serving
from tests.connectors.gate import FreeGate, HandClock

AT = "2026-03-02T08:30:00Z"
DAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
UPLOADS = ("Items", "Locations", "Stock", "StockNotForReplenishment", "Sales", "Transfers")

# canonical


def level(sku: str = "DERBY-40", quantity: str = "10", **changes: Any) -> RetailStock:
    given: dict[str, Any] = {"location": "SOHO", "sku": sku, "basis": Basis.ON_HAND, "quantity": Decimal(quantity),
                             "occurred_at": DAY}  # fmt: skip
    return RetailStock(**{**given, **changes})


def commitment(key: str = "SO1/1", quantity: str = "3", **changes: Any) -> Commitment:
    given: dict[str, Any] = {"key": key, "location": "SOHO", "sku": "DERBY-40", "quantity": Decimal(quantity),
                             "since": DAY, "source_ref": "SO1"}  # fmt: skip
    return Commitment(**{**given, **changes})


def sale(key: str = "T-1", quantity: str = "1", **changes: Any) -> RetailSale:
    given: dict[str, Any] = {"key": key, "location": "SOHO", "sku": "DERBY-40", "quantity": Decimal(quantity),
                             "unit_price": Decimal("89.95"), "currency": "GBP", "sold_at": DAY}  # fmt: skip
    return RetailSale(**{**given, **changes})


def transfer(key: str = "TO-1", **changes: Any) -> Transfer:
    lines = (TransferLine(sku="DERBY-40", quantity=Decimal(4), shipped=Decimal(4), received=Decimal(1)),)
    given: dict[str, Any] = {"key": key, "from_location": "MAIN", "to_location": "SOHO", "open": True, "lines": lines,
                             "proposal_ref": "R-1"}  # fmt: skip
    return Transfer(**{**given, **changes})


def item(sku: str = "DERBY-40", **changes: Any) -> RetailItem:
    given: dict[str, Any] = {"item_id": "1001", "sku": sku, "style_id": "DERBY-BLK", "size_id": "40",
                             "parent_sku": "DERBY", "barcode": "5012345678900", "description": "Derby"}  # fmt: skip
    return RetailItem(**{**given, **changes})


def place(code: str = "SOHO", **changes: Any) -> Location:
    given: dict[str, Any] = {"code": code, "kind": LocationKind.STORE, "name": "Soho", "street": "1 Dean St",
                             "town": "London", "postcode": "W1D 3AA", "country": "GB"}  # fmt: skip
    return Location(**{**given, **changes})


# wair.ai


def proposal_row(ref: str = "R-1", **changes: Any) -> dict[str, Any]:
    return {"referenceId": ref, "fromLocationId": "MAIN", "toLocationId": "SOHO", "skuId": "DERBY-40", "quantity": 4,
            "approvalBatchId": "B7", "approvalBatchDescription": "Week 10", "transferType": "Redistribution",
            "plannedDispatchDate": "2026-03-04", "fromLocationGLN": "5012345000008", **changes}  # fmt: skip


def goal_row(sku: str = "DERBY-40", **changes: Any) -> dict[str, Any]:
    return {"locationId": "SOHO", "skuId": sku, "targetQuantity": 6, "forecastDate": "2026-03-09T00:00:00",
            **changes}  # fmt: skip


def listed(rows: Sequence[Any], *, more: Any = False, wrapper: str = "transfers") -> dict[str, Any]:
    """As the published example echoes it: a limit of nought."""
    return {wrapper: list(rows), "offset": 0, "limit": 0, "moreRecordsAvailable": more}


def offset_paged(rows: Sequence[Any], size: int, wrapper: str = "transfers") -> Callable[[Asked], web.StreamResponse]:
    """At most `size` rows a page, whatever limit is asked for."""

    def answer(asked: Asked) -> web.StreamResponse:
        at = int(asked.query["Offset"])
        return json_answer(listed(rows[at : at + size], more=at + size < len(rows), wrapper=wrapper))

    return answer


def native_settings(url: str = "http://127.0.0.1", **changes: Any) -> WairSettings:
    given = {"base_url": url, "tenant": "footfall", "username": "sync", "password": "pa55", "timeout_seconds": 1.0}
    return WairSettings.model_validate({**given, **changes})


@asynccontextmanager
async def wair_ai(*, clock: HandClock | None = None, **settings: Any) -> AsyncIterator[tuple[WairAi, Stub]]:
    """A tenant that takes everything and recommends nothing."""
    async with serving() as stub:
        token = {"accessToken": "tok-1", "expiresIn": 3600, "tokenType": "Bearer", "scope": "api"}
        stub.on("POST", "/api/v1/Token", token)
        for path in ("Batch/start", "Batch/stop", *UPLOADS):
            stub.on("POST", f"/api/v1/{path}", json_answer({}))
        stub.on("GET", "/api/v1/Recommendations/transfers", listed([]))
        stub.on("GET", "/api/v1/Recommendations/stockTargets", listed([], wrapper="stockTargets"))
        connector = await SYSTEM.connect(native_settings(stub.url, **settings), FreeGate(), clock or HandClock())
        assert isinstance(connector, WairAi)
        try:
            yield connector, stub
        finally:
            await connector.close()


def paths(stub: Stub) -> list[str]:
    """What was asked, without the sign-in."""
    return [call.path.removeprefix("/api/v1") for call in stub.asked if not call.path.endswith("/Token")]


# a retail-stock bridge

CAPABILITIES: dict[str, Any] = {
    "contract_version": "1.0.0", "backend": "footfall-pos", "operations": {}, "locations_owned": ["SOHO"],
    "stock_basis_accepted": "physical", "stock_basis_emitted": "physical", "emits_sequence": True, "webhooks": True,
    "max_batch": {"items": 2, "stock": 2, "sales": 2, "transfers": 2}, "sizing": False,
}  # fmt: skip


def level_row(sku: str = "DERBY-40", **changes: Any) -> dict[str, Any]:
    return {"location_code": "SOHO", "sku": sku, "physical": "10", "allocated": "3", "available": "7",
            "basis": "physical", "stock_role": "leaf", "sequence": 5, "occurred_at": AT, "published_at": AT,
            "reason": "sale", **changes}  # fmt: skip


def despatch_row(number: str = "D-1", order: str = "SO1", **changes: Any) -> dict[str, Any]:
    return {"dispatch_id": number, "revision": 1, "order_ref": order, "location_code": "SOHO", "dispatched_at": AT,
            "status": "dispatched", "carrier_code": "DPD", "service_code": "NEXT", "is_final": True,
            "parcels": [{"tracking_number": f"T-{number}", "tracking_url": None, "weight_kg": "1.2"}],
            "lines": [{"order_line_ref": "1", "sku": "DERBY-40", "quantity": "1"}], "occurred_at": AT,
            "published_at": AT, **changes}  # fmt: skip


def location_row(code: str = "SOHO", **changes: Any) -> dict[str, Any]:
    address = {"lines": ["1 Dean St"], "town": "London", "postcode": "W1D 3AA", "country": "GB"}
    return {"location_code": code, "kind": "store", "name": "Soho", "gln": None, "address": address,
            "stock_owner": "retail", **changes}  # fmt: skip


def movement_row(key: str = "M-1", **changes: Any) -> dict[str, Any]:
    return {"movement_id": key, "sequence": 5, "location_code": "SOHO", "sku": "DERBY-40", "quantity": "-1",
            "reason": "sale", "occurred_at": AT, "source_ref": "T-1", **changes}  # fmt: skip


def bridge_proposal(ref: str = "R-1", **changes: Any) -> dict[str, Any]:
    return {"reference_id": ref, "batch_id": "B7", "batch_description": None, "kind": "replenishment",
            "from_location": "MAIN", "to_location": "SOHO", "sku": "DERBY-40", "quantity": "4",
            "planned_dispatch_on": "2026-03-04", **changes}  # fmt: skip


def bridge_settings(url: str = "http://127.0.0.1", **changes: Any) -> WairSettings:
    given = {"profile": "retail-stock", "base_url": url, "timeout_seconds": 1.0, "webhook_secrets": [SECRET]}
    return WairSettings.model_validate({**given, **changes})


@asynccontextmanager
async def retail_stock(
    capabilities: Mapping[str, Any] | None = None, *, clock: HandClock | None = None, **settings: Any
) -> AsyncIterator[tuple[RetailBridge, Stub]]:
    """A bridge whose lists are empty and that takes every row."""
    async with serving() as stub:
        stub.on("GET", "/v1/capabilities", {**CAPABILITIES, **(capabilities or {})})
        for path in ("items", "locations", "stock-levels", "stock-movements", "dispatches"):
            stub.on("GET", f"/v1/{path}", page([]))
        for path in ("transfers", "stock-targets"):
            stub.on("GET", f"/v1/recommendations/{path}", page([]))
        for method, path in (("PUT", "items"), ("PUT", "locations"), ("PUT", "stock-levels"), ("PUT", "transfers"),
                             ("POST", "sales")):  # fmt: skip
            stub.on(method, f"/v1/{path}:batch", took_all)
        stub.on("PUT", "/v1/commitments:replace", {"data": []})
        connector = await SYSTEM.connect(bridge_settings(stub.url, **settings), FreeGate(), clock or HandClock())
        assert isinstance(connector, RetailBridge)
        try:
            yield connector, stub
        finally:
            await connector.close()


def took_all(asked: Asked) -> web.StreamResponse:
    return json_answer({"data": [{**row, "result": "updated"} for row in asked.body["data"]]})


async def gathered(pages: Any) -> list[Any]:
    return [one async for page_ in pages for one in page_]
