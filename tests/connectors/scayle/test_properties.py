"""What holds for every document: it survives the way there and back, or it is refused and never worse."""

import contextlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connectors.scayle import SYSTEM
from crossdock.connectors.scayle.fulfilment import ReturnedUnit, Shipment, UnitCancellation
from crossdock.connectors.scayle.mapping_order import to_sales_order
from crossdock.connectors.scayle.resources_work import Stock
from crossdock.connectors.scayle.units import line_ref, unit_ids
from crossdock.model.after_sale import BillingNote
from crossdock.model.as_json import dumps
from crossdock.model.faults import DataFault
from crossdock.ports.systems import Acknowledgement
from tests.connectors.scayle.orders import fee, item, order, price, wired
from tests.connectors.scayle.stub import settings_for

ids = st.integers(1, 2**40)
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
maybe = st.one_of(st.just(""), words)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


def there_and_back(kind: str, value: Any) -> Any:
    translation = SYSTEM.translations[kind]
    assert translation.write is not None
    assert translation.read is not None
    return list(translation.read(translation.write(value)))


@given(
    st.builds(
        Shipment, shop_key=words, country_code=words, order_id=ids, carrier=words, number=words, left_at=moments,
        units=st.lists(st.tuples(ids, words), min_size=1, max_size=4).map(tuple), return_ident_code=maybe,
        merchant=maybe,
    )
)  # fmt: skip
def test_shipments_survive_the_wire(shipment: Shipment) -> None:
    assert there_and_back("despatch", shipment) == [shipment]


@given(
    st.builds(
        UnitCancellation, shop_key=words, country_code=words, order_id=ids,
        units=st.lists(ids, min_size=1, max_size=4).map(tuple), merchant=maybe,
    )
)  # fmt: skip
def test_cancellations_survive_the_wire(cancellation: UnitCancellation) -> None:
    assert there_and_back("cancellation", cancellation) == [cancellation]


@given(
    st.lists(st.builds(ReturnedUnit, return_key=words, received_at=moments, reason=words, merchant=maybe), max_size=4)
)
def test_returns_survive_the_wire(units: list[ReturnedUnit]) -> None:
    assert there_and_back("return", units) == units


@given(
    st.sampled_from(["completed", "partially-refunded", "refunded", "cancelled"]),
    words,
    st.lists(ids.map(str), max_size=3, unique=True).map(tuple),
)
def test_billing_notes_survive_the_wire(state: str, reason: str, refs: tuple[str, ...]) -> None:
    note = BillingNote(storefront_id="", state=state, reason=reason, line_refs=refs)
    assert there_and_back("billing", note) == [note]


@given(words)
def test_acknowledgements_survive_the_wire(key: str) -> None:
    ack = Acknowledgement(storefront_id="", order_ref="", erp_ref=key)
    assert there_and_back("acknowledgement", ack) == [ack]


@given(
    st.fixed_dictionaries(
        {
            "quantity": st.integers(0, 10**9),
            "warehouse_reference_key": words,
            "merchant_reference_key": st.none() | words,
            "changed_at": st.none() | moments.map(datetime.isoformat),
            "sellable_without_stock": st.none() | st.booleans(),
            "expected_availability_at": st.none() | st.dates().map(str),
        }
    ).map(lambda fields: Stock(**fields))
)
def test_stock_rows_survive_the_wire(row: Stock) -> None:
    assert there_and_back("stock-level", row) == [row]


@given(st.sets(ids, max_size=6))
def test_a_line_ref_gives_its_units_back(units: set[int]) -> None:
    assert unit_ids(line_ref(units)) == tuple(sorted(units))


coins = st.integers(1, 10**7).flatmap(lambda gross: st.tuples(st.just(gross), st.integers(0, gross)))


@given(st.lists(coins, min_size=1, max_size=6), coins, st.lists(st.booleans(), min_size=6, max_size=6))
def test_an_orders_money_is_taken_over_to_the_coin(
    units: list[tuple[int, int]], carriage: tuple[int, int], gone: list[bool]
) -> None:
    """Whatever the prices, the parts come to the total, and units that are gone are not paid."""
    rows = [
        item(n, f"S{gross % 3}", price=price(gross, net), status="cancelled" if off else "available")
        for n, ((gross, net), off) in enumerate(zip(units, gone, strict=False), start=1)
    ]
    found = to_sales_order(wired(order(1, *rows, fees=[fee(*carriage)])), settings_for())
    nets = sum((line.net_before_discount - line.discount for line in found.lines), found.shipping.net)
    assert found.tax_total is not None
    assert nets + found.tax_total == found.total
    live = [gross for (gross, _), off in zip(units, gone, strict=False) if not off]
    paid = sum(live or [gross for gross, _ in units]) + carriage[0]
    assert found.total == Decimal(paid) / 100
    named = [unit for line in found.lines for unit in unit_ids(line.line_ref)]
    assert len(named) == len(set(named)) == (len(live) or len(units))


@given(anything, st.sampled_from(sorted(SYSTEM.translations)))
def test_any_json_is_understood_or_refused_and_never_worse(body: Any, kind: str) -> None:
    read = SYSTEM.translations[kind].read
    assert read is not None
    with contextlib.suppress(DataFault):
        dumps(list(read(orjson.dumps(body))))


@given(st.binary(max_size=40), st.sampled_from(sorted(SYSTEM.translations)))
def test_any_bytes_are_understood_or_refused(raw: bytes, kind: str) -> None:
    read = SYSTEM.translations[kind].read
    assert read is not None
    with contextlib.suppress(DataFault):
        read(raw)


FIELDS = sorted(order())


@given(st.dictionaries(st.sampled_from(FIELDS), anything, min_size=1, max_size=3))
def test_any_order_is_understood_or_refused(changes: dict[str, Any]) -> None:
    with contextlib.suppress(DataFault):
        dumps(to_sales_order(wired(order() | changes), settings_for()))


@given(st.sampled_from(sorted(item())), anything)
def test_any_unit_is_understood_or_refused(name: str, value: Any) -> None:
    with contextlib.suppress(DataFault):
        to_sales_order(wired(order(880001) | {"items": [item() | {name: value}]}), settings_for())
