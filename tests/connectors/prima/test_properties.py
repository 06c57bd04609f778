"""What holds for every document: nothing is lost on the way, and nothing worse than a named fault comes of it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connectors.bridge import dec, ts
from crossdock.connectors.prima import SYSTEM
from crossdock.connectors.prima.translations import write_cancellation, write_order
from crossdock.model.after_sale import Cancellation
from crossdock.model.as_json import dumps
from crossdock.model.faults import DataFault
from crossdock.model.sales_order import SalesOrder
from tests.connectors.prima.support import ORDER, customer, invoice, item, line, order, shipment, stock

KINDS = sorted(SYSTEM.translations)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
RECORDS: dict[str, dict[str, Any]] = {
    "sales-order": orjson.loads(write_order(ORDER)),
    "order-status": order(),
    "stock-level": stock(),
    "stock-item": item(),
    "account": customer(),
    "despatch": shipment(),
    "invoice": invoice(),
}
CODE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
PRICE = st.decimals(Decimal("0.0001"), Decimal("99999"), places=4)
AMOUNT = st.decimals(0, 99999, places=2)


def read(kind: str, raw: bytes) -> Any:
    translation = SYSTEM.translations[kind].read
    assert translation is not None
    return translation(raw)


def told(kind: str, raw: bytes) -> str:
    """What is understood, as JSON, or the place of what is wrong; anything else comes out as an error."""
    try:
        return dumps(read(kind, raw)).decode()
    except DataFault as fault:
        return fault.place


@pytest.mark.parametrize("kind", KINDS)
@given(document=JSON)
def test_any_json_is_understood_or_refused_and_never_worse(kind: str, document: Any) -> None:
    assert told(kind, orjson.dumps(document))


@pytest.mark.parametrize("kind", sorted(RECORDS))
@given(data=st.data(), worse=JSON)
def test_any_record_with_something_else_in_it_is_no_worse(kind: str, data: st.DataObject, worse: Any) -> None:
    """One value, however deep, is taken for another."""
    record = orjson.loads(orjson.dumps(RECORDS[kind]))
    holder: Any = record
    while True:
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        if isinstance(holder[key], dict | list) and holder[key] and data.draw(st.booleans()):
            holder = holder[key]
            continue
        holder[key] = worse
        break
    assert told(kind, orjson.dumps(record))


@pytest.mark.parametrize("kind", KINDS)
@given(raw=st.binary(max_size=40) | st.text("<a/>&;\"'= !", max_size=30).map(str.encode))
def test_any_bytes_are_understood_or_refused_and_never_worse(kind: str, raw: bytes) -> None:
    assert told(kind, raw)


@given(
    ref=CODE, account=CODE, sku=CODE, text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    quantity=st.decimals(Decimal("0.001"), 9999, places=3), price=PRICE, carriage=AMOUNT, tax=AMOUNT,
    at=MOMENTS,
)  # fmt: skip
def test_an_order_survives_the_way_to_a_bridge_and_back(
    ref: str,
    account: str,
    sku: str,
    text: str,
    quantity: Decimal,
    price: Decimal,
    carriage: Decimal,
    tax: Decimal,
    at: Any,
) -> None:
    net = quantity * price
    one = line(stock_code=sku, quantity=quantity, unit_price=price, net=net, tax=tax)
    total = (net + carriage + tax).quantize(Decimal("0.01"))
    sent = replace(
        ORDER, ref=ref, account_code=account, po_number=text, placed_at=at, lines=(one,), delivery_net=carriage,
        delivery_tax=Decimal(0), total=total,
    )  # fmt: skip
    (found,) = read("sales-order", write_order(sent))
    assert isinstance(found, SalesOrder)
    assert (found.ref, found.account_hint, found.po_number, found.placed_at) == (ref, account, text, at)
    assert (found.total, found.tax_total, found.shipping.net) == (total, tax, carriage)
    assert [(got.sku, got.quantity, got.unit_price) for got in found.lines] == [(sku, quantity, price)]


@given(sku=CODE, site=CODE, free=st.decimals(-9999, 9999, places=3), at=MOMENTS)
def test_a_figure_survives_the_wire(sku: str, site: str, free: Decimal, at: Any) -> None:
    raw = orjson.dumps(stock(sku, dec(free), warehouse_code=site, as_of=ts(at)))
    (found,) = read("stock-level", raw)
    assert (found.stock_code, found.site, found.quantity, found.as_of) == (sku, site, free, at)


@given(reason=CODE)
def test_the_reason_of_a_cancellation_survives_the_way_to_a_bridge_and_back(reason: str) -> None:
    sent = Cancellation(key="1", order_ref="WEB-1", reason=reason)
    (found,) = read("cancellation", write_cancellation(sent))
    assert found.reason == reason
