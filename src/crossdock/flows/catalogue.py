"""The catalogue in: products, models and what shapes them, read to the end of each list, stored, then looked at.

A watermark moves only after the whole page set was stored, to the newest change that was in it, by the PIM's own clock.
A change of a model moves its variants in the PIM's index and not in their own dates, so models and products share one
watermark: that of models is never ahead of the products read after them.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from crossdock.flows.pairing import CataloguePairing, Result
from crossdock.ports.catalogue_memory import RecordKind
from crossdock.ports.systems import Document

FEED, SHAPES, ITEMS = "products", "shapes", "items"
OVERLAP = timedelta(hours=2)  # a wall clock without zone repeats an hour each autumn


async def capture_products(pairing: CataloguePairing) -> Result:
    """Everything that changed in the PIM since the last whole look. Raises what the reading raised."""
    since = await pairing.reference.watermark(FEED)
    began = pairing.clock.now()
    counts, newest = await store_lists(pairing, since, at=began)
    if since is None and newest is None:
        newest = began  # a PIM without anything was read whole as well
    if newest is not None:
        await pairing.reference.move_watermark(FEED, newest)
    return counts


async def store_lists(
    pairing: CataloguePairing, since: datetime | None, *, at: datetime
) -> tuple[Result, datetime | None]:
    """Models first, so that every variant finds its own. Returns counts and the newest change."""
    counts: Result = {"read": 0, "new": 0, "changed": 0, "unreadable": 0}
    models = await _store(pairing, "model", pairing.pim.read_product_models(since), counts, at)
    products = await _store(pairing, "product", pairing.pim.read_products(since), counts, at)
    return counts, max(filter(None, (models, products)), default=None)


async def _store(
    pairing: CataloguePairing, kind: RecordKind, pages: AsyncIterator[Sequence[Document[Any]]], counts: Result,
    at: datetime,
) -> datetime | None:  # fmt: skip
    newest: datetime | None = None
    async for page in pages:
        stored = await pairing.products.capture(kind, page, ignoring=pairing.policy.told_by_us, at=at)
        counts["read"] += len(page)
        counts["new"] += stored.new
        counts["changed"] += stored.changed
        counts["unreadable"] += stored.unreadable
        newest = max(filter(None, [newest, *(one.updated_at for one in page)]), default=None)
    return newest


async def learn_shapes(pairing: CataloguePairing) -> Result:
    """Families, their variants, and the category trees. What changed has its products judged anew.

    None of it moves the date of a product, so no look for changes would ever find it. What one whole read no longer
    brought is still believed: a list that is short by its last row proves nothing. Two in a row do.
    """
    began = pairing.clock.now()
    families = await _shapes(pairing.pim.read_families())
    variants: dict[str, Any] = {}
    for family in families:
        variants |= await _shapes(pairing.pim.read_family_variants(family))
    categories = await _shapes(pairing.pim.read_categories())
    last = await pairing.reference.watermark(SHAPES)
    before = await pairing.products.shapes()
    changed = {
        kind: await _keep(pairing, kind, found, began, last)
        for kind, found in (("family", families), ("family-variant", variants), ("category", categories))
    }
    await pairing.reference.move_watermark(SHAPES, began)
    counts: Result = {"families": len(families), "categories": len(categories), "judged_anew": 0}
    if last is None:
        return counts
    if changed["category"]:
        after = await pairing.products.shapes()
        moved = [code for code in {*before.parents, *after.parents} if before.paths([code]) != after.paths([code])]
        counts["judged_anew"] += await pairing.products.recapture(categories=moved) if moved else 0
    if changed["family"] or changed["family-variant"]:
        counts["judged_anew"] += await pairing.products.recapture()
    return counts


async def _shapes(pages: AsyncIterator[Sequence[Document[Any]]]) -> dict[str, Any]:
    """By code. One that cannot be read is left as it was known; its products say what they miss."""
    return {one.value.code: one.value async for page in pages for one in page if one.value is not None}


async def _keep(
    pairing: CataloguePairing, kind: str, found: Mapping[str, Any], began: datetime, last: datetime | None
) -> frozenset[str]:
    changed = await pairing.products.store_shapes(kind, found, at=began)
    gone = await pairing.products.forget_shapes(kind, not_seen_since=last) if last is not None else frozenset()
    return changed | gone


async def learn_items(pairing: CataloguePairing) -> Result:
    """Stock items changed in the ERP since the last whole read."""
    began = pairing.clock.now()
    since = await pairing.reference.watermark(ITEMS)
    counts = await read_items(pairing, None if since is None else since - OVERLAP)
    await pairing.reference.move_watermark(ITEMS, began)
    return counts


async def read_items(pairing: CataloguePairing, since: datetime | None) -> Result:
    counts: Result = {"items": 0, "unreadable": 0}
    async for page in pairing.erp.read_items(since):
        counts["items"] += await pairing.reference.store_items([one.value for one in page if one.value is not None])
        counts["unreadable"] += sum(1 for one in page if one.value is None)
    return counts


async def is_ready(pairing: CataloguePairing) -> bool:
    """Whether each list was read to its end once: before that, unknown proves nothing."""
    for feed in (FEED, SHAPES, ITEMS):
        if await pairing.reference.watermark(feed) is None:
            return False
    return True
