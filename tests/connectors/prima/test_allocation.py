"""The allocation probe: what it writes, what it proves, and that it leaves nothing behind."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.bridge.stub import Asked, json_answer, page, problem
from tests.connectors.prima.support import item, ok, order, over_bridge, over_soap, stock

PROBING = {"allocation_probe_sku": "ST100-080", "allocation_probe_account": "FOOT01", "allocation_probe_quantity": "2"}


class Ledger:
    """A bridge's stock of one SKU. allocates: whether a held order lowers `free`."""

    def __init__(self, *, allocates: bool = True, refuses: bool = False, keeps: bool = False) -> None:
        self.free = Decimal(7)
        self.orders: dict[str, dict[str, Any]] = {}
        self.allocates, self.refuses, self.keeps = allocates, refuses, keeps

    def query(self, _: Asked) -> Any:
        return json_answer({"data": [stock(free=str(self.free), sequence=None)], "missing": []})

    def create(self, asked: Asked) -> Any:
        if self.refuses:
            return problem(422, "account-on-hold", "on stop")
        body = asked.body
        self.orders[body["external_ref"]] = body
        self.free -= Decimal(body["lines"][0]["quantity"]) * self.allocates
        return json_answer(order(body["external_ref"], status="held"), status=201)

    def find(self, asked: Asked) -> Any:
        there = [order(ref, status="held") for ref in self.orders if ref == asked.query.get("external_ref")]
        return json_answer(page(there))

    def cancel(self, _: Asked) -> Any:
        (ref, body), *_rest = self.orders.items()
        if self.keeps:
            return problem(409, "order-not-cancellable", "picking")
        self.free += Decimal(body["lines"][0]["quantity"]) * self.allocates
        return json_answer(order(ref, status="cancelled"))


@pytest.mark.parametrize(
    ("ledger", "says"),
    [
        (Ledger(), ""),
        (Ledger(allocates=False), "`free` of ST100-080 did not fall by 2 to 5: it is 7"),
        (Ledger(refuses=True), "was not taken"),
        (Ledger(keeps=True), "BY HAND"),
    ],
)
async def test_a_held_order_shows_what_free_means(ledger: Ledger, says: str) -> None:
    async with over_bridge(stock_semantics_confirmed=False, **PROBING) as (prima, stub):
        stub.on("GET", "/v1/items/ST100-080", item())
        stub.on("POST", "/v1/stock/query", ledger.query)
        stub.on("POST", "/v1/orders", ledger.create)
        stub.on("GET", "/v1/orders", ledger.find)
        stub.on("POST", "/v1/orders/SO-CROSSDOCK-PROBE-20260302090000/cancel", ledger.cancel)
        told = next(one for one in await prima.probe() if one.what == "allocation probe")
        assert says in told.problem
        assert bool(told.problem) is bool(says)
        assert ("BY HAND" in told.problem) is ledger.keeps
        sent = stub.calls("POST", "/v1/orders")[0].body
        assert (sent["hold"], sent["lines"][0]["quantity"], sent["account_code"]) == (True, "2", "FOOT01")
        if not ledger.refuses:
            cancels = stub.calls("POST", "/v1/orders/SO-CROSSDOCK-PROBE-20260302090000/cancel")
            assert len(cancels) == 1


async def test_the_probe_writes_only_when_it_is_told_to() -> None:
    async with over_bridge() as (prima, stub):
        assert [one for one in await prima.probe() if one.what == "allocation probe"] == []
        assert {call.method for call in stub.asked} == {"GET"}


async def test_where_nothing_can_be_cancelled_nothing_is_placed(tmp_path: Path) -> None:
    async with over_bridge({"cancel": False}, **PROBING) as (prima, stub):
        assert "would leave one behind" in (await prima.confirm_free_stock()).problem
        assert stub.calls("POST", "/v1/orders") == []
    async with over_soap(tmp_path, **PROBING) as (soap, fake):
        fake.on("ProductAvailableToSell", ok())
        assert "would leave one behind" in (await soap.confirm_free_stock()).problem
        assert fake.requests == []


async def test_a_probe_that_cannot_begin_says_so() -> None:
    async with over_bridge(**PROBING) as (prima, stub):
        stub.on("POST", "/v1/stock/query", {"data": [], "missing": ["ST100-080"]})
        told = await prima.confirm_free_stock()
        assert "could not begin" in told.problem
        assert "unknown, not nought" in told.problem
        assert stub.calls("POST", "/v1/orders") == []


async def test_an_unknown_outcome_is_cancelled_too(tmp_path: Path) -> None:
    """A probe whose reply was lost may have left an order."""
    ledger = Ledger()

    def lost(asked: Asked) -> Any:
        ledger.create(asked)
        return problem(504, "order-outcome-unknown")

    async with over_bridge(**PROBING) as (prima, stub):
        stub.on("POST", "/v1/stock/query", ledger.query)
        stub.on("POST", "/v1/orders", lost)
        stub.on("GET", "/v1/orders", ledger.find)
        stub.on("POST", "/v1/orders/SO-CROSSDOCK-PROBE-20260302090000/cancel", ledger.cancel)
        assert "nobody knows whether" in (await prima.confirm_free_stock()).problem
        assert ledger.free == 7
