"""Orders: one row a unit, money in minor units that adds up, and the interface's own oddities."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from crossdock.sandbox.estate import TAX_PERCENT
from tests.sandbox.scayle_caller import DE, GB, shop


def final(item: Any) -> tuple[int, int, int]:
    """Gross, net and tax of a unit, with the absolute voucher where one is loaded on it. Mind the spelling."""
    price = item["price"]
    reduced = price.get("absoluteVoucherReducedPrice")
    if reduced:
        return reduced["withTax"], reduced["withOutTax"], reduced["tax"]["vat"]["amount"]
    return price["withTax"], price["withoutTax"], price["tax"]["vat"]["amount"]


def fees(order: Any) -> list[tuple[int, int, int]]:
    rows = order["cost"]["appliedFees"]
    return [(row["amount"]["withTax"], row["amount"]["withoutTax"], row["tax"]["vat"]["amount"]) for row in rows]


def net_of(gross: int, rate: float) -> int:
    return int((Decimal(gross) / (1 + Decimal(str(rate)))).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def check_sums(order: Any, *, net_slack: int = 0) -> None:
    cost = order["cost"]
    lines = [*(final(item) for item in order["items"]), *fees(order)]
    gross, net, tax = (sum(column) for column in zip(*lines, strict=True))
    assert gross == cost["withTax"]
    assert abs(net - cost["withoutTax"]) <= net_slack
    assert abs(tax - cost["tax"]["vat"]["amount"]) <= net_slack
    assert cost["withTax"] == cost["withoutTax"] + cost["tax"]["vat"]["amount"]
    assert "rate" not in cost["tax"]["vat"]
    assert sum(one["amount"] for one in order["payment"]) == cost["withTax"]
    for item in order["items"]:
        price = item["price"]
        off = sum(one["amount"]["absoluteWithTax"] for one in price["appliedReductions"])
        assert price["undiscountedWithTax"] - off == price["withTax"]
        rate = price["tax"]["vat"]["rate"]
        for amount, net_amount, vat in (final(item), (price["withTax"], price["withoutTax"], None)):
            assert net_of(amount, rate) == net_amount
            assert vat in (None, amount - net_amount)


async def test_one_row_is_one_unit() -> None:
    async with shop() as caller:
        order = await caller.order(lines=[{"sku": "HP-1001", "quantity": 3}, {"sku": "HP-1002"}])
        assert [item["variant"]["referenceKey"] for item in order["items"]] == ["HP-1001"] * 3 + ["HP-1002"]
        assert len({item["id"] for item in order["items"]}) == 4
        assert all("quantity" not in item for item in order["items"])
        assert order["items"][0]["availableQuantity"] > 4  # what lay in the warehouse, a trap


async def test_figures_of_a_sale_a_promotion_and_an_absolute_voucher() -> None:
    async with shop() as caller:
        await caller.act("set_price", sku="HP-1001", country="DE", price=6990, old_price=7990)
        await caller.act("set_price", sku="HP-1002", country="DE", price=2490)
        order = await caller.order(
            country="DE", lines=[{"sku": "HP-1001"}], promotion={"code": "SUMMER10", "percent": 10}, voucher="FIVE"
        )
        price = order["items"][0]["price"]
        assert (price["undiscountedWithTax"], price["undiscountedWithOutTax"]) == (7990, 6714)
        assert (price["withTax"], price["withoutTax"], price["tax"]["vat"]["amount"]) == (6291, 5287, 1004)
        sale, promotion = price["appliedReductions"]
        assert (sale["category"], sale["type"], sale["amount"]) == (
            "sale", "absolute", {"absoluteWithTax": 1000, "relative": 0.1252}
        )  # fmt: skip
        assert (promotion["category"], promotion["code"], promotion["amount"]) == (
            "promotion", "SUMMER10", {"absoluteWithTax": 699, "relative": 0.1}
        )  # fmt: skip
        assert final(order["items"][0]) == (5791, 4866, 925)
        (voucher,) = order["cost"]["appliedReductions"]
        assert (voucher["category"], voucher["type"]) == ("voucher", "absolute")
        assert voucher["amount"]["absoluteWithTax"] == 500
        assert [one["code"] for one in order["promotion"]] == ["SUMMER10"]
        check_sums(order)


async def test_an_absolute_voucher_lies_on_the_dearest_unit() -> None:
    async with shop() as caller:
        await caller.act("set_price", sku="HP-1001", country="GB", price=300)
        await caller.act("set_price", sku="HP-1002", country="GB", price=400)
        order = await caller.order(lines=[{"sku": "HP-1001"}, {"sku": "HP-1002"}], voucher="FIVE")
        assert [final(item)[0] for item in order["items"]] == [300, 0]
        assert order["cost"]["appliedReductions"][0]["amount"]["absoluteWithTax"] == 400
        (voucher,) = order["vouchers"]
        assert (voucher["type"], voucher["value"]) == ("absolute", 500)
        assert [row["isApplied"] for row in voucher["applicableItems"]] == [False, True]
        assert [row["key"] for row in voucher["applicableItems"]] == [item["key"] for item in order["items"]]
        check_sums(order)


async def test_a_relative_voucher_takes_from_each_unit() -> None:
    async with shop() as caller:
        order = await caller.order(voucher={"code": "NINE", "type": "relative", "value": 9})
        assert "appliedReductions" not in order["cost"]
        for item in order["items"]:
            (reduction,) = item["price"]["appliedReductions"]
            assert (reduction["category"], reduction["code"]) == ("voucher", "NINE")
            assert reduction["amount"]["relative"] == 0.09
            assert "absoluteVoucherReducedPrice" not in item["price"]
        check_sums(order)


@pytest.mark.parametrize("how", [{}, {"shipping_tax": "weighted"}, {"sale_every": 1}])
async def test_sums_close_whatever_is_bought(how: dict[str, Any]) -> None:
    async with shop(seed=3, **how) as caller:
        told = await caller.act("place_orders", count=40, voucher_share=0.5, campaign_share=0.5, express_share=0.5)
        assert told["placed"] == 40
        orders = [await caller.read(one) for one in told["orders"]]
        for order in orders:
            check_sums(order)
        assert {order["currencyCode"] for order in orders} == {"GBP", "EUR"}


@pytest.mark.parametrize(("how", "rate"), [("country", 0.2), ("weighted", 0.055)])
async def test_vat_on_delivery_is_the_countrys_or_the_baskets(how: str, rate: float) -> None:
    async with shop(shipping_tax=how) as caller:
        reduced = next(item.sku for item in caller.simulator.estate.items if item.tax == "RED")
        order = await caller.order(country="FR", lines=[{"sku": reduced}])
        assert order["cost"]["appliedFees"][0]["tax"]["vat"]["rate"] == rate
        check_sums(order)


async def test_the_deprecated_calculator_moves_nets_by_a_cent_or_two() -> None:
    nets = {}
    for calculator in ("v1", "deprecated"):
        async with shop(seed=3, calculator=calculator) as caller:
            told = await caller.act("place_orders", count=40)
            orders = [await caller.read(one) for one in told["orders"]]
            for order in orders:
                check_sums(order, net_slack=3)
            nets[calculator] = [(order["cost"]["withTax"], order["cost"]["withoutTax"]) for order in orders]
    assert [gross for gross, _ in nets["v1"]] == [gross for gross, _ in nets["deprecated"]]
    assert nets["v1"] != nets["deprecated"]


@pytest.mark.parametrize(
    ("country", "code3", "currency", "rates"),
    [("GB", "GBR", "GBP", {0.2, 0.05, 0.0}), ("DE", "DEU", "EUR", {0.19, 0.07}), ("FR", "FRA", "EUR", {0.2, 0.055})],
)
async def test_countries(country: str, code3: str, currency: str, rates: set[float]) -> None:
    async with shop() as caller:
        by_tax = {item.tax: item.sku for item in reversed(caller.simulator.estate.items)}
        assert set(by_tax) == set(TAX_PERCENT)
        order = await caller.order(country=country, lines=[{"sku": sku} for sku in by_tax.values()])
        assert (order["currencyCode"], order["shopCountry"]["countryCode"]) == (currency, country)
        assert {order["address"][side]["countryCode"] for side in ("billing", "shipping")} == {code3}
        assert {item["price"]["tax"]["vat"]["rate"] for item in order["items"]} == rates
        assert {item["currency"] for item in order["items"]} == {currency}


async def test_gross_prices_hold_that_countrys_vat() -> None:
    async with shop(sale_every=0) as caller:
        item = caller.simulator.estate.item("HP-1001")
        gb, de = [(await caller.order(country=code))["items"][0]["price"]["withTax"] for code in ("GB", "DE")]
        assert gb == round(item.net_price * 120)
        assert de == round(item.net_price * Decimal("1.17") * 119)


async def test_guests_and_customers() -> None:
    async with shop() as caller:
        known = (await caller.order(customer="HPT1002"))["customer"]
        assert (known["referenceKey"], known["status"]["isGuestCustomer"]) == ("HPT1002", False)
        guest = (await caller.order(guest=True))["customer"]
        assert guest["status"] == {"isActive": True, "isGuestCustomer": True}
        assert "referenceKey" not in guest


async def test_an_order_may_go_to_a_parcel_shop() -> None:
    point = {"key": "12345-a", "type": "hermes_parcelshop", "description": "Kiosk", "customerKey": "bced-234"}
    async with shop() as caller:
        address = (await caller.order(collection_point=point))["address"]
        assert address["shipping"]["collectionPoint"] == point
        assert "collectionPoint" not in address["billing"]
        assert "collectionPoint" not in (await caller.get(f"{GB}/customers/101")).json["addresses"][1]


async def test_custom_data_shows_on_request_and_empty_maps_are_lists() -> None:
    async with shop() as caller:
        order = await caller.order(custom_data={"note": "ring twice"})
        path = f"{GB}/orders/{order['id']}"
        assert "legacyCustomData" not in order
        parts = "legacyCustomData,items.legacyCustomData,customer.legacyCustomData"
        full = (await caller.get(f"{path}?with={parts}")).json
        assert full["legacyCustomData"] == {"note": "ring twice"}
        assert full["items"][0]["legacyCustomData"] == full["customer"]["legacyCustomData"] == []
        written = await caller.put(f"{path}/legacy-custom-data", {"erp": "SO-1"})
        assert (written.status, written.json["legacyCustomData"]) == (200, {"erp": "SO-1"})
        item = order["items"][0]["id"]
        written = await caller.put(f"{path}/items/{item}/legacy-custom-data", {"a": 1})
        assert (written.json["id"], written.json["legacyCustomData"]) == (item, {"a": 1})
    async with shop(custom_data_put="merge", empty_maps_as_lists=False) as caller:
        order = await caller.order()
        path = f"{GB}/orders/{order['id']}"
        assert (await caller.get(f"{path}?with=legacyCustomData")).json["legacyCustomData"] == {}
        await caller.put(f"{path}/legacy-custom-data", {"a": 1})
        assert (await caller.put(f"{path}/legacy-custom-data", {"b": 2})).json["legacyCustomData"] == {"a": 1, "b": 2}


async def test_our_number_is_written_back_and_found_by() -> None:
    async with shop() as caller:
        first, second = await caller.order(), await caller.order()
        path = f"{GB}/orders/{first['id']}"
        written = await caller.put(f"{path}/reference-key", {"referenceKey": "SO 7/1"})
        assert (written.status, written.json["referenceKey"]) == (200, "SO 7/1")
        assert (await caller.get(f"{GB}/orders/key%3DSO%207%2F1")).json["id"] == first["id"]
        other = f"{GB}/orders/{second['id']}/reference-key"
        assert (await caller.put(other, {"referenceKey": "SO 7/1"})).status == 409
        assert (await caller.put(other, {"referenceKey": ""})).status == 400
        assert (await caller.put(f"{GB}/orders/key%3DSO%207%2F1/reference-key", {"referenceKey": "X"})).status == 404


async def test_the_wrong_shop_country_still_answers() -> None:
    async with shop() as caller:
        order = await caller.order(country="DE")
        answer = await caller.get(f"{GB}/orders/{order['id']}")
        assert (answer.status, answer.json["shopCountry"]["countryCode"]) == (200, "DE")
        assert answer.json == (await caller.get(f"{DE}/orders/{order['id']}")).json
        assert (await caller.get(f"{GB}/orders")).entities == []


async def test_before_it_is_confirmed() -> None:
    async with shop() as caller:
        states = {}
        for until in ("created", "pended", "confirmed"):
            order = await caller.order(until=until)
            codes = [order["detailedStatus"][part]["code"] for part in ("order", "billing", "shipping")]
            states[until] = [order["status"], *codes, "confirmedAt" in order]
            answer = (await caller.get(f"{GB}/orders/{order['id']}/status")).json
            assert answer == {"status": order["status"], "detailedStatus": order["detailedStatus"]}
        assert states == {
            "created": ["order_open", "order_created", "billing_open", "shipping_open", False],
            "pended": ["payment_pending", "order_pended", "billing_pending", "shipping_open", False],
            "confirmed": [
                "payment_reserved", "order_confirmed", "billing_payment_pending", "shipping_ordered", True
            ],
        }  # fmt: skip


async def test_split_payment_and_fees() -> None:
    async with shop() as caller:
        order = await caller.order(gift_card=500, payment_fee=199, express=True)
        assert [(one["key"], one.get("isGiftCard")) for one in order["payment"]] == [
            ("giftcard", True), ("computop_creditcard", None)
        ]  # fmt: skip
        assert order["cost"]["costCapture"] == order["cost"]["withTax"] - 500
        assert [(one["category"], one["key"]) for one in order["cost"]["appliedFees"]] == [
            ("delivery", "express_shipping_service_cost"), ("payment", "base_payment_service_cost")
        ]  # fmt: skip
        assert (order["shipping"]["deliveryCosts"], order["shipping"]["expressDeliveryCosts"]) == (0, 1500)
        check_sums(order)
        free = await caller.order(free_shipping=True)
        assert (free["shipping"]["deliveryCosts"], free["shipping"]["deliveryCostsWithoutDiscount"]) == (0, 948)


async def test_a_marketplace_leaves_most_prices_out() -> None:
    async with shop() as caller:
        order = await caller.order(channel="market-de", external_prices=True)
        assert (order["channel"]["key"], order["cost"]["hasExternalPrices"]) == ("market-de", True)
        assert all(list(item["price"]) == ["withTax", "tax"] for item in order["items"])
        assert all("name" not in item["product"] for item in order["items"])
        assert order["shipping"] == {"policy": "least_packages"}


async def test_fields_nobody_documents_can_be_left_out() -> None:
    for extra in (True, False):
        async with shop(extra_fields=extra) as caller:
            assert ("orderTags" in await caller.order()) is extra


async def test_billing_status_is_recorded_not_acted_on() -> None:
    async with shop() as caller:
        order = await caller.order()
        path = f"{GB}/orders/{order['id']}/billing-status"
        item = order["items"][0]["id"]
        rows = [{"id": item, "code": "billing_refunded"}]
        body = {"code": "billing_refunded", "reason": "paid back by hand", "items": rows}
        answer = await caller.call("PATCH", path, body)
        assert (answer.status, answer.json["detailedStatus"]["billing"]["code"]) == (200, "billing_refunded")
        state = await caller.state()
        assert (state["orders"][0]["billing_notes"], state["transactions"]) == ([body], [])
        assert (await caller.call("PATCH", path, {"code": "billing_open"})).status == 400
        unknown = {"code": "billing_refunded", "items": [{"id": 1, "code": "billing_refunded"}]}
        assert (await caller.call("PATCH", path, unknown)).status == 404
