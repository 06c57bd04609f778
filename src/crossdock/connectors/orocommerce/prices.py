"""Prices into the shop's price lists.

A price has no key of ours and no upsert: product, unit, currency and tier are unique in a list, so what may be there is
read before it is made. Its id ends in the list's, and may change when a sharded price is replaced. What is written is
merged into the prices a customer sees later, by the shop's message queue.
Source: oroinc/orocommerce, PricingBundle, Resources/config/oro/api.yml, ProductPriceTest.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

import structlog

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.batch import SYNC_MAX, Batch, End, Mode, stalled
from crossdock.connectors.orocommerce.faults import turned_down
from crossdock.connectors.orocommerce.jsonapi import Resource, attributes
from crossdock.connectors.orocommerce.paging import Listing, read_all
from crossdock.connectors.orocommerce.price_mapping import (
    PriceKey,
    key_of,
    shown_value,
    to_price_record,
    to_shown_price,
)
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.faults import (
    Accepted,
    ConfigFault,
    DataFault,
    Outcome,
    Refused,
    Unanswered,
    Unknown,
)
from crossdock.model.price import ShownList, ShownPrice
from crossdock.ports.runtime import Priority

log = structlog.get_logger(__name__)

DECIMALS = 4
DELETED_MAX = 100  # rows in one DELETE of a list
PRODUCTS_KEPT = 200_000  # ids of products remembered by SKU
LOOK_AGAIN = frozenset({"not-found", "not-unique", "no-such-relation"})  # an id we knew, or knew not, was out of date


class Prices:
    """Implements PriceSink."""

    def __init__(self, session: Session) -> None:
        self._session = session
        settings = session.settings
        self._price_batch = Batch(session.api, settings.async_timeout_seconds, settings.async_poll_seconds)
        self._price_lists_are_worked_off = True
        self._product_ids: dict[str, str] = {}

    @property
    def price_batch_max(self) -> int:
        settings = self._session.settings
        return min(settings.price_batch, SYNC_MAX) if settings.price_write in ("sync", "auto") else settings.price_batch

    @property
    def price_decimals_max(self) -> int:
        return DECIMALS

    async def find_price_lists(self, words: Sequence[str]) -> Mapping[str, ShownList]:
        """A list is named by its id or its name; a name that several have names none of them."""
        known: dict[str, ShownList] = {}
        names: dict[str, list[ShownList]] = {}
        listing = Listing(self._session.api, "pricelists", {"sort": "id"}, size=self._session.settings.page_size)
        async for rows, _ in read_all(listing):
            for row in rows:
                one, problems = wire.read(wire.PriceList, row, f"data[pricelists {row.get('id')}]")
                if one is None:
                    log.warning("price list left out", problems=problems)
                    continue
                found = ShownList(
                    key=str(row.get("id")), name=one.name, currencies=frozenset(one.price_list_currencies)
                )
                known[found.key] = found
                names.setdefault(found.name, []).append(found)
        known = {name: lists[0] for name, lists in names.items() if len(lists) == 1} | known
        return {word: known[word] for word in words if word in known}

    async def read_shown_prices(self, price_list: str) -> AsyncIterator[Sequence[ShownPrice]]:
        """A row that names no SKU, unit, tier or value is left out and written to the log."""
        async for rows, included in read_all(self._prices_listing(price_list, {}, include=("product",))):
            prices = []
            for row in rows:
                try:
                    place = f"data[productprices {row.get('id')}]"
                    prices.append(to_shown_price(row, included, place=place))
                except DataFault as fault:
                    log.warning("shown price left out", place=fault.place, problem=fault.problem)
            if prices:
                yield prices

    async def write_prices(self, prices: Sequence[ShownPrice]) -> Sequence[Outcome]:
        if not prices:
            return []
        outcomes = await self._write_these(prices)
        again = [at for at, one in enumerate(outcomes) if isinstance(one, Refused) and one.code in LOOK_AGAIN]
        if again:
            for at in again:
                self._product_ids.pop(prices[at].sku, None)
            second = await self._write_these([replace(prices[at], ref="") for at in again])
            outcomes = [second[again.index(at)] if at in again else one for at, one in enumerate(outcomes)]
        return outcomes

    async def remove_prices(self, prices: Sequence[ShownPrice]) -> Sequence[Outcome]:
        found = await self._with_refs(prices)
        outcomes: list[Outcome] = [Accepted("") for _ in prices]
        by_list: dict[str, list[int]] = {}
        for at, price in enumerate(found):
            if price.ref:
                by_list.setdefault(price.price_list, []).append(at)
        for price_list, places in by_list.items():
            for start in range(0, len(places), DELETED_MAX):
                part = places[start : start + DELETED_MAX]
                ends = await self._delete(price_list, [found[at].ref for at in part])
                for at, end in zip(part, ends, strict=True):
                    outcomes[at] = end
        return outcomes

    async def _write_these(self, prices: Sequence[ShownPrice]) -> list[Outcome]:
        found = await self._with_refs(prices)
        outcomes: dict[int, Outcome] = {}
        records: list[Resource] = []
        for at, price in enumerate(found):
            product = self._product_ids.get(price.sku)
            if product is None and not price.ref:
                outcomes[at] = Refused("no-product", f"the shop has no product {price.sku}")
                continue
            records.append(to_price_record(price, product_id=product or ""))
        places = [at for at in range(len(prices)) if at not in outcomes]
        if records:
            ends = await self._price_batch.save("productprices", records, mode=await self._price_mode())
            self._price_lists_are_worked_off = self._price_lists_are_worked_off and not stalled(ends)
            outcomes |= {at: _outcome(found[at], end) for at, end in zip(places, ends, strict=True)}
        return [outcomes[at] for at in range(len(prices))]

    async def _with_refs(self, prices: Sequence[ShownPrice]) -> list[ShownPrice]:
        """Those without a key get it, where they are there."""
        unsure = [price for price in prices if not price.ref]
        if not unsure:
            return list(prices)
        await self._learn_products([price.sku for price in unsure])
        there: dict[str, Mapping[PriceKey, str]] = {}
        for price_list in dict.fromkeys(price.price_list for price in unsure):
            skus = dict.fromkeys(price.sku for price in unsure if price.price_list == price_list)
            ids = [self._product_ids[sku] for sku in skus if sku in self._product_ids]
            there[price_list] = await self._there(price_list, ids)
        return [
            price if price.ref else replace(price, ref=there[price.price_list].get(self._key(price), ""))
            for price in prices
        ]

    def _key(self, price: ShownPrice) -> PriceKey:
        return self._product_ids.get(price.sku, ""), price.unit, price.currency, price.quantity

    async def _there(self, price_list: str, product_ids: Sequence[str]) -> Mapping[PriceKey, str]:
        """The keys of every price these products have in the list."""
        found: dict[PriceKey, str] = {}
        for start in range(0, len(product_ids), SYNC_MAX):
            wanted = {"filter[product]": ",".join(product_ids[start : start + SYNC_MAX])}
            async for rows, _ in read_all(self._prices_listing(price_list, wanted)):
                found |= {key: str(row.get("id")) for row in rows if (key := key_of(row)) is not None}
        return found

    async def _learn_products(self, skus: Sequence[str]) -> None:
        """A SKU with a comma cannot be asked for, since lists are joined with commas; it counts as not there."""
        wanted = [sku for sku in dict.fromkeys(skus) if sku not in self._product_ids and "," not in sku]
        if len(self._product_ids) + len(wanted) > PRODUCTS_KEPT:
            self._product_ids.clear()
        for start in range(0, len(wanted), SYNC_MAX):
            query = {
                "sort": "id",
                "filter[sku]": ",".join(wanted[start : start + SYNC_MAX]),
                "fields[products]": "sku",
            }
            listing = Listing(self._session.api, "products", query, size=self._session.settings.page_size)
            async for rows, _ in read_all(listing):
                self._product_ids |= {str(attributes(row).get("sku")): str(row.get("id")) for row in rows}

    async def _delete(self, price_list: str, refs: Sequence[str]) -> list[Outcome]:
        """In one call, where the shop takes that; it does not name those that were not there."""
        query = {"filter[priceList]": price_list, "filter[id]": ",".join(refs)}
        try:
            answer = await self._session.api.write("DELETE", "productprices", b"", query=query, priority=Priority.BULK)
        except Unanswered as fault:
            return [Unknown(str(fault), fault.evidence) for _ in refs]
        if answer.ok:
            return [Accepted("") for _ in refs]
        return [await self._delete_one(ref) for ref in refs]

    async def _delete_one(self, ref: str) -> Outcome:
        path = f"productprices/{quote(ref, safe='')}"
        try:
            answer = await self._session.api.write("DELETE", path, b"", priority=Priority.BULK)
        except Unanswered as fault:
            return Unknown(str(fault), fault.evidence)
        if answer.ok or answer.status == 404:
            return Accepted("")
        end = turned_down(f"DELETE {path}", answer.status, answer.errors, evidence=answer.evidence)
        if isinstance(end, ConfigFault):
            raise end
        return end

    def _prices_listing(self, price_list: str, query: Mapping[str, str], *, include: tuple[str, ...] = ()) -> Listing:
        api, size = self._session.api, self._session.settings.page_size
        asked = {"sort": "id", "filter[priceList]": price_list, **query}
        return Listing(api, "productprices", asked, size=size, includes=(include,))

    async def _price_mode(self) -> Mode:
        chosen = self._session.settings.price_write
        if chosen != "auto":
            return chosen
        if not self._price_lists_are_worked_off:
            return "single"
        return "sync" if await self._session.version() >= (6, 0) else "async"


def _outcome(price: ShownPrice, end: End) -> Outcome:
    """The answer is compared with what was sent: a field the shop does not let us write is left as it was, with 200."""
    if isinstance(end, Refused | Unknown):
        return end
    if end.record is None:
        return Accepted(price.ref, price.ref)
    if (shown := shown_value(end.record)) != price.value:
        text = f"{price.sku} by the {price.unit}: sent {price.value}, and the shop took it and shows {shown}"
        return Refused("ignored", text)
    identity = str(end.record.get("id") or "")
    return Accepted(identity, identity)
