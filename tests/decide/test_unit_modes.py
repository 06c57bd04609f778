"""A pallet is never an each: whatever is ordered, exactly that many leave the shelf, or nothing does."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.order_entry import Hold, OrderFacts, Post, decide_order
from crossdock.decide.policy import Authority
from crossdock.model.sales_order import OrderLine, SalesOrder
from crossdock.model.stock import ItemUnit, StockItem
from tests.decide.made import FACTS, ORDER, POLICY
from tests.strategies import law

HOLDS: Mapping[str, int] = {"each": 1, "case": 12, "pallet": 480}
CODES: Mapping[str, str] = {unit: "GLV" if unit == "each" else f"GLV-{unit.upper()}" for unit in HOLDS}
BY_CODE = replace(POLICY, authority=Authority.ERP, unit_source="storefront")
BY_SKU = replace(BY_CODE, unit_mode="unit_sku")


def units_of(code: str, confirmed: bool) -> tuple[ItemUnit, ...]:
    """As an ERP lists them: all of them with the item that is counted, its own with each unit's item."""
    return tuple(
        ItemUnit(unit=unit, sku=CODES[unit], base_sku="GLV", base_quantity=Decimal(count), confirmed=confirmed)
        for unit, count in HOLDS.items()
        if code in ("GLV", CODES[unit])
    )


def known(*, confirmed: bool = True, declared: Mapping[str, int] = HOLDS) -> OrderFacts:
    held = {code: StockItem(code=code, item_id=code, units=units_of(code, confirmed)) for code in CODES.values()}
    items = {"GLOVES": held["GLV"], **{f"GLOVES/{unit}": held[code] for unit, code in CODES.items()}}
    said = {f"GLOVES/{unit}": Fraction(count) for unit, count in declared.items()}
    return replace(FACTS, items=items, declared=said, maps=replace(FACTS.maps, unit={}))


def order_of(lines: list[tuple[str, int]]) -> SalesOrder:
    made = tuple(
        OrderLine(
            line_ref=str(at), sku="GLOVES", quantity=Decimal(count), unit=unit, unit_price=Decimal(7) * HOLDS[unit],
            tax_code="STANDARD",
        )
        for at, (unit, count) in enumerate(lines)
    )  # fmt: skip
    return replace(ORDER, lines=made, discounts=())


wanted = st.lists(st.tuples(st.sampled_from(list(HOLDS)), st.integers(1, 500)), min_size=1, max_size=4)


@law
@given(lines=wanted)
def test_each_unit_is_posted_as_its_own_stock_code_and_count(lines):
    decision = decide_order(order_of(lines), known(), BY_SKU)
    assert isinstance(decision, Post), decision
    posted: dict[str, dict[str, Decimal]] = {}
    for line in decision.order.lines:  # a price that does not come out goes as two lines of one item
        counts = posted.setdefault(line.line_ref, {})
        counts[line.stock_code] = counts.get(line.stock_code, Decimal(0)) + line.quantity
    assert posted == {str(at): {CODES[unit]: Decimal(count)} for at, (unit, count) in enumerate(lines)}


@law
@given(lines=wanted)
def test_where_units_share_a_stock_code_all_that_is_in_them_is_posted(lines):
    decision = decide_order(order_of(lines), known(), BY_CODE)
    assert isinstance(decision, Post), decision
    posted: dict[str, Decimal] = {}
    for line in decision.order.lines:
        assert line.stock_code == "GLV"
        posted[line.line_ref] = posted.get(line.line_ref, Decimal(0)) + line.quantity
    assert posted == {str(at): Decimal(count * HOLDS[unit]) for at, (unit, count) in enumerate(lines)}


@law
@given(lines=wanted, coded=st.booleans(), other=st.integers(1, 600), confirmed=st.booleans())
def test_what_the_two_sides_do_not_agree_on_posts_nothing(lines, coded, other, confirmed):
    """The storefront's word on a pallet and the ERP's, and somebody's who vouched for it: all three or none."""
    facts = known(confirmed=confirmed, declared={**HOLDS, "pallet": other})
    decision = decide_order(order_of(lines), facts, BY_SKU if coded else BY_CODE)
    units = {unit for unit, _ in lines}
    if confirmed and (other == HOLDS["pallet"] or "pallet" not in units):
        assert isinstance(decision, Post)
    else:
        assert isinstance(decision, Hold)
        kind = "unit-quantity-conflict" if confirmed else "unit-unmapped"
        blamed = {f"GLOVES/{unit}" for unit in (["pallet"] if confirmed else units)}
        assert {(one.kind.code, one.subject) for one in decision.findings} == {(kind, one) for one in blamed}


@pytest.mark.parametrize("code", ["", "GLV-CRATE"])
def test_a_unit_whose_stock_code_is_not_there_is_named_with_its_unit(code):
    facts = replace(known(), codes={"GLOVES/pallet": code}, items={})
    held = decide_order(order_of([("pallet", 1)]), facts, BY_SKU)
    assert isinstance(held, Hold)
    (finding,) = held.findings
    assert (finding.kind.code, finding.subject, finding.facts["stock_code"]) == (
        "stock-code-unknown", "GLOVES/pallet", code,
    )  # fmt: skip
    assert finding.facts["sku"] == ("GLV-CRATE (GLOVES/pallet at the storefront)" if code else "GLOVES/pallet")
