"""Items, customers and prices of prima-bridge v1 → canonical. Pure."""

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


def to_price(row: PriceRow, of: PriceList, *, unit: ItemUnit | None = None, place: str = "price") -> Price:
    """unit: the one the price is for; None for the stock unit. Raises DataFault, as check_price does."""
    check_price(row, place)
    per = Decimal(1) if unit is None else unit.base_quantity
    return Price(
        price_list=of.code,
        stock_code=row.sku,
        currency=of.currency,
        price=row.unit_price,
        per=per,
        unit="" if unit is None else unit.unit,
        is_net=not of.prices_include_tax,
        quantity_from=row.min_quantity * per or Decimal(1),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def check_price(row: PriceRow, place: str) -> None:
    """Raises DataFault: nothing is priced below nought, nor does a break begin there. A price of nought goes on as it
    came, and is a case: an ERP of that name answers 0.00 for a SKU it does not know (EvolutionX help, Prima Live
    Pricing)."""
    problems = []
    if row.unit_price < 0:
        problems.append((f"{place}.unit_price", f"must not be negative, was {row.unit_price}"))
    if row.min_quantity < 0:
        problems.append((f"{place}.min_quantity", f"must not be negative, was {row.min_quantity}"))
    if problems:
        raise fault_of(problems)
