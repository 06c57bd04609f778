"""The connector beside the simulated Prima, through either door, and the orders of a made-up merchant."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from crossdock.connectors.prima import SYSTEM
from crossdock.connectors.prima.bridge_system import PrimaBridge
from crossdock.connectors.prima.soap_system import PrimaSoap
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.prima import PrimaSimulator
from tests.connectors.gate import FreeGate
from tests.connectors.prima.support import ADDRESS, bridge_settings, soap_settings

ESTATE = build_estate(items=24, companies=8)
CONFIRMED = {"semantics_confirmed": True}
WORDS = {"Received": "received", "On Hold": "held", "Open": "accepted", "Rejected": "rejected"}


class Wall:
    """The time on the wall: the simulator runs by it."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def bridged(
    simulator: Mapping[str, Any] | None = None, **settings: Any
) -> AsyncIterator[tuple[PrimaBridge, PrimaSimulator]]:
    prima = PrimaSimulator(ESTATE, seed=3, settings={**CONFIRMED, **(simulator or {})})
    async with running(prima) as url:
        given = {"auth": "bearer_static", "bearer_token": "sandbox-token", "page_size": 5, **settings}
        connector = await SYSTEM.connect(bridge_settings(url, **given), FreeGate(), Wall())
        assert isinstance(connector, PrimaBridge)
        try:
            yield connector, prima
        finally:
            await connector.close()


@asynccontextmanager
async def soaped(
    folder: Path, simulator: Mapping[str, Any] | None = None, **settings: Any
) -> AsyncIterator[tuple[PrimaSoap, PrimaSimulator]]:
    prima = PrimaSimulator(ESTATE, seed=3, settings=simulator or {})
    async with running(prima) as url:
        given = {"key_table": str(key_table(folder, prima)), "order_statuses": WORDS, **settings}
        connector = await SYSTEM.connect(soap_settings(f"{url}/wsa/prima", **given), FreeGate(), Wall())
        assert isinstance(connector, PrimaSoap)
        try:
            yield connector, prima
        finally:
            await connector.close()


def key_table(folder: Path, prima: PrimaSimulator) -> Path:
    """What an operator exports: every SKU that is sold, with its key."""
    lines = ["sku,product,m1,m2,m3,m4"]
    for key, sku in prima.store.by_native.items():
        lines.append(",".join([sku, key.product, key.m1, key.m2, key.m3, key.m4]))
    path = folder / "keys.csv"
    path.write_text("\n".join(lines))
    return path


def strike(prima: PrimaSimulator, *knobs: Mapping[str, Any]) -> None:
    prima.faults.set(knobs)


def sellable(prima: PrimaSimulator) -> tuple[str, Decimal]:
    """A SKU with enough stock in the first warehouse, and its trade price."""
    stocked = {one["sku"] for one in prima.state()["stock"] if one["site"] == "MAIN" and one["available"] >= 20}
    for row in prima.state()["prices"]:
        if row["price_list"] == "TRADE" and row["sku"] in stocked:
            return row["sku"], Decimal(row["unit_price"])
    raise AssertionError("the estate sells nothing")


def account(prima: PrimaSimulator) -> str:
    """One that may buy without a purchase order."""
    for one in prima.store.accounts.values():
        if one.status == "active" and not one.po_required and one.price_list_code == "TRADE":
            return one.account_code
    raise AssertionError("nobody may buy")


def order_for(prima: PrimaSimulator, ref: str = "B2B-1", quantity: int = 4, **changes: Any) -> ResolvedOrder:
    sku, price = sellable(prima)
    net = price * quantity
    tax = (net * Decimal("0.2")).quantize(Decimal("0.01"))
    line = ResolvedLine(
        line_ref="1", stock_code=sku, quantity=Decimal(quantity), unit_price=price, net=net, tax_code="S", tax=tax
    )
    given: dict[str, Any] = {
        "ref": ref, "placed_at": datetime.now(UTC), "currency": "GBP", "account_code": account(prima),
        "account_id": account(prima), "lines": (line,), "delivery_net": Decimal("5.00"),
        "delivery_tax": Decimal("1.00"), "total": net + tax + 6, "courier_code": "DPD", "delivery_address": ADDRESS,
    }  # fmt: skip
    return ResolvedOrder(**{**given, **changes})
