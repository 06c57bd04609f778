"""Items: everything the storefront sells must be an item that the ERP holds and that can be put on an order."""

from collections.abc import AsyncGenerator, Sequence

from crossdock.cases.kinds import ITEM_INVALID_FOR_ERP, STOCK_CODE_UNKNOWN
from crossdock.decide.references import item_problem
from crossdock.flows.differences import accepted
from crossdock.flows.pairing import Pairing
from crossdock.flows.reference import refresh_targets
from crossdock.model.reconciliation import Difference
from crossdock.model.stock import StockItem
from crossdock.ports.reconciliation import ReconciliationRun, Tell, Unequal
from crossdock.ports.systems import Document

SELLABLE, UNREADABLE = "sellable", "unreadable "


async def reconcile_items(pairing: Pairing, run: ReconciliationRun, tell: Tell) -> None:
    if "theirs" not in run.run.progress:
        await run.forget_side("theirs")
        at, read = pairing.clock.now(), 0
        async for page in pairing.erp.read_items(None):
            await pairing.reference.store_items([one.value for one in page if one.value is not None])
            await run.put_side("theirs", [_row(one) for one in page])
            read += len(page)
            tell("items in the ERP", read)
        await run.end_side("theirs", at=at)
    if "ours" not in run.run.progress:
        tell("what the storefront sells", 0)
        at = pairing.clock.now()
        await refresh_targets(pairing)
        await run.forget_side("ours")
        await run.put_sold()
        await run.end_side("ours", at=at)
    unknowns: list[str] = []
    await run.store(_differences(pairing, run, unknowns), counts={}, unknowns=unknowns)


def _row(one: Document[StockItem]) -> tuple[str, str, str]:
    if one.value is None:
        return one.ref.lower(), f"{UNREADABLE}{one.fault or 'it says nothing'}", ""
    return one.value.code.lower(), item_problem(one.value) or SELLABLE, one.value.code


async def _differences(
    pairing: Pairing, run: ReconciliationRun, unknowns: list[str]
) -> AsyncGenerator[Difference, None]:
    waivers = await pairing.reconciliations.waivers()
    async for page in run.unequal():
        missing = [one.key for one in page if one.theirs is None]
        found = await _by_name(pairing, missing)
        for one in page:
            problem = found.get(one.key, "") if one.theirs is None else one.theirs
            if problem.startswith(UNREADABLE):
                unknowns.append(f"item {one.key}: {problem.removeprefix(UNREADABLE)}")
            elif problem != SELLABLE:
                for sku in one.our_detail.split("\n"):
                    yield accepted(_difference(sku, one, problem), waivers)


async def _by_name(pairing: Pairing, codes: Sequence[str]) -> dict[str, str]:
    """Before "missing", once more by name: code in lower case → its problem."""
    if not codes:
        return {}
    items = await pairing.erp.find_items(codes)
    await pairing.reference.store_items(items)
    return {one.code.lower(): item_problem(one) or SELLABLE for one in items}


def _difference(sku: str, one: Unequal, problem: str) -> Difference:
    kind = ITEM_INVALID_FOR_ERP if problem else STOCK_CODE_UNKNOWN
    return Difference(
        link="items", cause="item-not-sellable" if problem else "item-not-in-erp", subject=sku, ref=sku,
        document=one.key, what=f"item {sku}", ours="sold at the storefront", theirs=problem or "not there",
        likely=problem or "deleted in the ERP, or never made there", case_kind=kind.code, case_subject=sku,
        raises=True, facts={"sku": sku, "problem": problem},
    )  # fmt: skip
