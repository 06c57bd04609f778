"""The shop is told each order's number in the ERP; that it would not hear is kept with the order."""

from tests.world import World


async def told(world: World, ref: str) -> tuple[str | None, bool, str]:
    """(what the shop holds, whether we think it was told, why it would not hear)."""
    row = await world.order(ref)
    return world.sold(ref)["external_id"], row["acknowledged_at"] is not None, row["acknowledge_problem"]


async def test_every_posted_order_is_told_once(world: World) -> None:
    refs = [await world.sell() for _ in range(3)]
    await world.deliver()
    assert (await world.run("acknowledge"))["told"] == 3
    for ref in refs:
        assert await told(world, ref) == (world.posted(ref)[0]["code"], True, "")
    assert (await world.run("acknowledge"))["told"] == 0


async def test_a_lost_reply_is_told_again_with_the_same_words(world: World) -> None:
    ref = await world.sell()
    await world.deliver()
    world.shop.faults.set([{"kind": "lost_reply", "match": "^PATCH /admin/api/orders", "count": 1}])
    await world.run("acknowledge")
    assert (await told(world, ref))[1] is False
    await world.run("acknowledge")
    assert await told(world, ref) == (world.posted(ref)[0]["code"], True, "")


async def test_a_closed_order_will_not_hear_and_its_neighbours_are_told(world: World) -> None:
    deaf, neighbour = await world.sell(), await world.sell()
    await world.deliver()
    await world.shop.act("close_order", {"order": deaf})
    assert await world.run("acknowledge") == {"told": 1, "refused": 1}
    assert (await told(world, neighbour))[1:] == (True, "")
    external_id, is_done, problem = await told(world, deaf)
    assert (external_id, is_done, problem != "") == (None, True, True)


async def test_a_shop_that_answers_200_and_ignores_it_is_found_out(opened_ignoring: World) -> None:
    world = opened_ignoring
    ref = await world.sell()
    await world.deliver()
    assert await world.run("acknowledge") == {"told": 0, "refused": 1}
    assert "answered 200" in (await told(world, ref))[2]


async def test_the_acknowledgement_itself_is_no_change_of_the_order(world: World) -> None:
    ref = await world.sell()
    await world.deliver()
    await world.run("acknowledge")
    await world.deliver()
    assert (await world.cases(state=None), await world.state(ref)) == ([], "posted")
