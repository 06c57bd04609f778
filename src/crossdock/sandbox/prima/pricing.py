"""Which price a line gets: the account's list, or what the caller sent."""

from datetime import date
from decimal import Decimal

from crossdock.sandbox.prima.model import ZERO, Account, Item, LineIntent, Price, PriceList, Unit
from crossdock.sandbox.prima.store import Store
from crossdock.sandbox.prima.tax import pence

HALF_PENNY = Decimal("0.005")


class PriceRefused(Exception):
    """code: of the problem; the text says why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def list_price(
    store: Store, account: Account, item: Item, unit: Unit, quantity: Decimal, *, with_tax: bool
) -> Decimal | None:
    """The account's price of one unit at this quantity, None when its list has none."""
    prices = store.price_lists.get(account.price_list_code)
    if prices is None:
        return None
    unit_code = "" if store.knobs.uom_mode == "unit_sku" else unit.unit_code
    today = store.now().date()
    fitting = [
        price
        for price in prices.prices.values()
        if (price.sku, price.unit_code) == (unit.sku, unit_code)
        and price.min_quantity <= quantity
        and valid(price, today)
    ]
    if not fitting:
        return None
    best = max(fitting, key=lambda price: (price.min_quantity, price.valid_from or date.min))
    return _as(prices, best.unit_price, store.rates[item.vat_code], with_tax=with_tax)


def valid(price: Price, day: date) -> bool:
    return (price.valid_from is None or price.valid_from <= day) and (price.valid_to is None or day <= price.valid_to)


def _as(prices: PriceList, price: Decimal, rate: Decimal, *, with_tax: bool) -> Decimal:
    if prices.prices_include_tax == with_tax:
        return price
    return pence(price * (1 + rate)) if with_tax else pence(price / (1 + rate))


def line_price(
    store: Store, account: Account, found: tuple[Item, Unit], line: LineIntent, *, with_tax: bool, mode: str, blank: str
) -> Decimal:
    """The price of one unit. mode: a `pricing_mode`. blank: what no sent price means, a `blank_price`.

    Raises PriceRefused.
    """
    item, unit = found
    listed = list_price(store, account, item, unit, line.quantity, with_tax=with_tax)
    sent = line.unit_price
    if mode == "erp_prices" or (sent is None and blank == "erp_prices"):
        return _listed(store, listed, line.sku)
    if sent is None:
        if blank == "zero":
            return ZERO
        raise PriceRefused("price-missing-or-zero", f"Price must be entered for product {line.sku}")
    if mode == "send_and_compare" and abs(_listed(store, listed, line.sku) - sent) >= HALF_PENNY:
        raise PriceRefused("price-mismatch", f"Price {sent} for product {line.sku} is not the list price {listed}")
    return sent


def _listed(store: Store, listed: Decimal | None, sku: str) -> Decimal:
    if listed is not None and listed > 0:
        return listed
    if store.knobs.zero_price_trap:
        return ZERO
    raise PriceRefused("price-missing-or-zero", f"No price on file for product {sku}")
