"""What the channel can say of goods that came back, and what it cannot."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from crossdock.connectors.khaos_control.channel.config import ChannelSettings
from crossdock.connectors.khaos_control.channel.orders import Terms
from crossdock.connectors.khaos_control.channel.returns import write_return
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.model.faults import Unsupported
from crossdock.model.sales_order import Address

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
TERMS = Terms(channel=ChannelSettings(return_reason="Name=Unwanted"))
BACK = SalesReturn(
    ref="100-1/a", order_ref="100-1", account_code="HPT1001", received_at=NOON,
    lines=(ReturnLine(sku="HP-1001", quantity=Decimal(1), unit_price=Decimal("12.54")),),
    address=Address(surname="Doe", line1="1 High Street", town="York", postcode="YO1 7HH", country="GB"),
)  # fmt: skip


def test_goods_are_said_with_the_order_they_were_sold_by_and_what_they_were_worth() -> None:
    said = write_return(BACK, TERMS, created_at=NOON)
    (item,) = said["ReturnedItems"]
    assert (said["AssociatedRef"], said["CreatedDate"], said["URN"]) == ("100-1/a", "2026-07-10T13:00:00", "HPT1001")
    assert (item["SourceReference"], item["UnitPrice"]) == ({"AssociatedRef": "100-1"}, {"Gross": Decimal("12.54")})


@pytest.mark.parametrize(
    ("back", "place"),
    [
        (replace(BACK, lines=()), "ReturnedItems"),
        (replace(BACK, account_code=""), "URN"),
        (replace(BACK, address=None), "InvoiceAddress"),
        (replace(BACK, lines=(replace(BACK.lines[0], quantity=Decimal("0.5")),)), "ReturnedItems[0].Quantity"),
        (replace(BACK, ref="x" * 51), "AssociatedRef"),
    ],
)
def test_what_it_cannot_say_is_named(back: SalesReturn, place: str) -> None:
    with pytest.raises(Unsupported) as refused:
        write_return(back, TERMS, created_at=NOON)
    assert refused.value.place == place
