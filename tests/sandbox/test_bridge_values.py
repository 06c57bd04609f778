"""The contract's types: what is written, what is read, and how a wrong body is told of."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from crossdock.sandbox.bridge import (
    FieldError,
    Fields,
    Problem,
    Stamps,
    dec,
    later,
    parse_code,
    parse_date,
    parse_dec,
    parse_ts,
    refuse_if_wrong,
    ts,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "written"),
    [("2", "2"), ("2.50", "2.5"), ("-0", "0"), ("1E+3", "1000"), ("0.3333333333", "0.333333"), ("-1.10", "-1.1")],
)
def test_a_dec_is_written_plainly(value: str, written: str) -> None:
    assert dec(Decimal(value)) == written
    assert parse_dec(written) == round(Decimal(value), 6)


def test_a_dec_has_twelve_digits() -> None:
    with pytest.raises(ValueError, match="12 digits"):
        dec(Decimal(10) ** 12)


def test_times_are_utc_to_the_microsecond() -> None:
    assert ts(NOON) == "2026-01-01T12:00:00Z"
    assert ts(NOON.replace(microsecond=1200).astimezone(timezone(timedelta(hours=5)))) == "2026-01-01T12:00:00.001200Z"
    assert parse_ts("2026-01-01T12:00:00.001200Z") == NOON.replace(microsecond=1200)


def test_stamps_rise_while_the_clock_stands() -> None:
    stamps = Stamps(lambda: NOON)
    taken = [stamps() for _ in range(3)]
    assert taken == sorted(set(taken))
    assert later(NOON, NOON) == NOON + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_dec, 1), (parse_dec, "1.0000000"), (parse_dec, "1e3"), (parse_dec, "1234567890123"), (parse_dec, "+1"),
        (parse_ts, "2026-01-01"), (parse_ts, "2026-01-01T12:00:00"), (parse_ts, "2026-01-01T12:00:00+01:00"),
        (parse_ts, "2026-13-01T12:00:00Z"), (parse_date, "2026-02-30"), (parse_date, "20260101"),
        (parse_code, ""), (parse_code, "x" * 65), (parse_code, 7), (parse_code, None),
    ],
)  # fmt: skip
def test_what_is_not_of_its_type(parse: Callable[[object], Any], text: object) -> None:
    with pytest.raises(ValueError):
        parse(text)


def test_a_body_is_read_whole_and_everything_wrong_is_told_once() -> None:
    fields = Fields(
        {
            "code": "A", "amount": "0", "flag": "yes", "count": True, "kind": "moon", "list": {}, "codes": ["a", ""],
            "rows": [{"name": "x"}, 5], "group": {"on": "never"}, "text": 1, "unknown": object,
        }
    )  # fmt: skip
    assert fields.code("code") == "A"
    assert fields.code("missing") == ""
    assert fields.dec("amount", above=Decimal(0)) == 0
    assert fields.flag("flag") is False
    assert fields.integer("count") == 0
    assert fields.one_of("kind", ("sun", "star")) == "sun"
    assert fields.groups("list") == []
    assert fields.codes("codes", most=1) == ["a"]
    assert [one.text_or_none("name") for one in fields.groups("rows", least=3)] == ["x", None]
    group = fields.group("group")
    assert group is not None
    assert (group.date_or_none("on"), group.ts_or_none("at")) == (None, None)
    assert fields.group("nothing", required=True) is None
    assert fields.text_or_none("text") is None
    told = [(one.pointer, one.code) for one in fields.wrong]
    assert told == [
        ("/missing", "required"), ("/amount", "range"), ("/flag", "type"), ("/count", "type"), ("/kind", "enum"),
        ("/list", "type"), ("/codes", "range"), ("/codes/1", "type"), ("/rows", "required"), ("/rows/1", "type"),
        ("/group/on", "type"), ("/nothing", "required"), ("/text", "type"),
    ]  # fmt: skip
    with pytest.raises(Problem) as caught:
        refuse_if_wrong(fields.wrong)
    assert (caught.value.code, caught.value.errors) == ("request-invalid", fields.wrong)


def test_a_good_body_and_one_that_is_no_object() -> None:
    good = Fields({"n": 3, "f": True, "at": "2026-01-01T12:00:00Z", "on": "2026-01-01", "price": None})
    assert (good.integer("n"), good.flag("f"), good.flag("g", default=True)) == (3, True, True)
    assert (good.ts("at"), str(good.date_or_none("on")), good.dec_or_none("price")) == (NOON, "2026-01-01", None)
    refuse_if_wrong(good.wrong)
    assert Fields([1]).wrong == [FieldError("", "type", "an object is expected here")]
