"""Taxes, discounts and carriage, where the shop says them, contradicts itself or keeps silent."""

from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.orocommerce.mapping import to_sales_order
from crossdock.model.faults import DataFault
from crossdock.model.sales_order import SalesOrder
from tests.connectors.orocommerce.orders import keyed, line, order, ref, refs, subtotal, tax_item

D = Decimal


def taken(*included: dict[str, Any], lines: tuple[str, ...] = ("1501",), **changes: Any) -> SalesOrder:
    return to_sales_order(order(lines=lines, **changes), keyed(*included))


def with_subtotals(*subtotals: dict[str, Any], lines: tuple[str, ...] = ("1501", "1502")) -> SalesOrder:
    listed = refs("ordersubtotals", *(there["id"] for there in subtotals))
    return taken(*(line(identity) for identity in lines), *reversed(subtotals), lines=lines, orderSubtotals=listed)


GOODS = subtotal(
    "812-tax-4", "tax", "22.9100", data={"items": [tax_item("22.61", "DE19"), tax_item("0.30", "DE7")], "taxes": []}
)


def test_line_tax_and_its_code_come_in_line_order() -> None:
    shipping = subtotal("812-tax-5", "tax", "1.5000", data={"taxes": [{"tax": "DE19"}]})
    whole = subtotal("812-tax-6", "tax", "24.4100", data={"taxes": []})
    found = with_subtotals(subtotal("812-subtotal-0", "subtotal", "1"), GOODS, shipping, whole)
    assert [(each.tax, each.tax_code) for each in found.lines] == [(D("22.61"), "DE19"), (D("0.30"), "DE7")]
    assert (found.shipping.tax, found.shipping.tax_code, found.tax_total) == (D("1.5000"), "DE19", D("24.4100"))


def test_the_label_finds_the_carriage_when_the_order_differs() -> None:
    shipping = subtotal("812-tax-6", "tax", "1.5000", label="Shipping Tax", data={"taxes": []})
    whole = subtotal("812-tax-5", "tax", "24.4100", label="Tax", data={"taxes": []})
    found = with_subtotals(GOODS, whole, shipping)
    assert (found.shipping.tax, found.tax_total) == (D("1.5000"), D("24.4100"))


def test_items_that_do_not_match_the_lines_say_nothing() -> None:
    found = with_subtotals(GOODS, lines=("1501", "1502", "1503"))
    assert {each.tax for each in found.lines} == {None}
    assert found.tax_total == D("22.9100")


def test_several_taxes_on_one_line_are_one_code() -> None:
    goods = subtotal("1", "tax", "1", data={"items": [tax_item("1", "STATE", "CITY")]})
    assert with_subtotals(goods, lines=("1501",)).lines[0].tax_code == "STATE+CITY"


@pytest.mark.parametrize("data", [None, [], {"items": []}, {"items": None}, {"items": [None, 3]}, {"items": [{}, {}]}])
def test_any_shape_of_tax_data_is_borne(data: Any) -> None:
    assert {each.tax for each in with_subtotals(subtotal("1", "tax", "19", data=data)).lines} == {None}


def test_an_unreadable_tax_is_named() -> None:
    with pytest.raises(DataFault) as caught:
        with_subtotals(subtotal("1", "tax", "19", data={"items": [tax_item("much")]}), lines=("1501",))
    assert caught.value.place == "included[ordersubtotals 1].attributes.data.items[0].row.taxAmount"


@pytest.mark.parametrize(
    ("gross", "net", "tax"),
    [("119.0000", "100.0000", D("19.0000")), ("0.0000", "0.0000", None), (None, "100.0000", None)],
)
def test_tax_between_the_row_totals(gross: str | None, net: str | None, tax: Decimal | None) -> None:
    item = line(rowTotalAfterDiscountIncludingTax=gross, rowTotalAfterDiscountExcludingTax=net)
    assert taken(item).lines[0].tax == tax


@pytest.mark.parametrize(
    ("change", "net"),
    [
        ({}, D(0)),
        ({"estimatedShippingCostAmount": "7.9000"}, D("7.9")),
        ({"estimatedShippingCostAmount": "7.9000", "overriddenShippingCostAmount": "0.0000"}, D(0)),
        ({"estimatedShippingCostAmount": "7.9000", "shippingDiscount": 1.99}, D("5.91")),
        ({"estimatedShippingCostAmount": "7.9000", "shippingDiscount": None}, D("7.9")),
    ],
)
def test_carriage(change: dict[str, Any], net: Decimal) -> None:
    assert taken(line(), **change).shipping.net == net


def test_the_discount_behind_the_shipping_cost_is_the_carriages() -> None:
    rows = [
        subtotal("a", "discount", "4.0000"),
        subtotal("b", "shipping_cost", "7.9000"),
        subtotal("c", "discount", "1.9900"),
    ]
    listed = refs("ordersubtotals", "a", "b", "c")
    assert taken(line(), *rows, orderSubtotals=listed, estimatedShippingCostAmount="7.9000").shipping.net == D("5.91")


def discount(identity: str, amount: str, description: str | None = "Goodwill") -> dict[str, Any]:
    return {"type": "orderdiscounts", "id": identity, "attributes": {"description": description, "amount": amount}}


@pytest.mark.parametrize(
    ("change", "off_line", "expected"),
    [
        ({}, None, []),
        ({"totalDiscountsAmount": "10.0000"}, None, [("discount", D("10.0000"))]),
        ({"totalDiscountsAmount": "10.0000"}, "10.0000", []),
        ({"discount": 20}, None, [("promotion", D(20))]),
        ({"discount": 20}, "5.0000", [("promotion", D("15.0000"))]),
        ({"discount": 5, "totalDiscountsAmount": "99.0000"}, "5.0000", []),
        ({"discount": 3}, "5.0000", []),
        ({"discount": 0.0, "totalDiscountsAmount": None}, None, []),
    ],
)
def test_discounts_without_records(
    change: dict[str, Any], off_line: str | None, expected: list[tuple[str, Decimal]]
) -> None:
    found = taken(line(rowTotalDiscountAmount=off_line), **change)
    assert [(each.mechanic, each.amount) for each in found.discounts] == expected
    assert found.lines[0].discount == D(off_line or 0)
    by_promotions = off_line is not None and D(off_line) <= D(str(change.get("discount", 0)))
    made_of = [(one.mechanic, one.amount) for one in found.lines[0].promotions]
    assert made_of == ([("promotion", D(off_line or 0))] if by_promotions else [])


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ({"subtotalWithDiscounts": "109.0000"}, []),
        ({"subtotalWithDiscountsValue": "109.0000"}, []),
        ({"subtotalWithDiscounts": "99.0000"}, [D("10.0000")]),
        ({"totalValue": "109.0000"}, []),
        ({"totalValue": "99.0000"}, [D("10.0000")]),
        ({"subtotalWithDiscounts": "109.0000", "totalValue": "99.0000"}, []),
        ({"totalValue": "1.0000"}, []),  # no sum agrees: the same amount twice is the same discount, spread
    ],
)
def test_a_discount_spread_over_the_lines_does_not_count_twice(sums: dict[str, str], expected: list[Decimal]) -> None:
    change = {"discounts": refs("orderdiscounts", "1"), "totalDiscountsAmount": "10.0000"} | sums
    found = taken(line(rowTotalDiscountAmount="10.0000"), discount("1", "10.0000"), **change)
    assert [each.amount for each in found.discounts] == expected
    assert found.lines[0].discount == D("10.0000")
    made_of = [(one.mechanic, one.description, one.amount) for one in found.lines[0].promotions]
    assert made_of == ([] if expected else [("manual", "Goodwill", D("10.0000"))])


def test_a_lines_own_discount_beside_one_of_the_order() -> None:
    change = {"discounts": refs("orderdiscounts", "1"), "totalValue": "106.0000"}
    found = taken(line(rowTotalDiscountAmount="3.0000"), discount("1", "10.0000"), **change)
    assert [each.amount for each in found.discounts] == [D("10.0000")]
    spread = taken(line(rowTotalDiscountAmount="9.9900"), discount("1", "10.0000"), **change | {"totalValue": "109.01"})
    assert spread.discounts == ()


def test_discount_records_are_believed_over_the_sum() -> None:
    record = {"discounts": refs("orderdiscounts", "1", "2"), "totalDiscountsAmount": "99.0000"}
    found = taken(line(), discount("1", "10.0000"), discount("2", "0.0000", None), **record)
    assert [(each.mechanic, each.description, each.amount) for each in found.discounts] == [
        ("manual", "Goodwill", D("10.0000"))
    ]


def test_a_discount_record_that_is_not_there_or_is_a_surcharge_is_named() -> None:
    with pytest.raises(DataFault, match=r"orderdiscounts 1 is referenced by data.relationships.discounts and missing"):
        taken(line(), discounts=refs("orderdiscounts", "1"))
    with pytest.raises(DataFault, match="surcharge of 2"):
        taken(line(), discount("1", "-2.0000"), discounts=refs("orderdiscounts", "1"))
    with pytest.raises(DataFault, match=r"included\[orderlineitems 1501\].attributes"):
        taken(line(rowTotalDiscountAmount="-2.0000"))


def test_no_subtotals_at_all() -> None:
    found = taken(line(), orderSubtotals=ref("ordersubtotals", "gone"))
    assert (found.lines[0].tax, found.tax_total) == (None, None)
