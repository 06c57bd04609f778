"""Which products may be sold: only what the ERP holds, in confirmed units, at a price and with a tax code.

The storefront's products and the ERP's items are compared both ways, whole: a read that was not changes nothing. What a
product lacks is told, one case for each cause; what the pairing's policy lets us is done: taken off sale, put on, made.
Of a product over there only whether it is sold is ever written. What we took off sale we put on again once it is whole.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from crossdock.cases.kind import Finding, Remedy
from crossdock.cases.kinds import ITEM_NOT_ON_SALE
from crossdock.decide.offers import OfferState, Verdict, judge_offer, judge_unlisted
from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.price_lists import FEED as PRICES
from crossdock.flows.price_publication import named_lists
from crossdock.flows.soon import SOON_SECONDS, run_soon
from crossdock.flows.standing import Told, keep_told
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.model.code_map import CodeMaps
from crossdock.model.faults import Accepted, Outcome, Refused, Unknown
from crossdock.model.offer import BareProduct
from crossdock.ports.busy import Busy
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.offer_book import Judged, OfferFile, OfferRun, UnlistedItem
from crossdock.ports.systems import BareProductSink, SaleSwitch

FLOW = "product-introduction"
RECORD, RUN_RECORD = "offer", "offer run"
ASKED_AT_ONCE = 200  # stock codes that the ERP is asked for by name in one call
MADE_AT_ONCE = 50
CAUSE_LENGTH = 200
NUMBERS = re.compile(r"\d+")


async def introduce_products(pairing: Pairing) -> Result:
    """One run: read, judge, remember, write, tell."""
    switch = pairing.of_storefront(SaleSwitch)
    if switch is None:
        return {"skipped": f"{pairing.storefront_name} has no switch for the sale of its products"}
    lists = await _published(pairing)
    for feed in ("items", "targets", *([PRICES] if lists is not None else [])):
        if await pairing.reference.watermark(feed) is None:
            await run_soon(pairing, FLOW, delay_seconds=SOON_SECONDS)
            return {"skipped": f"{feed} have not been read yet"}
    try:
        async with pairing.offers.run() as run:
            await judge_products(pairing, switch, run, lists)
            await _withhold(pairing, run)
            await run.keep()
            counts: Result = {"taken_off_sale": 0, "put_on_sale": 0, "unsure": 0}
            await _switch(switch, run, counts)
            await _make(pairing, run, lists, counts)
            await _tell(pairing, run)
            return counts | {state.replace("-", "_"): count for state, count in (await run.counts()).items()}
    except Busy:
        return {"skipped": "another worker is at it"}


async def judge_products(pairing: Pairing, switch: SaleSwitch, run: OfferRun, lists: Sequence[str] | None) -> None:
    """Read what the storefront sells, and judge each product and item. Nothing is written there."""
    async for page in switch.read_offers():
        await run.stage(page)
    await _know_what_is_held(pairing, run)
    await _judge(pairing, run, lists)


async def _published(pairing: Pairing) -> Sequence[str] | None:
    """The ERP's price lists that are published; None where none is, so that no product needs a price."""
    named = await named_lists(pairing) if "price-publication" in pairing.flows else {}
    return list(named) or None


async def _know_what_is_held(pairing: Pairing, run: OfferRun) -> None:
    """Nothing goes off sale for our memory's sake: what it does not know the ERP is asked for by name."""
    await run.prepare()
    if pairing.offer_policy.unknown != "hide":
        return
    codes, found = await run.unknown(), 0
    for start in range(0, len(codes), ASKED_AT_ONCE):
        items = await pairing.erp.find_items(codes[start : start + ASKED_AT_ONCE])
        found += await pairing.reference.store_items(items)
    if found:
        await pairing.reference.share_out()
        await run.prepare()


async def _judge(pairing: Pairing, run: OfferRun, lists: Sequence[str] | None) -> None:
    maps = await pairing.reference.maps()
    async for files in run.products(priced=lists is not None):
        await run.judge([_judged(pairing, file, maps) for file in files])
    async for items in run.unlisted(price_lists=lists):
        await run.judge([_unlisted(pairing, one, maps) for one in items])


def _judged(pairing: Pairing, file: OfferFile, maps: CodeMaps) -> Judged:
    """A product that is to go on sale is, until the storefront did it, what it was before."""
    verdict, state = judge_offer(file.facts, maps.tax, pairing.offer_policy), None
    if verdict.switch:
        state = OfferState.HIDDEN if file.facts.hidden else OfferState.READY
    return Judged(
        sku=file.sku, ref=file.ref, on_sale=file.facts.on_sale, state=state or verdict.state, missing=verdict.missing,
        told=verdict.told, switch=verdict.switch,
    )  # fmt: skip


def _unlisted(pairing: Pairing, one: UnlistedItem, maps: CodeMaps) -> Judged:
    found = _to_make(pairing, one, maps)
    verdict = Verdict(state=OfferState.UNLISTED) if isinstance(found, BareProduct) else found
    told = verdict.told if pairing.offer_policy.create else ()
    return Judged(sku=one.item.code, state=verdict.state, missing=verdict.missing, told=told)


def _to_make(pairing: Pairing, one: UnlistedItem, maps: CodeMaps) -> Verdict | BareProduct:
    return judge_unlisted(one.item, maps.tax, pairing.offer_policy, sku=one.item.code, priced=one.priced)


async def _withhold(pairing: Pairing, run: OfferRun) -> None:
    """So many at once look like a mistake: of a map, of a list that was lost. A person looks first."""
    wanted, most, told = await run.hides(), pairing.offer_policy.hide_max, []
    if wanted > most:
        await run.withhold()
        missing = f"to take so many off sale in one run is more than items.hide_max ({most}) allows, and none was"
        finding = ITEM_NOT_ON_SALE.about("items.hide_max", sku=f"Each of {wanted} products", missing=missing)
        told.append(Told(key=(RUN_RECORD,), ref="products to be taken off sale", finding=finding))
    await keep_told(pairing, ITEM_NOT_ON_SALE, RUN_RECORD, told, whole=True, reason="no more than items.hide_max")


async def _switch(switch: SaleSwitch, run: OfferRun, counts: Result) -> None:
    """An answer that was lost is made up for by the next run, which reads what became of it."""
    async for changes in run.switches(batch=switch.sale_batch_max):
        on = changes[0].on_sale
        await run.switching(changes)
        outcomes = await switch.write_on_sale(changes)
        done = [one for one, end in zip(changes, outcomes, strict=True) if isinstance(end, Accepted)]
        await run.switched(done)
        problem = f"the storefront would not {'put it on' if on else 'take it off'} sale"
        await run.refused(_refusals([one.sku for one in changes], outcomes, problem), off=not on)
        counts["put_on_sale" if on else "taken_off_sale"] += len(done)
        counts["unsure"] += _unsure(outcomes)


async def products_to_make(
    pairing: Pairing, run: OfferRun, lists: Sequence[str] | None
) -> AsyncIterator[Sequence[BareProduct]]:
    """Of items that are no products yet; none where that is not wanted, or not possible."""
    maps = await pairing.reference.maps()
    if pairing.of_storefront(BareProductSink) is None or not pairing.offer_policy.create:
        return
    async for items in run.unlisted(price_lists=lists, batch=MADE_AT_ONCE):
        found = [_to_make(pairing, one, maps) for one in items]
        if products := [one for one in found if isinstance(one, BareProduct)]:
            yield products


async def _make(pairing: Pairing, run: OfferRun, lists: Sequence[str] | None, counts: Result) -> None:
    sink = pairing.of_storefront(BareProductSink)
    if sink is None or not pairing.offer_policy.create:
        return
    counts["made"] = 0
    async for products in products_to_make(pairing, run, lists):
        skus = [one.sku for one in products]
        await run.making(skus)
        outcomes = await sink.create_bare(products)
        await run.refused(_refusals(skus, outcomes, "the storefront would not have it made"), off=False)
        counts["made"] += sum(1 for end in outcomes if isinstance(end, Accepted))
        counts["unsure"] += _unsure(outcomes)


def _unsure(outcomes: Sequence[Outcome]) -> int:
    return sum(1 for end in outcomes if isinstance(end, Unknown))


def _refusals(skus: Sequence[str], outcomes: Sequence[Outcome], problem: str) -> Mapping[str, str]:
    """SKU → what to tell: the same words about another SKU or another number are the same cause. That a product is
    there already is none."""
    return {
        sku: f"{problem} ({NUMBERS.sub('#', ' '.join(end.text.replace(sku, '(this SKU)').split()))})"[:CAUSE_LENGTH]
        for sku, end in zip(skus, outcomes, strict=True)
        if isinstance(end, Refused) and not end.duplicate
    }


async def _tell(pairing: Pairing, run: OfferRun) -> None:
    while telling := await run.telling():
        for one in telling:
            findings = [_finding(cause) for cause in one.causes]
            await pairing.cases.hold_only(findings, record=RECORD, record_id=one.id, ref=one.sku)
            await run.told(one)
    while gone := await run.gone():
        await pairing.cases.let_go(RECORD, gone, reason="neither side has it any more", actor="crossdock")
        await run.forget(gone)


def _finding(cause: str) -> Finding:
    return ITEM_NOT_ON_SALE.about(cause, sku="Each product held here", missing=cause)


async def look_again(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """All products are looked at together, now."""
    await run_soon(pairing, FLOW)


async def leave_as_it_is(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """A named person takes it that these products lack this, and where they are sold nevertheless, that they are."""
    await pairing.offers.accept([one.record_id for one in held], cause=case.subject)
    for one in held:
        await pairing.cases.settle(
            case.kind, case.subject, record=RECORD, record_id=one.record_id, reason=wish.reason or "left as it is"
        )


async def foresee_offers(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> Mapping[str, Any]:
    """Raises RemedyRefused."""
    if wish.remedy is Remedy.SEND_AGAIN:
        raise RemedyRefused("nothing is sent for it: complete what is missing, and retry to have it looked at now")
    return {"be left as they are": len(held)} if wish.remedy is Remedy.SET_ASIDE else {"be looked at": len(held)}
