"""Every product, held against what is remembered and against what the ERP holds: what no look for changes would find.

A category that was deleted moves no product's date; a product that was deleted is in no list of changes; an item that
somebody edited in the ERP tells nobody. So once a day both lists are read to their proven end and compared. What the
PIM owns is laid out again; what that does not settle, and what a person must decide, becomes a case.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crossdock.cases.kinds import RECONCILIATION_DIFFERENCE
from crossdock.decide.confirming import unconfirmed
from crossdock.flows.catalogue import ITEMS, SHAPES, learn_shapes, read_items, store_lists
from crossdock.flows.pairing import CataloguePairing, Result
from crossdock.model.catalogue import Product, ProductModel
from crossdock.model.faults import ReadIncomplete
from crossdock.model.product_state import ProductMove
from crossdock.model.stock import StockItem
from crossdock.ports.catalogue_memory import Compared, ProductFile, ProductMoved

CHUNK = 500
TRIES = 2  # comparisons in a row that lay it out again before a person looks
OURS = frozenset({"description", "other_ref", "barcode"})  # what laying it out again puts right


async def compare_catalogue(pairing: CataloguePairing) -> Result:
    """Read all, compare all. Raises what the reading raised: then nothing was taken for gone."""
    began = pairing.clock.now()
    result: Result = {**await learn_shapes(pairing)} if await pairing.reference.watermark(SHAPES) else {}
    read, _ = await store_lists(pairing, None, at=began)
    items_since = await pairing.reference.now()
    items = await read_items(pairing, None)
    await pairing.reference.move_watermark(ITEMS, began)
    gone = await _gone(pairing, began, read["read"])
    await _note_gone(pairing, gone)
    counts = {"missing": 0, "different": 0}
    after = 0
    while page := await pairing.products.compared(items_since=items_since, after_id=after, limit=CHUNK):
        await _compare(pairing, page, counts)
        after = page[-1].id
    only = await pairing.products.erp_only(items_since=items_since)
    return {**result, **read, "items": items["items"], "gone": len(gone), **counts, "only_in_erp": only}


async def _gone(pairing: CataloguePairing, began: datetime, read: int) -> Sequence[ProductFile]:
    """What the whole list did not bring, and the PIM does not find by name either, is gone."""
    unseen = await pairing.products.unseen(not_seen_since=began)
    if len(unseen) > read:
        raise ReadIncomplete(
            f"the PIM's list brought {read} of {read + len(unseen)} products and models that were known"
        )
    there: dict[tuple[str, str], Product | ProductModel] = {}
    skus = [file.code for file in unseen if file.kind == "product" and file.code]
    models = [file.code for file in unseen if file.kind == "model"]
    if skus:
        there |= {("product", one.key): one for one in await pairing.pim.find_products(skus)}
    if models:
        there |= {("model", one.code): one for one in await pairing.pim.find_product_models(models)}
    gone = [file for file in unseen if (file.kind, file.key) not in there]
    await pairing.products.vanish(gone)
    return gone


async def _note_gone(pairing: CataloguePairing, gone: Sequence[ProductFile]) -> None:
    """Deleted in the PIM. The item stays: only a person may say what becomes of its stock and its orders."""
    for file in gone:
        await pairing.cases.let_go(file.kind, [file.id], reason="it is gone from the PIM", actor="crossdock")
        if not file.item_id:
            continue
        finding = RECONCILIATION_DIFFERENCE.about(
            file.code, what=f"{file.code} in the PIM", ours="no longer there", theirs=f"{file.item_code} in the ERP",
            likely="it was deleted in the PIM; discontinue it in the ERP if it is sold no more",
        )  # fmt: skip
        await pairing.cases.raise_case(finding, record=file.kind, record_id=file.id, ref=file.code)


async def _compare(pairing: CataloguePairing, page: Sequence[Compared], counts: dict[str, int]) -> None:
    lost = [one for one in page if one.item is None]
    found = await _ask_by_name(pairing, lost)
    times: dict[int, int] = {}
    for one in page:
        item = one.item or found.get(one.wanted.code.casefold())
        if item is None:
            counts["missing"] += 1
            await pairing.reference.forget_items([one.wanted.code])
            await _look_again(pairing, one, "the ERP holds it no more")
            continue
        differs = unconfirmed(one.wanted, item)
        told = "; ".join(f"{name}: {ours!r} here, {theirs!r} there" for name, (ours, theirs) in differs.items())
        if told and told != one.accepted:
            counts["different"] += 1
            times[one.id] = one.differed + 1
            await _differs(pairing, one, differs, told)
        elif one.differed:
            times[one.id] = 0
            await pairing.cases.settle(
                RECONCILIATION_DIFFERENCE.code, one.code, record=one.kind, record_id=one.id, reason="both sides agree"
            )
    if times:
        await pairing.products.differed(times)


async def _ask_by_name(pairing: CataloguePairing, lost: Sequence[Compared]) -> dict[str, StockItem]:
    """Before "missing", ask once more by name."""
    if not lost:
        return {}
    codes = {one.wanted.code for one in lost} | {
        one.wanted.family.code for one in lost if one.wanted.family is not None
    }
    found = await pairing.erp.find_items(sorted(codes))
    await pairing.reference.store_items(found)
    return {one.code.casefold(): one for one in found}


async def _differs(pairing: CataloguePairing, one: Compared, differs: Mapping[str, Any], told: str) -> None:
    """The PIM owns what was laid out, so it is laid out again; what stays different, and what laying out cannot change,
    is looked at by a person."""
    can_be_settled = OURS.issuperset(differs)
    if can_be_settled:
        await _look_again(pairing, one, f"the ERP holds it otherwise: {told}")
    if can_be_settled and one.differed + 1 <= TRIES:
        return
    finding = RECONCILIATION_DIFFERENCE.about(
        one.code, what=one.code, ours="as it was laid out", theirs=told,
        likely="somebody changes it in the ERP, or the ERP does not take it",
    )  # fmt: skip
    await pairing.cases.raise_case(finding, record=one.kind, record_id=one.id, ref=one.code)


async def _look_again(pairing: CataloguePairing, one: Compared, reason: str) -> None:
    for file in await pairing.products.load([one.id]):
        again = ProductMoved(
            file=file, move=ProductMove.LOOK_AGAIN, look_in_seconds=0.0, detail={"reason": reason[:300]}
        )
        await pairing.products.move([again])
