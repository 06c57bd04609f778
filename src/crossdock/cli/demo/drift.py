"""Scenes in which one side is not what the other believes: a level typed over, a penny booked away, an item recoded."""

from datetime import timedelta

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes import buy, opened, plain_items
from crossdock.decide.period import read_period
from crossdock.flows.reconciliation import reconcile
from crossdock.model.reconciliation import Subject

WEEK = timedelta(days=7)


async def compare(play: SalesPlay, subject: Subject) -> None:
    """As `crossdock reconcile` does, for the day so far."""
    pairing = play.here.pairings[play.name]
    day = pairing.clock.now().date()
    period = None if subject is Subject.STOCK else read_period(f"{day - WEEK}..{day + WEEK}", "UTC")
    await reconcile(pairing, subject, period, actor="the controller")


async def typed_over(play: SalesPlay) -> None:
    """Somebody types a level into the shop: what Crossdock told last is not what is shown."""
    await play.rest()
    await play.run("stock")
    item = plain_items(play, shown=20)[2]
    await play.shop.act("set_stock", {"sku": item.sku, "quantity": 4000})

    async def is_found() -> bool:
        await compare(play, Subject.STOCK)
        return bool(await play.cases("stock-drift"))

    await play.until(is_found, "the compare finds the level that was typed over")
    play.note(f"somebody typed 4,000 for {item.sku} into the shop; the compare finds it, and the shop is told again")

    async def is_right() -> bool:
        await play.run("stock")
        await compare(play, Subject.STOCK)
        return not await play.cases("stock-drift")

    await play.until(is_right, "the drift is gone")


async def a_penny_booked_away(play: SalesPlay) -> None:
    """An invoice of the ERP carries a penny of VAT too much; the money compare finds it, and nothing else."""
    bills = play.erp.state()["bills"]
    if not bills:
        return
    number = bills[0]["number"]
    await play.erp.act("drift_vat", {"document": number})
    await compare(play, Subject.MONEY)
    await opened(play, "reconciliation-difference")
    play.note(f"invoice {number} carries a penny of VAT too much")
    reason = "a penny; booked to rounding differences"
    await play.settle("reconciliation-difference", "finance desk", Remedy.ACCEPT, reason=reason)


async def recoded_behind_our_back(play: SalesPlay) -> None:
    """The ERP gives an item another code a moment before an order for it arrives, and refuses the old one."""
    await play.run("items")
    item = plain_items(play)[18]
    await play.erp.act("rename_item", {"sku": item.sku, "new_code": f"{item.sku}-B"})
    ref = await buy(play, item.sku)
    await play.rest()
    if not await play.cases("order-refused-by-erp"):
        return
    play.note(f"{item.sku} was given another code in the ERP; it refuses order {ref}, and is put right")
    await play.erp.act("rename_item", {"sku": f"{item.sku}-B", "new_code": item.sku})
    await play.settle("order-refused-by-erp", "operations", Remedy.RETRY)
    await play.rest()
