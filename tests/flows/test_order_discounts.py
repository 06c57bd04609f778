"""Discounts of whole orders: shared out over their lines, or seen by a person first where the merchant wants that."""

from decimal import Decimal
from pathlib import Path

from crossdock.cases.kind import Remedy
from tests.world import PLENTY, World, open_world


async def test_a_discount_of_the_order_is_shared_out_over_its_lines(world: World) -> None:
    ref = await world.sell((PLENTY, 3), ("HP-1004", 1), discount="5.00")
    await world.deliver()
    (order,) = world.posted(ref)
    assert Decimal(order["gross_total"]) == Decimal(world.sold(ref)["total"])
    assert await world.cases() == []


async def test_a_discount_may_be_staged_by_its_mechanic_and_goes_on_once_accepted(
    database: str, tmp_path: Path
) -> None:
    staged = {"promotions": {"map": {"manual": {"becomes": "stage"}}}}
    async with open_world(database, tmp_path, pairing=staged) as world:
        await world.learn()
        refs = [await world.sell((PLENTY, 3), discount="5.00") for _ in range(2)]
        await world.deliver()
        case = await world.the_case("promotion-staged")
        assert (case.subject, case.records) == ("manual", 2)
        rehearsed = await world.settle(case, Remedy.ACCEPT, "agreed with the customer")
        assert str(rehearsed) == "Of 2 held: 2 would post."
        await world.work()
        assert [len(world.posted(ref)) for ref in refs] == [1, 1]
        assert await world.broken_laws() == {}
