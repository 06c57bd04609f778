"""The ERP told to the shops: leaves once, promises once, only what changed, and never half a list (laws L4, L8)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from tests.retail.conftest import FEEDING, Opener, fill
from tests.retail.shops import LOCATIONS, MAIN, OTHER, PLENTY, SIZED, YORK, Shops

FAMILY, PACK, COUNTER = "OSLO", "KIT-DOOR", "Trade Counter"


def leaves(shops: Shops) -> dict[str, Mapping[str, Any]]:
    """What the retail system counts, by SKU."""
    state = shops.retail.state()
    if "skus" in state:
        return {one["code"]: one for one in state["skus"]}
    return {one["sku"]: one for one in state["items"] if one["stock_role"] == "leaf"}


def stock(shops: Shops) -> dict[tuple[str, str], Decimal]:
    """On hand, by location and SKU, as the retail system was told."""
    state = shops.retail.state()
    if "stock" in state:
        return {(one["locationId"], one["skuId"]): Decimal(one["on_hand"]) for one in state["stock"]}
    return {(one["location_code"], one["sku"]): Decimal(one["physical"]) for one in state["told_levels"]}


def promises(shops: Shops) -> dict[tuple[str, str], Decimal]:
    """What it was told is promised, by location and SKU."""
    state = shops.retail.state()
    rows = state.get("stock_not_for_replenishment") or [
        {"locationId": one["location_code"], "skuId": one["sku"], "quantity": one["quantity"]}
        for one in state.get("commitments", ())
    ]
    found: dict[tuple[str, str], Decimal] = {}
    for one in rows:
        key = one["locationId"], one["skuId"]
        found[key] = found.get(key, Decimal(0)) + Decimal(one["quantity"])
    return found


def told(shops: Shops) -> tuple[object, object]:
    return stock(shops), promises(shops)


def ledger(shops: Shops, site: str = MAIN) -> dict[str, Decimal]:
    """The ERP's count of every leaf at a site."""
    known = leaves(shops)
    return {
        one["sku"]: Decimal(str(one["on_hand"])) for one in shops.erp.state()["stock"]
        if one["site"] == site and one["sku"] in known
    }  # fmt: skip


def told_as_counted(shops: Shops) -> bool:
    """Whether each leaf at each of the ERP's places is told as the ERP has it on hand."""
    told = stock(shops)
    return all(
        told.get((location, sku)) == count
        for location, site in ((MAIN, MAIN), (COUNTER, COUNTER), ("WEB-SHOP", "Web"))
        for sku, count in ledger(shops, site).items()
    )


async def later(shops: Shops) -> None:
    await shops.pass_time(3 * 3600)
    await shops.well("items")


async def test_each_leaf_is_told_once_its_family_as_a_parent_and_a_pack_not_at_all(feeding: Shops) -> None:
    known = leaves(feeding)
    assert {SIZED, PLENTY, FAMILY} & known.keys() == {SIZED, PLENTY}
    assert (known[SIZED].get("sizeId") or known[SIZED].get("size_id")) == "S"
    families = [one for one in feeding.retail.state()["items"] if FAMILY in (one.get("sku"), one.get("code"))]
    assert len(families) == 1
    result = await feeding.well("retail-items")
    assert (result["told"], result["packs"]) == (0, 1)


async def test_every_count_of_the_erps_places_is_told_and_no_family_or_pack_is_counted(feeding: Shops) -> None:
    assert told_as_counted(feeding)
    assert not {sku for _, sku in stock(feeding)} & {FAMILY, PACK}
    assert {place for place, _ in stock(feeding)} == {MAIN, COUNTER, "WEB-SHOP"}


async def test_ten_there_and_three_promised_are_told_as_ten_and_three(feeding: Shops) -> None:
    """Never seven, and never seven and three."""
    await feeding.erp.act("adjust", {"sku": PLENTY, "on_hand": 10})
    await feeding.erp.act("sell", {"sku": PLENTY, "quantity": 3})
    result = await feeding.well("retail-levels")
    assert (stock(feeding)[MAIN, PLENTY], promises(feeding)) == (10, {(MAIN, PLENTY): 3})
    assert (result["told"], result["promised"]) == (1, 1)


async def test_what_has_left_is_neither_there_nor_promised(feeding: Shops) -> None:
    await feeding.erp.act("adjust", {"sku": PLENTY, "on_hand": 10})
    order = await feeding.erp.act("sell", {"sku": PLENTY, "quantity": 3})
    await feeding.well("retail-levels")
    await feeding.erp.act("despatch", {"ref": order["code"]})
    await feeding.well("retail-levels")
    assert (stock(feeding)[MAIN, PLENTY], promises(feeding)) == (7, {})


async def test_a_promise_that_changes_without_the_figure_is_reckoned_anew(feeding: Shops) -> None:
    """What left and was promised leaves what is free as it was, so that no list of changes need name it."""
    order = await feeding.erp.act("sell", {"sku": PLENTY, "quantity": 3})
    await feeding.well("retail-levels")
    await later(feeding)
    await feeding.well("retail-levels")
    await feeding.erp.act("despatch", {"ref": order["code"]})
    await feeding.here.pool.execute("update watermark set at = at + interval '3 hours' where feed = 'retail-levels'")
    await feeding.well("retail-levels")
    assert (told_as_counted(feeding), promises(feeding)) == (True, {})


async def test_a_quiet_run_tells_nothing(feeding: Shops) -> None:
    before = dict(feeding.retail.calls)
    for flow in ("retail-places", "retail-items", "retail-levels"):
        assert (await feeding.well(flow))["told"] == 0
    written = {call for call in feeding.retail.calls if not call.startswith("GET")}
    assert {call: feeding.retail.calls[call] - before.get(call, 0) for call in written} == dict.fromkeys(written, 0)


async def test_only_what_changed_is_told(feeding: Shops) -> None:
    await feeding.erp.act("goods_in", {"sku": OTHER, "quantity": 5})
    await feeding.erp.act("discontinue", {"sku": PLENTY})
    await later(feeding)
    assert ((await feeding.well("retail-items"))["told"], (await feeding.well("retail-levels"))["told"]) == (1, 1)
    (told,) = [one for one in feeding.retail.state()["items"] if PLENTY in (one.get("sku"), one.get("code"))]
    assert (told["status"], told_as_counted(feeding)) == ("discontinued", True)


async def test_levels_wait_for_their_items_and_make_no_noise(opened: Opener) -> None:
    async with opened(**FEEDING) as shops:
        await shops.well("items")
        result = await shops.well("retail-levels")
        assert (result["told"], result["refused"], await shops.cases()) == (0, 0, [])
        await fill(shops)
        assert told_as_counted(shops)


async def test_what_is_available_is_told_where_that_is_asked_and_nothing_beside_it(opened: Opener) -> None:
    settings = {**FEEDING, "pairing": {"feed": {"basis": "available"}}}
    async with opened(retail={"stock_basis_accepted": "available"}, **settings) as shops:
        await shops.erp.act("adjust", {"sku": PLENTY, "on_hand": 10})
        await shops.erp.act("sell", {"sku": PLENTY, "quantity": 3})
        await fill(shops)
        told = {(one["location_code"], one["sku"]): one["usable"] for one in shops.retail.state()["told_levels"]}
        assert (told[MAIN, PLENTY], promises(shops)) == ("7", {})


@pytest.mark.parametrize("profile", ["retail-stock", "wair-ai"])
async def test_stock_whose_promises_nobody_knows_is_not_told_and_a_case_says_so(opened: Opener, profile: str) -> None:
    """The ERP tells what is available; told as what is there, its promises would be taken off twice."""
    async with opened(profile=profile, system_of={"khaos": {"optional": {}}}) as shops:
        await fill(shops)
        assert stock(shops) == {}
        case = await shops.the_case("stock-write-rejected")
        assert ("nothing tells what its open orders have reserved" in case.cause, case.records) == (True, 3)


async def test_that_case_closes_when_it_is_known_again(feeding: Shops) -> None:
    able = feeding.pairing
    await feeding.run("retail-levels", replace(able, erp_can=able.erp_can - {"OpenOrderSource"}))
    before = stock(feeding)
    assert (await feeding.kinds(), stock(feeding)) == ({"stock-write-rejected": 3}, before)
    await feeding.well("retail-levels")
    assert await feeding.cases() == []


async def test_only_what_consumers_bought_is_told_as_sold_and_the_rest_is_counted(feeding: Shops) -> None:
    for name in ("Consumer", "Internal", "Trade"):
        company = await feeding.erp.act("create_company", {"name": name, "class_name": name})
        sale = {"sku": PLENTY, "quantity": 2, "company_code": company["code"]}
        order = await feeding.erp.act("sell", sale)
        await feeding.erp.act("despatch", {"ref": order["code"]})
        await feeding.erp.act("sell", sale)  # still open
    await feeding.well("accounts")
    result = await feeding.well("retail-sales")
    assert (result["told"], result["left_out"], result["not_consumers"]) == (1, {"Internal": 1}, {"Trade": 1})
    (sale,) = feeding.retail.state()["sales"]
    price = next(one for one in feeding.erp.state()["items"] if one["sku"] == PLENTY)
    assert Decimal(sale.get("unit_price") or sale["price"]) > Decimal(str(price["net_price"]))
    assert (await feeding.well("retail-sales"))["told"] == 0
    assert await feeding.cases() == []


async def test_a_sale_that_cannot_be_said_is_a_case_and_closes_when_it_can(feeding: Shops) -> None:
    company = await feeding.erp.act("create_company", {"name": "Ann", "class_name": "Consumer"})
    order = await feeding.erp.act("sell", {"sku": PLENTY, "quantity": 2, "company_code": company["code"]})
    await feeding.erp.act("despatch", {"ref": order["code"]})
    able = feeding.pairing
    nowhere = replace(able.policy, places={code: one for code, one in able.policy.places.items() if code != MAIN})
    await feeding.run("retail-sales", replace(able, policy=nowhere))
    case = await feeding.the_case("stock-write-rejected")
    assert "is the site of no location" in case.cause
    await feeding.well("retail-sales")
    assert (len(feeding.retail.state()["sales"]), await feeding.cases()) == (1, [])


async def test_what_the_sizing_layer_lacks_is_a_case_for_the_data_desk_that_closes_itself(bridged: Shops) -> None:
    assert await bridged.kinds() == {"item-not-on-sale": 2}
    await bridged.retail.act("set_body_map", {"sku": SIZED, "body_map_id": None, "missing_attributes": ["chest"]})
    await bridged.well("retail-items")
    (case,) = [one for one in await bridged.cases() if one.subject == SIZED]
    assert (case.desk, "chest" in case.cause) == ("data", True)
    for sku in (SIZED, "OSLO-L-BLK", "OSLO-L-WHT"):
        await bridged.retail.act("set_body_map", {"sku": sku, "body_map_id": "BM-1"})
    await bridged.well("retail-items")
    assert await bridged.cases() == []


async def test_an_item_without_a_size_is_a_case_that_names_what_is_missing(feeding: Shops) -> None:
    before = len(await feeding.cases())
    await feeding.erp.act(
        "create_item", {"sku": "OSLO-X", "name": "Coat", "net_price": "9.00", "parent": FAMILY, "option": "S/RED"}
    )
    await feeding.well("items")
    able = feeding.pairing
    terms = replace(able.policy.feed, items=replace(able.policy.feed.items, size="length"))
    result = await feeding.run("retail-items", replace(able, policy=replace(able.policy, feed=terms)))
    assert (result["lacking"], "OSLO-X" in leaves(feeding)) == (5, False)
    await feeding.well("retail-items")
    assert (len(await feeding.cases()), "OSLO-X" in leaves(feeding)) == (before, True)


async def test_a_level_the_retail_system_refuses_is_a_case_and_told_again_by_a_recheck(bridged: Shops) -> None:
    await bridged.retail.act("forget_item", {"sku": PLENTY})
    await bridged.erp.act("goods_in", {"sku": PLENTY, "quantity": 1})
    await bridged.well("retail-levels")
    (case,) = await bridged.cases("stock-write-rejected")
    assert PLENTY in case.cause
    await bridged.pass_time(90_000)  # its list of items is read whole once a day
    assert (await bridged.well("retail-items"))["gone"] == 1
    await bridged.well("retail-items")
    await bridged.settle(case, Remedy.RETRY)
    await bridged.well("retail-levels")
    assert (await bridged.cases("stock-write-rejected"), told_as_counted(bridged)) == ([], True)


async def test_a_place_both_sides_give_to_another_owner_is_a_case(opened: Opener) -> None:
    owned = {**LOCATIONS, YORK: {"owner": "erp", "site": "York"}}
    async with opened(pairing={"locations": owned, "flows": ["retail-feed"]}) as shops:
        await shops.well("retail-places")
        case = await shops.the_case("stock-write-rejected")
        assert (case.subject, "retail owns it" in case.cause) == (f"owner of {YORK}", True)


LISTS = [("short_list", "ExportStockStatus"), ("truncated_body", "ExportStockStatus"), ("short_list", "GetStockList"),
         ("status", "GetStockList"), ("truncated_body", "ExportOrderStatusEx")]  # fmt: skip


@pytest.mark.parametrize(("kind", "call"), LISTS)
async def test_half_a_list_tells_nothing(bridged: Shops, kind: str, call: str) -> None:
    await bridged.erp.act("adjust", {"sku": PLENTY, "on_hand": 10})
    await bridged.erp.act("sell", {"sku": PLENTY, "quantity": 3})
    before = told(bridged)
    bridged.erp.faults.set([{"kind": kind, "match": call}])
    result = await bridged.run("retail-levels")
    assert ("problem" in result, told(bridged)) == (True, before)
    bridged.erp.faults.set([])
    await bridged.well("retail-levels")
    assert (stock(bridged)[MAIN, PLENTY], promises(bridged)) == (10, {(MAIN, PLENTY): 3})


FAULTS = ("lost_request", "lost_reply", "status", "truncated_body", "html_page")
CALLS = {
    "retail-stock": ("PUT /v1/items:batch", "PUT /v1/stock-levels:batch", "PUT /v1/commitments:replace"),
    "wair-ai": ("Batch/start", "Items", "Stock", "StockNotForReplenishment", "Batch/stop"),
}


@pytest.mark.parametrize("kind", FAULTS)
async def test_every_lost_answer_of_the_retail_system_is_made_good(feeding: Shops, kind: str) -> None:
    profile = "wair-ai" if "skus" in feeding.retail.state() else "retail-stock"
    for number, call in enumerate(CALLS[profile], start=1):
        await feeding.erp.act("goods_in", {"sku": OTHER, "quantity": 1})
        await feeding.erp.act("sell", {"sku": PLENTY, "quantity": 1})
        await feeding.erp.act("create_item", {"sku": f"NEW-{number}", "name": "New", "net_price": "1.00"})
        await feeding.well("items")
        feeding.retail.faults.set([{"kind": kind, "match": call}])
        for flow in ("retail-items", "retail-levels"):
            await feeding.run(flow)
        feeding.retail.faults.set([])
        await feeding.pass_time(400)  # a circuit that opened is tried again, and so is what was refused
        for flow in ("recheck", "retail-items", "retail-levels"):
            await feeding.well(flow)
        assert (told_as_counted(feeding), promises(feeding)) == (True, promised(feeding)), call
        assert f"NEW-{number}" in leaves(feeding), call
    assert await feeding.cases("stock-write-rejected") == []


def promised(shops: Shops) -> dict[tuple[str, str], Decimal]:
    """What the ERP's open orders have reserved."""
    found: dict[tuple[str, str], Decimal] = {}
    for order in shops.erp.state()["orders"]:
        for line in order["lines"] if not order["complete"] else ():
            key = (MAIN, line["sku"])
            found[key] = found.get(key, Decimal(0)) + Decimal(str(line["quantity"]))
    return found


async def test_transfers_that_are_recommended_are_each_seen_once_and_gone_when_they_are(feeding: Shops) -> None:
    await feeding.retail.act(
        "recommend_transfers", {"count": 3, "from_location": MAIN, "to_location": COUNTER, "sku": PLENTY}
    )
    assert (await feeding.well("retail-proposals"))["new"] == 3
    result = await feeding.well("retail-proposals")
    assert (result["new"], result["open"]) == (0, 3)
    assert {one.sku for one in await feeding.pairing.sent.open_proposals(10)} == {PLENTY}
    await feeding.retail.act("process_transfers", {"count": 2})
    await feeding.well("retail-proposals")
    assert len(await feeding.pairing.sent.open_proposals(10)) == 1


async def test_an_item_that_gets_another_code_is_told_by_it_and_by_the_old_one_when_that_comes_back(
    feeding: Shops,
) -> None:
    """A bridge knows it by its id, and under the old code it holds nothing any more."""
    for old, new in ((PLENTY, f"{PLENTY}-B"), (f"{PLENTY}-B", PLENTY)):
        await feeding.erp.act("rename_item", {"sku": old, "new_code": new})
        await feeding.erp.act("goods_in", {"sku": new, "quantity": 1})
        await later(feeding)
        await feeding.well("retail-items")
        await feeding.pass_time(90_000)
        await feeding.well("retail-levels")
        assert new in leaves(feeding)
        assert (told_as_counted(feeding), await feeding.cases()) == (True, [])
