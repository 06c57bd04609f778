"""Which products the simulated shop sells, switched and made: in order, and under fire."""

from fractions import Fraction
from typing import Any

import pytest

from crossdock.connectors.orocommerce.connector import OroCommerce
from crossdock.model.faults import Accepted, ConfigFault, Refused, RemoteFault, Unknown
from crossdock.model.offer import BareProduct, Offer, SaleChange
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from tests.connectors.orocommerce.stub import errors, json_api, page, shop
from tests.connectors.orocommerce.test_contract import VERSIONS, market, strike

NEW = BareProduct(
    sku="NEW-1", name="Storm lantern", units=(("each", Fraction(1)), ("case", Fraction(12))), tax_code="STD"
)
CONFIGURED = {"product_family": "1"}


async def read(connector: OroCommerce) -> dict[str, Offer]:
    return {one.sku: one async for part in connector.read_offers() for one in part}


def products(sim: OroCommerceSimulator) -> dict[str, dict[str, Any]]:
    return {one["sku"]: one for one in sim.state()["products"]}


def off(one: Offer) -> SaleChange:
    return SaleChange(ref=one.ref, sku=one.sku, on_sale=False)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_product_goes_off_sale_and_on_and_nothing_else_of_it_changes(version: str) -> None:
    async with market(simulator={"version": version}, page_size=9) as (connector, sim):
        before, there = products(sim), await read(connector)
        assert {sku: (one.on_sale, one.tax_code) for sku, one in there.items()} == {
            sku: (True, one["tax_code"]) for sku, one in before.items()
        }
        chosen = [there["HP-1001"], there["HP-1002"]]
        outcomes = await connector.write_on_sale([off(one) for one in chosen])
        assert all(isinstance(one, Accepted) for one in outcomes)
        shut = {sku: {**before[sku], "status": "disabled"} for sku in ("HP-1001", "HP-1002")}
        assert products(sim) == {**before, **shut}
        again = await read(connector)
        assert [again[one.sku].on_sale for one in chosen] == [False, False]
        back = SaleChange(ref=chosen[0].ref, sku=chosen[0].sku, on_sale=True)
        assert [type(one) for one in await connector.write_on_sale([back])] == [Accepted]
        assert products(sim) == {**before, "HP-1002": shut["HP-1002"]}


async def test_an_answer_that_was_lost_is_unknown_and_twice_is_once() -> None:
    async with market() as (connector, sim):
        change = off((await read(connector))["HP-1001"])
        strike(sim, {"kind": "lost_reply", "match": "PATCH /admin/api/products", "count": 1})
        assert [type(one) for one in await connector.write_on_sale([change])] == [Unknown]
        assert [type(one) for one in await connector.write_on_sale([change])] == [Accepted]
        assert products(sim)["HP-1001"]["status"] == "disabled"
    assert await connector.write_on_sale([]) == []


async def test_a_product_that_is_gone_stops_no_other() -> None:
    async with market() as (connector, sim):
        there = await read(connector)
        await sim.act("remove_product", {"sku": "HP-1001"})
        gone, done = await connector.write_on_sale([off(there["HP-1001"]), off(there["HP-1002"])])
        assert isinstance(gone, Refused)
        assert isinstance(done, Accepted)


@pytest.mark.parametrize("kind", ["truncated_body", "html_page", "short_list"])
async def test_a_list_that_is_not_whole_is_no_list(kind: str) -> None:
    async with market(page_size=9) as (connector, sim):
        strike(sim, {"kind": kind, "match": "^GET /admin/api/products", "after": 2})
        with pytest.raises(RemoteFault, match="products"):
            await read(connector)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_bare_product_is_off_sale_and_has_its_units_and_levels(version: str) -> None:
    async with market(simulator={"version": version}, **CONFIGURED) as (connector, sim):
        (made,) = await connector.create_bare([NEW])
        assert isinstance(made, Accepted)
        found = products(sim)["NEW-1"]
        assert found == {
            "id": made.their_id, "sku": "NEW-1", "status": "disabled", "name": "Storm lantern", "tax_code": "STD",
            "inventory_status": "out_of_stock", "units": {"each": 1, "case": 12}, "featured": False,
        }  # fmt: skip
        levels = {one["unit"]: one["quantity"] for one in sim.state()["inventory"] if one["sku"] == "NEW-1"}
        assert {unit: float(quantity) for unit, quantity in levels.items()} == {"each": 0, "case": 0}


async def test_a_product_that_is_there_is_a_duplicate_and_others_are_made() -> None:
    async with market(**CONFIGURED) as (connector, sim):
        strike(sim, {"kind": "lost_reply", "match": "POST /admin/api/products", "count": 1})
        assert [type(one) for one in await connector.create_bare([NEW])] == [Unknown]
        other = BareProduct(sku="NEW-2", name="Other", units=(("each", Fraction(1)),), tax_code="RED")
        odd = BareProduct(sku="NEW-3", name="Odd", units=(("barrel", Fraction(1)),), tax_code="STD")
        untaxed = BareProduct(sku="NEW-4", name="Untaxed", units=(("each", Fraction(1)),), tax_code="LUX")
        again, made, refused, taxless = await connector.create_bare([NEW, other, odd, untaxed])
        assert isinstance(again, Refused)
        assert again.duplicate
        assert isinstance(made, Accepted)
        assert isinstance(refused, Refused)
        assert not refused.duplicate
        assert taxless == Refused("no-tax-code", "the shop has no product tax code 'LUX'")
        assert {"NEW-1", "NEW-2"} <= set(products(sim))
        assert not {"NEW-3", "NEW-4"} & set(products(sim))


async def test_half_a_unit_of_the_primary_one_is_told_as_a_number() -> None:
    async with shop(**CONFIGURED) as (connector, stub):
        stub.on("GET", "producttaxcodes", page([{"type": "producttaxcodes", "id": "1", "attributes": {"code": "STD"}}]))
        stub.on("POST", "products", lambda asked: json_api({"data": {"type": "products", "id": "9"}}, status=201))
        half = BareProduct(sku="X", name="X", units=(("each", Fraction(1)), ("roll", Fraction(3, 2))), tax_code="STD")
        assert await connector.create_bare([half]) == [Accepted("X", "9")]
        sent = stub.calls("POST", "products")[0].body
        rates = [
            one["attributes"]["conversionRate"] for one in sent["included"] if "conversionRate" in one["attributes"]
        ]
        assert rates == [1, 1.5]


async def test_what_nobody_may_make_is_said_to_the_operator() -> None:
    async with shop(**CONFIGURED) as (connector, stub):
        stub.on("GET", "producttaxcodes", page([{"type": "producttaxcodes", "id": "1", "attributes": {"code": "STD"}}]))
        stub.on("POST", "products", lambda asked: errors(405, "action not allowed exception", "Not allowed."))
        with pytest.raises(ConfigFault):
            await connector.create_bare([NEW])


async def test_only_what_can_be_bought_and_read_is_an_offer() -> None:
    def row(identity: str, **more: Any) -> dict[str, Any]:
        return {"type": "products", "id": identity, "attributes": {"sku": f"S{identity}", "status": "enabled", **more}}

    rows = [row("1"), row("2", productType="configurable"), row("3", status="archived"), row("4", sku=None),
            row("5", status="disabled", productType="kit")]  # fmt: skip
    async with shop() as (connector, stub):
        stub.on("GET", "products", page(rows))
        assert await read(connector) == {
            "S1": Offer(ref="1", sku="S1", on_sale=True), "S5": Offer(ref="5", sku="S5", on_sale=False)
        }  # fmt: skip


async def test_a_shop_that_takes_the_switch_and_does_not_turn_it_has_not_done_it() -> None:
    kept = {"type": "products", "id": "1", "attributes": {"sku": "S1", "status": "enabled"}}
    async with shop(version="6.1") as (connector, stub):
        stub.on("PATCH", "products", lambda asked: json_api({"data": [kept]}))
        (end,) = await connector.write_on_sale([SaleChange(ref="1", sku="S1", on_sale=False)])
        assert end == Refused("ignored", "S1: sent disabled, and the shop took it and shows enabled")
