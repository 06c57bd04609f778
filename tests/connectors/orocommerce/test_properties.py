"""Laws: what we both read and write survives the wire; an order's money is taken over exactly."""

import contextlib
from decimal import Decimal
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connectors.orocommerce.jsonapi import parse
from crossdock.connectors.orocommerce.mapping import to_sales_order
from crossdock.connectors.orocommerce.stock_mapping import shown_quantity
from crossdock.connectors.orocommerce.translations import (
    read_despatches,
    read_errors,
    read_events,
    read_sales_orders,
    read_stock_targets,
    write_despatch,
    write_stock_levels,
)
from crossdock.model.despatch import Despatch
from crossdock.model.faults import DataFault
from crossdock.model.stock import StockLevel
from tests.connectors.orocommerce.orders import keyed, line, order, ref

texts = st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable())
amounts = st.decimals(0, 10**9, places=4)
quantities = st.decimals(0, 10**6, places=10, allow_nan=False)
anything = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "id", "type", "x"]), inner),
    max_leaves=8,
)


@given(st.lists(st.builds(StockLevel, ref=texts, sku=texts, unit=texts, quantity=quantities), max_size=5))
def test_levels_survive_the_wire(levels: list[StockLevel]) -> None:
    rows = parse(write_stock_levels(levels)).rows
    assert [(row["id"], shown_quantity(row)) for row in rows] == [(level.ref, level.quantity) for level in levels]


@given(quantity=quantities, sku=texts, unit=texts)
def test_a_level_shown_is_the_level_written(quantity: Decimal, sku: str, unit: str) -> None:
    body = orjson.loads(write_stock_levels([StockLevel(ref="301", sku=sku, unit=unit, quantity=quantity)]))
    body["data"][0]["relationships"] = {
        "product": ref("products", "55"),
        "productUnitPrecision": ref("productunitprecisions", "77"),
    }
    body["included"] = [
        {"type": "products", "id": "55", "attributes": {"sku": sku}},
        {"type": "productunitprecisions", "id": "77", "attributes": {"conversionRate": 1},
         "relationships": {"unit": ref("productunits", unit)}},
    ]  # fmt: skip
    (target,) = read_stock_targets(orjson.dumps(body))
    assert (target.ref, target.sku, target.unit, target.shown) == ("301", sku, unit, quantity)


@given(order_ref=texts, carrier=texts, number=texts)
def test_trackings_survive_the_wire(order_ref: str, carrier: str, number: str) -> None:
    despatch = Despatch(key="", order_ref=order_ref, tracking_number=number, carrier=carrier, lines=())
    assert list(read_despatches(write_despatch(despatch))) == [despatch]


@given(
    name=texts,
    quantity=st.decimals("0.0001", 10**6, places=4),
    price=amounts,
    total=amounts,
    shipping=amounts,
)
def test_an_orders_money_is_taken_over_exactly(
    name: str, quantity: Decimal, price: Decimal, total: Decimal, shipping: Decimal
) -> None:
    record = order(totalValue=str(total), estimatedShippingCostAmount=str(shipping), identifier=name)
    item = line(quantity=float(quantity), value=str(price), productName=name)
    taken = to_sales_order(record, keyed(item))
    assert (taken.ref, taken.lines[0].description) == (name, name)
    assert (taken.total, taken.shipping.net) == (total, shipping)
    assert taken.lines[0].net_before_discount == quantity * price


def understood_or_refused(read: Any, raw: bytes) -> None:
    with contextlib.suppress(DataFault):
        read(raw)


@given(anything, st.sampled_from([read_sales_orders, read_stock_targets, read_despatches, read_events, read_errors]))
def test_any_json_is_understood_or_refused_and_never_worse(body: Any, read: Any) -> None:
    understood_or_refused(read, orjson.dumps(body))


@given(st.dictionaries(st.sampled_from(["attributes", "relationships", "id"]), anything), anything)
def test_any_order_record_is_understood_or_refused(record: dict[str, Any], included: Any) -> None:
    body = {
        "data": {"type": "orders", **record},
        "included": [{"type": "orderlineitems", "id": "1", "attributes": included}],
    }
    understood_or_refused(read_sales_orders, orjson.dumps(body))
