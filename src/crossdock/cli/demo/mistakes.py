"""Scenes in which a person, or a set-up that nobody finished, is the trouble."""

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes import buy, opened, plain_items


async def a_unit_nobody_mapped(play: SalesPlay) -> None:
    """The shop begins to sell an item by the pallet, and an order comes in before anybody said how many that is."""
    item = plain_items(play)[24]
    await play.shop.act("add_unit", {"sku": item.sku, "unit": "pallet", "holds": 6})
    await play.shop.act("set_price", {"sku": item.sku, "unit": "pallet", "value": str(item.net_price * 6)})
    await play.shop.act("set_stock", {"sku": item.sku, "unit": "pallet", "quantity": 2})
    await buy(play, item.sku, 1, "pallet")
    await opened(play, "unit-unmapped")
    await play.settle("unit-unmapped", "data desk", Remedy.MAP_CODE, {"units": "6"})


async def paid_in_another_currency(play: SalesPlay) -> None:
    ref = await buy(play, plain_items(play)[19].sku, currency="EUR")
    await opened(play, "currency-unmapped")
    play.note(f"order {ref} is in euro, and the pairing takes pounds alone")
    reason = "a test of the web team's new currency; cancelled with the customer"
    await play.settle("currency-unmapped", "finance desk", Remedy.SET_ASIDE, reason=reason)
