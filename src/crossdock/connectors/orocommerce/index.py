"""The shop's order list without the orders: who is there, under which number, and what a setting leaves out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.faults import rule_for
from crossdock.connectors.orocommerce.jsonapi import Resource, attributes, references
from crossdock.connectors.orocommerce.paging import BY_CHANGE, Listing, read_all, sweep
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.faults import ConfigFault, ReadIncomplete
from crossdock.ports.completeness import IndexPage, OrderEntry

NUMBERS_MAX = 50  # in one filter: a query has to fit into an address
UNSAYABLE = (",", "..")  # a list and a range, in a filter's own tongue


class OrderLists:
    """Implements OrderIndex and OrderNumberIndex."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def read_order_index(self, changed_since: datetime | None) -> AsyncIterator[IndexPage]:
        """Oldest change first, so that each page proves everything before its last change."""
        async for rows, _ in sweep(self._lists({"sort": BY_CHANGE}), changed_since):
            entries = tuple(self._entry(row) for row in rows)
            yield IndexPage(entries=entries, proven_until=entries[-1].changed_at)

    async def find_order_entry(self, storefront_id: str) -> OrderEntry | None:
        path = f"orders/{quote(storefront_id, safe='')}"
        answer = await self._session.api.read(path, expect=frozenset({400, 404}))
        if not answer.ok:
            rule = rule_for(answer.status, answer.errors)
            if rule.code in ("not-found", "bad-id"):
                return None
            said = "; ".join(str(error) for error in answer.errors)
            raise ConfigFault(f"GET {path}: {said}", setting=rule.setting or "version", evidence=answer.evidence)
        assert answer.doc is not None
        if not isinstance(answer.doc.data, dict) or str(answer.doc.data.get("id")) != storefront_id:
            raise ReadIncomplete(f"GET {path}: the answer is not order {storefront_id}")
        return self._entry(answer.doc.data)

    async def find_order_numbers(self, numbers: Sequence[str]) -> Mapping[str, OrderEntry | None]:
        """The filter takes lists and disregards case. A number that it would read as two cannot be asked for."""
        sayable = [one for one in dict.fromkeys(numbers) if one and not any(mark in one for mark in UNSAYABLE)]
        found: dict[str, OrderEntry] = {}
        for start in range(0, len(sayable), NUMBERS_MAX):
            wanted = ",".join(sayable[start : start + NUMBERS_MAX])
            async for rows, _ in read_all(self._lists({"sort": "id", "filter[identifier]": wanted})):
                found |= {entry.number.lower(): entry for entry in map(self._entry, rows)}
        return {number: found.get(number.lower()) for number in sayable}

    def _lists(self, query: dict[str, str]) -> Listing:
        return Listing(self._session.api, "orders", query, size=self._session.settings.page_size)

    def _entry(self, row: Resource) -> OrderEntry:
        said = attributes(row)
        return OrderEntry(
            storefront_id=str(row.get("id") or ""),
            number=str(said.get("identifier") or ""),
            placed_at=wire.moment(said.get("createdAt")),
            changed_at=wire.moment(said.get("updatedAt")),
            left_out=left_out(row, self._session),
        )


def left_out(row: Resource, session: Session) -> str:
    """The setting by which an order is not ours to read: born in another system, or split into sub-orders that come by
    themselves. "" for none."""
    if session.settings.skip_external and attributes(row).get("external") is True:
        return "skip_external"
    return "skip_split_parents" if session.settings.skip_split_parents and references(row, "subOrders") else ""
