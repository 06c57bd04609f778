"""Products and product models out of the PIM: all of them, those changed since, and some by SKU or code.

A filter on the time of change takes whole seconds in the server's own zone, compares strictly, and asks an index that
lags behind; so it begins a little early. It finds a variant whose model changed, though the variant's own time did
not move. Never sent: `scope`, which would also leave out every product outside that channel's category tree.
What it cannot find: products that were deleted, and changes to categories, options or labels.
Source: Akeneo REST API, "Filters", "Pagination"; pim-community-dev, GetElasticsearchProductProjection.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson

from crossdock.connectors.akeneo import wire
from crossdock.connectors.akeneo.jsondoc import dump
from crossdock.connectors.akeneo.mapping import key_in, label_in, to_product, to_product_model
from crossdock.connectors.akeneo.paging import SEARCH_AFTER, read_pages
from crossdock.connectors.akeneo.session import Session
from crossdock.connectors.akeneo.values import Reading
from crossdock.model.catalogue import Product, ProductModel
from crossdock.model.faults import DataFault
from crossdock.ports.systems import Document

T = TypeVar("T", Product, ProductModel)
IN_MAX = 100  # values in one IN
ADDRESS_MAX = 6_000  # characters they may take in the address, which servers in between cut or refuse at 8 kB


class ProductReads:
    """Implements ProductSource and ProductModelSource."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def read_products(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[Product]]]:
        """A page comes as it is read; the end of the iterator is the proof that nothing is missing."""
        path = await self._session.products_path()
        given: set[str] = set()
        async for rows in self._changed(path, changed_since):
            documents = await self._documents(rows, to_product)
            given.update(document.ref for document in documents if self._session.settings.follow_models)
            if documents:
                yield documents
        if changed_since is None or not self._session.settings.follow_models:
            return
        async for rows in self._changed("product-models", changed_since):
            for code in filter(None, (key_in(row, "code") for row in rows)):
                async for variants in self._variants(path, code):
                    fresh = [one for one in await self._documents(variants, to_product) if one.ref not in given]
                    given.update(one.ref for one in fresh)
                    if fresh:
                        yield fresh

    async def find_products(self, skus: Sequence[str]) -> Sequence[Product]:
        """By the attribute that holds the SKU. Raises DataFault when one that was found cannot be read."""
        rows = await self.rows_by_sku(skus)
        reading = await self._session.reading(rows)
        return [to_product(row, reading, place=f"items[{at}]") for at, row in enumerate(rows)]

    async def rows_by_sku(self, skus: Sequence[str]) -> list[Any]:
        settings = self._session.settings
        path = await self._session.products_path()
        wanted = {sku.casefold() for sku in skus}
        found = await self.found(path, settings.sku_attribute, skus, setting="sku_attribute")
        reading = Reading(sku_attribute=settings.sku_attribute)
        return [row for row in found if label_in(row, reading).casefold() in wanted]

    async def found(self, path: str, name: str, wanted: Sequence[str], *, setting: str = "") -> list[Any]:
        """Every record whose property or attribute is one of these, asked for a hundred at a time."""
        rows: list[Any] = []
        for part in parts(dict.fromkeys(filter(None, wanted))):
            query = self._query({name: [{"operator": "IN", "value": part}]})
            async for page in self._pages(path, query, setting=setting):
                rows += page
        return rows

    def read_product_models(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[ProductModel]]]:
        return self._models(changed_since)

    async def _models(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[ProductModel]]]:
        async for rows in self._changed("product-models", changed_since):
            if documents := await self._documents(rows, to_product_model):
                yield documents

    async def find_product_models(self, codes: Sequence[str]) -> Sequence[ProductModel]:
        rows = await self.found("product-models", "identifier", codes)
        reading = await self._session.reading(rows, products=False)
        return [to_product_model(row, reading, place=f"items[{at}]") for at, row in enumerate(rows)]

    def _changed(self, path: str, changed_since: datetime | None) -> AsyncIterator[list[Any]]:
        search: dict[str, Any] = {}
        if changed_since is not None:
            settings = self._session.settings
            start = filter_time(changed_since - timedelta(seconds=settings.overlap_seconds), settings.zone)
            search["updated"] = [{"operator": ">", "value": start}]
        return self._pages(path, self._query(search), setting="server_timezone" if search else "")

    def _variants(self, path: str, model: str) -> AsyncIterator[list[Any]]:
        return self._pages(path, self._query({"parent": [{"operator": "=", "value": model}]}))

    def _pages(self, path: str, query: dict[str, str], *, setting: str = "") -> AsyncIterator[list[Any]]:
        return read_pages(self._session.api, path, query, size=self._session.settings.page_size, setting=setting)

    def _query(self, search: dict[str, Any]) -> dict[str, str]:
        query = dict(SEARCH_AFTER)
        if search:
            query["search"] = orjson.dumps(search).decode()
        if self._session.settings.share_links:
            query["with_asset_share_links"] = "true"
        return query

    async def _documents(self, rows: list[Any], read: Callable[..., T]) -> list[Document[T]]:
        reading = await self._session.reading(rows, products=read is to_product)
        return list(documents(rows, reading, read))


def documents(rows: Iterable[Any], reading: Reading, read: Callable[..., T]) -> Iterable[Document[T]]:
    """Each row by itself: what is wrong with one is its own."""
    for row in rows:
        value, fault = None, None
        try:
            value = read(row, reading)
        except DataFault as problem:
            fault = problem
        ref = key_in(row, reading.key, "uuid", "identifier", "code")
        changed = wire.moment(row.get("updated")) if isinstance(row, dict) else None
        label = label_in(row, reading) or ref
        yield Document(ref=ref, raw=dump(row), value=value, fault=fault, updated_at=changed, label=label)


def parts(values: Iterable[str]) -> Iterator[list[str]]:
    """Values in lists that fit into one search."""
    part: list[str] = []
    length = 0
    for value in values:
        size = len(quote(orjson.dumps(value).decode(), safe="")) + 3
        if part and (len(part) == IN_MAX or length + size > ADDRESS_MAX):
            yield part
            part, length = [], 0
        part.append(value)
        length += size
    if part:
        yield part


def filter_time(at: datetime, zone: ZoneInfo) -> str:
    """A time as the date filters take it, one second early because they compare strictly.

    Where clocks go back an hour comes twice and the filter cannot say which is meant: the earlier of the two is taken,
    and an hour more, so that nothing falls between them.
    """
    local = at.astimezone(zone).replace(microsecond=0) - timedelta(seconds=1)
    if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        local -= timedelta(hours=1)
    return local.strftime("%Y-%m-%d %H:%M:%S")
