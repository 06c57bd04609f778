"""Laws of the channel's documents: what is put out can be read back, in either form, and damage is refused by name."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.connectors.khaos_control.channel import orders, returns
from crossdock.connectors.khaos_control.channel.document import read, write_json, write_xml
from crossdock.connectors.khaos_control.channel.fields import Node
from crossdock.connectors.khaos_control.channel.orders import Terms
from crossdock.connectors.khaos_control.channel.translations import (
    read_order_statuses,
    read_prices,
    read_returns,
    read_sales_orders,
    read_stock_items,
    read_stock_levels,
)
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.model.faults import DataFault
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import Address
from tests.connectors.khaos_control.channel.desk import settings as channel_settings

TERMS = Terms(channel=channel_settings(whole_quantities=False))
WORD = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=("Cc", "Zs")), min_size=1)
MONEY = st.decimals(min_value=0, max_value=99_999, places=2)


def word(longest: int) -> st.SearchStrategy[str]:
    return WORD.map(lambda said: said[:longest])


ADDRESSES = st.builds(
    Address,
    organisation=word(50), title=word(20), forename=word(50), surname=word(50), line1=word(35), town=word(35),
    county=word(35), postcode=word(10), country=st.sampled_from(["GB", "IE"]), telephone=word(25), email=word(100),
)  # fmt: skip
LINES = st.builds(
    ResolvedLine,
    line_ref=word(20), stock_code=word(50), quantity=st.decimals(min_value="0.001", max_value=999, places=3),
    unit_price=st.decimals(min_value=0, max_value=9_999, places=4), net=st.just(Decimal(0)), tax_code=st.just(""),
    tax=st.just(Decimal(0)), note=word(60),
)  # fmt: skip
ORDERS = st.builds(
    ResolvedOrder,
    ref=word(50), placed_at=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
        lambda at: at.replace(microsecond=0, tzinfo=UTC)
    ),
    currency=st.sampled_from(["GBP", "EUR"]), account_code=word(10), account_id=st.just(""),
    lines=st.lists(LINES, min_size=1, max_size=4).map(tuple), delivery_net=MONEY, delivery_tax=MONEY, total=MONEY,
    courier_code=word(10), site=word(20).map("ID={}".format), sales_source=word(20).map("Name={}".format),
    company_class=word(20).map("Name={}".format), company_name=word(50), po_number=word(30), notes=word(100),
    wanted_by=st.none() | st.dates(datetime(2020, 1, 1).date(), datetime(2030, 1, 1).date()),
    invoice_address=ADDRESSES, delivery_address=st.none() | ADDRESSES,
)  # fmt: skip
RETURNS = st.builds(
    SalesReturn,
    ref=word(50), order_ref=word(50), account_code=word(10), address=ADDRESSES, notes=word(50),
    received_at=st.just(datetime(2026, 3, 2, 12, tzinfo=UTC)),
    lines=st.lists(
        st.builds(ReturnLine, sku=word(50), quantity=st.integers(1, 99).map(Decimal), reason=st.just("6"),
                  unit_price=st.none() | MONEY),
        min_size=1, max_size=3,
    ).map(tuple),
)  # fmt: skip


def told(order: ResolvedOrder) -> ResolvedOrder:
    """What the channel has room for: neither a line's net nor its tax, and references without their kind."""
    bare = {name: getattr(order, name).partition("=")[2] for name in ("site", "sales_source", "company_class")}
    lines = tuple(replace(line, net=Decimal(0), tax=Decimal(0)) for line in order.lines)
    return replace(order, lines=lines, **bare)


@given(order=ORDERS, as_xml=st.booleans())
def test_an_order_survives_the_channel(order: ResolvedOrder, as_xml: bool) -> None:
    tree = orders.download([orders.write_order(order, TERMS)], TERMS.channel)
    raw = write_xml("SalesOrderImport", tree, {}) if as_xml else write_json(tree)
    (found,) = [orders.read_order(one) for one in Node(read(raw), "").nodes("Orders")]
    lines = tuple(replace(line, net=Decimal(0), tax=Decimal(0)) for line in found.lines)
    assert replace(found, lines=lines) == told(order)


@given(found=RETURNS, as_xml=st.booleans())
def test_a_return_survives_the_channel(found: SalesReturn, as_xml: bool) -> None:
    tree = returns.download([returns.write_return(found, TERMS, created_at=datetime.now(UTC))], TERMS)
    raw = write_xml("CustomerReturnImport", tree, {}) if as_xml else write_json(tree)
    (back,) = [returns.read_return(one) for one in Node(read(raw), "").nodes("Returns")]
    assert back == found


@given(order=ORDERS)
def test_no_null_and_no_empty_urn_is_ever_put_out(order: ResolvedOrder) -> None:
    found = json.loads(write_json(orders.write_order(order, TERMS)))
    assert list(nulls(found)) == []
    assert found["Customer"]["URN"]


def nulls(value: object) -> Iterator[object]:
    match value:
        case None:
            yield value
        case dict():
            for one in value.values():
                yield from nulls(one)
        case list():
            for one in value:
                yield from nulls(one)


GOLDEN = Path(__file__).resolve().parents[1] / "golden"
READERS = {
    "channel-sales-order": read_sales_orders, "order-status": read_order_statuses, "stock-item": read_stock_items,
    "stock-level": read_stock_levels, "price-list": read_prices, "return": read_returns,
}  # fmt: skip
WIRES = {
    path.name: (READERS[path.name.partition(".")[0]], path.read_bytes())
    for path in [*GOLDEN.glob("*.wire.json"), *GOLDEN.glob("*.channel-xml.wire.xml")]
}


@given(
    name=st.sampled_from(sorted(WIRES)),
    start=st.integers(0, 4000),
    length=st.integers(0, 60),
    instead=st.sampled_from(
        [b"", b"0", b"-1", b"null", b"[]", b"{}", b'"', b"NaN", b"\xff", b"1e999", b"<A/>", b"true"]
    ),
)
@settings(max_examples=400)
def test_a_damaged_document_is_understood_or_refused_and_never_worse(
    name: str, start: int, length: int, instead: bytes
) -> None:
    reader, raw = WIRES[name]
    start %= len(raw)
    with contextlib.suppress(DataFault):
        reader(raw[:start] + instead + raw[start + length :])
