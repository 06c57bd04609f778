"""What only a full compare finds: a level typed over, a penny booked away."""

from datetime import timedelta

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes.staging import opened, plain_items
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

    async def is_found() -> bool:
        """Typed anew each time: a sale in between has the right level told again before anybody compares."""
        await play.shop.act("set_stock", {"sku": item.sku, "quantity": 4000})
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
