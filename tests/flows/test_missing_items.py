"""A SKU the ERP does not hold: one cause, one case, whatever it holds up (laws L2, L9)."""

from decimal import Decimal

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.remedies import rehearse
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.ports.case_book import CaseRow
from tests.world import GHOST, PLENTY, World

SUBSTITUTE = {"sku": "LANTERN-2", "name": "Lantern, new", "net_price": "24.00", "on_hand": 600}


async def held_up(world: World, count: int = 5) -> tuple[list[str], CaseRow]:
    """Orders that ask for what the ERP never had."""
    refs = [await world.sell((PLENTY, 1), (GHOST, 1)) for _ in range(count)]
    await world.deliver()
    return refs, await world.the_case("stock-code-unknown")


async def states(world: World, refs: list[str]) -> set[str]:
    return {await world.state(ref) for ref in refs}


async def test_five_orders_are_one_case_with_their_value_and_their_neighbours_flow(world: World) -> None:
    neighbour = await world.sell()
    refs, case = await held_up(world)
    total = sum((Decimal(world.sold(ref)["total"]) for ref in refs), Decimal(0))
    assert (case.records, case.value, case.subject, case.desk) == (5, {"GBP": total}, GHOST, "data")
    assert await states(world, refs) == {"waiting"}
    assert await world.state(neighbour) == "posted"
    assert await world.broken_laws() == {}


async def test_the_erp_is_asked_by_name_once_for_all_of_them_before_anybody_is_told(world: World) -> None:
    before = world.erp.calls["SOAP ExportStock"]
    await held_up(world, 1)
    asked = world.erp.calls["SOAP ExportStock"]
    _, case = await held_up(world, 4)
    assert (asked > before, world.erp.calls["SOAP ExportStock"], case.records) == (True, asked, 5)


async def test_an_item_newer_than_our_memory_holds_nothing_up(world: World) -> None:
    await world.erp.act("create_item", {**SUBSTITUTE, "sku": GHOST})
    ref = await world.sell((GHOST, 1))
    await world.deliver()
    assert (await world.state(ref), await world.cases(state=None)) == ("posted", [])


async def test_when_the_item_is_created_the_re_check_frees_all_and_the_case_says_why_it_closed(world: World) -> None:
    refs, case = await held_up(world)
    await world.erp.act("create_item", {**SUBSTITUTE, "sku": GHOST})
    await world.pass_time(3600)
    result = await world.run("recheck")
    await world.work()
    assert result["freed"] == 5
    assert await states(world, refs) == {"posted"}
    assert await world.cases() == []
    closing = await world.here.pool.fetchval(
        "select detail ->> 'reason' from audit_entry where subject = 'case' and subject_id = $1 and action = 'close'",
        case.id,
    )
    assert "its cause is gone" in closing


async def test_a_rehearsal_says_how_many_and_writes_nothing(world: World) -> None:
    await world.erp.act("create_item", SUBSTITUTE)
    refs, case = await held_up(world)
    also_missing = await world.sell((GHOST, 1), shipping_method="flat_rate_1", customer="129")
    await world.deliver()
    before = await everything(world)
    wish = Wish(remedy=Remedy.MAP_CODE, params={"code": "LANTERN-2"}, actor="mary@harbour.example")
    rehearsal = await rehearse(world.pairing, case, wish)
    assert str(rehearsal) == "Of 6 held: 5 would post, 1 would wait for account-unmatched."
    assert await everything(world) == before
    assert await states(world, [*refs, also_missing]) == {"waiting"}


async def everything(world: World) -> dict[str, int]:
    """Every table's own count of what was ever written to it."""
    tables = (
        "sales_order",
        "code_map",
        "stock_item",
        "desk_case",
        "case_hold",
        "audit_entry",
        "account_link",
        "pgqueuer",
    )
    counts = {}
    for table in tables:
        rows = await world.here.pool.fetch(f"select t::text as row from {table} t order by 1")
        counts[table] = hash(tuple(row["row"] for row in rows))
    return counts


async def test_mapping_the_code_frees_all_of_them(world: World) -> None:
    await world.erp.act("create_item", SUBSTITUTE)
    refs, case = await held_up(world)
    rehearsal = await world.settle(case, Remedy.MAP_CODE, code="LANTERN-2")
    await world.work()
    assert (rehearsal.would_post, await states(world, refs), await world.cases()) == (5, {"posted"}, [])
    assert {line["sku"] for ref in refs for line in world.posted(ref)[0]["lines"]} == {PLENTY, "LANTERN-2"}
    next_one = await world.sell((GHOST, 2))
    await world.deliver()
    assert await world.state(next_one) == "posted"
    assert await world.broken_laws() == {}


async def test_mapping_to_what_is_not_there_either_is_refused(world: World) -> None:
    _, case = await held_up(world, 1)
    with pytest.raises(RemedyRefused, match="no stock item 'NOWHERE' either"):
        await world.settle(case, Remedy.MAP_CODE, code="NOWHERE")
    with pytest.raises(RemedyRefused, match="needs code"):
        await world.settle(case, Remedy.MAP_CODE)


async def test_an_order_with_two_causes_is_in_two_cases_and_goes_when_both_are_gone(world: World) -> None:
    await world.erp.act("create_item", SUBSTITUTE)
    ref = await world.sell((GHOST, 1), customer="129")
    await world.deliver()
    assert {case.kind for case in await world.cases()} == {"stock-code-unknown", "account-unmatched"}
    await world.settle(await world.the_case("stock-code-unknown"), Remedy.MAP_CODE, code="LANTERN-2")
    assert (await world.state(ref), [case.kind for case in await world.cases()]) == ("waiting", ["account-unmatched"])
    await world.settle(await world.the_case("account-unmatched"), Remedy.LINK_ACCOUNT, account="HPT1003")
    await world.work()
    assert (await world.state(ref), world.posted(ref)[0]["company_code"]) == ("posted", "HPT1003")


async def test_an_order_corrected_at_the_shop_leaves_its_case(world: World) -> None:
    (ref,), _ = await held_up(world, 1)
    await world.shop.act("change_order", {"order": ref, "line": 1, "remove": True})
    await world.deliver()
    assert (await world.state(ref), await world.cases()) == ("posted", [])


async def test_raised_again_after_it_closed_it_is_a_new_case(world: World) -> None:
    (ref,), first = await held_up(world, 1)
    await world.settle(first, Remedy.SET_ASIDE, "the customer was told")
    assert (await world.state(ref), await world.cases()) == ("set_aside", [])
    _, second = await held_up(world, 1)
    assert (second.id != first.id, second.records) == (True, 1)
