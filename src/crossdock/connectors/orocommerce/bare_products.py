"""Products made in the shop: off sale, and without anything but what sets their sale up.

Names, unit precisions, attribute family and inventory status are required of a new product; its levels come with its
units. Source: oroinc/orocommerce, ProductBundle, Resources/doc/api/product.md, Resources/config/oro/api.yml.
"""

import asyncio
from collections.abc import Mapping, Sequence
from fractions import Fraction

from crossdock.connectors.orocommerce.faults import turned_down
from crossdock.connectors.orocommerce.jsonapi import Resource, attributes, graph, link
from crossdock.connectors.orocommerce.offers import DISABLED
from crossdock.connectors.orocommerce.paging import Listing, read_all
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.faults import Accepted, Outcome, Refused, RemoteFault, Unanswered, Unknown
from crossdock.model.offer import BareProduct
from crossdock.ports.runtime import Priority

MADE_AT_ONCE = 4
TAKEN = "not-unique"


class BareProducts:
    """Implements BareProductSink."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def create_bare(self, products: Sequence[BareProduct]) -> Sequence[Outcome]:
        codes = await self._tax_codes()
        turn = asyncio.Semaphore(MADE_AT_ONCE)

        async def make(product: BareProduct) -> Outcome:
            async with turn:
                return await self._create(product, codes)

        return await asyncio.gather(*(make(product) for product in products))

    async def _create(self, product: BareProduct, codes: Mapping[str, str]) -> Outcome:
        if product.tax_code not in codes:
            return Refused("no-tax-code", f"the shop has no product tax code {product.tax_code!r}")
        settings = self._session.settings
        record, others = to_product(
            product, codes[product.tax_code], family=settings.product_family, inventory=settings.product_inventory
        )
        try:
            answer = await self._session.api.write("POST", "products", graph(record, others), priority=Priority.BULK)
        except Unanswered as fault:
            return Unknown(str(fault), fault.evidence)
        if answer.ok:
            data = answer.doc.data if answer.doc and isinstance(answer.doc.data, dict) else {}
            return Accepted(product.sku, str(data.get("id") or ""))
        end = turned_down("POST products", answer.status, answer.errors, evidence=answer.evidence)
        if isinstance(end, RemoteFault):
            raise end
        return Refused(end.code, end.text, duplicate=end.code == TAKEN, evidence=end.evidence)

    async def _tax_codes(self) -> Mapping[str, str]:
        """The shop's product tax codes, with their ids."""
        listing = Listing(self._session.api, "producttaxcodes", {"sort": "id"}, size=self._session.settings.page_size)
        return {
            str(attributes(row).get("code")): str(row.get("id")) async for rows, _ in read_all(listing) for row in rows
        }


def to_product(product: BareProduct, tax_id: str, *, family: str, inventory: str) -> tuple[Resource, list[Resource]]:
    """The record, and what is made with it: a name and its units, the first of which is the primary one."""
    precisions = [
        {
            "type": "productunitprecisions",
            "id": f"u{at}",
            "attributes": {"precision": 0, "conversionRate": _rate(rate), "sell": True},
            "relationships": {"unit": link("productunits", unit)},
        }
        for at, (unit, rate) in enumerate(product.units)
    ]
    name = {"type": "productnames", "id": "n1", "attributes": {"fallback": None, "string": product.name}}
    record: Resource = {
        "type": "products",
        "attributes": {"sku": product.sku, "status": DISABLED, "productType": "simple"},
        "relationships": {
            "names": {"data": [{"type": "productnames", "id": "n1"}]},
            "attributeFamily": link("attributefamilies", family),
            "primaryUnitPrecision": link("productunitprecisions", "u0"),
            "unitPrecisions": {"data": [{"type": "productunitprecisions", "id": one["id"]} for one in precisions]},
            "inventory_status": link("prodinventorystatuses", inventory),
            "taxCode": link("producttaxcodes", tax_id),
        },
    }
    return record, [name, *precisions]


def _rate(rate: Fraction) -> int | float:
    return rate.numerator if rate.denominator == 1 else float(rate)
