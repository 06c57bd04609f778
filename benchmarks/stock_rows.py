"""The made-up stock: so many levels, of which one in a hundred changed since they were last sent."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from crossdock.model.stock import Basis, StockFigure

PAGE = 1_000
CHANGED_ONE_IN = 100
NUMBERS = [Decimal(number) for number in range(1_000)]


def code(number: int) -> str:
    return f"SKU-{number:08d}"


def sent(number: int) -> Decimal:
    """What was last sent."""
    return NUMBERS[number * 7919 % 500]


def now(number: int) -> Decimal:
    """What the ERP says now."""
    return NUMBERS[number * 7919 % 500 + (number % CHANGED_ONE_IN == 0)]


def tuples(count: int) -> Iterator[list[tuple[str, Decimal]]]:
    """(code, quantity) as a hand-written script would have them."""
    for start in range(0, count, PAGE):
        yield [(code(number), now(number)) for number in range(start, min(count, start + PAGE))]


def figures(count: int, *, as_of: datetime) -> Iterator[list[StockFigure]]:
    """The same as a connector gives them."""
    for page in tuples(count):
        yield [
            StockFigure(stock_code=sku, site="Main", basis=Basis.AVAILABLE, quantity=quantity, as_of=as_of)
            for sku, quantity in page
        ]
