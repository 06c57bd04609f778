"""Items, customers and prices of prima-bridge v1 → canonical. Pure."""

from datetime import date
from decimal import Decimal

from crossdock.connectors.bridge import fault_of
from crossdock.connectors.prima.wire import Customer, Item, PriceList, PriceRow, UomMode
from crossdock.model.account import Account
from crossdock.model.price import Price
from crossdock.model.stock import ItemUnit, StockItem


def to_stock_item(item: Item, *, uom_mode: UomMode = "unit_sku", place: str = "item") -> StockItem:
    """Only an active item may be sold, so a blocked one counts as discontinued. Raises DataFault: a unit without SKU
    where units are SKUs."""
    problems = [
        (f"{place}.units[{at}].sku", "is missing; in unit_sku mode every unit has its own")
        for at, unit in enumerate(item.units)
        if uom_mode == "unit_sku" and unit.sku is None
    ]
    if problems:
        raise fault_of(problems)
    return StockItem(
        code=item.sku,
        item_id=item.sku,
        description=item.description or "",
        other_ref=item.style_code or "",
        barcodes=(item.barcode,) if item.barcode else (),
        discontinued=item.status != "active",
        units=tuple(
            ItemUnit(
                unit=unit.unit_code,
                base_sku=unit.base_sku,
                base_quantity=unit.base_quantity,
                sku=unit.sku or "",
                confirmed=unit.confirmed,
            )
            for unit in item.units
        ),
        native_key=tuple(sorted(item.native_key.items())),
    )


def to_account(customer: Customer) -> Account:
    """An account that is on hold, closed or over its credit takes no orders."""
    return Account(
        account_id=customer.account_code,
        code=customer.account_code,
        name=customer.name,
        currency=customer.currency,
        tax_reference=customer.vat_number or "",
        on_stop=customer.status != "active" or customer.credit_hold is True,
        credit_limit=customer.credit_limit,
        price_lists=(customer.price_list_code,) if customer.price_list_code else (),
        postcodes=tuple(dict.fromkeys(one.postcode for one in customer.addresses if one.postcode)),
    )


def to_price(row: PriceRow, of: PriceList, *, per: Decimal = Decimal(1), place: str = "price") -> Price:
    """per: stock units in the unit the price is for. Raises DataFault, as check_price does."""
    check_price(row, place)
    return Price(
        price_list=of.code,
        stock_code=row.sku,
        currency=of.currency,
        price=row.unit_price if per == 1 else row.unit_price / per,
        is_net=not of.prices_include_tax,
        quantity_from=row.min_quantity * per or Decimal(1),
    )


def check_price(row: PriceRow, place: str) -> None:
    """Raises DataFault: a price of nought or less is no price (an ERP of that name answers 0.00 for a SKU it does not
    know: EvolutionX help, Prima Live Pricing), nor does a break begin below nought."""
    problems = []
    if row.unit_price <= 0:
        problems.append((f"{place}.unit_price", f"must be above zero, was {row.unit_price}; nought is no price"))
    if row.min_quantity < 0:
        problems.append((f"{place}.min_quantity", f"must not be negative, was {row.min_quantity}"))
    if problems:
        raise fault_of(problems)


def is_valid_on(row: PriceRow, day: date) -> bool:
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or day <= row.valid_to)
