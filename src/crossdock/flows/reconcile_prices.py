"""Prices: what the ERP's lists let the storefront show, against what its lists show now."""

from collections.abc import AsyncGenerator, Mapping

from crossdock.cases.kinds import RECONCILIATION_DIFFERENCE
from crossdock.decide.words import amount, plain
from crossdock.flows.differences import accepted
from crossdock.flows.pairing import Pairing
from crossdock.flows.price_lists import read_list
from crossdock.flows.price_publication import (
    doubtful_codes,
    fitting_lists,
    learn_list,
    named_lists,
    plan_lists,
)
from crossdock.flows.taking_turns import once_free
from crossdock.model.faults import Unsupported
from crossdock.model.reconciliation import Difference
from crossdock.ports.price_book import PriceDrift, PriceRun
from crossdock.ports.reconciliation import ReconciliationRun, Tell
from crossdock.ports.systems import PriceSink

BATCH = 1_000
LIKELY = {
    True: "somebody changed it at the storefront",
    False: "changed in the ERP, and nothing here publishes prices",
}


async def reconcile_prices(pairing: Pairing, run: ReconciliationRun, tell: Tell) -> None:
    sink = pairing.of_storefront(PriceSink)
    if sink is None:
        raise Unsupported("prices", f"{pairing.storefront_name} does not tell its prices")
    unknowns: list[str] = []
    async with once_free(pairing.prices.run, "price publication") as prices:
        ours_at = pairing.clock.now()
        if "ours" not in run.run.progress:
            await run.forget_side("ours")
            await prices.believe(run.run.id)
            await run.end_side("ours", at=ours_at)
        named = await named_lists(pairing)
        plan = await plan_lists(sink, prices, named)
        reads = []
        for done, name in enumerate(named):
            tell("price lists of the ERP", done, len(named))
            reads.append(await read_list(pairing, prices, name))
        unknowns += [f"price list {one.price_list}: {one.problem}" for one in reads if one.problem is not None]
        unknowns += [f"price list {name}: shown nowhere in {pairing.storefront_name}" for name in named
                     if not any(name in names for names in plan.fed.values())]  # fmt: skip
        lists, problem = fitting_lists(pairing, plan, reads)
        unknowns += [str(problem)] if problem else []
        theirs_at = pairing.clock.now()
        for done, one in enumerate(lists):
            tell("price lists shown", done, len(lists))
            await learn_list(pairing, sink, prices, one.shown_in, now=True)
        await run.note({}, ours_at=ours_at, theirs_at=theirs_at)
        found = await prices.compare(
            lists, fed=list(plan.fed), doubtful=doubtful_codes(lists, reads), policy=pairing.price_policy,
            today=pairing.clock.now().date(),
        )  # fmt: skip
        names = {one.shown_in: one.price_list for one in lists}
        differences = _differences(pairing, prices, names, run.run.id)
        await run.store(differences, counts={"prices": found.wanted}, unknowns=unknowns)


async def _differences(
    pairing: Pairing, prices: PriceRun, names: Mapping[str, str], run_id: int
) -> AsyncGenerator[Difference, None]:
    waivers = await pairing.reconciliations.waivers()
    async for page in prices.drift(run_id, batch=BATCH):
        for one in page:
            yield accepted(_difference(pairing, one, names.get(one.price.price_list, one.price.price_list)), waivers)


def _difference(pairing: Pairing, one: PriceDrift, price_list: str) -> Difference:
    """What somebody else changed, somebody must know of. What changed in the ERP alone the next publication puts right,
    where this pairing publishes prices; elsewhere somebody must."""
    price = one.price
    subject = f"price {price_list} {price.sku}/{price.unit} {price.currency} from {plain(price.quantity)}"
    is_due = not one.moved and "price-publication" in pairing.flows
    should = "none" if one.removes else amount(price.value, price.currency)
    return Difference(
        link="prices", cause="price-due" if is_due else "price-drift", subject=subject, ref=price.sku,
        document=price.ref, currency=price.currency, ours=should,
        what=f"price of {price.sku} ({price.unit}) from {plain(price.quantity)} on in {price_list}",
        theirs="none" if one.shown is None else amount(one.shown, price.currency),
        likely="the next publication of prices puts it right" if is_due else LIKELY[one.moved],
        case_kind="" if is_due else RECONCILIATION_DIFFERENCE.code, case_subject="" if is_due else subject,
        raises=not is_due,
    )  # fmt: skip
