"""What happens around the orders: goods come and go, prices and accounts change, items are corrected, servers fail."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crossdock.sandbox.bridge import Json, dec, money
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.prima.acts_orders import number
from crossdock.sandbox.prima.model import Account, Item, Level, Price, PriceList, Unit
from crossdock.sandbox.prima.store import Store

ONE = Decimal(1)
ITEM_STATUSES = ("active", "blocked", "discontinued")
ACCOUNT_STATUSES = ("active", "on_hold", "closed")


class WorldActs:
    """SKUs are base SKUs; quantities are eaches."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def by_name(self) -> Mapping[str, Callable[..., Any]]:
        acts = (
            self.receive_goods, self.expect_goods, self.count_stock, self.local_sale, self.quarantine,
            self.set_price, self.drop_price, self.set_account, self.hold_account, self.release_account,
            self.set_item_status, self.confirm_unit, self.set_unit_quantity, self.break_down_soap,
        )  # fmt: skip
        return {act.__name__: act for act in acts}

    def receive_goods(self, sku: str, quantity: str, warehouse: str | None = None) -> Json:
        """A delivery arrives; what was on order for it shrinks."""
        amount = number("receive_goods: quantity", quantity, least=ONE)
        level = self._level(sku, warehouse)
        self.store.move(level, physical=amount, on_order=-min(amount, level.on_order))
        if not level.on_order:
            level.next_available_on = None
        return _told(level)

    def expect_goods(self, sku: str, quantity: str, on: str, warehouse: str | None = None) -> Json:
        """A purchase order is placed: so many are expected on a day (YYYY-MM-DD)."""
        level = self._level(sku, warehouse)
        level.next_available_on = _day("expect_goods: on", on)
        self.store.move(level, on_order=number("expect_goods: quantity", quantity, least=ONE))
        return _told(level)

    def count_stock(self, sku: str, counted: str, warehouse: str | None = None) -> Json:
        """A stock count finds so many in the warehouse."""
        level = self._level(sku, warehouse)
        self.store.move(level, physical=number("count_stock: counted", counted, least=Decimal(0)) - level.physical)
        return _told(level)

    def local_sale(self, sku: str, quantity: str, warehouse: str | None = None) -> Json:
        """Somebody buys over the counter: the goods are gone at once, promised to another or not."""
        amount = number("local_sale: quantity", quantity, least=ONE)
        level = self._level(sku, warehouse)
        if level.physical < amount:
            raise ActError(f"local_sale: {sku} has {level.physical} in {level.warehouse}, {amount} are asked")
        self.store.move(level, physical=-amount)
        self.store.local_sales.append({"sku": sku, "quantity": dec(amount), "warehouse": level.warehouse})
        return _told(level)

    def quarantine(self, sku: str, quantity: str, warehouse: str | None = None) -> Json:
        """So many are put aside (negative: are good again)."""
        level = self._level(sku, warehouse)
        amount = number("quarantine: quantity", quantity)
        if level.quarantined + amount < 0:
            raise ActError(f"quarantine: {sku} has {level.quarantined} put aside in {level.warehouse}")
        self.store.move(level, quarantined=amount)
        return _told(level)

    def set_price(
        self,
        sku: str,
        price: str,
        price_list: str = "TRADE",
        unit_code: str | None = None,
        min_quantity: str = "1",
        valid_from: str | None = None,
        valid_to: str | None = None,
    ) -> Json:
        """A buyer sets a list price from a quantity on. sku: the unit's own SKU in unit_sku mode."""
        prices = self._price_list(price_list)
        if sku not in self.store.saleable:
            raise ActError(f"set_price: SKU {sku!r} is not on file")
        by_code = self.store.knobs.uom_mode == "unit_code"
        held = Price(
            sku, (unit_code or "each") if by_code else "", number("set_price: min_quantity", min_quantity, least=ONE),
            number("set_price: price", price, least=Decimal(0)), self.store.stamp(),
            _day("set_price: valid_from", valid_from) if valid_from else None,
            _day("set_price: valid_to", valid_to) if valid_to else None,
        )  # fmt: skip
        prices.prices[held.key] = held
        self._list_changed(prices)
        return {"price_list": price_list, "sku": sku, "unit_price": money(held.unit_price)}

    def drop_price(self, sku: str, price_list: str = "TRADE") -> Json:
        """A price list's prices of a SKU end yesterday."""
        prices = self._price_list(price_list)
        ended = [price for price in prices.prices.values() if price.sku == sku]
        for price in ended:
            price.valid_to = self.store.now().date() - timedelta(days=1)
            price.updated_at = self.store.stamp()
        self._list_changed(prices)
        return {"price_list": price_list, "dropped": len(ended)}

    def set_account(
        self,
        account: str,
        status: str | None = None,
        price_list: str | None = None,
        payment_terms: str | None = None,
        po_required: bool | None = None,
        credit_limit: str | None = None,
    ) -> Json:
        """Sales ops change an account; what is null stays."""
        found = self._account(account)
        if status is not None and status not in ACCOUNT_STATUSES:
            raise ActError(f"set_account: status {status!r} is none of {', '.join(ACCOUNT_STATUSES)}")
        if price_list is not None:
            found.price_list_code = self._price_list(price_list).code
        if credit_limit is not None:
            found.credit_limit = number("set_account: credit_limit", credit_limit, least=Decimal(0))
        found.status = status or found.status
        found.credit_hold = found.status == "on_hold"
        found.payment_terms_code = payment_terms or found.payment_terms_code
        found.po_required = found.po_required if po_required is None else po_required
        self.store.touch_account(found)
        return {"account": account, "status": found.status, "price_list": found.price_list_code}

    def hold_account(self, account: str) -> Json:
        """Credit control puts an account on stop."""
        return self.set_account(account, status="on_hold")

    def release_account(self, account: str) -> Json:
        """Credit control takes an account off stop."""
        return self.set_account(account, status="active")

    def set_item_status(self, sku: str, status: str) -> Json:
        """An item becomes active, blocked or discontinued."""
        if status not in ITEM_STATUSES:
            raise ActError(f"set_item_status: status {status!r} is none of {', '.join(ITEM_STATUSES)}")
        item = self._item(sku)
        item.status = status
        self.store.touch_item(item)
        return {"sku": sku, "status": status}

    def confirm_unit(self, sku: str, unit_code: str, confirmed: bool = True) -> Json:
        """The data team confirms (or doubts) how many eaches a unit of a base SKU holds."""
        item, unit = self._unit(sku, unit_code)
        unit.confirmed = confirmed
        self.store.touch_item(item)
        return {"sku": unit.sku, "unit_code": unit_code, "confirmed": confirmed}

    def set_unit_quantity(self, sku: str, unit_code: str, base_quantity: str, confirmed: bool = False) -> Json:
        """A supplier changes how many eaches a unit holds; until somebody confirms it, it is not sold."""
        item, unit = self._unit(sku, unit_code)
        if unit_code == "each":
            raise ActError("set_unit_quantity: an each is one each")
        unit.base_quantity = number("set_unit_quantity: base_quantity", base_quantity, least=ONE)
        unit.confirmed = confirmed
        self.store.touch_item(item)
        return {"sku": unit.sku, "base_quantity": dec(unit.base_quantity), "confirmed": confirmed}

    def break_down_soap(
        self, count: int = 1, request_type: str = "", text: str = "The urn:omlink service is unavailable (10921)"
    ) -> Json:
        """The next SOAP calls (of one RequestType, or any) meet a fault and nothing is done."""
        self.store.down[request_type] = (count, text)
        return {"request_type": request_type, "count": count}

    def _list_changed(self, prices: PriceList) -> None:
        prices.updated_at = self.store.stamp()
        self.store.tell("price_list.changed", {"code": prices.code})

    def _level(self, sku: str, warehouse: str | None) -> Level:
        codes = self.store.knobs.warehouses
        code = warehouse or codes[0]
        if code not in codes:
            raise ActError(f"warehouse {code!r} is none of {', '.join(codes)}")
        if not self._item(sku).counted:
            raise ActError(f"SKU {sku!r} is a kit and has no stock of its own")
        return self.store.level(sku, code)

    def _item(self, sku: str) -> Item:
        if sku not in self.store.items:
            raise ActError(f"SKU {sku!r} is no item on file (a base SKU is asked for)")
        return self.store.items[sku]

    def _unit(self, sku: str, unit_code: str) -> tuple[Item, Unit]:
        item = self._item(sku)
        for unit in item.units:
            if unit.unit_code == unit_code:
                return item, unit
        raise ActError(f"{sku} has no unit {unit_code!r}; it has {', '.join(one.unit_code for one in item.units)}")

    def _account(self, code: str) -> Account:
        if code not in self.store.accounts:
            raise ActError(f"account {code!r} is not on file")
        return self.store.accounts[code]

    def _price_list(self, code: str) -> PriceList:
        if code not in self.store.price_lists:
            raise ActError(f"price list {code!r} is none of {', '.join(self.store.price_lists)}")
        return self.store.price_lists[code]


def _day(what: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ActError(f"{what}: {text!r} is not YYYY-MM-DD") from error


def _told(level: Level) -> Json:
    return {
        "sku": level.sku,
        "warehouse": level.warehouse,
        "physical": dec(level.physical),
        "allocated": dec(level.allocated),
        "free": dec(level.free),
        "sequence": level.sequence,
    }
