"""Which products the shop sells: their `status`. A product's words and pictures are not ours.

Source: oroinc/orocommerce, ProductBundle, Resources/doc/api/product.md.
"""

from collections.abc import AsyncIterator, Sequence

import structlog

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.batch import SYNC_MAX, Batch, End, Mode, stalled
from crossdock.connectors.orocommerce.jsonapi import Included, Resource, attributes, reference
from crossdock.connectors.orocommerce.mapping import fault_of
from crossdock.connectors.orocommerce.paging import Listing, read_all
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused, Unknown
from crossdock.model.offer import Offer, SaleChange

log = structlog.get_logger(__name__)

ENABLED, DISABLED = "enabled", "disabled"
CONFIGURABLE = "configurable"  # only its variants are bought, and those are products too


class Offers:
    """Implements SaleSwitch."""

    def __init__(self, session: Session) -> None:
        self._session = session
        settings = session.settings
        self._offer_batch = Batch(session.api, settings.async_timeout_seconds, settings.async_poll_seconds)
        self._offer_lists_are_worked_off = True

    @property
    def sale_batch_max(self) -> int:
        return SYNC_MAX

    def offers_listing(self) -> Listing:
        fields = {"fields[products]": "sku,status,productType,taxCode", "fields[producttaxcodes]": "code"}
        api, size = self._session.api, self._session.settings.page_size
        return Listing(api, "products", {"sort": "id", **fields}, size=size, includes=(("taxCode",),))

    async def read_offers(self) -> AsyncIterator[Sequence[Offer]]:
        """A product that names no SKU or has a status nobody knows is left out and written to the log."""
        async for rows, included in read_all(self.offers_listing()):
            offers, faults = to_offers(rows, included)
            for fault in faults:
                log.warning("product left out", place=fault.place, problem=fault.problem)
            if offers:
                yield offers

    async def write_on_sale(self, changes: Sequence[SaleChange]) -> Sequence[Outcome]:
        if not changes:
            return []
        records = [to_sale_record(change) for change in changes]
        ends = await self._offer_batch.save("products", records, mode=await self._offer_mode())
        self._offer_lists_are_worked_off = self._offer_lists_are_worked_off and not stalled(ends)
        return [_outcome(change, end) for change, end in zip(changes, ends, strict=True)]

    async def _offer_mode(self) -> Mode:
        if not self._offer_lists_are_worked_off:
            return "single"
        return "sync" if await self._session.version() >= (6, 0) else "async"


def to_offers(rows: Sequence[Resource], included: Included) -> tuple[list[Offer], list[DataFault]]:
    offers, faults = [], []
    for row in rows:
        place = f"data[products {row.get('id')}]"
        product, problems = wire.read(wire.Product, row, place)
        if product is None:
            faults.append(fault_of(problems))
        elif product.status not in (ENABLED, DISABLED):
            said = f"must be {ENABLED} or {DISABLED}, was {product.status!r:.80}"
            faults.append(DataFault(f"{place}.attributes.status", said))
        elif product.product_type != CONFIGURABLE:
            tax = attributes(included.get(reference(row, "taxCode") or ("", ""), {})).get("code")
            offers.append(
                Offer(
                    ref=str(row.get("id")), sku=product.sku, on_sale=product.status == ENABLED,
                    tax_code=tax if isinstance(tax, str) else "",
                )
            )  # fmt: skip
    return offers, faults


def to_sale_record(change: SaleChange) -> Resource:
    """The switch, and nothing else of the product."""
    status = ENABLED if change.on_sale else DISABLED
    return {"type": "products", "id": change.ref, "attributes": {"status": status}}


def _outcome(change: SaleChange, end: End) -> Outcome:
    """The shop answers 200 to a field it does not let us write, so the answer is compared with what was sent."""
    if isinstance(end, Refused | Unknown):
        return end
    wanted = ENABLED if change.on_sale else DISABLED
    if end.record is not None and (kept := attributes(end.record).get("status")) != wanted:
        return Refused("ignored", f"{change.sku}: sent {wanted}, and the shop took it and shows {kept}")
    return Accepted(change.ref, change.ref)
