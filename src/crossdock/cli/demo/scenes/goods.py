"""Items that are not what the other side believes."""

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes.staging import buy, opened, plain_items, ran


async def an_item_that_left_the_range(play: SalesPlay) -> None:
    gone, successor = plain_items(play)[20], plain_items(play)[21]
    await play.erp.act("discontinue", {"sku": gone.sku})
    await ran(play, "items")
    await buy(play, gone.sku)
    await opened(play, "item-invalid-for-erp")
    play.note(f"{gone.sku} was discontinued in the ERP and is still bought")
    await play.settle("item-invalid-for-erp", "data desk", Remedy.MAP_CODE, {"code": successor.sku})


async def sold_at_nothing(play: SalesPlay) -> None:
    item = plain_items(play)[30]
    await play.shop.act("set_price", {"sku": item.sku, "value": "0"})
    await buy(play, item.sku)
    await play.shop.act("set_price", {"sku": item.sku, "value": str(item.net_price)})
    await opened(play, "price-zero")
    play.note(f"somebody typed 0 for {item.sku}, and an order came in before it was put right")
    await play.settle("price-zero", "finance desk", Remedy.SET_ASIDE, reason="a slip of the price; the customer knows")


async def recoded_behind_our_back(play: SalesPlay) -> None:
    """The ERP gives an item another code a moment before an order for it arrives, and refuses the old one."""
    for item in plain_items(play)[18:23]:
        await ran(play, "items")
        await play.erp.act("rename_item", {"sku": item.sku, "new_code": f"{item.sku}-B"})
        ref = await buy(play, item.sku)
        await play.rest()
        await play.erp.act("rename_item", {"sku": f"{item.sku}-B", "new_code": item.sku})
        if await play.cases("order-refused-by-erp"):
            break  # else the day's own look at the items came first, and its case closes with the code that is back
    else:
        return
    play.note(f"{item.sku} was given another code in the ERP; it refuses order {ref}, and is put right")
    await play.settle("order-refused-by-erp", "operations desk", Remedy.RETRY)
    await play.rest()


async def counted_anew(play: SalesPlay) -> None:
    """A shelf holds less than was promised while an order for it is on its way."""
    item = plain_items(play)[40]
    play.erp.faults.set([{"kind": "lost_request", "match": "SOAP ImportOrders", "rate": 1.0}], seed=play.script.seed)
    await buy(play, item.sku, 2)
    await play.erp.act("adjust", {"sku": item.sku, "on_hand": 0})
    await ran(play, "stock")
    await opened(play, "oversold")
    play.note(f"the shelf of {item.sku} was counted anew: nothing there, and two are promised")
    play.end_trouble()
    await play.erp.act("goods_in", {"sku": item.sku, "quantity": 144})
    await play.run("stock")


async def listed_by_a_slip(play: SalesPlay) -> None:
    """The web team lists an item without the dash of its code, and three orders for it come in. Nobody settles it: it
    waits for whoever looks at the day afterwards, with the item it was meant to be at the head of the suggestions."""
    item = plain_items(play)[12]
    slip = item.sku.replace("-", "")
    listed = {"sku": slip, "name": item.name, "net_price": str(item.net_price), "tax": item.tax, "in_erp": False}
    await play.shop.act("add_product", {**listed, "on_hand": 60})
    refs = [await buy(play, slip, quantity) for quantity in (1, 2, 4)]
    await opened(play, "stock-code-unknown")
    play.note(
        f"{item.sku} is listed once more as {slip}, which nobody knows; orders {', '.join(refs)} wait for the data desk"
    )
