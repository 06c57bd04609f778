"""What the storefront says of an order after we have taken it: changed, cancelled, unreadable (laws L6, L9)."""

from typing import Any

import orjson

from crossdock.cases.kind import Remedy
from crossdock.connectors.orocommerce import source
from tests.world import GHOST, PLENTY, UNTAXED, World


async def posted(world: World) -> str:
    ref = await world.sell((PLENTY, 2))
    await world.deliver()
    assert await world.state(ref) == "posted"
    return ref


async def test_a_change_after_posting_is_a_case_and_the_erp_order_is_left_as_it_is(world: World) -> None:
    ref = await posted(world)
    before = world.posted(ref)
    await world.shop.act("change_order", {"order": ref, "quantity": 5})
    await world.deliver()
    case = await world.the_case("order-changed-after-posting")
    now = world.posted(ref)
    for one in (*before, *now):  # the mark that somebody has asked where it stands
        one["invoices"] = [{**invoice, "moved": None} for invoice in one["invoices"]]
    assert (case.subject, now) == (ref, before)
    assert before[0]["code"] in case.cause


async def test_once_accepted_the_same_change_is_not_raised_again_but_the_next_one_is(world: World) -> None:
    ref = await posted(world)
    await world.shop.act("change_order", {"order": ref, "po_number": "PO-2"})
    await world.deliver()
    await world.settle(await world.the_case("order-changed-after-posting"), Remedy.ACCEPT, "told the warehouse")
    await world.shop.act("touch_order", {"order": ref})
    await world.deliver()
    assert await world.cases() == []
    await world.shop.act("change_order", {"order": ref, "po_number": "PO-3"})
    await world.deliver()
    assert (await world.the_case("order-changed-after-posting")).subject == ref


async def test_a_cancellation_after_posting_is_named_as_one_and_nothing_is_cancelled_by_itself(world: World) -> None:
    ref = await posted(world)
    await world.shop.act("cancel_order", {"order": ref})
    await world.deliver()
    assert "was cancelled" in (await world.the_case("order-changed-after-posting")).cause
    assert (world.posted(ref)[0]["cancelled"], await world.state(ref)) == (None, "posted")
    assert await world.broken_laws() == {}


async def test_a_touch_that_changes_nothing_is_not_a_change(world: World) -> None:
    ref = await posted(world)
    await world.shop.act("touch_order", {"order": ref})
    await world.deliver()
    assert (await world.cases(state=None), await world.actions(ref)) == ([], ["capture", "send", "accept"])


async def test_a_waiting_order_that_can_no_longer_be_read_is_not_posted_as_it_was(
    world: World, monkeypatch: Any
) -> None:
    ref = await world.sell((PLENTY, 1), (GHOST, 1))
    await world.deliver()
    with monkeypatch.context() as broken:
        garble(broken, world)
        await world.shop.act("touch_order", {"order": ref})
        await world.run("orders")
    assert [case.kind for case in await world.cases()] == ["schema-surprise"]
    await world.erp.act("create_item", {"sku": GHOST, "name": "Lantern", "net_price": "24", "on_hand": 50})
    await world.run("items")
    await world.pass_time(3600)
    await world.run("recheck")
    await world.work()
    assert (await world.state(ref), world.posted(ref)) == ("waiting", [])
    await world.shop.act("touch_order", {"order": ref})
    await world.deliver()
    assert (await world.state(ref), await world.cases()) == ("posted", [])


async def test_a_posted_order_that_can_no_longer_be_read_is_a_case_until_it_can(world: World, monkeypatch: Any) -> None:
    ref = await posted(world)
    with monkeypatch.context() as broken:
        garble(broken, world)
        await world.shop.act("touch_order", {"order": ref})
        await world.run("orders")
    assert (await world.the_case("schema-surprise")).records == 1
    await world.shop.act("touch_order", {"order": ref})
    await world.run("orders")
    assert (await world.cases(), await world.state(ref)) == ([], "posted")


async def test_one_order_nobody_can_read_is_a_case_and_its_neighbours_flow(world: World, monkeypatch: Any) -> None:
    good = await world.sell()
    bad = await world.sell((UNTAXED, 1), notes="garble me")
    with monkeypatch.context() as broken:
        garble(broken, world, only=b"garble me")
        await world.deliver()
        assert await world.broken_laws() == {}
    assert (await world.state(good), await world.state(bad)) == ("posted", "unreadable")
    assert (await world.the_case("schema-surprise")).records == 1
    await world.shop.act("touch_order", {"order": bad})
    await world.deliver()
    assert (await world.state(bad), await world.cases()) == ("posted", [])
    assert (await world.order(bad))["placed_at"] is not None


async def test_a_text_that_no_database_holds_spoils_one_order_and_not_its_page(world: World) -> None:
    nul = await world.sell(notes="NUL\0NUL")
    innocent = await world.sell(notes="a backslash and u0000: \\u0000")
    await world.deliver()
    assert (await world.state(nul), await world.state(innocent)) == ("unreadable", "posted")
    assert "NUL" in (await world.the_case("schema-surprise")).cause


def garble(monkeypatch: Any, world: World, only: bytes = b"") -> None:
    """From now on the shop writes a quantity in words."""
    mapping = source.to_sales_order

    def read(row: Any, included: Any, **given: Any) -> Any:
        if only in orjson.dumps(row):
            from crossdock.model.faults import DataFault

            raise DataFault("lineItems.0.quantity", "must be a number, was 'a dozen'")
        return mapping(row, included, **given)

    monkeypatch.setattr(source, "to_sales_order", read)
