"""Orders as the shop writes them → ours, and every way in which one cannot be taken."""

from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.orocommerce.mapping import to_sales_order
from crossdock.model.faults import DataFault
from crossdock.model.sales_order import StorefrontStatus
from tests.connectors.orocommerce.orders import keyed, line, order, ref, refs


def faulty(record: dict[str, Any], *included: dict[str, Any]) -> DataFault:
    with pytest.raises(DataFault) as caught:
        to_sales_order(record, keyed(*included))
    return caught.value


def test_the_least_an_order_may_say() -> None:
    taken = to_sales_order(order(), keyed(line()))
    assert (taken.ref, taken.storefront_id, taken.company_ref) == ("B2B-812", "812", "9")
    assert (taken.company_name, taken.account_hint, taken.invoice_address, taken.tax_total) == ("", "", None, None)
    assert taken.lines[0].net_before_discount == Decimal("119.0000")
    assert taken.lines[0].tax is None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"currency": "XQZ"}, "data.attributes.currency"),
        ({"currency": None}, "data.attributes.currency"),
        ({"identifier": None}, "data.attributes.identifier"),
        ({"totalValue": "a lot"}, "data.attributes.totalValue"),
        ({"totalValue": "NaN"}, "data.attributes.totalValue"),
        ({"createdAt": "yesterday"}, "data.attributes.createdAt"),
        ({"updatedAt": "2026-03-02T08:11:04"}, "data.attributes.updatedAt"),
        ({"shipUntil": "soon"}, "data.attributes.shipUntil"),
        ({"shippingDiscount": 3.5}, "data.attributes.shippingDiscount"),
        ({"customer": {"data": None}}, "data.relationships.customer"),
        ({"lineItems": {"data": []}}, "data.relationships.lineItems"),
        ({"lineItems": {"data": {}}}, "data.relationships.lineItems"),
        ({"internalStatus": ref("orderinternalstatuses", "teleported")}, "data.relationships.internalStatus"),
    ],
)
def test_a_wrong_order_is_named_at_its_place(change: dict[str, Any], place: str) -> None:
    assert faulty(order(**change), line()).place == place


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -3}, "quantity"),
        ({"quantity": 1e15}, "quantity"),
        ({"quantity": "many"}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"value": None}, "value"),
        ({"value": ""}, "value"),
        ({"productSku": None}, "productSku"),
        ({"currency": "USD"}, "currency"),
        ({"productUnitCode": None}, "productUnitCode"),
    ],
)
def test_a_wrong_line_is_named_at_its_place(change: dict[str, Any], field: str) -> None:
    assert faulty(order(), line(**change)).place == f"included[orderlineitems 1501].attributes.{field}"


def test_a_negative_price_is_no_line() -> None:
    assert faulty(order(), line(value="-1.0000")).place == "included[orderlineitems 1501].attributes"


def test_lines_that_are_not_there_are_all_named() -> None:
    fault = faulty(order(lines=("458", "1501", "462")), line())
    assert fault.place == "included"
    assert fault.problem == (
        "orderlineitems 458, 462 are referenced by data.relationships.lineItems and missing; ask with include=lineItems"
    )


def test_an_address_that_is_not_there_is_named_and_a_null_one_is_fine() -> None:
    fault = faulty(order(shippingAddress=ref("orderaddresses", "641")), line())
    assert "orderaddresses 641 is referenced by data.relationships.shippingAddress" in fault.problem
    assert to_sales_order(order(shippingAddress={"data": None}), keyed(line())).delivery_address is None


def test_everything_missing_is_said_at_once() -> None:
    fault = faulty({"type": "orders", "id": "1", "attributes": [], "relationships": []})
    for name in ("identifier", "currency", "totalValue", "customer", "lineItems"):
        assert name in str(fault)


def test_another_kind_of_record_is_no_order() -> None:
    assert faulty({"type": "quotes", "id": "1"}).place == "data.type"


@pytest.mark.parametrize(
    ("internal", "external", "status"),
    [
        ("open", None, StorefrontStatus.OPEN),
        ("pending", None, StorefrontStatus.OPEN),
        ("processing", "wait_for_approval", StorefrontStatus.OPEN),
        ("cancelled", "open", StorefrontStatus.CANCELLED),
        ("open", "cancelled", StorefrontStatus.CANCELLED),
        ("shipped", None, StorefrontStatus.CLOSED),
        ("archived", None, StorefrontStatus.CLOSED),
        ("closed", None, StorefrontStatus.CLOSED),
        (None, None, StorefrontStatus.OPEN),
    ],
)
def test_states(internal: str | None, external: str | None, status: StorefrontStatus) -> None:
    record = order(
        internalStatus=ref("orderinternalstatuses", internal) if internal else {"data": None},
        status=ref("orderstatuses", external) if external else {"data": None},
    )
    assert to_sales_order(record, keyed(line())).status is status


def test_a_site_says_what_its_own_states_mean() -> None:
    record = order(internalStatus=ref("orderinternalstatuses", "on_the_van"))
    taken = to_sales_order(record, keyed(line()), statuses={"open": "open", "on_the_van": "closed"})
    assert taken.status is StorefrontStatus.CLOSED


def test_any_letters_survive() -> None:
    name = 'Müller & Söhne <Ost> "Süd" 🔩𝔊'
    record = order("7", identifier="R" * 60, customerNotes=name, poNumber=name)
    company = {"type": "customers", "id": "9", "attributes": {"name": name, "externalId": "D-1"}}
    taken = to_sales_order(record, keyed(line(productName=name, comment=name), company))
    assert taken.ref == "R" * 60
    assert {taken.notes, taken.po_number, taken.company_name, taken.lines[0].description, taken.lines[0].note} == {name}


def test_custom_fields_are_left_alone_and_one_may_hold_the_account() -> None:
    company = {"type": "customers", "id": "9", "attributes": {"name": "Meyer", "erp_account": 10023, "x": [{}]}}
    record = order(customField={"deep": [1]}, documents=refs("files", "1"))
    taken = to_sales_order(record, keyed(line(extra={"a": 1}), company), account_field="erp_account")
    assert taken.account_hint == "10023"


def test_the_unit_may_stand_in_the_relationship_alone() -> None:
    item = line(productUnitCode=None) | {"relationships": {"productUnit": ref("productunits", "box")}}
    assert to_sales_order(order(), keyed(item)).lines[0].unit == "box"


def test_free_text_lines_and_fractions() -> None:
    item = line(productName=None, freeFormProduct="Special cut", quantity=0.125)
    taken = to_sales_order(order(), keyed(item)).lines[0]
    assert (taken.description, taken.quantity) == ("Special cut", Decimal("0.125"))


def test_regions() -> None:
    def county(attributes: dict[str, Any], *more: dict[str, Any]) -> str:
        address = {
            "type": "orderaddresses",
            "id": "1",
            "attributes": attributes,
            "relationships": {"country": ref("countries", "DE"), "region": ref("regions", "DE-HE")},
        }
        taken = to_sales_order(order(billingAddress=ref("orderaddresses", "1")), keyed(line(), address, *more))
        assert taken.invoice_address is not None
        return taken.invoice_address.county

    assert county({}) == "HE"
    assert county({}, {"type": "regions", "id": "DE-HE", "attributes": {"name": "Hessen"}}) == "Hessen"
    assert county({"customRegion": "Nordhessen"}) == "Nordhessen"


def test_the_payment_term_is_its_label_or_its_id() -> None:
    record = order(paymentTerm=ref("paymentterms", "2"))
    term = {"type": "paymentterms", "id": "2", "attributes": {"label": "net 30"}}
    assert to_sales_order(record, keyed(line(), term)).payment_term == "net 30"
    assert to_sales_order(record, keyed(line())).payment_term == "2"
