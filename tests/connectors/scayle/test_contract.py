"""Every capability against the simulated shop: in order, and under fire."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.scayle.units import unit_ids
from crossdock.model.after_sale import BillingNote, Cancellation, CancelledLine, ReturnLine, SalesReturn
from crossdock.model.faults import Accepted, ConfigFault, ReadIncomplete, Refused, Transient, Unknown
from crossdock.model.sales_order import StorefrontStatus
from crossdock.model.stock import StockLevel
from crossdock.ports.systems import Acknowledgement
from tests.connectors.scayle.market import (
    ESTATE,
    ORDERS,
    SHIPMENTS,
    closes,
    despatch,
    market,
    one_order,
    strike,
    swept,
    targets,
    there,
)

# orders


@pytest.mark.parametrize("calculator", ["v1", "deprecated"])
@pytest.mark.parametrize("shipping_tax", ["country", "weighted"])
async def test_every_order_comes_once_and_closes_to_the_coin(calculator: str, shipping_tax: str) -> None:
    knobs = {"calculator": calculator, "shipping_tax": shipping_tax, "rate_limits": {"ordersRead": 0}}
    async with market(simulator=knobs, page_size=5) as (connector, shop):
        await shop.act("place_orders", {"count": 30, "seed": 1, "countries": ["DE", "GB"], "voucher_share": 0.5})
        found = await swept(connector)
        assert {one.ref for one in found} == set(there(shop))
        assert len(found) == len(there(shop))
        for one in found:
            assert one.value is not None, one.fault
            assert closes(one.value)
            assert one.value.total == Decimal(there(shop)[one.ref]["total"]) / 100
            units = [unit for line in one.value.lines for unit in unit_ids(line.line_ref)]
            assert sorted(units) == sorted(unit["id"] for unit in there(shop)[one.ref]["units"])


@pytest.mark.parametrize(
    "terms",
    [
        {"voucher": "FIVE"},
        {"voucher": "TENPERCENT", "campaign": {"key": "season", "percent": 15}},
        {"promotion": {"code": "SUMMER10", "percent": 10}, "voucher": "FIVE"},
        {"payment_fee": 199},
        {"gift_card": 500},
        {"express": True},
        {"free_shipping": True},
        {"channel": "market-de", "external_prices": True},
        {"guest": True},
        {"collection_point": {"key": "1", "type": "packstation", "description": "Bahnhof", "customerKey": "77"}},
        {"custom_data": {"gift": True}},
    ],
)
async def test_every_kind_of_order(terms: dict[str, Any]) -> None:
    async with market(fee_skus={"payment": "FEE"}) as (connector, shop):
        key = await one_order(shop, **terms)
        found = await connector.find_storefront_order(key)
        assert found is not None
        assert found.value is not None, found.fault
        assert closes(found.value)
        assert found.value.total == Decimal(there(shop)[key]["total"]) / 100


async def test_what_happens_to_units_shows_in_the_order() -> None:
    async with market() as (connector, shop):
        key = await one_order(shop)
        first = there(shop)[key]["units"][0]["id"]
        await shop.act("cancel_units", {"order": key, "items": [first]})
        found = await connector.find_storefront_order(key)
        assert found is not None
        assert found.value is not None, found.fault
        assert [line.quantity for line in found.value.lines] == [Decimal(2)]
        assert closes(found.value)
        await shop.act("cancel_units", {"order": key})
        found = await connector.find_storefront_order(key)
        assert found is not None
        assert found.value is not None, found.fault
        assert found.value.status is StorefrontStatus.CANCELLED


async def test_unconfirmed_orders_and_those_of_other_countries_are_left_out() -> None:
    async with market() as (connector, shop):
        for until in ("created", "pended"):
            await one_order(shop, until=until)
        await shop.act("place_order", {"country": "GB"})
        key = await one_order(shop)
        assert [one.ref for one in await swept(connector)] == [key]
        british = next(str(one["id"]) for one in shop.state()["orders"] if one["country"] == "GB")
        assert await connector.find_storefront_order(british) is None
        assert await connector.find_storefront_order("1") is None


async def test_only_what_changed_since() -> None:
    async with market(overlap_seconds=60) as (connector, shop):
        old = await one_order(shop)
        await shop.act("age", {"days": 2, "order": int(old)})
        new = await one_order(shop)
        found = await swept(connector, datetime.now(UTC) - timedelta(hours=1))
        assert [one.ref for one in found] == [new]


@pytest.mark.parametrize(
    "fault", ["short_list", "lost_reply", "lost_request", "status", "html_page", "truncated_body", "latency"]
)
async def test_a_list_under_fire_is_whole_or_no_read(fault: str) -> None:
    async with market(page_size=3) as (connector, shop):
        await shop.act("place_orders", {"count": 12, "seed": 2, "countries": ["DE"]})
        whole = set(there(shop))
        strike(shop, {"kind": fault, "match": ORDERS, "after": 1, "count": 9, "seconds": 0.01})
        try:
            found = {one.ref for one in await swept(connector)}
        except (ReadIncomplete, Transient):
            return
        assert found == whole


async def test_rows_that_come_twice_are_given_once() -> None:
    async with market(page_size=3) as (connector, shop):
        await shop.act("place_orders", {"count": 8, "seed": 2, "countries": ["DE"]})
        strike(shop, {"kind": "duplicate_row", "match": ORDERS})
        assert sorted(one.ref for one in await swept(connector)) == sorted(there(shop))


async def test_a_dead_key_is_the_operators_and_a_poor_one_shows_in_the_probe() -> None:
    async with market(simulator={"access_tokens": {"reader": ["ordersRead"]}}, access_token="reader") as (
        connector,
        shop,
    ):
        await one_order(shop)
        assert len(await swept(connector)) == 1
        lines = {line.what: line for line in await connector.probe()}
        assert lines["orders"].problem == lines["orders"].denied == ""
        assert lines["products and stock"].denied
        with pytest.raises(ConfigFault):
            await connector.write_stock([StockLevel(ref="40101@X", sku="A", unit="each", quantity=Decimal(1))])
        strike(shop, {"kind": "expired_token"})
        with pytest.raises(ConfigFault):
            await swept(connector)


async def test_a_used_up_quota_is_waited_for_by_reads_and_put_off_by_writes() -> None:
    knobs = {"rate_limits": {"ordersRead": 2}, "rate_window_seconds": 1, "rate_limit_status": 403}
    async with market(simulator=knobs, page_size=1) as (connector, shop):
        keys = [await one_order(shop) for _ in range(3)]
        assert len(await swept(connector)) == 3
    knobs = {"rate_limits": {"ordersWrite": 1}, "rate_limit_status": 403}
    async with market(simulator=knobs) as (connector, shop):
        keys = [await one_order(shop)]
        acks = [Acknowledgement(storefront_id=keys[0], order_ref="x", erp_ref=f"SO-{n}") for n in range(2)]
        await connector.write_acknowledgements(acks[:1])
        with pytest.raises(Transient) as caught:
            await connector.write_acknowledgements(acks[1:])
        assert caught.value.throttled


# acknowledgements, despatches


async def test_acknowledgements_stick_and_are_safe_to_repeat() -> None:
    async with market() as (connector, shop):
        key = await one_order(shop)
        ack = Acknowledgement(storefront_id=key, order_ref="x", erp_ref="SO-1")
        for _ in range(2):
            assert list(await connector.write_acknowledgements([ack])) == [Accepted("SO-1", key)]
        assert there(shop)[key]["reference_key"] == "SO-1"
        assert await connector.find_by_reference("SO-1") == (key, there(shop)[key]["public_key"])


@pytest.mark.parametrize("processing", [0, 0.05, 30])
@pytest.mark.parametrize("lost", [False, True])
async def test_despatches_show_once_however_often_they_are_sent(processing: float, lost: bool) -> None:
    knobs = {"processing_seconds": processing}
    async with market(simulator=knobs, fulfilment_wait_seconds=0.5, timeout_seconds=5.0) as (connector, shop):
        key = await one_order(shop)
        if lost:
            strike(shop, {"kind": "lost_reply", "match": SHIPMENTS, "count": 1})
        ends = [await connector.create_despatch(key, despatch()) for _ in range(3)]
        await shop.act("pass_time", {"seconds": 60})
        ends.append(await connector.create_despatch(key, despatch()))
        assert isinstance(ends[-1], Accepted)
        assert not [end for end in ends if isinstance(end, Refused)]
        second = [await connector.create_despatch(key, despatch("0034-2", 1, final=True)) for _ in range(2)]
        await shop.act("pass_time", {"seconds": 60})
        assert isinstance(await connector.create_despatch(key, despatch("0034-2", 1, final=True)), Accepted), second
        assert [unit["times_shipped"] for unit in there(shop)[key]["units"]] == [1, 1, 1]
        assert await connector.find_despatches(key) == {("DHL_STD_NATIONAL", "0034-1"), ("DHL_STD_NATIONAL", "0034-2")}


async def test_a_shipment_that_was_taken_by_the_shop_stays_out_of_ours() -> None:
    async with market() as (connector, shop):
        key = await one_order(shop)
        units = [unit["id"] for unit in there(shop)[key]["units"]]
        await shop.act("cancel_units", {"order": key, "items": [min(units)]})
        assert isinstance(await connector.create_despatch(key, despatch()), Accepted)
        gone = [unit["id"] for unit in there(shop)[key]["units"] if unit["shipped_at"]]
        assert sorted(gone) == sorted(set(units) - {min(units)})
        assert isinstance(await connector.create_despatch(key, despatch("0034-9", 1)), Refused)


async def test_an_unknown_carrier_is_refused() -> None:
    async with market() as (connector, shop):
        key = await one_order(shop)
        assert isinstance(await connector.create_despatch(key, despatch(carrier="PIGEON")), Refused)


async def test_several_companies_need_a_word() -> None:
    async with market(simulator={"companies": 2}) as (connector, shop):
        key = await one_order(shop)
        assert isinstance(await connector.create_despatch(key, despatch()), Refused)
    async with market(simulator={"companies": 2}, company_id=1) as (connector, shop):
        key = await one_order(shop)
        assert isinstance(await connector.create_despatch(key, despatch()), Accepted)


# cancellations, returns, money


async def test_units_are_cancelled_once() -> None:
    async with market() as (connector, shop):
        key = await one_order(shop)
        units = sorted(unit["id"] for unit in there(shop)[key]["units"])
        line = CancelledLine(sku="", quantity=Decimal(1), line_ref=str(units[1]))
        wish = Cancellation(key="w", order_ref="x", storefront_id=key, lines=(line,))
        for _ in range(2):
            assert isinstance(await connector.cancel_order(wish), Accepted)
        gone = [unit["id"] for unit in there(shop)[key]["units"] if unit["cancelled_at"]]
        assert gone == [units[1]]
        whole = Cancellation(key="w2", order_ref="x", storefront_id=key)
        assert isinstance(await connector.cancel_order(whole), Accepted)
        found = await connector.find_storefront_order(key)
        assert found is not None
        assert found.value is not None
        assert found.value.status is StorefrontStatus.CANCELLED


@pytest.mark.parametrize("lost", [False, True])
async def test_a_return_is_told_once_and_read_back(lost: bool) -> None:
    async with market() as (connector, shop):
        key = await one_order(shop)
        await connector.create_despatch(key, despatch(count=3))
        unit = min(unit["id"] for unit in there(shop)[key]["units"])
        at = datetime.now(UTC).replace(microsecond=0)
        line = ReturnLine(sku=ESTATE.items[0].sku, quantity=Decimal(1), line_ref=str(unit), reason="too-small")
        told = SalesReturn(ref="R-1", order_ref="x", storefront_id=key, lines=(line,), received_at=at)
        if lost:
            strike(shop, {"kind": "lost_reply", "match": "POST /api/admin/v1/fulfillment/return-items", "count": 1})
        ends = [await connector.create_return(told) for _ in range(3)]
        assert isinstance(ends[0], Unknown) is lost
        assert isinstance(ends[-1], Accepted)
        (back,) = [one for one in there(shop)[key]["units"] if one["times_returned"]]
        assert (back["id"], back["times_returned"], back["return_reason"]) == (unit, 1, "too-small")
        (found,) = [one async for page in connector.read_returns(None) for one in page]
        assert found.value is not None, found.fault
        assert [(one.sku, one.line_ref) for one in found.value.lines] == [(line.sku, str(unit))]


async def test_money_settled_elsewhere_is_recorded() -> None:
    async with market() as (connector, shop):
        key = await one_order(shop)
        await connector.create_despatch(key, despatch(count=3))
        note = BillingNote(storefront_id=key, state="refunded", reason="by bank")
        for _ in range(2):
            assert isinstance(await connector.write_billing(note), Accepted)
        assert (there(shop)[key]["billing"], len(there(shop)[key]["billing_notes"])) == ("billing_refunded", 1)


# stock


@pytest.mark.parametrize("way", ["single", "bulk"])
async def test_levels_are_shown_and_older_ones_are_seen_to_be_ignored(way: str) -> None:
    warehouse = "MAIN-WAREHOUSE"
    async with market(stock_write=way, warehouses=(warehouse,)) as (connector, shop):
        places = await targets(connector)
        assert {one.shown for one in places if one.sku == ESTATE.items[0].sku} == {Decimal(500)}
        levels = [StockLevel(ref=one.ref, sku=one.sku, unit=one.unit, quantity=Decimal(7)) for one in places[:5]]
        for quantity in (7, 8):
            levels = [StockLevel(ref=one.ref, sku=one.sku, unit=one.unit, quantity=Decimal(quantity)) for one in levels]
            assert {type(end) for end in await connector.write_stock(levels)} == {Accepted}
        later = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0).isoformat()
        await shop.act("set_stock", {"sku": levels[0].sku, "quantity": 99, "warehouse": warehouse, "changed_at": later})
        ends = await connector.write_stock(
            [*levels, StockLevel(ref="1@NOWHERE", sku="X", unit="each", quantity=Decimal(1))]
        )
        assert isinstance(ends[0], Refused)
        assert ends[0].code == "ignored"
        assert {type(end) for end in ends[1:5]} == {Accepted}
        assert isinstance(ends[-1], Refused)


async def test_lost_replies_to_levels_are_unknown_and_then_shown() -> None:
    async with market(stock_write="single", warehouses=("MAIN-WAREHOUSE",)) as (connector, shop):
        place = (await targets(connector))[0]
        level = StockLevel(ref=place.ref, sku=place.sku, unit=place.unit, quantity=Decimal(3))
        strike(shop, {"kind": "lost_reply", "match": "POST /api/admin/v1/variants", "count": 1})
        assert isinstance((await connector.write_stock([level]))[0], Unknown)
        assert isinstance((await connector.write_stock([level]))[0], Accepted)
        shown = {one.ref: one.shown for one in await targets(connector)}
        assert shown[place.ref] == Decimal(3)


async def test_products_have_every_sku() -> None:
    async with market(page_size=4) as (connector, shop):
        found = [one async for page in connector.read_products(None) for one in page]
        assert {one.value.sku for one in found if one.value} == {
            sku for one in shop.state()["products"] for sku in one["skus"]
        }
        assert [one.sku for one in await connector.find_products([ESTATE.items[1].sku])] == [ESTATE.items[1].sku]
