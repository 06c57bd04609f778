"""Orders out of the shop: the sweep by time, and one by its key."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from urllib.parse import quote

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.faults import rule_for
from crossdock.connectors.orocommerce.index import left_out
from crossdock.connectors.orocommerce.jsonapi import (
    Included,
    Resource,
    attributes,
    with_its_own,
)
from crossdock.connectors.orocommerce.mapping import to_sales_order
from crossdock.connectors.orocommerce.paging import BY_CHANGE, Listing, sweep
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.faults import ConfigFault, DataFault, ReadIncomplete
from crossdock.model.sales_order import SalesOrder
from crossdock.ports.systems import Document

BASE = ("lineItems", "billingAddress", "shippingAddress", "customer", "customerUser", "paymentTerm", "discounts")
INCLUDES: tuple[tuple[str, ...], ...] = ((*BASE, "orderSubtotals"), BASE)  # 6.1 has orderSubtotals; richest first


class OrderReads:
    """Implements OrderSource."""

    def __init__(self, session: Session) -> None:
        self._session = session
        rung = 0 if session.settings.version in ("auto", "6.1", "7.0") else 1
        self._includes = INCLUDES[rung:]

    def listing(self) -> Listing:
        return Listing(
            self._session.api,
            "orders",
            {"sort": BY_CHANGE},
            size=self._session.settings.page_size,
            includes=self._includes,
        )

    async def read_orders(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[SalesOrder]]]:
        """A page comes as it is read; the end of the iterator is the proof that nothing is missing."""
        listing = self.listing()
        async for rows, included in sweep(listing, changed_since):
            self._includes = listing.includes[listing.rung :]
            if documents := self.documents(rows, included):
                yield documents

    async def find_storefront_order(self, storefront_id: str) -> Document[SalesOrder] | None:
        """Found even where the sweep would leave it out: whoever asks by key wants that one."""
        path = f"orders/{quote(storefront_id, safe='')}"
        for includes in self._includes:
            answer = await self._session.api.read(path, {"include": ",".join(includes)}, expect=frozenset({400, 404}))
            if answer.ok:
                assert answer.doc is not None
                if not isinstance(answer.doc.data, dict) or str(answer.doc.data.get("id")) != storefront_id:
                    raise ReadIncomplete(f"GET {path}: the answer is not order {storefront_id}")
                return self._document(answer.doc.data, answer.doc.included, answer.body)
            rule = rule_for(answer.status, answer.errors)
            if rule.code in ("not-found", "bad-id"):
                return None
            if not any("include" in error.place for error in answer.errors):
                break
        said = "; ".join(str(error) for error in answer.errors)
        raise ConfigFault(f"GET {path}: {said}", setting=rule.setting or "version", evidence=answer.evidence)

    def documents(self, rows: Sequence[Resource], included: Included) -> list[Document[SalesOrder]]:
        return [
            self._document(row, included, with_its_own(row, included))
            for row in rows
            if not left_out(row, self._session)
        ]

    def _document(self, row: Resource, included: Included, raw: bytes) -> Document[SalesOrder]:
        settings = self._session.settings
        ref, value, fault = str(row.get("id") or ""), None, None
        try:
            value = to_sales_order(
                row, included, statuses=settings.status_meanings, account_field=settings.account_field
            )
        except DataFault as problem:
            fault = problem
        changed = wire.moment(attributes(row).get("updatedAt"))
        label = str(attributes(row).get("identifier") or ref)
        return Document(ref=ref, raw=raw, value=value, fault=fault, updated_at=changed, label=label)
