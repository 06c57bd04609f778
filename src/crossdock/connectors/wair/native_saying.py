"""Items, locations, stock, commitments, sales and transfers → rows of wair.ai. Pure.

A row holds the whole object, for partial updates are not supported; a field without a value is left out.
Source: docs.wair.ai, "Integration core principles" and the page of each dataset.
"""

from collections.abc import Mapping
from typing import Any

from crossdock.connectors.wair.native_tongue import Tongue
from crossdock.connectors.wair.native_values import moment, number
from crossdock.model.faults import Unsupported
from crossdock.model.retail import (
    Commitment,
    Location,
    LocationKind,
    RetailItem,
    RetailSale,
    RetailStock,
    Transfer,
)
from crossdock.model.stock import Basis

Written = dict[str, Any]


class Saying(Tongue):
    """Raises DataFault: an id that is not known, a number that does not fit."""

    def item(self, item: RetailItem) -> Written:
        """One object for each record. Of a parent it holds no SKU, so that nothing is counted for it; of a leaf one."""
        key = self.ids.sku_id(item.sku)
        given = {
            "itemId": key, "code": item.sku, "description": item.description, "parentId": self._parent(item),
            "status": item.status, "styleId": item.style_id, "sizeId": item.size_id, "colorId": item.colour_id,
            "seasonId": item.season_id, "brandId": item.brand_id,
        }  # fmt: skip
        own = {"skuId": key, "code": item.sku, "styleId": item.style_id, "sizeId": item.size_id,
               "colorId": item.colour_id, "barcode": item.barcode}  # fmt: skip
        written = self._named("items", {**given, "skus": []})
        written[self.names["items"]["skus"]] = [self._named("items", own)] if item.leaf else []
        return written

    def location(self, location: Location) -> Written:
        """Raises Unsupported: a shop without an address, which wair.ai needs for weather and demographics."""
        if location.kind is LocationKind.STORE and not (location.street or location.postcode or location.town):
            raise Unsupported(f"location {location.code}.street", "a store must have an address")
        given = {
            "locationId": self.ids.location_id(location.code), "code": location.code, "description": location.name,
            "type": location.kind.value, "gln": location.gln, "street": location.street, "city": location.town,
            "postalCode": location.postcode, "countryCode": location.country,
        }  # fmt: skip
        return self._named("locations", given)

    def stock(self, level: RetailStock) -> Written:
        """Stock on hand. Raises Unsupported: any other figure, and a parent's total."""
        at = f"{level.sku} at {level.location}"
        if level.basis is not Basis.ON_HAND:
            problem = f"is {level.basis.value}; stock on hand is told here, and what is promised apart as commitments"
            raise Unsupported(f"{at}: basis", problem)
        if not level.leaf:
            raise Unsupported(f"{at}: leaf", "is a parent's total; only what is counted itself is told")
        where, what = self.ids.location_id(level.location), self.ids.sku_id(level.sku)
        quantity = number(level.quantity, f"{at}: quantity")
        given = {"id": f"{where}/{what}", "locationId": where, "skuId": what, "quantity": quantity,
                 "dateTime": moment(level.occurred_at)}  # fmt: skip
        return self._named("stock", given)

    def commitment(self, one: Commitment) -> Written:
        given = {
            "id": one.key, "locationId": self.ids.location_id(one.location), "skuId": self.ids.sku_id(one.sku),
            "startDateTime": moment(one.since), "endDateTime": moment(one.until) if one.until else None,
            "quantity": number(one.quantity, f"commitment {one.key}: quantity"),
        }  # fmt: skip
        return self._named("commitments", given)

    def sale(self, sale: RetailSale) -> Written:
        """The id names document and line; a return has a negative quantity, and with it a negative price."""
        at = f"sale {sale.key}/{sale.line_no}"
        given = {
            "saleId": f"{sale.key}/{sale.line_no}", "code": sale.key, "locationId": self.ids.location_id(sale.location),
            "skuId": self.ids.sku_id(sale.sku), "quantity": number(sale.quantity, f"{at}: quantity"),
            "price": self.price(number(sale.unit_price, f"{at}: unit price"), sale.quantity),
            "currencyId": sale.currency, "dateTime": moment(sale.sold_at), "discountReasonId": sale.discount_reason,
        }  # fmt: skip
        return self._named("sales", given)

    def transfer(self, transfer: Transfer) -> Written:
        """It names the recommendation it came of, by which wair.ai knows it again."""
        lines = [
            self._named(
                "transfers",
                {
                    "skuId": self.ids.sku_id(line.sku), "quantity": number(line.quantity, "quantity"),
                    "quantityShipped": number(line.shipped, "quantity shipped"),
                    "quantityReceived": number(line.received, "quantity received"),
                },
            )
            for line in transfer.lines
        ]  # fmt: skip
        given = {
            "transferId": transfer.key, "code": transfer.key, "referenceId": transfer.proposal_ref,
            "open": transfer.open,
            "fromLocationId": self.ids.location_id(transfer.from_location),
            "toLocationId": self.ids.location_id(transfer.to_location), "lines": lines,
        }  # fmt: skip
        return self._named("transfers", given)

    def _parent(self, item: RetailItem) -> str:
        return self.ids.sku_id(item.parent_sku, "parent_sku") if item.parent_sku else ""

    def _named(self, dataset: str, given: Mapping[str, Any]) -> Written:
        names = self.names[dataset]
        return {names[ours]: value for ours, value in given.items() if names[ours] and value not in (None, "")}
