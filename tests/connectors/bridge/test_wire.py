"""The contract's types: what they take, what they refuse, and that they survive the way."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connectors.bridge import Code, Cur, Day, Dec, PositiveDec, Ts, Wire, dec, loads, take, ts
from crossdock.model.faults import DataFault


class Row(Wire):
    number: Dec | None = None
    positive: PositiveDec | None = None
    at: Ts | None = None
    on: Day | None = None
    code: Code | None = None
    currency: Cur | None = None
    flag: bool = False


class Doc(Wire):
    rows: list[Row]


GOOD = [
    ({"number": "-12.340000"}, Decimal("-12.34")),
    ({"number": "999999999999.999999"}, Decimal("999999999999.999999")),
    ({"positive": "0.000001"}, Decimal("0.000001")),
    ({"at": "2026-01-01T00:00:00Z"}, datetime(2026, 1, 1, tzinfo=UTC)),
    ({"at": "2026-01-01t00:00:00.123456789z"}, datetime(2026, 1, 1, microsecond=123456, tzinfo=UTC)),
    ({"at": "2026-01-01T00:00:00+00:00"}, datetime(2026, 1, 1, tzinfo=UTC)),
    ({"on": "2026-02-28"}, date(2026, 2, 28)),
    ({"code": " a b "}, " a b "),
    ({"currency": "GBP"}, "GBP"),
]
BAD = [
    ({"number": 1}, "rows[0].number", "decimal in quotes"),
    ({"number": 1.5}, "rows[0].number", "decimal in quotes"),
    ({"number": True}, "rows[0].number", "decimal in quotes"),
    ({"number": "1,5"}, "rows[0].number", "at most 12 digits"),
    ({"number": "1e3"}, "rows[0].number", "at most 12 digits"),
    ({"number": "+1"}, "rows[0].number", "at most 12 digits"),
    ({"number": "1."}, "rows[0].number", "at most 12 digits"),
    ({"number": ".5"}, "rows[0].number", "at most 12 digits"),
    ({"number": " 1"}, "rows[0].number", "at most 12 digits"),
    ({"number": "1\n"}, "rows[0].number", "at most 12 digits"),
    ({"number": "1٣"}, "rows[0].number", "at most 12 digits"),
    ({"number": "1234567890123"}, "rows[0].number", "at most 12 digits"),
    ({"number": "0.1234567"}, "rows[0].number", "at most 12 digits"),
    ({"number": "NaN"}, "rows[0].number", "at most 12 digits"),
    ({"positive": "0"}, "rows[0].positive", "above zero"),
    ({"at": "2026-01-01T00:00:00"}, "rows[0].at", "a time in UTC"),
    ({"at": "2026-01-01T00:00:00+01:00"}, "rows[0].at", "a time in UTC"),
    ({"at": "2026-13-01T00:00:00Z"}, "rows[0].at", "no time there is"),
    ({"at": 1767225600}, "rows[0].at", "a time in UTC"),
    ({"on": "2026-02-30"}, "rows[0].on", "no day there is"),
    ({"on": "01/02/2026"}, "rows[0].on", "a day such as"),
    ({"code": ""}, "rows[0].code", "at least 1 character"),
    ({"code": "x" * 65}, "rows[0].code", "at most 64"),
    ({"code": 7}, "rows[0].code", "a number 7"),
    ({"currency": "GBX?"}, "rows[0].currency", "no ISO 4217"),
    ({"flag": 1}, "rows[0].flag", "a number 1"),
    ({"flag": None}, "rows[0].flag", "is null"),
    ([], "rows[0]", "a list"),
]


@pytest.mark.parametrize(("row", "value"), GOOD)
def test_what_the_contract_allows_is_taken(row: dict[str, Any], value: Any) -> None:
    taken = take(Doc, {"rows": [{**row, "unknown_field": {"is": "left alone"}}]})
    assert getattr(taken.rows[0], next(iter(row))) == value


@pytest.mark.parametrize(("row", "place", "problem"), BAD)
def test_what_it_does_not_is_named_at_its_place(row: Any, place: str, problem: str) -> None:
    with pytest.raises(DataFault) as caught:
        take(Doc, {"rows": [row]})
    assert caught.value.place == place
    assert problem in caught.value.problem


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(DataFault) as caught:
        take(Doc, {"rows": [{"number": 1}, {"on": "x"}]}, "data[3]")
    assert caught.value.place == "data[3].rows[0].number"
    assert "data[3].rows[1].on: must be a day" in caught.value.problem


@pytest.mark.parametrize("document", [None, [], "x", 1, Decimal(1), True])
def test_what_is_no_object_is_no_record(document: Any) -> None:
    with pytest.raises(DataFault, match="document: must be a JSON object"):
        take(Doc, document)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[NaN]", b"[-Infinity]", b"[" * 200_000])
def test_what_is_no_json_is_said_so(raw: bytes) -> None:
    with pytest.raises(ValueError):
        loads(raw)


@given(st.decimals(min_value=-999_999_999_999, max_value=999_999_999_999, places=6))
def test_a_decimal_survives_the_wire(value: Decimal) -> None:
    assert take(Row, {"number": dec(value)}).number == value


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_survives_the_wire(at: datetime) -> None:
    assert take(Row, {"at": ts(at)}).at == at


@pytest.mark.parametrize("value", [Decimal("1E12"), Decimal("0.0000001"), Decimal("NaN"), Decimal("Infinity")])
def test_a_decimal_the_contract_cannot_hold_is_not_cut(value: Decimal) -> None:
    with pytest.raises(DataFault, match=r"lines\[0\]"):
        dec(value, "lines[0]")


def test_zeros_behind_are_no_digits() -> None:
    assert dec(Decimal("1.50000000")) == "1.5"
    assert dec(Decimal("2.0000000")) == "2"
    assert dec(Decimal("1.50")) == "1.50"
    assert dec(Decimal("1E+2")) == "100"
