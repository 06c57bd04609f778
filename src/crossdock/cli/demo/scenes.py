"""Trouble that is staged: for each kind of case that a day can bring about, what happens, and who settles it how.

A scene makes its trouble when nothing else is under way, waits for the case, and tells of it. Many are settled by a
person in the same breath, others by the world putting itself right; what is left stands in the summary.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.sales import SalesPlay
from crossdock.model.code_map import MapKind

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


async def codes_nobody_mapped(play: SalesPlay) -> None:
    """The pairing was set up without them; the first orders wait, one case each, and one answer frees them all."""
    await opened(play, "tax-code-unmapped")
    await opened(play, "shipping-method-unmapped")
    await play.settle("tax-code-unmapped", "finance desk", Remedy.MAP_CODE, {"code": "2", "percent": "0"})
    await play.settle("shipping-method-unmapped", "operations", Remedy.MAP_CODE, {"code": "PFW"})
    await play.settle("payment-term-unmapped", "finance desk", Remedy.MAP_CODE, {"code": ""})


async def an_item_that_left_the_range(play: SalesPlay) -> None:
    gone, successor = plain_items(play)[20], plain_items(play)[21]
    await play.erp.act("discontinue", {"sku": gone.sku})
    await play.run("items")
    await buy(play, gone.sku)
    await opened(play, "item-invalid-for-erp")
    play.note(f"{gone.sku} was discontinued in the ERP and is still bought")
    await play.settle("item-invalid-for-erp", "data desk", Remedy.MAP_CODE, {"code": successor.sku})


async def an_address_without_a_town(play: SalesPlay) -> None:
    placed = await play.shop.act("place_order", {"country": "GB", "customer": 102})
    if "refused" in placed:
        return
    town = next(one for one in play.shop.state()["orders"] if one["id"] == placed["id"])["shipping_address"]["city"]
    await play.shop.act("set_address", {"order": placed["id"], "city": ""})
    await opened(play, "address-unusable")
    play.note(f"order {placed['public_key']} names no town; customer service asks the shopper and puts it right")
    await play.shop.act("set_address", {"order": placed["id"], "city": town})


async def sold_at_nothing(play: SalesPlay) -> None:
    item = plain_items(play)[30]
    await play.shop.act("set_price", {"sku": item.sku, "value": "0"})
    await buy(play, item.sku)
    await play.shop.act("set_price", {"sku": item.sku, "value": str(item.net_price)})
    await opened(play, "price-zero")
    play.note(f"somebody typed 0 for {item.sku}, and an order came in before it was put right")
    await play.settle("price-zero", "finance desk", Remedy.SET_ASIDE, reason="a slip of the price; the customer knows")


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
    await play.settle("duplicate-order-ref", "operations", Remedy.SET_ASIDE, reason=reason)


async def half_an_each(play: SalesPlay) -> None:
    await buy(play, plain_items(play)[6].sku, quantity=0.5)
    await opened(play, "unit-quantity-conflict")
    await play.settle("unit-quantity-conflict", "data desk", Remedy.SET_ASIDE, reason="no such thing as half a hinge")


async def nobody_answers(play: SalesPlay) -> None:
    """The line is cut with each send, and the ERP never shows the order: nobody can say whether it is in."""
    play.end_trouble()
    play.erp.faults.set([{"kind": "lost_request", "match": "SOAP ImportOrders", "rate": 1.0}], seed=play.script.seed)
    await buy(play, plain_items(play)[7].sku)
    await opened(play, "order-outcome-unknown")
    play.end_trouble()
    reason = "looked in the ERP: it is certainly not there"
    await play.settle("order-outcome-unknown", "operations", Remedy.SEND_AGAIN, reason=reason)


async def changed_in_time_and_too_late(play: SalesPlay) -> None:
    """The floor decides: what nobody began to pick is cancelled in the ERP; what somebody did goes out as it is."""
    early = await buy(play, plain_items(play)[8].sku)
    late = await buy(play, plain_items(play)[9].sku)
    await play.rest()
    rows = {row["ref"]: row for row in await play.book()}
    if rows.get(early, {}).get("state") != "posted" or rows.get(late, {}).get("state") != "posted":
        return
    await play.erp.act("pick", {"ref": late})
    for ref in (early, late):
        await play.shop.act("cancel_order", {"order": rows[ref]["storefront_id"]})
    play.note(f"the customer cancels {early}, which nobody has begun, and {late}, which is being picked")
    await opened(play, "change-refused-picking")

    async def is_cancelled() -> bool:
        return any(row["ref"] == early and row["state"] == "cancelled" for row in await play.book())

    await play.until(is_cancelled, f"{early} is cancelled in the ERP")
    play.note(f"{early} is cancelled in the ERP; {late} goes out, and the shop shows why")
    reason = "the customer was rung and takes it"
    await play.settle("change-refused-picking", "operations", Remedy.ACCEPT, reason=reason)


async def deleted_before_it_was_read(play: SalesPlay) -> None:
    """An administrator deletes an order that no sweep ever met: only the hole in the numbers tells of it."""
    ref = await buy(play, plain_items(play)[10].sku)
    await play.shop.act("delete_order", {"order": ref})
    await buy(play, plain_items(play)[11].sku)
    await play.rest()
    await play.run("completeness")
    if await play.cases("record-never-arrived"):
        play.note(f"order {ref} was deleted in the shop before anybody read it; its number is missing")
        reason = "a test by the web team, deleted on purpose"
        await play.settle("record-never-arrived", "integration", Remedy.ACCEPT, reason=reason)


async def a_list_nobody_mapped(play: SalesPlay) -> None:
    """Prices of the ERP's list go nowhere until somebody says where."""
    await play.run("price-publication")
    if await play.cases("price-list-unmapped"):
        await play.shop.act("add_price_list", {"name": "Dealers"})
        await play.settle("price-list-unmapped", "finance desk", Remedy.MAP_CODE, {"code": "Dealers"})


async def another_account_all_of_a_sudden(play: SalesPlay) -> None:
    """The shop's record of a linked company names another account: nobody guesses which is right."""
    await play.run("companies")
    await play.shop.act("link_customer", {"customer": "102", "external_id": None})
    await play.shop.act("link_customer", {"customer": "104", "external_id": "HPT1002"})
    await play.run("companies")
    await opened(play, "account-ambiguous")
    play.note("somebody wrote another account on company 104 in the shop; its orders stay on the old one")
    await play.settle("account-ambiguous", "sales desk", Remedy.LINK_ACCOUNT, {"account": "HPT1004"})
    await play.run("companies")


async def a_promotion_nobody_mapped(play: SalesPlay) -> None:
    """Three baskets with it wait in one case; one answer frees them all."""
    spring = {"code": "SPRING", "percent": 25}
    for item in plain_items(play)[12:15]:
        lines = [{"sku": item.sku, "quantity": 2, "promotions": [spring]}]
        await play.shop.act("place_order", {"country": "GB", "customer": 102, "lines": lines})
    await opened(play, "promotion-unmapped")
    await play.rest()
    await play.settle("promotion-unmapped", "ecommerce", Remedy.MAP_CODE, {"becomes": "line-discount"})


async def promotions_that_come_together(play: SalesPlay) -> None:
    both = [{"code": "SPRING", "percent": 25}, {"code": "CLUB", "percent": 5}]
    lines = [{"sku": plain_items(play)[16].sku, "quantity": 1, "promotions": both}]
    await play.shop.act("place_order", {"country": "GB", "customer": 102, "lines": lines})
    await play.settle("promotion-unmapped", "ecommerce", Remedy.MAP_CODE, {"becomes": "line-discount"})
    await opened(play, "promotion-staged")
    await play.settle("promotion-staged", "ecommerce", Remedy.ACCEPT, reason="both were announced")
    await play.rest()
    await play.settle("promotion-unmapped", "ecommerce", Remedy.MAP_CODE, {"becomes": "line-discount"})


async def sold_to_another_country(play: SalesPlay) -> None:
    """A basket of the home shop goes to France, for which the pairing names no company."""
    lines = [{"sku": plain_items(play)[17].sku, "quantity": 1}]
    placed = await play.shop.act("place_order", {"country": "GB", "customer": 102, "lines": lines, "until": "created"})
    if "refused" in placed:
        return
    await play.shop.act("set_address", {"order": placed["id"], "country": "FRA"})
    await play.shop.act("confirm_payment", {"order": placed["id"]})
    await opened(play, "company-unmapped")
    play.note(f"order {placed['public_key']} goes to France; nobody has said which company of the ERP sells there")
    await play.settle("company-unmapped", "finance desk", Remedy.MAP_CODE, {"code": "uk"})
    await the_wrong_percent(play)


async def the_wrong_percent(play: SalesPlay) -> None:
    """Finance answers with the percent of books for what is none; the order's own tax gives the slip away."""
    await play.settle("tax-code-unmapped", "finance desk", Remedy.MAP_CODE, {"code": "4", "percent": "5"})
    await opened(play, "tax-conflict")
    maps = play.here.pairings[play.name].reference
    await maps.map_code(MapKind.TAX, "FR/20", {"code": "1", "percent": "20"}, actor="finance desk")
    play.note("that was a slip: 5 % for what is taxed at 20. Nothing was posted; the finance desk maps it again")
    await play.settle("tax-conflict", "finance desk", Remedy.RETRY)


async def cancelled_over_there(play: SalesPlay) -> None:
    ref = await buy(play, plain_items(play)[12].sku)
    await play.rest()
    await play.erp.act("cancel", {"ref": ref, "reason": "Customer rang"})
    play.note(f"order {ref} is cancelled in the ERP, by phone")
    await opened(play, "despatch-missed")
    await play.settle("despatch-missed", "operations", Remedy.ACCEPT, reason="the customer rang us")


async def a_stage_nobody_knows(play: SalesPlay) -> None:
    ref = await buy(play, plain_items(play)[13].sku)
    await play.rest()
    await play.erp.act("stage", {"ref": ref, "stage_id": 4242})
    await opened(play, "schema-surprise")
    play.note(f"the ERP calls the stage of {ref} 4242, which nobody knows; its neighbours go on")
    await play.erp.act("stage", {"ref": ref, "stage_id": 9})


async def counted_anew(play: SalesPlay) -> None:
    """A shelf holds less than was promised while an order for it is on its way."""
    item = plain_items(play)[40]
    play.erp.faults.set([{"kind": "lost_request", "match": "SOAP ImportOrders", "rate": 1.0}], seed=play.script.seed)
    await buy(play, item.sku, 2)
    await play.erp.act("adjust", {"sku": item.sku, "on_hand": 0})
    await play.run("stock")
    await opened(play, "oversold")
    play.note(f"the shelf of {item.sku} was counted anew: nothing there, and two are promised")
    play.end_trouble()
    await play.erp.act("goods_in", {"sku": item.sku, "quantity": 144})
    await play.run("stock")


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


TRADE: Mapping[int, Sequence[Scene]] = {
    1: (codes_nobody_mapped, a_list_nobody_mapped),
    2: (an_item_that_left_the_range, sold_at_nothing),
    6: (typed_in_by_hand, another_account_all_of_a_sudden),
    7: (changed_in_time_and_too_late,),
    4: (half_an_each,),
    8: (cancelled_over_there, a_stage_nobody_knows),
    9: (deleted_before_it_was_read, nobody_answers),
    10: (counted_anew,),
    11: (the_erp_is_away, the_shop_cuts_its_lists, a_right_was_taken_away),
}
"""By wave, for the shop that sells to the trade."""


async def a_courier_nobody_mapped(play: SalesPlay) -> None:
    """Despatches by it wait, the orders do not; one answer sends them all."""
    await play.settle("carrier-unmapped", "operations", Remedy.MAP_CODE, {"code": "PFW"})


async def goods_that_came_back(play: SalesPlay) -> None:
    """One piece of an order that left: the ERP fetches it and makes its credit note."""
    left = {row["ref"] for row in await play.book() if row["state"] == "despatched"}
    sold = (one for one in play.shop.state()["orders"] if one["public_key"] in left)
    order = next((one for one in sold if all(unit["shipped_at"] for unit in one["units"])), None)
    if order is None:
        return
    await play.shop.act("return_units", {"order": order["id"], "items": [order["units"][0]["id"]]})
    play.note(f"one {order['units'][0]['sku']} of order {order['public_key']} comes back to the shop")
    await _credited(play, order["public_key"])


async def sent_by_hand_and_sent_back(play: SalesPlay) -> None:
    """Somebody hands a parcel over the counter and tells the shop alone; it comes back before the ERP knows it left."""
    lines = [{"sku": plain_items(play)[18].sku, "quantity": 1}]
    placed = await play.shop.act("place_order", {"country": "GB", "customer": 102, "lines": lines})
    await play.rest()
    ref = placed.get("public_key", "")
    there = next((one for one in play.erp_state()["orders"] if one["associated_ref"] == ref), None)
    if there is None or any(invoice["ship_date"] for invoice in there["invoices"]):
        return
    await play.erp.act("hold", {"ref": ref})
    await play.shop.act("ship_units", {"order": placed["id"], "shipment_key": OVER_THE_COUNTER})
    await play.shop.act("return_units", {"order": placed["id"]})
    await opened(play, "refund-unmatched")
    play.note(f"order {ref} was handed over the counter and came back; the ERP still means to send it")
    await play.erp.act("release", {"ref": ref})
    await play.erp.act("despatch", {"ref": ref, "consignment": OVER_THE_COUNTER})
    play.note(f"operations book in the ERP that {ref} has left")
    await play.settle("refund-unmatched", "finance desk", Remedy.RETRY)
    await _credited(play, ref)


OVER_THE_COUNTER = "BY-HAND-7"


async def _credited(play: SalesPlay, ref: str) -> None:
    """Until the ERP has fetched it, as it does every few minutes."""

    async def is_credited() -> bool:
        await play.estate.fetch(play.name, "download_returns")
        return any(one["state"] == "credited" and one["ref"] == ref for one in await play.refunds())

    await play.until(is_credited, f"the ERP has a credit note for {ref}")
    for one in await play.refunds():
        if one["ref"] == ref and one["state"] == "credited":
            play.note(f"the ERP makes a credit note of {one['gross']} for order {ref}, at what was posted of it")


HOME: Mapping[int, Sequence[Scene]] = {
    2: (a_promotion_nobody_mapped,),
    3: (an_address_without_a_town,),
    4: (promotions_that_come_together,),
    5: (sold_to_another_country,),
    7: (a_courier_nobody_mapped,),
    8: (goods_that_came_back,),
    9: (sent_by_hand_and_sent_back,),
    12: (a_courier_nobody_mapped,),
}
"""By wave, for the shop that sells to households."""
