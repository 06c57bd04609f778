"""Stock into the shop: absolute sellable quantities, a row for each variant and warehouse.

A quantity whose changedAt is older than the last one is ignored and answered with success: so what is answered is
compared with what was sent. Source: SCAYLE Admin API, Stocks; SCAYLE documentation, Stock, Quantity blocker.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import structlog

from crossdock.connectors.scayle import wire_products as wire
from crossdock.connectors.scayle.acknowledging import together
from crossdock.connectors.scayle.bulk import Bulk
from crossdock.connectors.scayle.catalogue import Catalogue, Listed
from crossdock.connectors.scayle.fulfilment import stamp
from crossdock.connectors.scayle.paging import pages
from crossdock.connectors.scayle.resources_sellers import Warehouse
from crossdock.connectors.scayle.session import Session
from crossdock.connectors.scayle.stock_rows import Operation, judged
from crossdock.connectors.scayle.wire import read
from crossdock.model.faults import (
    ConfigFault,
    Outcome,
    Refused,
    RemoteFault,
    Unanswered,
    Unknown,
)
from crossdock.model.stock import StockLevel, StockTarget
from crossdock.ports.runtime import Priority

log = structlog.get_logger(__name__)


class StockLevels(Catalogue):
    """Implements StockSink."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._bulk = Bulk(session)

    @property
    def stock_batch_max(self) -> int:
        return self._session.settings.stock_batch

    async def read_stock_targets(self) -> AsyncIterator[Sequence[StockTarget]]:
        """A product that cannot be read can show nothing; it is left out and written to the log."""
        warehouses = await self.warehouses()
        async for page in self.listed_products():
            listed = await asyncio.gather(*(self._with_stock(one) for one in page))
            for one in listed:
                if one.fault is not None:
                    log.warning("product left out", ref=one.ref, place=one.fault.place, problem=one.fault.problem)
            if targets := [target for one in listed for target in self.targets(one, warehouses)]:
                yield targets

    async def _with_stock(self, listed: Listed) -> Listed:
        """The product list may leave stock out; a product's own list of variants holds it."""
        if listed.product is None or all(one.stocks is not None for one in listed.variants):
            return listed
        if not self._session.settings.read_shown:
            return listed
        return replace(listed, variants=tuple(await self._variants(str(listed.product.id))))

    def targets(self, listed: Listed, warehouses: Sequence[str]) -> list[StockTarget]:
        merchant, unit = self._session.settings.merchant, self._session.settings.unit
        return [
            StockTarget(
                ref=target_ref(variant.id, warehouse),
                sku=variant.reference_key,
                unit=unit,
                stock_units=Fraction(1),
                shown=_shown(variant, warehouse, merchant),
            )
            for variant in listed.variants
            if variant.id is not None and variant.reference_key and _sold_by(variant, merchant)
            for warehouse in warehouses
        ]

    async def warehouses(self) -> tuple[str, ...]:
        """As set, or the one that is attached to the shop country (and to our merchant). Raises ConfigFault."""
        settings = self._session.settings
        if settings.warehouses:
            return settings.warehouses
        found: list[str] = []
        async for rows in pages(self._session, "/warehouses", {}):
            for n, row in enumerate(rows):
                one = read(Warehouse, row, f"entities[{n}]")
                if one.serves(settings.shop_key, settings.country_code, settings.merchant):
                    found.append(one.reference_key)
        if len(found) != 1:
            names = ", ".join(sorted(found)) or "none"
            text = f"{len(found)} warehouses serve this shop country ({names}); say which are written"
            raise ConfigFault(text, setting="warehouses")
        return tuple(found)

    async def write_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        """One changedAt a level, never the same twice: the second up to which its orders are known, less
        `changed_at_lag_seconds`, for an order is blocked over there before it can be read."""
        if not levels:
            return []
        sent = [self._operation(n, level) for n, level in enumerate(levels)]
        going = [one for one in sent if isinstance(one, Operation)]
        ends = await self._bulk.run(going) if self._bulk.wanted(len(going)) else None
        if ends is None:
            ends = await asyncio.gather(*(self._single(one) for one in going))
        outcomes = iter(together(ends))
        return [next(outcomes) if isinstance(one, Operation) else one for one in sent]

    def _operation(self, n: int, level: StockLevel) -> Operation | Refused:
        variant, _, warehouse = level.ref.partition("@")
        if not variant.isdecimal() or not warehouse:
            return Refused("no-such-target", f"{level.ref!r:.80} is no stock target of this shop")
        if level.quantity != level.quantity.to_integral_value() or level.quantity < 0:
            return Refused("unsayable", f"{level.sku}: a quantity must be whole and not negative, was {level.quantity}")
        body = {
            "quantity": int(level.quantity),
            "warehouseReferenceKey": warehouse,
            "changedAt": stamp(self._session.stamps.next(level.ref, level.as_of)),
            "merchantReferenceKey": self._session.settings.merchant,
        }
        body = {name: value for name, value in body.items() if value != ""}
        return Operation(f"stk-{n}-{variant}", f"/variants/{quote(variant, safe='')}/stocks", body, level.ref)

    async def _single(self, operation: Operation) -> Outcome | RemoteFault:
        try:
            answer = await self._session.api.write("POST", operation.url, operation.body, priority=Priority.BULK)
        except Unanswered as fault:
            return Unknown(str(fault), fault.evidence)
        except RemoteFault as fault:  # Transient or ConfigFault: nothing was done
            return fault
        return judged(operation, answer.value, answer.evidence) if answer.ok else answer.refusal()


def target_ref(variant_id: int, warehouse: str) -> str:
    return f"{variant_id}@{warehouse}"


def _sold_by(variant: wire.Variant, merchant: str) -> bool:
    keys = variant.merchant_reference_keys
    return not merchant or not keys or merchant in keys


def _shown(variant: wire.Variant, warehouse: str, merchant: str) -> Any:
    """None when the list does not hold it: a warehouse without a row has never been told a quantity."""
    for row in variant.stocks or ():
        if row.warehouse_reference_key == warehouse and (
            not merchant or row.merchant_reference_key in (None, merchant)
        ):
            return row.quantity
    return None
