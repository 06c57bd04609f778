"""kill -9 between any two calls and any two writes of a change of structure (law L10).

Whoever dies, dies before a call to a remote system, or after it (its answer is lost), or after a write to the database;
in between there is nothing that a death could leave half done. A change is killed at its first such moment and begun
again by another process, the next one at its second moment, and so on, until one runs through without meeting its
moment. Each ends as if nobody had died: one template, one item with its old key, its stock, its order and its price;
the replaced one retired with its key; nothing doubled.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.wiring.installation import open_installation
from tests.pairings.dying import Death, Killed, lurking, mortal
from tests.pairings.studio import Opener, Studio
from tests.pairings.test_structure_changes import convert, make_family

SHARE = 12  # so many worlds share the moments
ITEMS = 44  # two for each moment of a share
LOOKS = 6
TRUSTING = {"structure": {"replaces_attribute": "erp_reasons", "unseen": "trust"}}


async def work(studio: Studio, change: int) -> None:
    """What a worker does in a while, the ERP fetching in between. Only the worker is mortal."""
    for _ in range(LOOKS):
        for flow in ("products", "net"):
            token = mortal.set(True)
            try:
                await studio.run(flow)
            finally:
                mortal.reset(token)
        await studio.fetch()
        await studio.shift(60)
        if await is_over(studio, change):
            return


async def is_over(studio: Studio, change: int) -> bool:
    linked, replaced, model = names(change)
    steps = {(await studio.change(sku)).get("step") for sku in (linked, replaced)}
    states = {await studio.state(sku) for sku in (linked, f"{model}-S", replaced)}
    return steps == {"done"} and states == {"released", "replaced"} and not studio.product(replaced)["enabled"]


async def dies(studio: Studio, death: Death, moment: int, change: int) -> bool:
    death.strike_at(moment)
    try:
        await work(studio, change)
    except Killed:
        return True
    finally:
        death.strike_at(0)
    return False


@contextlib.asynccontextmanager
async def begun_anew(studio: Studio) -> AsyncIterator[None]:
    """Another process on the same database: nothing that was in memory is known."""
    before = studio.here
    async with open_installation(studio.project) as here:
        studio.here = here
        try:
            yield
        finally:
            studio.here = before


@pytest.mark.parametrize("share", range(1, SHARE + 1))
async def test_a_change_of_structure_survives_a_kill_between_every_two_calls(
    opened: Opener, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    death = Death()
    async with opened(estate=build_estate(items=ITEMS, companies=2), pairing={"catalogue": TRUSTING}) as studio:
        held = len(studio.erp.state()["items"])
        lived: list[tuple[int, tuple[Any, ...]]] = []
        with lurking(death, monkeypatch):
            for moment in range(share, 10_000, SHARE):
                change = len(lived) + 1
                await begin(studio, change)
                before = standing(studio, change)
                await studio.shift(60)
                died = await dies(studio, death, moment, change)
                async with begun_anew(studio):
                    await studio.shift(60)
                    await work(studio, change)
                    await as_if_nobody_had_died(studio, change, before)
                lived.append((change, before))
                if not died:
                    break
        assert moment > 100, death.moments  # it met them all: calls, and writes
        await work(studio, 1)
        for change, before in lived:
            await as_if_nobody_had_died(studio, change, before)
        assert len(studio.erp.state()["items"]) == held + 2 * len(lived)  # a template and a variant each
        assert await studio.cases() == []


def names(change: int) -> tuple[str, str, str]:
    """The item that is linked, the one that is replaced, and the model."""
    return f"HP-{1000 + 2 * change}", f"HP-{1001 + 2 * change}", f"RIGA{change}"


async def begin(studio: Studio, change: int) -> None:
    linked, replaced, model = names(change)
    await studio.erp.act("sell", {"sku": linked, "quantity": 2})
    await studio.erp.act("adjust", {"sku": replaced, "on_hand": 0})
    await make_family(studio, model, f"{model}-S", erp_reasons=replaced)
    await convert(studio, linked, model)


def standing(studio: Studio, change: int) -> tuple[Any, ...]:
    """What must not change: keys, stock, prices, tax, the order that asks for the item, whether it is sold."""
    linked, replaced, _ = names(change)
    kept = ("sku", "stock_id", "net_price", "tax_code", "controlled")
    orders = [
        (order["code"], line["stock_id"], line["quantity"], line["assigned"])
        for order in studio.erp.state()["orders"]
        for line in order["lines"]
        if line["sku"] == linked
    ]
    return (
        [{name: studio.item(sku)[name] for name in kept} for sku in (linked, replaced)],
        [studio.stock(sku) for sku in (linked, replaced)],
        orders,
        studio.product(linked)["enabled"],
    )


async def as_if_nobody_had_died(studio: Studio, change: int, before: tuple[Any, ...]) -> None:
    linked, replaced, model = names(change)
    assert standing(studio, change) == before
    assert (studio.item(linked)["parent"], studio.item(linked)["option"]) == (model, ["S", "BLK"])
    assert studio.item(f"{model}-S")["parent"] == model
    assert (studio.item(replaced)["discontinued"], studio.item(replaced)["parent"]) == (True, None)
    assert {await studio.state(sku) for sku in (linked, f"{model}-S")} == {"released"}
    assert await studio.state(replaced) == "replaced"
    steps = [(await studio.change(sku))["step"] for sku in (linked, replaced)]
    assert steps == ["done", "done"]
    assert [studio.product(sku)["enabled"] for sku in (f"{model}-S", replaced)] == [True, False]
