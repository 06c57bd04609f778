"""Laws that hold whatever people do: stock is conserved, sums add up, nothing is sent twice."""

import random
from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.khaos_control.orders_in import import_orders
from tests.sandbox.khaos_wire import Order, document, line

ESTATE = build_estate(items=6, companies=3)
SKUS = ["HP-1000", "HP-1001", "HP-1002", "KIT-DOOR", "OSLO-S-BLK"]


class Shop:
    """A simulator driven at random, and a separate count of what entered and left the building."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.khaos = KhaosControlSimulator(ESTATE)
        self.acts = self.khaos.acts()
        self.refs: list[str] = []
        for sku in SKUS:
            if sku != "KIT-DOOR":
                self.acts["adjust"](sku=sku, on_hand=self.rng.randint(0, 12))
        self.received = self._on_hand()

    def _on_hand(self) -> Counter[str]:
        counted: Counter[str] = Counter()
        for row in self.khaos.state()["stock"]:
            counted[row["sku"]] += row["on_hand"]
        return counted

    def step(self) -> None:
        self.rng.choice((self.place, self.place, self.despatch, self.part, self.cancel, self.goods_in, self.stage))()

    def place(self) -> None:
        ref = f"W{len(self.refs)}"
        lines = [line(self.rng.choice(SKUS), self.rng.randint(1, 5)) for _ in range(self.rng.randint(1, 4))]
        result = import_orders(self.khaos.store, document(Order(ref, lines)))
        assert result["ImportedCount"] == 1
        self.refs.append(ref)

    def _any_ref(self) -> str:
        return self.rng.choice(self.refs) if self.refs else "none"

    def _try(self, act: str, **params: Any) -> None:
        try:
            self.acts[act](**params)
        except ActError:
            return

    def despatch(self) -> None:
        self._try("despatch", ref=self._any_ref(), boxes=self.rng.randint(1, 3))

    def part(self) -> None:
        wanted = [{"sku": self.rng.choice(SKUS), "quantity": self.rng.randint(1, 2)}]
        self._try("despatch", ref=self._any_ref(), lines=wanted)

    def cancel(self) -> None:
        self._try("cancel", ref=self._any_ref())

    def stage(self) -> None:
        stage = self.rng.choice((9, 12, 14, 19, 70, 4711))
        self._try("stage", ref=self._any_ref(), stage_id=stage, invoice=self.rng.randint(0, 1))

    def goods_in(self) -> None:
        sku, quantity = self.rng.choice([one for one in SKUS if one != "KIT-DOOR"]), self.rng.randint(1, 6)
        self.acts["goods_in"](sku=sku, quantity=quantity)
        self.received[sku] += quantity


def check_laws(shop: Shop) -> None:
    state = shop.khaos.state()
    sent: Counter[str] = Counter()
    assigned: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for order in state["orders"]:
        _check_order(order)
        for one in order["lines"]:
            sent[one["sku"]] += one["issued"]
            assigned[one["sku"]] += one["assigned"] - one["issued"]
            waiting[one["sku"]] += 0 if order["cancelled"] else one["quantity"] - one["assigned"]
    for row in state["stock"]:
        if row["site"] == "Main Warehouse":
            sku = row["sku"]
            assert row["available"] == row["on_hand"] - row["assigned"] >= 0
            assert row["assigned"] == assigned[sku]
            assert row["on_hand"] == shop.received[sku] - sent[sku]
            assert row["backorder"] == waiting[sku]


def _check_order(order: dict[str, Any]) -> None:
    net = sum((Decimal(one["net"]) for one in order["lines"]), Decimal(0))
    tax = sum((Decimal(one["tax"]) for one in order["lines"]), Decimal(0))
    assert Decimal(order["items_total_net"]) == net
    assert Decimal(order["gross_total"]) == net + tax + Decimal(order["delivery_gross"])
    sold: Counter[str] = Counter()
    for one in order["lines"]:
        assert 0 <= one["issued"] <= one["assigned"] <= one["quantity"]
        sold[one["sku"]] += one["quantity"]
    on_invoices: Counter[str] = Counter()
    for invoice in order["invoices"]:
        assert invoice["items"]
        for item in invoice["items"]:
            on_invoices[item["sku"]] += item["quantity"]
        boxed: Counter[str] = Counter()
        for item in (item for box in invoice["boxes"] for item in box["items"]):
            boxed[item["sku"]] += item["quantity"]
        if invoice["boxes"]:
            assert boxed == _sum(invoice["items"])
    assert on_invoices == sold


def _sum(items: list[dict[str, Any]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for one in items:
        counted[one["sku"]] += one["quantity"]
    return counted


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 40))
def test_stock_is_conserved_and_sums_add_up(seed: int, steps: int) -> None:
    shop = Shop(seed)
    for _ in range(steps):
        shop.step()
        check_laws(shop)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_same_calls_meet_the_same_khaos_control(seed: int) -> None:
    states = []
    for _ in range(2):
        shop = Shop(seed)
        for _ in range(12):
            shop.step()
        orders = shop.khaos.state()["orders"]
        states.append([(one["code"], one["gross_total"], [inv["stage"] for inv in one["invoices"]]) for one in orders])
    assert states[0] == states[1]
