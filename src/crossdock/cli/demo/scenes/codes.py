"""Codes that nobody mapped: the pairing was set up in a hurry."""

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes.staging import buy, opened, plain_items, ran


async def codes_nobody_mapped(play: SalesPlay) -> None:
    """The pairing was set up without them; the first orders wait, one case each, and one answer frees them all."""
    await opened(play, "tax-code-unmapped")
    await opened(play, "shipping-method-unmapped")
    await play.settle("tax-code-unmapped", "finance desk", Remedy.MAP_CODE, {"code": "2", "percent": "0"})
    await play.settle("shipping-method-unmapped", "operations desk", Remedy.MAP_CODE, {"code": "PFW"})
    await play.settle("payment-term-unmapped", "finance desk", Remedy.MAP_CODE, {"code": ""})


async def a_list_nobody_mapped(play: SalesPlay) -> None:
    """Prices of the ERP's list go nowhere until somebody says where."""
    await ran(play, "price-publication")
    await opened(play, "price-list-unmapped")
    await play.shop.act("add_price_list", {"name": "Dealers"})
    await play.settle("price-list-unmapped", "finance desk", Remedy.MAP_CODE, {"code": "Dealers"})


async def a_courier_nobody_mapped(play: SalesPlay) -> None:
    """Despatches by it wait, the orders do not; one answer sends them all."""
    await play.settle("carrier-unmapped", "operations desk", Remedy.MAP_CODE, {"code": "PFW"})


async def a_unit_nobody_mapped(play: SalesPlay) -> None:
    """The shop begins to sell an item by the pallet, and an order comes in before anybody said how many that is."""
    item = plain_items(play)[24]
    await play.shop.act("add_unit", {"sku": item.sku, "unit": "pallet", "holds": 6})
    await play.shop.act("set_price", {"sku": item.sku, "unit": "pallet", "value": str(item.net_price * 6)})
    await play.shop.act("set_stock", {"sku": item.sku, "unit": "pallet", "quantity": 2})
    await buy(play, item.sku, 1, "pallet")
    await opened(play, "unit-unmapped")
    await play.settle("unit-unmapped", "data desk", Remedy.MAP_CODE, {"units": "6"})


async def half_an_each(play: SalesPlay) -> None:
    await buy(play, plain_items(play)[6].sku, quantity=0.5)
    await opened(play, "unit-quantity-conflict")
    await play.settle("unit-quantity-conflict", "data desk", Remedy.SET_ASIDE, reason="no such thing as half a hinge")


async def paid_in_another_currency(play: SalesPlay) -> None:
    ref = await buy(play, plain_items(play)[19].sku, currency="EUR")
    await opened(play, "currency-unmapped")
    play.note(f"order {ref} is in euro, and the pairing takes pounds alone")
    reason = "a test of the web team's new currency; cancelled with the customer"
    await play.settle("currency-unmapped", "finance desk", Remedy.SET_ASIDE, reason=reason)
