"""What Prima holds back, and an outlet that had gone quiet."""

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes.staging import buy, opened, plain_items, ran

BUYER = "101"

USUAL_LIMIT = "25000"

WEEKS, A_WEEK = 5, 6
BETWEEN_DAYS = 0.7  # orders of one week


async def gone_quiet(play: SalesPlay) -> None:
    """The outlet sold for weeks before it was connected, and nothing for the last one: its first sweep shows both."""
    ages = [7 * week + BETWEEN_DAYS * number for week in range(1, WEEKS + 1) for number in range(A_WEEK)]
    items = plain_items(play, shown=20)
    for at, age in enumerate(sorted(ages, reverse=True)):  # the oldest first, as a sweep finds them
        ref = await buy(play, items[at % len(items)].sku)
        await play.shop.act("age_order", {"order": ref, "days": age})
    play.note(f"{len(ages)} orders of the past weeks wait in the outlet; the newest is a week old")
    await play.rest()
    await ran(play, "silence")
    await opened(play, "feed-silent")


async def selling_again(play: SalesPlay) -> None:
    """The first order of the day ends the silence; in a small day nobody else may buy so early."""
    await buy(play, plain_items(play)[1].sku)

    async def is_over() -> bool:
        await play.run("silence")
        return not await play.cases("feed-silent")

    await play.until(is_over, "the outlet's orders come again")
    play.note("the outlet sells again; the case of its silence closes by itself")


async def a_case_nobody_vouches_for(play: SalesPlay) -> None:
    """The ERP lists what a case holds, and somebody doubts it: what is sold by it is off sale until that is settled."""
    sku = next(one.sku for one in play.erp.estate.items if one.in_erp and "case" in one.units)
    await _doubt(play, sku)
    missing = "nobody has confirmed what its case holds"

    async def is_told() -> bool:
        return any(one.subject == missing for one in await play.cases("item-not-on-sale"))

    await play.until(is_told, f"{sku} is off sale, and the data desk is told why")
    basket = {"customer": BUYER, "lines": [{"sku": sku, "quantity": 1, "unit": "each"}]}
    refused = (await play.shop.act("place_order", basket)).get("refused", "nothing")
    play.note(f"Prima does not vouch for what a case of {sku} holds any more; a shopper hears: {refused}")
    await _doubt(play, sku, confirmed=True)
    play.note(f"the data desk counts a case of {sku}, and confirms it in Prima")
    await play.settle("item-not-on-sale", "data desk", Remedy.RETRY, subject=missing)

    async def is_over() -> bool:
        return not await is_told()

    await play.until(is_over, f"{sku} is on sale again")


async def _doubt(play: SalesPlay, sku: str, *, confirmed: bool = False) -> None:
    await play.erp.act("confirm_unit", {"sku": sku, "unit_code": "case", "confirmed": confirmed})
    await play.until(lambda: play.run("items"), "Prima's items are read")
    if not confirmed:
        await play.until(lambda: play.run("product-introduction"), "the outlet's products are looked at")


async def over_the_credit_limit(play: SalesPlay) -> None:
    """Judged before the order is sent, with all that is open on the account."""
    account = next(one["external_id"] for one in play.shop.state()["customers"] if one["id"] == BUYER)
    await play.erp.act("set_account", {"account": account, "credit_limit": "1.00"})
    ref = await buy(play, plain_items(play)[0].sku, 2)
    await opened(play, "credit-limit-exceeded")
    play.note(f"the limit of {account} was lowered in Prima, and order {ref} would pass it: it waits")
    await play.settle("credit-limit-exceeded", "finance desk", Remedy.ACCEPT, reason="paid by card this morning")
    await play.erp.act("set_account", {"account": account, "credit_limit": USUAL_LIMIT})
