"""Products out of the shop: every product by its cursor, one record of ours for each of its variants.

A variant cannot be looked up by its SKU alone, so looking some up walks the list. Source: SCAYLE Admin API, Products.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from crossdock.connectors.scayle import wire_products as wire
from crossdock.connectors.scayle.mapping_product import to_products, variants_of
from crossdock.connectors.scayle.paging import pages
from crossdock.connectors.scayle.session import Part
from crossdock.connectors.scayle.source import identity
from crossdock.connectors.scayle.wire import dump, each, read
from crossdock.model.catalogue import Product
from crossdock.model.faults import DataFault
from crossdock.ports.systems import Document


@dataclass(frozen=True, slots=True)
class Listed:
    """A product with its variants, or what is wrong with it."""

    ref: str
    raw: bytes
    product: wire.Product | None = None
    variants: tuple[wire.Variant, ...] = ()
    fault: DataFault | None = None


class Catalogue(Part):
    """Implements ProductSource."""

    async def read_products(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[Product]]]:
        async for listed in self.listed_products():
            documents = [document for one in listed for document in self._product_documents(one, changed_since)]
            if documents:
                yield documents

    async def find_products(self, skus: Sequence[str]) -> Sequence[Product]:
        wanted, found = set(skus), []
        async for page in self.read_products(None):
            found += [one.value for one in page if one.value is not None and one.value.sku in wanted]
        return found

    async def listed_products(self) -> AsyncIterator[Sequence[Listed]]:
        settings = self._session.settings
        query = dict(settings.product_query)
        async for rows in pages(self._session, "/products", query):
            yield [await self.listed(row) for row in rows]

    async def listed(self, row: Any) -> Listed:
        """Variants that the list leaves out are read at their own address."""
        ref, raw = identity(row)[0], dump(row)
        try:
            product = read(wire.Product, row, "")
            if product.id is None:
                raise DataFault("id", "is missing; the document must give it")
            variants = await self._variants(str(product.id)) if product.variants is None else variants_of(product, "")
        except DataFault as fault:
            return Listed(ref, raw, fault=fault)
        return Listed(ref, raw, product, tuple(variants))

    async def _variants(self, product_id: str) -> list[wire.Variant]:
        path = f"/products/{quote(product_id, safe='')}/variants"
        rows: list[Any] = []
        async for page in pages(self._session, path, {}):
            rows += page
        return each(rows, lambda row, where: read(wire.Variant, row, where), "variants")

    def _product_documents(self, listed: Listed, since: datetime | None) -> list[Document[Product]]:
        product, locale = listed.product, self._session.settings.locale
        if product is None:
            return [Document(ref=listed.ref, raw=listed.raw, fault=listed.fault, label=listed.ref)]
        if since is not None and product.updated_at is not None and product.updated_at < since:
            return []
        try:
            products = to_products(product, listed.variants, locale=locale)
        except DataFault as fault:
            return [Document(ref=listed.ref, raw=listed.raw, fault=fault, label=listed.ref)]
        return [
            Document(ref=one.key, raw=listed.raw, value=one, updated_at=one.updated_at, label=one.sku)
            for one in products
        ]
