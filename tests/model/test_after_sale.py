"""What comes after an order cannot be half-built: it names its order, and quantities are above zero."""

from datetime import datetime
from decimal import Decimal

import pytest

from crossdock.model.after_sale import Cancellation, CancelledLine, ReturnLine
from crossdock.model.faults import InvalidValue
from crossdock.model.retail import RetailStock
from crossdock.model.stock import Basis


def test_a_cancellation_names_its_order_and_what_of_it() -> None:
    whole = Cancellation(key="c1", order_ref="", storefront_id="880001")
    assert whole.whole
    part = Cancellation(key="c2", order_ref="SO-1", lines=(CancelledLine(sku="HP-1", quantity=Decimal(1)),))
    assert not part.whole
    with pytest.raises(InvalidValue, match="must name its order"):
        Cancellation(key="c3", order_ref="")


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity"])
@pytest.mark.parametrize("line", [CancelledLine, ReturnLine])
def test_nothing_is_no_quantity(line: type[CancelledLine | ReturnLine], quantity: str) -> None:
    with pytest.raises(InvalidValue, match="must be above zero"):
        line(sku="HP-1", quantity=Decimal(quantity))


def test_retail_stock_carries_its_moment_with_its_zone() -> None:
    with pytest.raises(InvalidValue, match="no time zone"):
        RetailStock(
            location="STORE", sku="HP-1", basis=Basis.ON_HAND, quantity=Decimal(1),
            occurred_at=datetime(2026, 1, 1),
        )  # fmt: skip
