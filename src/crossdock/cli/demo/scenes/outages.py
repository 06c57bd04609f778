"""A system is away, cuts its lists, or turns us out."""

from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes.staging import opened


async def the_erp_is_away(play: SalesPlay) -> None:
    """Figures grow stale, flows fail; one incident is one case, and all of it comes back by itself."""
    play.erp.faults.set([{"kind": "status", "status": 503, "match": "SOAP", "rate": 1.0}], seed=play.script.seed)
    play.note("the ERP's server is restarted in the middle of the day")
    await opened(play, "system-unreachable")
    await opened(play, "stock-stale")
    play.end_trouble()
    play.note("it is back; nobody touches anything")

    async def is_over() -> bool:
        return not await play.cases("system-unreachable") and not await play.cases("stock-stale")

    await play.until(is_over, "everything that stood still runs again")


async def the_shop_cuts_its_lists(play: SalesPlay) -> None:
    play.shop.faults.set(
        [{"kind": "truncated_body", "match": r"^GET /admin/api/orders", "rate": 1.0}], seed=play.script.seed
    )
    await opened(play, "read-incomplete")
    play.end_trouble()
    play.note("the shop's order list came cut short again and again; nothing was taken from it")


async def a_right_was_taken_away(play: SalesPlay) -> None:
    play.shop.faults.set([{"kind": "status", "status": 403, "match": "^GET /admin/api", "rate": 1.0}], seed=7)
    await opened(play, "credentials-rejected")
    play.end_trouble()
    play.note("an administrator took a permission away in the shop, and gave it back")
