"""Prima as the merchant's day begins: the estate's items, accounts and stock, in Prima's own terms."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from crossdock.sandbox.estate import Estate, EstateCompany, EstateItem
from crossdock.sandbox.prima.model import (
    ZERO,
    Account,
    Address,
    Item,
    Level,
    NativeKey,
    Price,
    PriceList,
    Unit,
)
from crossdock.sandbox.prima.store import Store

LOADED = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
"""When everything at the start was last changed."""
PALLET_CASES = 40
PALLET_EVERY = 9
TRADE_SHARE = 20
KEY_PRICE = Decimal("0.92")
KEY_BREAK = (Decimal(10), Decimal("0.88"))
PENNY = Decimal("0.01")


def load(store: Store, estate: Estate) -> None:
    """Fill an empty store. What is not in the ERP stays away; a company without an account has none."""
    store.carriers = dict(estate.couriers)
    store.strangers = [one.sku for one in estate.items if not one.in_erp]
    sold = [one for one in estate.items if one.in_erp]
    for number, one in enumerate(sold):
        item = _item(store, one, number)
        store.add_item(item)
        if item.counted:
            _stock(store, one)
    for code, prices_include_tax in (("TRADE", False), ("KEY", False), ("RETAIL", True)):
        store.price_lists[code] = PriceList(code, estate.currency, prices_include_tax, LOADED)
    for one in sold:
        _prices(store, one)
    for number, company in enumerate(one for one in estate.companies if one.erp_code):
        account = _account(company, number, estate.currency)
        store.accounts[account.account_code] = account


def native_key(one: EstateItem) -> NativeKey:
    """Style and matrix codes: colour is the first dimension, size the second."""
    if not one.parent_sku:
        return NativeKey(one.sku.replace("-", ""))
    size, _, colour = one.option.partition("/")
    return NativeKey(one.parent_sku, colour, size)


def _item(store: Store, one: EstateItem, number: int) -> Item:
    native = native_key(one)
    parts = one.pack or ((one.sku, 1),)
    item = Item(
        sku=one.sku, native=native, style_code=one.parent_sku or native.product, description=one.name,
        barcode=f"50{number:010d}{number % 10}", vat_code=one.tax, updated_at=LOADED,
        parts=tuple((sku, Decimal(each)) for sku, each in parts),
    )  # fmt: skip
    quantities = dict(one.units)
    if "case" in quantities and number % PALLET_EVERY == 0:
        quantities["pallet"] = quantities["case"] * PALLET_CASES
    item.units = [_unit(store, item, code, held) for code, held in quantities.items()]
    return item


def _unit(store: Store, item: Item, code: str, held: int) -> Unit:
    sku, native = item.sku, item.native
    if store.knobs.uom_mode == "unit_sku" and code != "each":
        sku = f"{item.sku}-{code.upper()}"
        native = NativeKey(native.product, native.m1, native.m2, code.upper())
    return Unit(code, sku, native, Decimal(held), confirmed=sku not in store.knobs.unconfirmed_skus)


def _stock(store: Store, one: EstateItem) -> None:
    codes = store.knobs.warehouses
    trade = Decimal(one.on_hand // TRADE_SHARE) if len(codes) > 1 else ZERO
    amounts = [Decimal(one.on_hand) - trade, trade, *[ZERO] * len(codes)]
    for code, amount in zip(codes, amounts, strict=False):
        store.levels[one.sku, code] = Level(one.sku, code, amount, LOADED)


def _prices(store: Store, one: EstateItem) -> None:
    rate = 1 + store.rates[one.tax]
    for unit in store.items[one.sku].units:
        base = one.net_price * unit.base_quantity
        own = store.knobs.uom_mode == "unit_sku"
        for code, least, price in (
            ("TRADE", Decimal(1), base),
            ("KEY", Decimal(1), base * KEY_PRICE),
            ("KEY", KEY_BREAK[0], base * KEY_BREAK[1]),
            ("RETAIL", Decimal(1), base * Decimal("1.25") * rate),
        ):
            held = Price(unit.sku, "" if own else unit.unit_code, least, price.quantize(PENNY), LOADED)
            store.price_lists[code].prices[held.key] = held


def _account(company: EstateCompany, number: int, currency: str) -> Account:
    """Every tenth account buys at key-account prices; every fourth has a second delivery address."""
    lines = (company.name, company.street, company.town)
    addresses = [Address("1", "both", lines, company.postcode, "GB", is_default=True)]
    if number % 4 == 3:
        site = (company.name, "Site office", company.town)
        addresses.append(Address("2", "delivery", site, company.postcode, "GB", is_default=False))
    return Account(
        account_code=company.erp_code, name=company.name, price_list_code="KEY" if number % 10 == 9 else "TRADE",
        payment_terms_code=company.payment_term.upper().replace(" ", ""), currency=currency,
        vat_number=company.vat_number, addresses=tuple(addresses), updated_at=LOADED,
        status="on_hold" if company.on_stop else "active", credit_limit=Decimal(25000),
        credit_hold=company.on_stop, po_required=company.po_required,
    )  # fmt: skip


def terms(account: Account) -> timedelta:
    """How long an account has to pay; terms look like NET30."""
    digits = "".join(one for one in account.payment_terms_code if one.isdigit())
    return timedelta(days=int(digits or 0))
