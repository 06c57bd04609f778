"""A sale on its way into the ERP, when all goes well."""

import asyncio
from decimal import Decimal

from crossdock.store.lookups import find_stories, read_raw
from tests.world import BY_CASE, NAME, PLENTY, UNTAXED, World


async def test_a_sale_becomes_one_erp_order_to_the_penny(world: World) -> None:
    ref = await world.sell((BY_CASE, 2, "case"), (UNTAXED, 7), discount="3.33", shipping_method="flat_rate_2")
    await world.deliver()
    (order,) = world.posted(ref)
    row = await world.order(ref)
    assert Decimal(order["gross_total"]) == Decimal(world.sold(ref)["total"]) == row["total"]
    assert (row["state"], row["erp_ref"], row["account_code"]) == ("posted", order["code"], order["company_code"])
    in_a_case = next(item for item in world.shop.estate.items if item.sku == BY_CASE).units["case"]
    assert {line["sku"]: line["quantity"] for line in order["lines"]} == {BY_CASE: 2 * in_a_case, UNTAXED: 7}
    assert await world.broken_laws() == {}


async def test_an_order_read_again_and_looked_at_again_is_not_sent_again(world: World) -> None:
    ref = await world.sell()
    await world.deliver()
    row = await world.order(ref)
    for _ in range(3):
        await world.deliver()
        await world.here.jobs.ask([world.pairing.orders._look(row["id"], row["version"])])
        await world.work()
    assert world.erp.state()["imports_by_ref"] == {ref: 1}
    assert await world.actions(ref) == ["capture", "send", "accept"]


async def test_two_looks_at_once_send_once(world: World) -> None:
    ref = await world.sell()
    await world.run("orders")
    subject = f"{NAME}/{(await world.order(ref))['id']}"
    await world.here.pool.execute(
        "insert into pgqueuer (priority, entrypoint, payload, status) select 1, 'order', $1, 'queued' from "
        "generate_series(1, 8)", subject.encode(),
    )  # fmt: skip
    await world.work()
    assert world.erp.state()["imports_by_ref"] == {ref: 1}


async def test_nothing_is_decided_before_the_lists_were_read_once(opened_unread: World) -> None:
    world = opened_unread
    ref = await world.sell(force=True)
    await world.deliver()
    assert (await world.state(ref), await world.cases()) == ("captured", [])
    await world.learn()
    await world.pass_time(60)
    assert await world.state(ref) == "posted"


async def test_an_order_cancelled_before_it_was_posted_is_withdrawn(world: World) -> None:
    ref = await world.sell()
    await world.run("orders")
    await world.shop.act("cancel_order", {"order": ref})
    await world.deliver()
    assert (await world.state(ref), world.posted(ref)) == ("withdrawn", [])
    assert await world.broken_laws() == {}


async def test_orders_of_one_buyer_fill_one_account_linked_by_its_immutable_id(world: World) -> None:
    first = await world.sell()
    await world.deliver()
    (order,) = world.posted(first)
    await world.erp.act("recode_company", {"code": order["company_code"], "new_code": "RECODED"})
    await world.run("accounts")
    second = await world.sell()
    await world.deliver()
    assert world.posted(second)[0]["company_code"] == "RECODED"
    assert world.posted(second)[0]["company_id"] == order["company_id"]


async def test_the_whole_story_can_be_told_with_the_document_as_it_came(world: World) -> None:
    ref = await world.sell(notes="ring the bell twice")
    await world.deliver()
    (story,) = await find_stories(world.here.pool, world.here.tenant, ref)
    assert [one.action for one in story.timeline] == ["capture", "send", "accept"]
    raw = await read_raw(world.here.pool, world.here.vault, world.here.tenant, story, actor="vera")
    assert raw is not None
    assert b"ring the bell twice" in raw
    (story,) = await find_stories(world.here.pool, world.here.tenant, ref)
    assert (story.timeline[-1].actor, story.timeline[-1].action) == ("vera", "open_document")


async def test_a_pairing_without_order_entry_takes_no_orders(opened_without_orders: World) -> None:
    world = opened_without_orders
    await world.sell((PLENTY, 1))
    result = await world.run("stock")
    await world.work()
    assert "problem" not in result
    assert await world.here.pool.fetchval("select count(*) from sales_order") == 0
    assert world.erp.state()["orders"] == []


async def test_the_waiting_room_is_left_in_one_transaction_by_many(world: World) -> None:
    """Forty orders decided at the same moment share statements and none is lost or doubled."""
    refs = [await world.sell((PLENTY, 1)) for _ in range(40)]
    await world.run("orders")
    await asyncio.gather(world.work(), world.work())
    assert {len(world.posted(ref)) for ref in refs} == {1}
    assert await world.broken_laws() == {}
