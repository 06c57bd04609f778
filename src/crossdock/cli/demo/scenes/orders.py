"""People change their minds, take short cuts, and delete what others wait for."""

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes.staging import bought_and_posted, buy, opened, plain_items, ran


async def typed_in_by_hand(play: SalesPlay) -> None:
    """Somebody loses patience with an order that waits for its account, and types another one under its number."""
    item, other = plain_items(play)[3], plain_items(play)[4]
    ref = await buy(play, item.sku, customer="129")
    await opened(play, "account-unmatched")
    await play.erp.act("sell", {"sku": other.sku, "quantity": 2, "associated_ref": ref})
    await play.settle("account-unmatched", "sales desk", Remedy.LINK_ACCOUNT, {"account": "HPT1001"})
    await opened(play, "duplicate-order-ref")
    play.note(f"order {ref} was typed into the ERP by hand, with other goods, while it waited for its account")
    reason = "the customer agreed on the phone to what was typed in"
    await play.settle("duplicate-order-ref", "operations desk", Remedy.SET_ASIDE, reason=reason)


async def changed_in_time_and_too_late(play: SalesPlay) -> None:
    """The floor decides: what nobody began to pick is cancelled in the ERP; what somebody did goes out as it is."""
    rows = [await bought_and_posted(play, first) for first in (8, 9)]
    early, late = (row["ref"] for row in rows)
    await play.erp.act("pick", {"ref": late})
    for row in rows:
        await play.shop.act("cancel_order", {"order": row["storefront_id"]})
    play.note(f"the customer cancels {early}, which nobody has begun, and {late}, which is being picked")
    await opened(play, "change-refused-picking")

    async def is_cancelled() -> bool:
        return any(row["ref"] == early and row["state"] == "cancelled" for row in await play.book())

    await play.until(is_cancelled, f"{early} is cancelled in the ERP")
    play.note(f"{early} is cancelled in the ERP; {late} goes out, and the shop shows why")
    await play.erp.act("despatch", {"ref": late})
    await opened(play, "despatch-incomplete")  # the shop takes no shipping status on an order that it has cancelled
    reason = "the customer was rung and takes it"
    await play.settle("change-refused-picking", "operations desk", Remedy.ACCEPT, reason=reason)


async def deleted_before_it_was_read(play: SalesPlay) -> None:
    """An administrator deletes an order that no sweep ever met: only the hole in the numbers tells of it."""
    ref = await buy(play, plain_items(play)[10].sku)
    await play.shop.act("delete_order", {"order": ref})
    await buy(play, plain_items(play)[11].sku)
    await play.rest()
    await ran(play, "completeness")
    await opened(play, "record-never-arrived")
    play.note(f"order {ref} was deleted in the shop before anybody read it; its number is missing")
    reason = "a test by the web team, deleted on purpose"
    await play.settle("record-never-arrived", "integration desk", Remedy.ACCEPT, reason=reason)


async def another_account_all_of_a_sudden(play: SalesPlay) -> None:
    """The shop's record of a linked company names another account: nobody guesses which is right."""
    await ran(play, "companies")
    await play.shop.act("link_customer", {"customer": "102", "external_id": None})
    await play.shop.act("link_customer", {"customer": "104", "external_id": "HPT1002"})
    await ran(play, "companies")
    await opened(play, "account-ambiguous")
    play.note("somebody wrote another account on company 104 in the shop; its orders stay on the old one")
    await play.settle("account-ambiguous", "sales desk", Remedy.LINK_ACCOUNT, {"account": "HPT1004"})
    await play.run("companies")


async def cancelled_over_there(play: SalesPlay) -> None:
    ref = (await bought_and_posted(play, 12))["ref"]
    await play.erp.act("cancel", {"ref": ref, "reason": "Customer rang"})
    play.note(f"order {ref} is cancelled in the ERP, by phone")
    await opened(play, "despatch-missed")
    await play.settle("despatch-missed", "operations desk", Remedy.ACCEPT, reason="the customer rang us")


async def a_stage_nobody_knows(play: SalesPlay) -> None:
    ref = (await bought_and_posted(play, 13))["ref"]
    await play.erp.act("stage", {"ref": ref, "stage_id": 4242})
    await opened(play, "schema-surprise")
    play.note(f"the ERP calls the stage of {ref} 4242, which nobody knows; its neighbours go on")
    await play.erp.act("stage", {"ref": ref, "stage_id": 9})


async def nobody_answers(play: SalesPlay) -> None:
    """The line is cut with each send, and the ERP never shows the order: nobody can say whether it is in."""
    play.end_trouble()
    play.erp.faults.set([{"kind": "lost_request", "match": "SOAP ImportOrders", "rate": 1.0}], seed=play.script.seed)
    await buy(play, plain_items(play)[7].sku)
    await opened(play, "order-outcome-unknown")
    play.end_trouble()
    reason = "looked in the ERP: it is certainly not there"
    await play.settle("order-outcome-unknown", "operations desk", Remedy.SEND_AGAIN, reason=reason)
