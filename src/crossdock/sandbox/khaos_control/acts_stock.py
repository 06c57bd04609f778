"""Stock and catalogue: receiving, counting, creating, renaming, pricing."""

from datetime import date, timedelta
from typing import Any

from crossdock.sandbox.estate import TAX_PERCENT
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control import figures, fulfilment
from crossdock.sandbox.khaos_control.desk import Desk, number
from crossdock.sandbox.khaos_control.loading import new_item, tax_code_of
from crossdock.sandbox.khaos_control.model import NONE, Purchase, StockItem
from crossdock.sandbox.khaos_control.view import plain


class StockActs(Desk):
    def goods_in(self, sku: str, quantity: Any, site: str = "") -> dict[str, Any]:
        """Receive stock; back orders get theirs first, the oldest before the others."""
        item, amount, site_id = self.find_item(sku), number(quantity), self.find_site(site)
        if amount <= 0:
            raise ActError(f"goods_in: quantity must be above zero, was {quantity}")
        freed = fulfilment.receive(self.store, item, amount, site_id)
        return {**self._level(item, site_id), "freed": [order.code for order in freed]}

    def adjust(self, sku: str, on_hand: Any, site: str = "") -> dict[str, Any]:
        """A count: set what is on the shelf. What is assigned stays assigned."""
        item, site_id = self.find_item(sku), self.find_site(site)
        item.level(site_id).on_hand = number(on_hand)
        item.moved = self.store.wall()
        return self._level(item, site_id)

    def purchase(self, sku: str, quantity: Any, due: str = "", site: str = "") -> dict[str, Any]:
        """Order from a supplier. due: yyyy-mm-dd, else a week from now."""
        item, site_id = self.find_item(sku), self.find_site(site)
        day = date.fromisoformat(due) if due else self.store.wall().date() + timedelta(days=7)
        item.purchases.append(Purchase(number(quantity), day, site_id))
        item.moved = self.store.wall()
        return {"sku": item.code, "on_order": plain(figures.on_order(item)), "due": day.isoformat()}

    def create_item(
        self,
        sku: str,
        name: str,
        net_price: Any,
        tax: str = "STD",
        on_hand: Any = 0,
        other_ref: str = "",
        barcode: str = "",
        parent: str = "",
        option: str = "",
        run_to_zero: bool = False,
        controlled: bool = True,
    ) -> dict[str, Any]:
        """A new stock item. tax: STD, RED or ZER. parent and option ("L/BLK", up to four) make it a variant.
        controlled: false for what is sold and never counted, such as a fee."""
        code = sku.strip()
        if not code or self.store.find_item(code) is not None:
            raise ActError(f"create_item: stock code {sku!r} is empty or in use")
        family = self._family(parent) if parent else None
        options = tuple(part for part in option.split("/") if part)
        if family is not None and not 1 <= len(options) <= 4:
            raise ActError(f"create_item: a variant needs one to four options, was {option!r}")
        item = new_item(
            self.store,
            code=code,
            name=name,
            net_price=number(net_price),
            tax_code=tax_code_of(self.store.settings, TAX_PERCENT[tax]),
            on_hand=number(on_hand),
        )
        item.other_ref, item.run_to_zero, item.controlled = other_ref, run_to_zero, controlled
        item.barcode = barcode or item.barcode
        if family is not None:
            item.parent, item.option = family, options
            family.children.append(item)
        self.store.add_item(item)
        return {"sku": item.code, "stock_id": item.stock_id}

    def discontinue(self, sku: str) -> dict[str, Any]:
        """No longer sold."""
        item = self.find_item(sku)
        item.discontinued = True
        item.revised = self.store.wall()
        return {"sku": item.code, "discontinued": True}

    def run_to_zero(self, sku: str) -> dict[str, Any]:
        """Sell what is left and take no back orders."""
        item = self.find_item(sku)
        item.run_to_zero = True
        item.revised = self.store.wall()
        return {"sku": item.code, "run_to_zero": True}

    def rename_item(self, sku: str, new_code: str) -> dict[str, Any]:
        """Another stock code for the same STOCK_ID."""
        item, code = self.find_item(sku), new_code.strip()
        taken = self.store.find_item(code)
        if not code or (taken is not None and taken is not item):
            raise ActError(f"rename_item: stock code {new_code!r} is empty or in use")
        self.store.recode_item(item, code)
        return {"sku": item.code, "stock_id": item.stock_id}

    def set_price(
        self, sku: str, net_price: Any = None, price_list: str = "", price: Any = None, quantity: int = 1
    ) -> dict[str, Any]:
        """A new sell price (net_price), or a price (net) of a list from a quantity on."""
        item = self.find_item(sku)
        if net_price is not None:
            item.net_price = number(net_price)
            item.revised = self.store.wall()
        if price_list:
            if price_list not in self.store.settings.price_lists:
                raise ActError(f"price list {price_list!r} is none of {list(self.store.settings.price_lists)}")
            bands = self.store.price_overrides.setdefault((price_list, item.stock_id), {})
            bands[int(quantity)] = number(price)
        return {"sku": item.code, "net_price": str(item.net_price)}

    def _family(self, code: str) -> StockItem:
        """The size/colour parent of that code, made when missing."""
        known = self.store.find_item(code)
        if known is not None:
            known.controlled = False
            return known
        parent = new_item(
            self.store, code=code.strip(), name=code.strip(), net_price=NONE, tax_code=1, on_hand=NONE
        )  # fmt: skip
        parent.controlled = False
        self.store.add_item(parent)
        return parent

    def _level(self, item: StockItem, site_id: int) -> dict[str, Any]:
        level = item.level(site_id)
        return {
            "sku": item.code,
            "on_hand": plain(level.on_hand),
            "assigned": plain(level.assigned),
            "available": plain(level.available),
        }
