"""Prices into the simulated shop's lists, and what it shows of them: in order, and under fire."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest

from crossdock.connectors.orocommerce.connector import OroCommerce
from crossdock.connectors.orocommerce.price_mapping import key_of, shown_value, to_price_record, to_shown_price
from crossdock.model.faults import Accepted, ConfigFault, DataFault, ReadIncomplete, Refused, Unknown
from crossdock.model.price import ShownPrice
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from tests.connectors.orocommerce.stub import errors, json_api, page, shop
from tests.connectors.orocommerce.test_contract import VERSIONS, market, strike

ONE = ShownPrice(
    price_list="1", sku="HP-1001", unit="each", currency="GBP", quantity=Decimal(1), value=Decimal("7.5000")
)
TEN = replace(ONE, quantity=Decimal(10), value=Decimal("6.9"))
LIST_WRITES = "^PATCH /admin/api/productprices"


async def read(connector: OroCommerce, key: str = "1") -> dict[tuple[str, str, str, Decimal], ShownPrice]:
    found = [one async for part in connector.read_shown_prices(key) for one in part]
    assert len({one.ref for one in found}) == len(found)
    return {(one.sku, one.unit, one.currency, one.quantity): one for one in found}


def held(sim: OroCommerceSimulator, price: ShownPrice) -> list[str]:
    return [
        one["value"]
        for one in sim.state()["prices"]
        if (one["sku"], one["unit"], one["price_list"], Decimal(str(one["quantity"])))
        == (price.sku, price.unit, price.price_list, price.quantity)
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("way", ["auto", "single"])
async def test_prices_are_made_replaced_and_taken_out(version: str, way: str) -> None:
    async with market(simulator={"version": version}, price_write=way, page_size=9) as (connector, sim):
        there = await read(connector)
        assert len(there) == len(sim.state()["prices"])
        old = there[ONE.sku, ONE.unit, "GBP", ONE.quantity]
        outcomes = await connector.write_prices([replace(old, value=ONE.value), TEN])
        assert all(isinstance(one, Accepted) for one in outcomes)
        assert (held(sim, ONE), held(sim, TEN)) == (["7.5000"], ["6.9000"])
        again = await read(connector)
        made = again[TEN.sku, TEN.unit, "GBP", TEN.quantity]
        assert again[ONE.sku, ONE.unit, "GBP", ONE.quantity].value == ONE.value
        assert await connector.remove_prices([made, replace(TEN, quantity=Decimal(99))]) == [Accepted(""), Accepted("")]
        assert held(sim, TEN) == []
        assert await connector.remove_prices([made]) == [Accepted("")]


async def test_what_is_written_twice_stands_once_whoever_lost_the_answer() -> None:
    async with market() as (connector, sim):
        strike(sim, {"kind": "lost_reply", "match": LIST_WRITES, "count": 1})
        first = await connector.write_prices([ONE, TEN])
        assert [type(one) for one in first] == [Unknown, Unknown]
        second = await connector.write_prices([ONE, TEN])
        assert all(isinstance(one, Accepted) and one.their_id for one in second)
        assert (held(sim, ONE), held(sim, TEN)) == (["7.5000"], ["6.9000"])


async def test_a_key_that_was_true_once_is_looked_up_again() -> None:
    """Somebody deleted the price by hand, or made it: neither is a refusal."""
    async with market() as (connector, sim):
        (made,) = await connector.write_prices([TEN])
        assert isinstance(made, Accepted)
        known = replace(TEN, ref=made.their_id)
        await connector.remove_prices([known])
        (back,) = await connector.write_prices([replace(known, value=Decimal("6.5"))])
        assert isinstance(back, Accepted)
        assert held(sim, TEN) == ["6.5000"]


async def test_one_wrong_price_stops_no_other_and_says_why() -> None:
    async with market() as (connector, sim):
        wrong = [
            replace(TEN, sku="NOWHERE"), replace(TEN, unit="barrel"), replace(TEN, currency="EUR"),
            replace(TEN, sku="A,B"),
        ]  # fmt: skip
        *refused, good = await connector.write_prices([*wrong, TEN])
        assert [one.code if isinstance(one, Refused) else one for one in refused] == [
            "no-product", "no-such-relation", "product-price-currency", "no-product",
        ]  # fmt: skip
        assert isinstance(good, Accepted)
        assert held(sim, TEN) == ["6.9000"]


async def test_lists_are_found_by_key_or_by_a_name_that_only_one_has() -> None:
    async with market() as (connector, sim):
        await sim.act("add_price_list", {"name": "Dealers", "currencies": ["GBP", "EUR"]})
        for _ in range(2):
            await sim.act("add_price_list", {"name": "Twin"})
        found = await connector.find_price_lists(["Trade", "1", "Dealers", "Twin", "Nobody", "3"])
        assert {word: one.key for word, one in found.items()} == {"Trade": "1", "1": "1", "Dealers": "2", "3": "3"}
        assert found["Dealers"].currencies == {"GBP", "EUR"}


async def test_a_list_that_comes_short_is_no_read() -> None:
    async with market() as (connector, sim):
        strike(sim, {"kind": "short_list", "match": "^GET /admin/api/productprices"})
        with pytest.raises(ReadIncomplete):
            await read(connector)


async def test_a_batch_is_what_the_shop_takes_at_once() -> None:
    async with market(price_batch=500) as (connector, _):
        assert (connector.price_batch_max, connector.price_decimals_max) == (100, 4)
    async with market(price_batch=500, price_write="async") as (connector, _):
        assert connector.price_batch_max == 500


PRODUCT = {"type": "products", "id": "55", "attributes": {"sku": "HP-1001"}}


def row(identity: str = "uuid-1", *, value: Any = "7.5000", **attributes: Any) -> dict[str, Any]:
    return {
        "type": "productprices", "id": identity,
        "attributes": {"quantity": 1, "value": value, "currency": "GBP", **attributes},
        "relationships": {
            "priceList": {"data": {"type": "pricelists", "id": "1"}},
            "product": {"data": {"type": "products", "id": "55"}},
            "unit": {"data": {"type": "productunits", "id": "each"}},
        },
    }  # fmt: skip


async def test_a_key_that_changes_when_it_is_written_is_the_one_to_remember() -> None:
    """A price of a sharded list is replaced rather than changed."""
    async with shop() as (connector, stub):
        stub.on("PATCH", "productprices", lambda _: json_api({"data": [row("uuid-2")]}))
        (outcome,) = await connector.write_prices([replace(ONE, ref="uuid-1")])
        assert outcome == Accepted("uuid-2", "uuid-2")


async def test_a_price_the_shop_keeps_at_its_own_is_refused() -> None:
    async with shop() as (connector, stub):
        stub.on("PATCH", "productprices", lambda _: json_api({"data": [row("uuid-1", value="9.9900")]}))
        (outcome,) = await connector.write_prices([replace(ONE, ref="uuid-1")])
        assert isinstance(outcome, Refused)
        assert (outcome.code, "shows 9.9900" in outcome.text) == ("ignored", True)


async def test_where_lists_cannot_be_deleted_each_price_is() -> None:
    async with shop() as (connector, stub):
        stub.on("DELETE", "productprices", errors(403, "access denied exception", "No access to the entity."))
        stub.on("DELETE", "productprices/a-1", json_api(None, status=204))
        stub.on("DELETE", "productprices/b-1", errors(404, "not found http exception"))
        stub.on("DELETE", "productprices/c-1", errors(403, "access denied exception", "No access to the entity."))
        gone, never, kept = await connector.remove_prices([replace(ONE, ref=f"{one}-1") for one in "abc"])
        assert (gone, never) == (Accepted(""), Accepted(""))
        assert isinstance(kept, Refused)
        stub.on("DELETE", "productprices/d-1", errors(405, "action not allowed exception"))
        with pytest.raises(ConfigFault):
            await connector.remove_prices([replace(ONE, ref="d-1")])


async def test_a_row_that_says_too_little_is_left_out() -> None:
    async with shop() as (connector, stub):
        rows = [row("uuid-1"), row("uuid-2", value=None), {**row("uuid-3"), "relationships": {}}]
        stub.on("GET", "productprices", page(rows, [PRODUCT]))
        assert [one.ref for one in (await read(connector)).values()] == ["uuid-1"]
        stub.on("GET", "pricelists", page([{"type": "pricelists", "id": "1", "attributes": {"name": "Trade"}}]))
        assert await connector.find_price_lists(["1"]) == {}


def test_a_price_says_what_it_lacks() -> None:
    with pytest.raises(DataFault, match=r"ask with include=product"):
        to_shown_price(row(), {})
    with pytest.raises(DataFault, match="must be 'productprices'"):
        to_shown_price({"type": "prices"}, {})
    with pytest.raises(DataFault, match="a price needs its unit"):
        to_shown_price({**row(), "relationships": {"product": {"data": {"type": "products", "id": "55"}}}}, {
            ("products", "55"): PRODUCT
        })  # fmt: skip
    assert key_of({"type": "productprices", "attributes": {}}) is None
    assert shown_value({"type": "productprices", "attributes": {}}) is None


def test_a_price_is_said_as_the_shop_takes_it() -> None:
    fine = replace(ONE, quantity=Decimal("2.50"), value=Decimal("0.0425"))
    said = orjson.loads(orjson.dumps(to_price_record(fine, product_id="55")))
    assert said["attributes"] == {"quantity": "2.50", "value": "0.0425", "currency": "GBP"}
    assert to_price_record(replace(ONE, ref="uuid-1"), product_id="")["attributes"] == {"value": "7.5000"}
