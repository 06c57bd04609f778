"""Acts on stock, prices and products."""

from decimal import Decimal

from crossdock.sandbox.estate import EstateItem
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.scayle.desk import Desk
from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.loading import add_item
from crossdock.sandbox.scayle.stock_api import end_reservation, find_reservation, hold_reservation
from crossdock.sandbox.scayle.stocking import find_stock, stock_event, stock_row, write_stock
from crossdock.sandbox.scayle.times import iso


class GoodsActs(Desk):
    def set_stock(
        self, sku: str, quantity: int, warehouse: str | None = None, changed_at: str | None = None,
        sellable_without_stock: bool | None = None,
    ) -> Json:  # fmt: skip
        """Someone types a stock figure in the Panel, as of now unless changed_at says otherwise."""
        body = {
            **self._shelf(sku, warehouse), "quantity": quantity, "changedAt": changed_at or iso(self.world.now()),
            "sellableWithoutStock": sellable_without_stock,
        }  # fmt: skip
        return stock_row(self.world, self.attempt(write_stock, self.world, self.variant(sku), body, via="panel"))

    def reserve(
        self, sku: str, quantity: int = 1, warehouse: str | None = None, key: str = "", ttl: int | None = None
    ) -> Json:
        """A sale outside the shop reserves units behind the caller's back. ttl: seconds, null for ever."""
        variant = self.variant(sku)
        stock = self.attempt(find_stock, self.world, variant, self._shelf(sku, warehouse), make=False)
        made = [
            hold_reservation(self.world, variant, stock, f"{key}-{number}" if key else "", ttl)
            for number in range(1, int(quantity) + 1)
        ]
        self.world.emit_other("product-variant-stock-updated", stock_event(self.world, variant, stock))
        return {"reservations": [one.id for one in made], "sellable": stock.sellable}

    def end_reservation(self, key: str) -> Json:
        """A reservation is let go of, by its reference key."""
        end_reservation(self.world, self.attempt(find_reservation, self.world, key))
        return {"ended": key}

    def set_price(
        self, sku: str, country: str, price: int, old_price: int | None = None, tax: str | None = None
    ) -> Json:
        """Someone changes a gross price, in minor units; below old_price it is a sale. tax: per cent, or null."""
        variant, code = self.variant(sku), self.country(country).code
        for one in variant.prices:
            if one.country == code and not one.group and not one.promotion:
                one.price, one.old_price = int(price), None if old_price is None else int(old_price)
                one.percent = one.percent if tax is None else Decimal(str(tax))
                return {"sku": sku, "country": code, "price": one.price, "key": one.key}
        raise ActError(f"set_price: {sku} has no price in {code}")

    def add_product(
        self, sku: str, name: str = "", net_price: str = "10.00", tax: str = "STD", on_hand: int = 0
    ) -> Json:
        """The merchant lists a product with one variant, priced from a net price in pounds."""
        if sku in self.world.by_sku:
            raise ActError(f"add_product: there is a variant {sku!r} already")
        if tax not in self.world.countries[0].percent:
            raise ActError(f"add_product: tax is {tax!r}; it must be one of {sorted(self.world.countries[0].percent)}")
        item = EstateItem(
            sku=sku, name=name or sku, net_price=Decimal(net_price), tax=tax, units={"each": 1}, on_hand=int(on_hand)
        )
        variant = add_item(self.world, item, {})
        return {"id": variant.id, "sku": sku, "product": variant.product_id}

    def _shelf(self, sku: str, warehouse: str | None) -> Json:
        """The warehouse and merchant of a figure: the first one the variant lies in, unless a warehouse is named."""
        first = self.variant(sku).stocks[0]
        return {"warehouseReferenceKey": warehouse or first.warehouse, "merchantReferenceKey": first.merchant}
