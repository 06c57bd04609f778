"""What every scene works with."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from crossdock.cli.demo.sales import SalesPlay

Scene = Callable[[SalesPlay], Awaitable[None]]

WAITS = "a person is told of it"


async def opened(play: SalesPlay, kind: str) -> None:
    """Until such a case is open in this pairing."""

    async def is_open() -> bool:
        return bool(await play.cases(kind))

    await play.until(is_open, f"{WAITS} ({kind})")


async def buy(play: SalesPlay, sku: str, quantity: float = 1, unit: str = "each", **more: Any) -> str:
    """By an account that may buy; returns the order's number, "" when the shop has none left."""
    wanted = {"customer": "101", "lines": [{"sku": sku, "quantity": quantity, "unit": unit}], **more}
    placed = await play.shop.act("place_order", wanted)
    return str(placed.get("identifier", ""))


def plain_items(play: SalesPlay, shown: int = 10) -> Sequence[Any]:
    """Items of the ERP that are neither packs nor variants, and of which the shop shows so many at least."""
    levels = {one["sku"]: float(one["quantity"]) for one in play.shop_state()["inventory"] if one["unit"] == "each"}
    items = [one for one in play.erp.estate.items if one.in_erp and not one.pack and not one.build]
    return [one for one in items if not one.parent_sku and levels.get(one.sku, 0) >= shown]


async def ran(play: SalesPlay, flow: str) -> None:
    """Until a run of the flow went to its end: the day's trouble breaks off many."""
    await play.until(lambda: play.run(flow), f"{flow} has run")


def standing_in_erp(play: SalesPlay, ref: str) -> bool:
    """Whether the ERP has the order, and nothing of it has left."""
    there = next((one for one in play.erp_state()["orders"] if one["associated_ref"] == ref), None)
    return there is not None and not any(box["shipped"] for invoice in there["invoices"] for box in invoice["boxes"])


async def bought_and_posted(play: SalesPlay, first: int) -> Mapping[str, Any]:
    """Buy one item after the other, from plain_items()[first] on, until an order stands in the ERP; our row of it.

    An order may meet the day's trouble instead and wait for a person; the scene wants one that did not.
    """
    for item in plain_items(play)[first:]:
        ref = await buy(play, item.sku)
        await play.rest()
        row = next((row for row in await play.book() if row["ref"] == ref), None)
        if row is not None and row["state"] == "posted" and standing_in_erp(play, ref):
            return row
    raise RuntimeError("no order of this day reached the ERP")
