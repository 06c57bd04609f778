"""What is published of the ERP's prices: to the last decimal, in the storefront's units, and only what differs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.wish import RemedyRefused
from crossdock.model.code_map import MapKind
from crossdock.store.prices import PgPriceRun
from tests.flows.conftest import Opener
from tests.world import BY_CASE, GHOST, PLENTY, UNTAXED, World

LISTS = {"maps": {"price_list": {"Trade": "Trade"}}}
EXPORT = "ExportPriceListEx"
WRITES = "^(PATCH|POST|DELETE) /admin/api/productprices"
Tiers = dict[Decimal, Decimal]


@pytest.fixture
async def world(opened: Opener) -> AsyncIterator[World]:
    async with opened(pairing=LISTS) as one:
        yield one


def tiers(**prices: str) -> Tiers:
    """from_1="2.35" → {1: 2.35}."""
    return {Decimal(name.removeprefix("from_")): Decimal(price) for name, price in prices.items()}


def shown(world: World, sku: str, unit: str = "each", price_list: str = "1") -> Tiers:
    return {
        Decimal(str(one["quantity"])): Decimal(one["value"])
        for one in world.shop.state()["prices"]
        if (one["sku"], one["unit"], one["price_list"]) == (sku, unit, price_list)
    }


def everything(world: World) -> dict[str, str]:
    return {one["id"]: one["value"] for one in world.shop.state()["prices"]}


async def publish(world: World) -> dict[str, Any]:
    result = await world.run("price-publication")
    assert "problem" not in result, result
    return result


async def agree(world: World, sku: str, *breaks: tuple[int, str]) -> None:
    """The ERP's own prices of an item: these breaks and no other."""
    item = world.erp.store.find_item(sku)
    setup = world.erp.store.settings.price_lists["Trade"]
    assert item is not None
    bands = world.erp.store.price_overrides.setdefault(("Trade", item.stock_id), {})
    bands.clear()
    for start, price in breaks:
        await world.erp.act("set_price", {"sku": sku, "price_list": "Trade", "price": price, "quantity": start})
    bands.setdefault(setup.break_quantity, bands[1])


def case_of(world: World, sku: str = BY_CASE) -> int:
    return world.shop.estate.item(sku).units["case"]


async def test_each_price_of_the_erp_is_shown_by_every_unit_to_its_breaks(world: World) -> None:
    """A case of 12 is priced as 12 eaches are: the break from 10 is what one case costs, that from 30 what three do."""
    await agree(world, BY_CASE, (1, "2.35"), (10, "2.10"), (30, "1.955"))
    await publish(world)
    assert case_of(world) == 12
    assert shown(world, BY_CASE) == tiers(from_1="2.35", from_10="2.10", from_30="1.96")
    assert shown(world, BY_CASE, "case") == tiers(from_1="25.20", from_3="23.46")


async def test_only_what_differs_is_written_and_twice_is_once(world: World) -> None:
    await publish(world)
    before = dict(world.shop.calls)
    again = await publish(world)
    assert (again["written"], again["removed"], again["rejected"]) == (0, 0, 0)
    assert {
        label: count
        for label, count in world.shop.calls.items()
        if "productprices" in label and count != before.get(label)
    } == {}
    await agree(world, PLENTY, (1, "7.77"))
    assert (await publish(world))["written"] == 2
    assert set(shown(world, PLENTY).values()) == {Decimal("7.77")}


async def test_a_break_that_moves_is_gone_where_it_was(world: World) -> None:
    await agree(world, PLENTY, (1, "5.00"), (20, "4.50"))
    await publish(world)
    assert shown(world, PLENTY) == tiers(from_1="5.00", from_10="5.00", from_20="4.50")
    await agree(world, PLENTY, (1, "5.00"), (25, "4.50"))
    result = await publish(world)
    assert shown(world, PLENTY) == tiers(from_1="5.00", from_10="5.00", from_25="4.50")
    assert (result["written"], result["removed"]) == (1, 1)


async def test_a_shopper_s_order_at_the_published_price_meets_no_conflict(opened: Opener) -> None:
    orders = {"price_check": "hold", "price_lists": ["Trade"]}
    async with opened(pairing={**LISTS, "orders": orders}) as world:
        await agree(world, BY_CASE, (1, "2.3333"), (10, "2.1111"))
        await publish(world)
        by_case = await world.sell((BY_CASE, 1, "case"))
        some = await world.sell((BY_CASE, 9), (PLENTY, 10))
        await world.deliver()
        assert (await world.state(by_case), await world.state(some)) == ("posted", "posted"), await world.cases()
        await world.shop.act("set_price", {"sku": BY_CASE, "value": "1.00"})
        cheap = await world.sell((BY_CASE, 1))
        await world.deliver()
        assert (await world.state(cheap), (await world.the_case("price-conflict")).subject) == ("waiting", BY_CASE)


@pytest.mark.parametrize("kind", ["truncated_body", "html_page", "lost_reply"])
async def test_a_read_that_was_not_whole_changes_and_removes_nothing(world: World, kind: str) -> None:
    await publish(world)
    before = everything(world)
    await agree(world, PLENTY, (1, "1.11"))
    world.erp.faults.set([{"kind": kind, "match": EXPORT}])
    assert "problem" in await world.run("price-publication")
    assert everything(world) == before
    world.erp.faults.reset()
    await publish(world)
    assert set(shown(world, PLENTY).values()) == {Decimal("1.11")}


async def test_what_one_read_does_not_bring_is_read_once_more_before_it_is_gone(world: World) -> None:
    await publish(world)
    before = everything(world)
    left_out, read = [PLENTY], world.pairing.erp.read_prices

    async def short(price_lists: Any) -> Any:
        sku = left_out.pop() if left_out else ""
        async for page in read(price_lists):
            yield [one for one in page if one.stock_code != sku]

    world.pairing.erp.read_prices = short  # type: ignore[method-assign]
    assert (await publish(world))["removed"] == 0
    assert everything(world) == before


@pytest.mark.parametrize("kind", ["lost_reply", "lost_request"])
async def test_a_write_nobody_answered_for_is_written_again_and_stands_once(world: World, kind: str) -> None:
    await publish(world)
    await agree(world, PLENTY, (1, "5.00"), (20, "4.50"))
    world.shop.faults.set([{"kind": kind, "match": WRITES, "count": 1}])
    await world.run("price-publication")
    world.shop.faults.reset()
    await publish(world)
    assert shown(world, PLENTY) == tiers(from_1="5.00", from_10="5.00", from_20="4.50")
    await agree(world, PLENTY, (1, "5.00"))
    world.shop.faults.set([{"kind": kind, "match": "^DELETE", "count": 9}])
    await world.run("price-publication")
    world.shop.faults.reset()
    await publish(world)
    assert shown(world, PLENTY) == tiers(from_1="5.00", from_10="5.00")
    assert (await publish(world))["written"] == 0


@pytest.mark.parametrize("step", ["written", "removed"])
async def test_a_crash_between_the_write_and_its_record_leaves_no_false_price(
    world: World, monkeypatch: Any, step: str
) -> None:
    async def lights_out(*_: Any, **__: Any) -> None:
        raise asyncio.CancelledError

    await agree(world, PLENTY, (1, "5.00"), (20, "4.50"))
    await publish(world)
    await agree(world, PLENTY, (1, "6.00"), (25, "4.50"))
    with monkeypatch.context() as dark:
        dark.setattr(PgPriceRun, step, lights_out)
        with pytest.raises(asyncio.CancelledError):
            await world.run("price-publication")
    await agree(world, PLENTY, (1, "5.00"), (20, "4.50"))  # and meanwhile it is all as it was
    await publish(world)
    assert shown(world, PLENTY) == tiers(from_1="5.00", from_10="5.00", from_20="4.50")


async def test_a_list_nobody_mapped_is_one_case_that_a_mapping_frees_whole(opened: Opener) -> None:
    async with opened(pairing={"prices": {"lists": ["Trade"]}}) as world:
        before = everything(world)
        await publish(world)
        case = await world.the_case("price-list-unmapped")
        assert (case.subject, case.records, everything(world)) == ("Trade", 1, before)
        with pytest.raises(RemedyRefused, match="no price list 'Dealers'"):
            await world.settle(case, Remedy.MAP_CODE, code="Dealers")
        made = await world.shop.act("add_price_list", {"name": "Dealers"})
        told = await world.settle(case, Remedy.MAP_CODE, code="Dealers")
        await world.work()
        assert await world.cases("price-list-unmapped") == []
        count = sum(1 for one in world.shop.state()["prices"] if one["price_list"] == made["id"])
        assert (str(told), count > 50) == (f"Of 1 held: {count} would be published.", True)


async def test_two_lists_never_share_one_of_the_storefront_s(opened: Opener) -> None:
    more = {"Trade": {"discount": "10", "break_quantity": 10, "break_discount": "15"},
            "Key": {"discount": "20", "break_quantity": 10, "break_discount": "25"}}  # fmt: skip
    async with opened(
        erp={"price_lists": more}, pairing={"maps": {"price_list": {"Trade": "Trade", "Key": "1"}}}
    ) as world:
        before = everything(world)
        await publish(world)
        assert {case.subject for case in await world.cases("price-list-unmapped")} == {"Trade", "Key"}
        assert everything(world) == before
        case = next(one for one in await world.cases("price-list-unmapped") if one.subject == "Key")
        with pytest.raises(RemedyRefused, match="shows the ERP's list Trade"):
            await world.settle(case, Remedy.MAP_CODE, code="Trade")
        await world.shop.act("add_price_list", {"name": "Key accounts"})
        await world.settle(case, Remedy.MAP_CODE, code="Key accounts")
        await world.work()
        assert await world.cases() == []
        one, ten = (shown(world, PLENTY, price_list=key)[Decimal(1)] for key in ("1", "2"))
        assert one > ten


async def test_a_unit_nobody_confirmed_has_no_price_until_somebody_does(opened: Opener) -> None:
    async with opened(pairing={**LISTS, "orders": {"unit_source": "map"}}) as world:
        await publish(world)
        assert shown(world, BY_CASE, "case") == {}
        assert shown(world, BY_CASE)
        case = next(one for one in await world.cases("unit-unmapped") if one.subject == f"{BY_CASE}/case")
        await world.settle(case, Remedy.MAP_CODE, units="6")
        await world.work()
        assert shown(world, BY_CASE, "case")[Decimal(1)] == 6 * shown(world, BY_CASE)[Decimal(1)]
        assert f"{BY_CASE}/case" not in {one.subject for one in await world.cases("unit-unmapped")}


async def test_a_price_of_nothing_is_a_case_and_is_never_shown(world: World) -> None:
    await agree(world, PLENTY, (1, "5.00"))
    await agree(world, UNTAXED, (1, "3.00"))
    await publish(world)
    await agree(world, PLENTY, (1, "0"))
    await agree(world, UNTAXED, (1, "3.10"))
    await publish(world)
    case = await world.the_case("price-zero")
    assert (case.subject, case.cause) == (PLENTY, f"{PLENTY}, by the ERP's price list Trade, is sold at nothing.")
    assert shown(world, PLENTY) == tiers(from_1="5.00", from_10="5.00")
    assert shown(world, UNTAXED)[Decimal(1)] == Decimal("3.10")
    await agree(world, PLENTY, (1, "5.50"))
    await publish(world)
    assert (shown(world, PLENTY)[Decimal(1)], await world.cases()) == (Decimal("5.50"), [])


async def test_a_gross_list_is_never_shown_as_net(opened: Opener) -> None:
    async with opened(erp={"price_lists_net": False}, pairing=LISTS) as world:
        before = everything(world)
        result = await world.run("price-publication")
        assert "Trade is not net" in result["problem"]
        assert everything(world) == before
        assert "prices.hold" in (await world.the_case("credentials-rejected")).cause


async def test_what_the_shop_refuses_is_one_case_in_its_own_words(world: World) -> None:
    """Every price it will not take for one reason: it was told of a unit that is no more."""
    await agree(world, BY_CASE, (1, "2.00"), (10, "1.90"), (50, "1.80"))
    await agree(world, PLENTY, (1, "5.00"))
    await world.run("targets")
    for row in [*world.shop.shop.store["productprices"].rows.values()]:
        if row.target("unit") == "case":
            world.shop.shop.store.remove(row)
    del world.shop.shop.store["productunits"].rows["case"]
    await publish(world)
    assert shown(world, PLENTY)[Decimal(1)] == 5
    case = await world.the_case("price-write-rejected")
    assert "does not exist" in case.cause
    assert case.records > 1


async def test_a_currency_the_list_does_not_take_is_told_and_not_tried(world: World) -> None:
    made = await world.shop.act("add_price_list", {"name": "Export", "currencies": ["EUR"]})
    await world.pairing.reference.map_code(MapKind.PRICE_LIST, "Trade", {"code": "Export"}, actor="mary")
    await publish(world)
    case = await world.the_case("price-write-rejected")
    assert "takes EUR" in case.cause
    assert "GBP" in case.cause
    assert not any(one["price_list"] == made["id"] for one in world.shop.state()["prices"])


async def test_a_price_typed_over_there_is_corrected_and_what_the_erp_never_had_is_left(world: World) -> None:
    await publish(world)
    right = shown(world, PLENTY)
    ghost = shown(world, GHOST)
    await world.shop.act("set_price", {"sku": PLENTY, "value": "0.01"})
    assert (await publish(world))["written"] == 0  # what is shown is read now and then, not each time
    await world.here.pool.execute("delete from watermark where feed like 'prices-shown%'")
    assert (await publish(world))["written"] == 1
    assert (shown(world, PLENTY), shown(world, GHOST)) == (right, ghost)
    strict = replace(world.pairing, price_policy=replace(world.pairing.price_policy, unknown="remove"))
    await world.run("price-publication", strict)
    assert shown(world, GHOST) == {}


async def test_a_list_the_erp_dropped_is_told_and_left_until_it_is_dropped_here_too(world: World) -> None:
    await publish(world)
    before = everything(world)
    world.erp.store.settings.price_lists.pop("Trade")  # type: ignore[attr-defined]
    result = await world.run("price-publication")
    assert "no price list 'Trade'" in result["problem"]
    assert everything(world) == before
    without = replace(world.pairing, price_policy=replace(world.pairing.price_policy, lists=("Other",)))
    await world.run("price-publication", without)
    left = {one["sku"] for one in world.shop.state()["prices"]}
    assert left == {GHOST, "KIT-DOOR"} & left | {GHOST}


async def test_a_price_nobody_can_read_stops_no_other_and_removes_nothing(world: World) -> None:
    await publish(world)
    before = shown(world, PLENTY)
    read = world.pairing.erp.read_prices
    from crossdock.model.faults import DataFault
    from crossdock.ports.systems import UnreadablePrice

    async def garbled(price_lists: Any) -> Any:
        async for page in read(price_lists):
            yield [
                UnreadablePrice("Trade", PLENTY, DataFault("row", "'x' is no number"))
                if one.stock_code == PLENTY
                else one
                for one in page
            ]

    world.pairing.erp.read_prices = garbled  # type: ignore[method-assign]
    await agree(world, UNTAXED, (1, "3.10"))
    await publish(world)
    assert (shown(world, PLENTY), shown(world, UNTAXED)[Decimal(1)]) == (before, Decimal("3.10"))
    assert (await world.the_case("schema-surprise")).records == 1
    world.pairing.erp.read_prices = read  # type: ignore[method-assign]
    await publish(world)
    assert await world.cases() == []


async def test_where_nothing_is_published_the_lists_orders_are_compared_with_are_read_all_the_same(
    opened: Opener,
) -> None:
    async with opened(pairing={"orders": {"price_check": "hold", "price_lists": ["Trade"]}}) as world:
        result = await publish(world)
        assert (result["prices"] > 50, "no list is named" in result["idle"]) == (True, True)
        ref = await world.sell((PLENTY, 1))
        await world.deliver()
        assert (await world.the_case("price-conflict")).subject == PLENTY
        assert await world.state(ref) == "waiting"


async def test_a_run_before_anything_was_read_is_made_up_for_soon(opened_unread: World) -> None:
    world = opened_unread
    await world.pairing.reference.map_code(MapKind.PRICE_LIST, "Trade", {"code": "Trade"}, actor="mary")
    assert "items have not been read" in (await publish(world))["skipped"]
    await world.learn()
    await world.pass_time(10)
    assert (await publish(world))["written"] == 0
    assert shown(world, PLENTY)[Decimal(10)]


async def test_one_run_at_a_time_over_one_pairing(world: World) -> None:
    async with world.pairing.prices.run():
        assert "another worker" in (await world.run("price-publication"))["skipped"]
    assert "skipped" not in await publish(world)
