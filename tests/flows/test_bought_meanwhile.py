"""Law L4 while a publication is on its way: a level takes a moment to get there, and shoppers do not wait for it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from unittest import mock

import pytest

from crossdock.flows import stock_publication
from crossdock.flows.stock_publication import ROUNDS
from tests.flows.conftest import Opener
from tests.world import PLENTY, World

Buying = Callable[[], Awaitable[object]]


def bought_between_reckoning_and_look(world: World, buy: Buying) -> Any:
    reckoned = world.pairing.orders.between_captures

    async def meanwhile() -> datetime:
        moment = await reckoned()
        await buy()
        return moment

    return mock.patch.object(world.pairing.orders, "between_captures", meanwhile)


def bought_between_look_and_write(world: World, buy: Buying) -> Any:
    write = world.pairing.storefront.write_stock

    async def meanwhile(levels: Sequence[Any]) -> Any:
        await buy()
        return await write(levels)

    return mock.patch.object(world.pairing.storefront, "write_stock", meanwhile)


def writes(world: World) -> list[int]:
    """What the shop was told of PLENTY by the piece, one after the other."""
    told = world.shop.state()["inventory_writes"]
    return [int(one["quantity"]) for one in told if (one["sku"], one["unit"]) == (PLENTY, "each")]


async def captured(world: World) -> int:
    return int(await world.here.pool.fetchval("select count(*) from sales_order"))


async def test_what_is_bought_after_the_reckoning_is_not_put_back_on_sale(world: World) -> None:
    await world.erp.act("adjust", {"sku": PLENTY, "on_hand": 5_000})
    shown, before = int(world.shown(PLENTY)), len(writes(world))
    baskets = iter([(PLENTY, shown)])

    async def buy() -> None:
        for basket in baskets:
            await world.sell(basket)

    with bought_between_reckoning_and_look(world, buy):
        await world.run("stock")
    (told,) = writes(world)[before:]  # never what was reckoned first
    assert 0 < told <= world.available(PLENTY) - shown
    await world.deliver()
    assert await world.broken_laws() == {}


async def test_what_is_bought_while_the_write_is_on_its_way_is_reckoned_anew_in_the_same_run(world: World) -> None:
    await world.erp.act("adjust", {"sku": PLENTY, "on_hand": 5_000})
    shown, before = int(world.shown(PLENTY)), len(writes(world))
    baskets = iter([(PLENTY, shown)])

    async def buy() -> None:
        for basket in baskets:
            await world.sell(basket)

    with bought_between_look_and_write(world, buy):
        assert (await world.run("stock"))["written"] >= 2
    first, second = writes(world)[before:]
    assert (first, second) == (2_500, (5_000 - shown) // 2)  # a pack that holds it has the other half
    assert world.shown(PLENTY) == second
    await world.deliver()
    assert await world.broken_laws() == {}


async def test_no_more_is_kept_in_mind_than_so_much_and_the_next_run_finds_the_rest(world: World) -> None:
    """A first publication writes millions of levels."""
    await world.erp.act("adjust", {"sku": PLENTY, "on_hand": 5_000})
    shown = int(world.shown(PLENTY))
    baskets = iter([(PLENTY, shown)])

    async def buy() -> None:
        for basket in baskets:
            await world.sell(basket)

    with mock.patch.object(stock_publication, "TOUCHED_MAX", 0), bought_between_look_and_write(world, buy):
        await world.run("stock")
    assert world.shown(PLENTY) == 2_500  # what was reckoned before the sale
    await world.run("stock")
    assert world.shown(PLENTY) == (5_000 - shown) // 2


@pytest.mark.parametrize("when", [bought_between_reckoning_and_look, bought_between_look_and_write])
async def test_a_run_ends_though_shoppers_never_rest(world: World, when: Callable[[World, Buying], Any]) -> None:
    await world.erp.act("adjust", {"sku": PLENTY, "on_hand": 5_000})
    bought = 0

    async def buy() -> None:
        nonlocal bought
        bought += 1
        await world.sell((PLENTY, 2))  # one of each half, so that the level falls

    with when(world, buy):
        await world.run("stock")
    assert bought == ROUNDS
    await world.deliver()
    assert await world.broken_laws() == {}


async def test_a_look_leaves_what_becomes_visible_late_to_the_sweep(opened: Opener) -> None:
    """An order whose change is dated back, as one of a transaction that took its time, is met by the next sweep."""
    async with opened() as world:
        await world.sell((PLENTY, 1))
        await world.run("orders")
        late = await world.sell((PLENTY, 1))
        await world.shop.act("age_order", {"order": late, "days": 100 / 86_400})
        await world.sell((PLENTY, 1))
        await world.run("stock")
        assert await captured(world) == 2
        await world.run("orders")
        assert await captured(world) == 3
