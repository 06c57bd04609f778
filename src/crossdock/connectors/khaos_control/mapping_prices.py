"""A PriceLists document (ExportPriceList, ExportPriceListEx) → Price. Pure.

Live answers hold `StockItem-CustomerClassifications` blocks right below the root; the documented file puts them into a
`StockItem-CustomerClassificationsList`, and files for import spell @PricelistNet as @PriceListNet. All are read.
"""

from collections.abc import Iterator
from decimal import Decimal

from crossdock.connectors.khaos_control.xmldoc import (
    Element,
    attribute,
    decimal,
    decimal_or_none,
    flag,
    place,
    required,
    text,
    value,
)
from crossdock.model.faults import DataFault
from crossdock.model.price import Price
from crossdock.ports.systems import UnreadablePrice

BLOCK = "StockItem-CustomerClassifications"
ONE = Decimal(1)


def read_prices(price_lists: Element, name: str = "") -> Iterator[Price | UnreadablePrice]:
    """Every price, in the order given. name: the list asked for; "" takes each block's own @CompClass.

    A row that cannot be read is yielded as what is wrong with it; one of nought as it came.
    """
    for block in (*price_lists.iterfind(BLOCK), *price_lists.iterfind(f"{BLOCK}List/{BLOCK}")):
        for item in block.iterfind("StockItem"):
            try:
                yield _price(item, block, name)
            except DataFault as fault:
                yield UnreadablePrice(name or attribute(block, "CompClass"), text(item, "StockCode"), fault)


def _price(item: Element, block: Element, name: str) -> Price:
    """CalculatedPrice is theirs, half pennies rounded their way: it is taken, never worked out again."""
    price = decimal(item, "CalculatedPrice")
    if price < 0:
        raise DataFault(place(item, "CalculatedPrice"), f"is {price}, and no price is below nought")
    start = decimal(item, "QtyStart", ONE)
    end = decimal_or_none(item, "QtyEnd")
    return Price(
        price_list=name or attribute(block, "CompClass"),
        stock_code=required(item, "StockCode"),
        currency=required(block, "@CurrencyCode"),
        price=price,
        is_net=_is_net(block),
        quantity_from=start if start > 0 else ONE,
        quantity_to=end if end is not None and end >= start and end > 0 else None,
        tax_percent=decimal_or_none(item, "TaxRate"),
    )


def _is_net(block: Element) -> bool:
    for spelling in ("@PricelistNet", "@PriceListNet"):
        if value(block, spelling):
            return flag(block, spelling)
    raise DataFault(place(block, "@PricelistNet"), "is missing: nobody can tell whether these prices are net")
