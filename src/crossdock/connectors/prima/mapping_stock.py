"""Stock rows of prima-bridge v1 → figures. Pure."""

from datetime import datetime

from crossdock.connectors.prima.wire import StockRow
from crossdock.model.faults import DataFault
from crossdock.model.stock import Basis, StockFigure

CONFIRM = (
    "`free` is published only once its meaning is proven: place a held order for n, see `free` fall by n with nothing "
    "shipped, cancel it, see it rise by n"
)


def to_figure(row: StockRow, *, read_at: datetime, place: str = "stock") -> StockFigure:
    """read_at: when the read began; a figure is never taken for newer. It may be below zero, which is then said so.

    Raises DataFault: more is free than is there and not promised, so the word does not mean what it must.
    """
    if row.physical is not None and row.allocated is not None and row.free > row.physical - row.allocated:
        there = row.physical - row.allocated
        problem = f"is {row.free}, more than the {there} that are there and not allocated; one of the three is wrong"
        raise DataFault(f"{place}.free", problem)
    return StockFigure(
        stock_code=row.sku,
        site=row.warehouse_code,
        basis=Basis.FREE,
        quantity=row.free,
        as_of=min(row.as_of, read_at),
    )
