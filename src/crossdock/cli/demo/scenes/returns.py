"""Goods that came back, and their credit notes."""

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes.staging import opened, plain_items, standing_in_erp

OVER_THE_COUNTER = "BY-HAND-7"


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
    for item in plain_items(play)[18:]:
        lines = [{"sku": item.sku, "quantity": 1}]
        placed = await play.shop.act("place_order", {"country": "GB", "customer": 102, "lines": lines})
        await play.rest()
        ref = placed.get("public_key", "")
        if standing_in_erp(play, ref):
            break  # else the warehouse was quicker
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


async def _credited(play: SalesPlay, ref: str) -> None:
    """Until the ERP has fetched it, as it does every few minutes."""

    async def is_credited() -> bool:
        await play.estate.fetch(play.name, "download_returns")
        return any(one["state"] == "credited" and one["ref"] == ref for one in await play.refunds())

    await play.until(is_credited, f"the ERP has a credit note for {ref}")
    for one in await play.refunds():
        if one["ref"] == ref and one["state"] == "credited":
            play.note(f"the ERP makes a credit note of {one['gross']} for order {ref}, at what was posted of it")
