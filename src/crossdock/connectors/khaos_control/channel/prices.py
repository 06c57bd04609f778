"""Price list upload → Price. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from crossdock.connectors.khaos_control.channel.fields import Node
from crossdock.model.faults import DataFault
from crossdock.model.price import Price

HUNDRED, ONE, ZERO = Decimal(100), Decimal(1), Decimal(0)
AMOUNT, DISCOUNT, MARKUP = 1, 2, 3
"""PriceType tells how Khaos Control came to PriceValue: an amount, a discount off SellPrice, a mark-up on BuyPrice."""


def read_price_list(block: Node, *, currency: str, net: bool | None, percents: bool = False) -> list[Price]:
    """One list. Bands are not sorted and may overlap at their ends.

    currency, net: what the list does not say, from the settings. percents: the value of a discount or mark-up is its
    per cent, and not what it came to. Raises DataFault: also for a price that comes to
    nothing or less, which is no price.
    """
    name = block.text("PriceListName", "PriceListID", required=True)
    is_net = net if not block.has("PriceListNet") else block.flag("PriceListNet", default=True)
    if is_net is None:
        problem = "is missing: nobody can tell whether these prices are net; set channel.price_lists_net"
        raise DataFault(block.at("PriceListNet"), problem)
    amount = _worked_out if percents else _amount
    return [_price(row, amount(row), name, currency, is_net=is_net) for row in block.nodes("StockPrices")]


def _price(row: Node, amount: Decimal, name: str, currency: str, *, is_net: bool) -> Price:
    if amount <= 0:
        raise DataFault(row.at("PriceValue"), f"comes to {amount:f}, which is no price")
    start, end = row.number("QtyStart", ONE), row.number("QtyEnd", ZERO)
    return Price(
        price_list=name,
        stock_code=row.text("StockCode", required=True),
        currency=currency,
        price=amount,
        is_net=is_net,
        quantity_from=start if start > 0 else ONE,
        quantity_to=end if end >= start and end > 0 else None,
    )


def _amount(row: Node) -> Decimal:
    return row.number("PriceValue", ZERO)


def _worked_out(row: Node) -> Decimal:
    value, kind = row.number("PriceValue", ZERO), row.number("PriceType", Decimal(AMOUNT))
    if kind == AMOUNT:
        return value
    if kind == DISCOUNT:
        return row.number("SellPrice") * (1 - value / HUNDRED)
    if kind == MARKUP:
        return row.number("BuyPrice") * (1 + value / HUNDRED)
    raise DataFault(row.at("PriceType"), f"{kind:f} is no type of price; 1, 2 and 3 are")


def price_lists(root: Node) -> Iterator[Node]:
    """JSON names the list of lists; in XML they may stand right below the root. Raises DataFault: there is none."""
    if "UploadPriceLists" in root.value:
        yield from root.nodes("UploadPriceLists")
        return
    names = [name for name, value in root.value.items() if name != "#root" and isinstance(value, dict | list)]
    if not names and root.value.get("#root") != "PriceLists":
        raise DataFault("UploadPriceLists", "is missing")
    for name in names:
        yield from root.nodes(name)
