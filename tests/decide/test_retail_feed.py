"""What a retail system is told: leaves alone, every promise once, sales at what a consumer paid; else why not."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.retail_feed import (
    NOT_RESERVED,
    ItemTerms,
    Lacks,
    LeftOut,
    allocations,
    commitments,
    is_sayable,
    sales,
    to_retail_item,
    unready,
)  # fmt: skip
from crossdock.model.despatch import DespatchLine, Fulfilment, Invoice, Stage
from crossdock.model.erp_order import Allocation, ErpOrder, ErpOrderLine
from crossdock.model.retail import Location, LocationKind, Readiness, RetailItem
from crossdock.model.stock import StockItem

D = Decimal
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
TERMS = ItemTerms()


def an_item(**values: object) -> StockItem:
    return StockItem(**{"code": "OSLO-S", "item_id": "41", **values})  # type: ignore[arg-type]


def told(item: StockItem) -> RetailItem:
    found = to_retail_item(item, TERMS)
    assert isinstance(found, RetailItem), found
    return found


def test_a_family_is_a_parent_and_its_child_a_leaf_of_the_same_style() -> None:
    child = an_item(parent_code="OSLO", barcodes=("501", "502"), options=(("SIZE", "S"), ("Colour", "Black")))
    leaf = told(child)
    assert (leaf.leaf, leaf.parent_sku, leaf.size_id, leaf.colour_id, leaf.barcode) == (
        True,
        "OSLO",
        "S",
        "Black",
        "501",
    )
    assert (leaf.item_id, leaf.style_id, leaf.status) == ("41", "OSLO-Black", "active")
    family = told(an_item(code="OSLO", template=True, stock_controlled=False, discontinued=True))
    assert (family.leaf, family.size_id, family.style_id, family.status) == (False, "", "OSLO", "discontinued")


def test_an_item_of_no_family_has_the_one_size() -> None:
    assert (told(an_item(code="HP-1")).size_id, told(an_item(code="HP-1")).style_id) == ("ONE", "HP-1")
    assert told(an_item(options=(("size", "XL"),))).size_id == "XL"


def test_a_child_without_a_size_is_not_told_but_said_to_lack_it() -> None:
    assert to_retail_item(an_item(parent_code="OSLO", options=(("Colour", "Black"),)), TERMS) == Lacks(("size",))


def test_packs_and_what_nobody_counts_are_left_out() -> None:
    assert to_retail_item(an_item(components=(("HP-1", D(2)),)), TERMS) is LeftOut.PACK
    assert to_retail_item(an_item(stock_controlled=False), TERMS) is LeftOut.SERVICE


@pytest.mark.parametrize(
    ("says", "lacks"),
    [
        ({"readiness": Readiness.COMPLETE, "body_map_id": "BM-1"}, ""),
        ({"readiness": Readiness.NOT_APPLICABLE}, ""),
        ({"readiness": Readiness.MISSING}, "the sizing layer lacks its body map"),
        (
            {"readiness": Readiness.MISSING, "missing_attributes": ("chest", "waist")},
            "the sizing layer lacks chest, waist",
        ),
        (
            {"readiness": Readiness.MISMATCH, "body_map_id": "BM-2"},
            "the sizing layer has another body map than it was told (BM-2)",
        ),
        ({"readiness": Readiness.MISMATCH}, "the sizing layer has another body map than it was told (none)"),
    ],
)
def test_an_item_may_be_sold_unless_its_sizing_layer_lacks_something_which_is_named(
    says: Mapping[str, object], lacks: str
) -> None:
    assert unready(RetailItem(item_id="41", sku="OSLO-S", style_id="OSLO", **says)) == lacks  # type: ignore[arg-type]


@pytest.mark.parametrize(("street", "town", "sayable"), [("Coney Street", "York", True), ("", "York", False),
                                                         ("Coney Street", "", False)])  # fmt: skip
def test_a_store_is_told_with_its_address_or_not_at_all(street: str, town: str, sayable: bool) -> None:
    assert is_sayable(Location(code="YORK", kind=LocationKind.STORE, street=street, town=town)) is sayable
    assert is_sayable(Location(code="MAIN", kind=LocationKind.WAREHOUSE, street=street, town=town))


def an_order(*lines: ErpOrderLine, currency: str = "GBP") -> ErpOrder:
    return ErpOrder(erp_code="SO1", ref="", account_code="A1", currency=currency, ordered_at=NOW, lines=lines)


def a_line(code: str, quantity: int = 1, site: str = "York", **values: object) -> ErpOrderLine:
    return ErpOrderLine(stock_code=code, quantity=D(quantity), site=site, **values)  # type: ignore[arg-type]


def stands(assigned: int, **parts: Mapping[str, int]) -> Fulfilment:
    """parts: stage → stock code → quantity."""
    invoices = tuple(
        Invoice(
            code=stage, stage=Stage(stage), stage_text=stage,
            lines=tuple(DespatchLine(stock_code=code, quantity=D(count)) for code, count in lines.items()),
        )
        for stage, lines in parts.items()
    )  # fmt: skip
    return Fulfilment(
        ref="", erp_code="SO1", gross_total=None, currency="GBP", complete=False, cancelled=False, invoices=invoices,
        quantity_assigned=D(assigned),
    )  # fmt: skip


def reserved(found: tuple[Allocation, ...] | str) -> dict[tuple[str, str], Decimal]:
    assert not isinstance(found, str), found
    return {(one.site, one.stock_code): one.quantity for one in found}


def test_what_is_on_its_way_out_is_reserved_and_what_has_left_is_not() -> None:
    order = an_order(a_line("A", 3), a_line("b", 2, site="Leeds"))
    one = stands(6, released={"A": 1, "B": 2}, picking={"A": 2}, issued={"A": 1}, awaiting_stock={"A": 9})
    assert reserved(allocations(one, order)) == {("York", "A"): D(3), ("Leeds", "B"): D(2)}


def test_a_pack_component_is_reserved_where_all_of_its_order_is() -> None:
    assert reserved(allocations(stands(2, released={"PART": 2}), an_order(a_line("PACK")))) == {("York", "PART"): D(2)}


def test_an_order_that_does_not_say_where_is_not_guessed_at() -> None:
    two = an_order(a_line("A", 1), a_line("A", 1, site="Leeds"))
    for order in (None, two):
        found = allocations(stands(1, released={"A": 1}), order)
        assert found == "SO1 does not say at which site A is reserved"
    assert reserved(allocations(stands(1, released={"A": 1}), None, only_site="York")) == {("York", "A"): D(1)}


def test_parts_that_do_not_come_to_what_is_assigned_are_not_half_told() -> None:
    found = allocations(stands(5, released={"A": 2}, issued={"A": 1}), an_order(a_line("A")))
    assert found == "SO1 has 5 assigned, and its parts come to 3"


@given(st.dictionaries(st.sampled_from(list(Stage)), st.dictionaries(st.sampled_from("ABC"), st.integers(0, 9))))
def test_whatever_the_stages_all_that_is_assigned_is_reserved_or_gone(parts: Mapping[Stage, Mapping[str, int]]) -> None:
    """Law L4: nothing promised is told twice, and nothing of it is lost."""
    gone = sum(parts.get(Stage.ISSUED, {}).values())
    held = sum(sum(lines.values()) for stage, lines in parts.items() if stage not in NOT_RESERVED)
    found = reserved(allocations(stands(gone + held, **{str(one): told for one, told in parts.items()}), None,
                                 only_site="York"))  # fmt: skip
    assert sum(found.values(), D(0)) == held


def test_promises_are_of_our_places_and_of_leaves_alone() -> None:
    found = [
        Allocation(site=site, stock_code=code, quantity=D(3), source_ref="SO1")
        for site, code in (("YORK", "A"), ("York", "PACK"), ("Elsewhere", "A"))
    ]
    (one,) = commitments(found, location_of={"york": "STORE-YORK"}, leaves=frozenset({"a"}))
    assert (one.key, one.location, one.sku, one.quantity, one.source_ref) == ("SO1/A", "STORE-YORK", "A", D(3), "SO1")


RATES = {"a": D(20), "b": None}


@pytest.mark.parametrize(
    ("line", "price"),
    [
        (a_line("A", unit_price=D("10.00")), "12.00"),
        (a_line("A", unit_price=D("10.00"), discount=D(10)), "10.80"),
        (a_line("A", unit_price=D("12.005"), price_is_net=False), "12.01"),
        (a_line("B", unit_price=D("7.50"), price_is_net=False), "7.50"),
    ],
)
def test_a_sale_is_told_at_what_one_piece_cost_with_tax(line: ErpOrderLine, price: str) -> None:
    found = sales(an_order(line), location_of={"york": "STORE-YORK"}, tax_percent=RATES)
    assert not isinstance(found, str)
    told = [(one.key, one.line_no, one.location, str(one.unit_price), one.sold_at) for one in found]
    assert told == [("SO1", 1, "STORE-YORK", price, NOW)]


def test_a_currency_without_pence_is_told_without() -> None:
    order = an_order(a_line("A", unit_price=D("999")), currency="JPY")
    found = sales(order, location_of={"york": "STORE-YORK"}, tax_percent=RATES)
    assert [str(one.unit_price) for one in found if not isinstance(one, str)] == ["1199"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (a_line("A", site="", unit_price=D(1)), "line 1: no site is the site of no location"),
        (a_line("A", site="Hull", unit_price=D(1)), "line 1: Hull is the site of no location"),
        (a_line("A"), "line 1: what A cost with tax is not told"),
        (a_line("B", unit_price=D(1)), "line 1: what B cost with tax is not told"),
    ],
)
def test_a_sale_of_which_something_is_not_known_is_said_to_lack_it(line: ErpOrderLine, why: str) -> None:
    assert sales(an_order(line), location_of={"york": "STORE-YORK"}, tax_percent=RATES) == why
