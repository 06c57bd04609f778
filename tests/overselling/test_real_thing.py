"""The same competition through the real flows: simulators over HTTP, a real database, levels the shop really shows."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.world import PLENTY, SCARCE, UNTAXED, World, open_world

STEPS = 48  # half hours of a day
BUFFER = 3
SKUS = (PLENTY, SCARCE, UNTAXED)


async def play_day(world: World, *, every: int, chance: random.Random, counter_most: int) -> None:
    """every: steps between two runs of the flows. counter_most: units the counter sells of one item in two such spans,
    which is how long a level can be out of date and an order on its way."""
    sold: dict[str, list[int]] = {sku: [] for sku in SKUS}
    for step in range(STEPS):
        for sku in SKUS:
            shown = int(world.shown(sku))
            if shown and chance.random() < 0.5:
                await world.sell((sku, chance.randint(1, min(shown, 3))))
            recent = sum(1 for at in sold[sku] if at > step - 2 * every)
            free = int(world.available(sku))
            if free > 0 and recent < counter_most and chance.random() < 0.5:
                on_hand = next(one["on_hand"] for one in world.erp.state()["stock"] if one["sku"] == sku)
                await world.erp.act("adjust", {"sku": sku, "on_hand": int(on_hand) - 1})
                sold[sku].append(step)
        if step % every == every - 1:
            await world.deliver()
            await world.run("stock")
    await world.deliver()


@pytest.mark.parametrize("every", [1, 4, 12])
async def test_with_a_buffer_as_large_as_the_counters_sales_nothing_is_oversold(
    database: str, tmp_path: Path, every: int
) -> None:
    stock = {"buffer": BUFFER, "shared": False}
    async with open_world(database, tmp_path, pairing={"stock": stock}) as world:
        for sku in SKUS:
            await world.erp.act("adjust", {"sku": sku, "on_hand": 25})
        await world.learn()
        await play_day(world, every=every, chance=random.Random(every), counter_most=BUFFER)
        state: dict[str, Any] = world.erp.state()
        assert [one for one in state["oversold"] if one["sku"] in SKUS] == []
        assert len(state["orders"]) > 5
        assert await world.broken_laws() == {}


async def test_without_one_it_is_short_by_what_the_counter_sold_meanwhile_and_no_more(
    database: str, tmp_path: Path
) -> None:
    """So the test above is one that can fail."""
    async with open_world(database, tmp_path, pairing={"stock": {"buffer": 0, "shared": False}}) as world:
        await world.erp.act("adjust", {"sku": PLENTY, "on_hand": 10})
        await world.learn()
        await world.sell((PLENTY, 9))
        await world.erp.act("adjust", {"sku": PLENTY, "on_hand": 7})  # the counter sells three
        await world.deliver()
        short = {one["sku"]: int(one["short"]) for one in world.erp.state()["oversold"]}
        assert short == {PLENTY: 2}
