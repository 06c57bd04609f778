"""What product introduction would do: which products would go off sale, which on, which would be made."""

from collections import Counter
from collections.abc import Mapping

from crossdock.decide.offers import OfferState
from crossdock.flows.product_introduction import judge_products, products_to_make
from crossdock.ports.systems import SaleSwitch
from crossdock.store.item_offers import list_offers
from crossdock.wiring.rehearsal import ItemLine, Rehearsal, Tell
from crossdock.wiring.throw_away import Stage

BATCH = 1000
SAYS = {
    "take_off": "products that would be taken off sale",
    "withheld": "products that lack something, too many to be taken off sale at once",
    "put_on": "products that would be put on sale",
    "make": "products that would be made",
}


async def rehearse_items(stage: Stage, result: Rehearsal, *, tell: Tell) -> None:
    """Every product and item. Items and units were read before; prices count as shown, for they are published first.

    What was taken off sale earlier is not known here: it is put on again, whole, without being told of.
    """
    tell("reading products")
    pairing, result.items = stage.pairing, []
    switch = pairing.of_storefront(SaleSwitch)
    if switch is None:
        return
    async with pairing.offers.run() as run:
        await judge_products(pairing, switch, run, None)
        await run.keep()
        lacks = await _lacking(stage)
        off = "withheld" if await run.hides() > pairing.offer_policy.hide_max else "take_off"
        async for changes in run.switches(batch=BATCH):
            result.items += [
                ItemLine(sku=one.sku, outcome="put_on" if one.on_sale else off, missing=lacks.get(one.sku, ()))
                for one in changes
            ]
        async for products in products_to_make(pairing, run, None):
            result.items += [ItemLine(sku=one.sku, outcome="make") for one in products]


async def _lacking(stage: Stage) -> Mapping[str, tuple[str, ...]]:
    """SKU → what it would go off sale for."""
    found: dict[str, tuple[str, ...]] = {}
    last, whose = "", (stage.pool, stage.tenant, stage.pairing.name)
    while rows := await list_offers(*whose, state=OfferState.HIDDEN, after=last, limit=BATCH):
        found |= {row["sku"]: tuple(row["missing"]) for row in rows}
        last = rows[-1]["sku"]
    return found


def sale_counts(result: Rehearsal) -> dict[str, int]:
    """What → how many, for those there are; what would be taken off sale in any case."""
    found = Counter(one.outcome for one in result.items or ())
    return {says: found[outcome] for outcome, says in SAYS.items() if found[outcome] or outcome == "take_off"}
