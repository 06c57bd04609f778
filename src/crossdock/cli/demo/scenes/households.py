"""What happens in a shop that sells to households, at gross prices and under promotions."""

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes.staging import opened, plain_items
from crossdock.model.code_map import MapKind


async def an_address_without_a_town(play: SalesPlay) -> None:
    placed = await play.shop.act("place_order", {"country": "GB", "customer": 102})
    if "refused" in placed:
        return
    town = next(one for one in play.shop.state()["orders"] if one["id"] == placed["id"])["shipping_address"]["city"]
    await play.shop.act("set_address", {"order": placed["id"], "city": ""})
    await opened(play, "address-unusable")
    play.note(f"order {placed['public_key']} names no town; customer service asks the shopper and puts it right")
    await play.shop.act("set_address", {"order": placed["id"], "city": town})


async def a_promotion_nobody_mapped(play: SalesPlay) -> None:
    """Three baskets with it wait in one case; one answer frees them all."""
    spring = {"code": "SPRING", "percent": 25}
    for item in plain_items(play)[12:15]:
        lines = [{"sku": item.sku, "quantity": 2, "promotions": [spring]}]
        await play.shop.act("place_order", {"country": "GB", "customer": 102, "lines": lines})
    await opened(play, "promotion-unmapped")
    await play.rest()
    await play.settle("promotion-unmapped", "ecommerce desk", Remedy.MAP_CODE, {"becomes": "line-discount"})


async def promotions_that_come_together(play: SalesPlay) -> None:
    both = [{"code": "SPRING", "percent": 25}, {"code": "CLUB", "percent": 5}]
    lines = [{"sku": plain_items(play)[16].sku, "quantity": 1, "promotions": both}]
    await play.shop.act("place_order", {"country": "GB", "customer": 102, "lines": lines})
    await play.settle("promotion-unmapped", "ecommerce desk", Remedy.MAP_CODE, {"becomes": "line-discount"})
    await opened(play, "promotion-staged")
    await play.settle("promotion-staged", "ecommerce desk", Remedy.ACCEPT, reason="both were announced")
    await play.rest()
    await play.settle("promotion-unmapped", "ecommerce desk", Remedy.MAP_CODE, {"becomes": "line-discount"})


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
    await opened(play, "tax-code-unmapped")
    await play.settle("tax-code-unmapped", "finance desk", Remedy.MAP_CODE, {"code": "4", "percent": "5"})
    await opened(play, "tax-conflict")
    maps = play.here.pairings[play.name].reference
    await maps.map_code(MapKind.TAX, "FR/20", {"code": "1", "percent": "20"}, actor="finance desk")
    play.note("that was a slip: 5 % for what is taxed at 20. Nothing was posted; the finance desk maps it again")
    await play.settle("tax-conflict", "finance desk", Remedy.RETRY)
