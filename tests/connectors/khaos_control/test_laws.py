"""Laws: an order survives the wire, wrapping keeps every word, no change escapes a changed-since window."""

import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.connectors.khaos_control import SYSTEM
from crossdock.connectors.khaos_control.mapping_order import OrderTerms, write_sales_order
from crossdock.connectors.khaos_control.mapping_order_read import read_sales_orders
from crossdock.connectors.khaos_control.soap import Param, envelope, lift_long_text
from crossdock.connectors.khaos_control.text import address_lines, escaped, wrapped
from crossdock.connectors.khaos_control.times import order_date, read_order_date, since, wall_clock
from crossdock.connectors.khaos_control.xmldoc import parse
from crossdock.model.faults import DataFault, Unsupported
from crossdock.model.resolved_order import ResolvedOrder
from tests.connectors.khaos_control.strategies import AROUND_AUTUMN, LETTERS, MOMENTS, packed, resolved_orders

LONDON = "Europe/London"
TERMS = OrderTerms()


@given(order=resolved_orders())
def test_an_order_survives_the_wire(order: ResolvedOrder) -> None:
    [read] = read_sales_orders(write_sales_order(order, TERMS).encode())
    assert replace(read, lines=order.lines) == replace(
        order,
        invoice_address=packed(order.invoice_address),
        delivery_address=packed(order.delivery_address),
        company_name="" if order.account_code else order.company_name,  # an order renames no account
        buyer_email="" if order.account_code else order.buyer_email,
    )
    assert [replace(line, tax=line.tax * 0) for line in read.lines] == list(order.lines)


@given(order=resolved_orders())
def test_an_order_survives_the_envelope_around_it(order: ResolvedOrder) -> None:
    document = write_sales_order(order, TERMS)
    body = parse(envelope("ImportOrders", [Param("Orders", document)]).decode())
    assert body.findtext("Body/ImportOrders/Orders") == document.replace("\r", "\n")


@given(value=st.text(LETTERS, min_size=64))
def test_a_long_result_is_lifted_out_as_the_parser_would_read_it(value: str) -> None:
    answer = f"<Envelope><Body><R><return>{escaped(value)}</return></R></Body></Envelope>"
    rest, lifted = lift_long_text(answer)
    read = parse(answer).findtext("Body/R/return")
    assert (lifted or parse(rest).findtext("Body/R/return")) == read


@given(value=st.text(alphabet="ab c\t", max_size=120), width=st.integers(1, 40))
def test_wrapping_keeps_every_word_in_its_order(value: str, width: int) -> None:
    lines = wrapped(value, width)
    assert " ".join(lines).split() == value.split()
    assert all(len(line) <= width or " " not in line for line in lines)


@given(given_lines=st.lists(st.text(alphabet="abc ", max_size=60), min_size=3, max_size=3))
def test_an_address_is_whole_or_refused(given_lines: list[str]) -> None:
    try:
        lines = address_lines(given_lines, 35, "there")
    except Unsupported:
        return
    assert " ".join(lines).split() == " ".join(given_lines).split()
    assert all(len(line) <= 35 for line in lines)


@given(asked=MOMENTS | AROUND_AUTUMN, later=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_no_later_change_is_outside_the_window(asked: datetime, later: timedelta) -> None:
    changed = wall_clock(asked + later, LONDON)
    assert datetime.fromisoformat(since(asked, LONDON, 2)) <= changed


@given(changed=AROUND_AUTUMN, asked=AROUND_AUTUMN)
def test_the_hour_that_comes_twice_hides_nothing(changed: datetime, asked: datetime) -> None:
    if changed >= asked:
        assert datetime.fromisoformat(since(asked, LONDON, 2)) <= wall_clock(changed, LONDON)


@given(moment=MOMENTS)
def test_an_order_date_names_the_moment_or_the_same_wall_clock(moment: datetime) -> None:
    read = read_order_date(order_date(moment, LONDON), LONDON)
    assert wall_clock(read, LONDON) == wall_clock(moment, LONDON)
    assert abs(read - moment) <= timedelta(hours=1)


WIRES = {
    path.name.partition(".")[0]: path.read_bytes() for path in Path(__file__).with_name("golden").glob("*.wire.xml")
}


@given(
    kind=st.sampled_from(sorted(WIRES)),
    start=st.integers(0, 4000),
    length=st.integers(0, 60),
    instead=st.sampled_from(
        [b"", b"0", b"-1", b"x", b"<", b"&", b'"', b"NaN", b"\xff", "𠮷".encode(), b"1e5", b"<A/>"]
    ),
)
@settings(max_examples=400)
def test_a_damaged_document_is_understood_or_refused_and_never_worse(
    kind: str, start: int, length: int, instead: bytes
) -> None:
    raw = WIRES[kind]
    read = SYSTEM.translations[kind].read
    assert read is not None
    start %= len(raw)
    with contextlib.suppress(DataFault):
        read(raw[:start] + instead + raw[start + length :])


@given(raw=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_understood_or_refused_and_never_worse(raw: bytes) -> None:
    for translation in SYSTEM.translations.values():
        assert translation.read is not None
        with contextlib.suppress(DataFault):
            translation.read(raw)
