"""An order that is wrong is refused at its place, with all that is wrong in one go."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.scayle.mapping_order import to_sales_order
from crossdock.model.faults import DataFault
from tests.connectors.scayle.orders import item, order, price, reduction, vat, wired
from tests.connectors.scayle.stub import settings_for


def put(path: str, value: Any) -> dict[str, Any]:
    """An order with one field changed; a value of ... takes the field away."""
    record = deepcopy(order())
    *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    there: Any = record
    for step in way:
        there = there[step]
    if value is ...:
        del there[last]
    else:
        there[last] = value
    return record


@pytest.mark.parametrize(
    ("path", "value", "place", "problem"),
    [
        ("id", ..., "id", "is missing"),
        ("id", True, "id", "must be an id"),
        ("currencyCode", ..., "currencyCode", "is missing"),
        ("currencyCode", "EURO", "currencyCode", "no ISO 4217"),
        ("createdAt", "2026-07-01 09:28:10", "createdAt", "must name its zone"),
        ("createdAt", "yesterday", "createdAt", "must be a time"),
        ("items", [], "items", "is empty"),
        ("items", {}, "items", "must be a list"),
        ("items", None, "items", "is empty"),
        ("items.0", None, "items[0]", "must be an object"),
        ("items.0.id", "x", "items[0].id", "must be an id"),
        ("items.0.price", [], "items[0].price", "must be an object"),
        ("items.0.price", ..., "items[0].price", "is missing"),
        ("items.0.price.withTax", "2490", "items[0].price.withTax", "whole number of the currency's smallest coin"),
        ("items.0.price.withTax", 24.90, "items[0].price.withTax", "whole number of the currency's smallest coin"),
        ("items.0.price.withTax", ..., "items[0].price.withTax", "is missing"),
        ("items.0.price.withTax", -1, "items[0].price.withTax", "must not be negative"),
        ("items.0.price.tax.vat.amount", 398.5, "items[0].price.tax.vat.amount", "smallest coin"),
        ("items.0.price.tax.vat.rate", "0.19", "items[0].price.tax.vat.rate", "must be a number"),
        ("items.0.currency", "USD", "items[0].currency", "both must be the same"),
        ("items.0.variant.referenceKey", None, "items[0].variant.referenceKey", "is empty"),
        ("items.0.variant", None, "items[0].variant.referenceKey", "is empty"),
        ("items.0.status", "vanished", "items[0].status", "is no state we know"),
        ("status", "on_hold", "status", "is no state we know"),
        ("status", None, "status", "is no state we know"),
        ("detailedStatus.order.code", "order_lost", "detailedStatus.order.code", "is no state we know"),
        ("detailedStatus.billing.code", "billing_x", "detailedStatus.billing.code", "is no state we know"),
        ("detailedStatus.shipping.code", "shipping_x", "detailedStatus.shipping.code", "is no state we know"),
        ("packages.0.deliveryStatus", "flying", "packages[0].deliveryStatus", "is no state we know"),
        ("address.shipping.countryCode", "XYZ", "address.shipping.countryCode", "ISO 3166"),
        ("address.shipping.zipCode", 20095, "address.shipping.zipCode", "must be text"),
        ("cost", ..., "cost", "is missing"),
        ("cost.withTax", ..., "cost.withTax", "is missing"),
        ("cost.appliedFees.0.amount.withTax", None, "cost.appliedFees[0].amount.withTax", "is missing"),
        ("packages.0.deliveryDate.minimum", "soon", "packages[0].deliveryDate.minimum", "must be a day"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_at_its_place(path: str, value: Any, place: str, problem: str) -> None:
    with pytest.raises(DataFault) as caught:
        to_sales_order(wired(put(path, value)), settings_for())
    assert caught.value.place == place
    assert problem in caught.value.problem


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("items.0.price.withTax", 2491, ("net and tax of unit 990002 (TEE-RED-M)", "24.91", "24.90")),
        ("cost.appliedFees.0.amount.withoutTax", 411, ("net and tax of the fee delivery/base_shipping_service_cost",
                                                       "4.90", "4.89")),
        ("cost.withTax", 2981, ("the sum of its units and fees", "29.81", "29.80")),
        ("cost.withoutTax", 2500, ("the net of its units and fees", "25.00", "25.04")),
        ("cost.tax.vat.amount", 480, ("the tax of its units and fees", "4.80", "4.76")),
    ],
)  # fmt: skip
def test_a_sum_that_does_not_close_goes_with_the_order(path: str, value: int, said: tuple[str, str, str]) -> None:
    found = to_sales_order(wired(put(path, value)), settings_for())
    told = [(one.what, str(one.stated), str(one.own)) for one in found.discrepancies]
    assert said in told
    if path == "cost.withTax":
        assert found.total == Decimal("29.81"), "what the shop says, not what its parts come to"


def test_a_unit_that_is_gone_has_no_sum_to_close() -> None:
    wrong = item(1, price=price(2490, 2000) | {"tax": vat(1)}, cancelledAt="2026-07-02T08:00:00+00:00")
    record = order(880001, wrong, item(2))
    assert to_sales_order(wired(record), settings_for()).discrepancies == ()


@pytest.mark.parametrize("record", [None, [], "order", 7])
def test_what_is_no_order_is_said_so(record: Any) -> None:
    with pytest.raises(DataFault, match="must be an object"):
        to_sales_order(wired(record), settings_for())


def test_all_that_is_wrong_is_said_at_once() -> None:
    record = order(880001, item(1, price=price(2490, -2)), item(2, "", currency="USD"))
    with pytest.raises(DataFault) as caught:
        to_sales_order(wired(record), settings_for())
    assert "items[0].price.withoutTax" in str(caught.value)
    assert "items[1].currency" in str(caught.value)


def test_two_units_with_one_id() -> None:
    with pytest.raises(DataFault, match="holds one id twice"):
        to_sales_order(wired(order(880001, item(1), item(1))), settings_for())


def test_no_time_at_all() -> None:
    with pytest.raises(DataFault) as caught:
        to_sales_order(wired(order(createdAt=None, confirmedAt=None)), settings_for())
    assert caught.value.place == "createdAt"


@pytest.mark.parametrize(
    ("reduced", "place"),
    [
        ({"withTax": 2600, "withOutTax": 2185, "tax": vat(415)}, "items[0].price.absoluteVoucherReducedPrice.withTax"),
        ({"withTax": 1990}, "items[0].price.absoluteVoucherReducedPrice.withOutTax"),
        ({"withOutTax": 1672}, "items[0].price.absoluteVoucherReducedPrice.withTax"),
    ],
)
def test_a_voucher_that_cannot_be(reduced: dict[str, Any], place: str) -> None:
    record = put("items.0.price.absoluteVoucherReducedPrice", reduced)
    with pytest.raises(DataFault) as caught:
        to_sales_order(wired(record), settings_for())
    assert caught.value.place == place


def test_a_voucher_that_would_raise_the_net() -> None:
    cost = {"withTax": 2480, "withoutTax": 2510, "appliedReductions": [reduction(500, "voucher")]}
    with pytest.raises(DataFault) as caught:
        to_sales_order(wired(order(cost=cost)), settings_for())
    assert caught.value.place == "cost.withoutTax"


def test_an_empty_list_for_an_empty_map_is_no_fault() -> None:
    """PHP's custom data; new fields and new words of no state are let be."""
    record = order(legacyCustomData=[], customData=[], isEffective=True)
    record["items"][0]["legacyCustomData"] = []
    record["shipping"]["policy"] = "by_balloon"
    record["customer"]["gender"] = "x"
    assert to_sales_order(wired(record), settings_for()).ref == "100-880001"
