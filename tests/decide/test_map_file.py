"""Code maps as a file: what is written is read back as it was, and every mistake is told at once with its line."""

import csv
import io
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.map_file import (
    BYTES_MAX,
    COLUMNS,
    FORMULA,
    ROWS_MAX,
    Entries,
    FilePlan,
    plan_file,
    read_file,
    write_file,
)
from crossdock.decide.mappings import MapChange
from crossdock.model.code_map import Becomes, MapKind
from tests.strategies import law

SKU, UNIT, TAX, PROMOTION = MapKind.SKU, MapKind.UNIT, MapKind.TAX, MapKind.PROMOTION
NOW: Entries = {
    (SKU, "GHOST-01"): (7, {"code": "LANTERN-2"}),
    (UNIT, "case"): (8, {"units": "12"}),
    (UNIT, "each"): (9, {"units": "1"}),
    (TAX, "STD"): (10, {"code": "1", "percent": "20"}),
}
IN_FILE = {UNIT: {"each": {"units": "1"}, "case": {"units": "6"}}}
HEADER = ",".join(COLUMNS)


def plan(*rows: str, header: str = HEADER, kinds: frozenset[MapKind] = frozenset(MapKind)) -> FilePlan:
    found, problems = read_file("\n".join([header, *rows]).encode())
    assert not problems
    return plan_file(found, NOW, kinds=kinds, in_file=IN_FILE, companies=("Home",))


def told(data: bytes) -> list[str]:
    rows, problems = read_file(data)
    assert not rows
    return [str(one) for one in problems]


typed = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
nasty = st.builds(lambda begin, rest: begin + rest, st.sampled_from([*"=+-@'＝＋－＠", ""]), typed)
values: Mapping[MapKind, st.SearchStrategy[Mapping[str, str]]] = {
    **{kind: st.fixed_dictionaries({"code": nasty}) for kind in MapKind},
    UNIT: st.fractions(Fraction(1, 99), 999, max_denominator=99).map(lambda one: {"units": str(one)}),
    TAX: st.fixed_dictionaries({"code": nasty, "percent": st.integers(0, 100).map(str)}),
    PROMOTION: st.fixed_dictionaries({"becomes": st.sampled_from([*map(str, Becomes)]), "reason": nasty | st.just("")}),
}
entries = st.lists(
    st.sampled_from([*MapKind]).flatmap(lambda kind: st.tuples(st.just(kind), nasty, values[kind])),
    max_size=8, unique_by=lambda one: one[:2],
)  # fmt: skip


@law
@given(entries)
def test_what_is_written_and_read_back_changes_nothing(given_: list[tuple[MapKind, str, Mapping[str, str]]]) -> None:
    rows, problems = read_file(write_file(given_))
    current = {(kind, key): (at, value) for at, (kind, key, value) in enumerate(given_, 1)}
    found = plan_file(rows, current, kinds=frozenset(MapKind), in_file={})
    assert (problems, found.problems, found.planned, found.unchanged) == ([], (), (), len(given_))


@law
@given(entries)
def test_no_cell_is_a_formula(given_: list[tuple[MapKind, str, Mapping[str, str]]]) -> None:
    text = write_file(given_).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple(FORMULA))]


@law
@given(st.binary(max_size=200) | st.text(st.sampled_from(",;\"\n\r='aé"), max_size=60).map(str.encode))
def test_whatever_comes_is_answered(data: bytes) -> None:
    rows, problems = read_file(data)
    assert not (rows and problems)
    plan_file(rows, NOW, kinds=frozenset(MapKind), in_file=IN_FILE)


def test_a_file_adds_changes_and_retires_and_leaves_the_rest() -> None:
    found = plan("sku,NEW,X", "sku,GHOST-01,LANTERN-3", "tax,STD,,,,,,yes", "unit,each,,,1", "unit,case,,,,,,yes")
    assert found.counts == {"add": 1, "change": 1, "retire": 2, "unchanged": 1}
    assert found.changes == (
        MapChange(kind=SKU, key="NEW", value={"code": "X"}, expected=0),
        MapChange(kind=SKU, key="GHOST-01", value={"code": "LANTERN-3"}, expected=7),
        MapChange(kind=TAX, key="STD", value=None, expected=10),
        MapChange(kind=UNIT, key="case", value={"units": "6"}, expected=8, by_file=True),
    )
    assert [(one.line, one.before) for one in found.planned][1] == (3, {"code": "LANTERN-2"})


def test_what_is_as_the_settings_file_says_is_not_retired_again() -> None:
    assert plan("unit,each,,,,,,yes").unchanged == 1


def test_a_stamp_is_the_same_until_something_is_otherwise() -> None:
    one = plan("sku,NEW,X", "tax,STD,,,,,,yes")
    assert one.stamp == plan("sku,NEW, X ", "tax,STD,,,,,,yes").stamp
    assert len({one.stamp, plan("sku,NEW,Y", "tax,STD,,,,,,yes").stamp, plan("sku,NEW,X").stamp}) == 3
    rows, _ = read_file(f"{HEADER}\nsku,GHOST-01,X".encode())
    stamps = {
        plan_file(rows, {(SKU, "GHOST-01"): (number, {"code": "A"})}, kinds=[SKU], in_file={}).stamp
        for number in (7, 8)
    }
    assert len(stamps) == 2


def test_every_mistake_is_told_at_once_with_its_line_and_the_fix() -> None:
    found = plan(
        "magic,K,X", "tax,STD,1,abc", "", "sku,GHOST-01,", "sku,NEW,X,5", "unit,box,,,0", "sku,NONE,,,,,,yes",
        "sku,A,X,,,,,maybe", "company,DE,Home", "sku,A,Y", "promotion,P,,,,magic", "sku, B,Y",
    )  # fmt: skip
    assert [str(one) for one in found.problems] == [
        f"line 2: there is no map 'magic'. Name one of: {', '.join(sorted(MapKind))}.",
        "line 3: percent='abc' is no number; write 20 or 17.5. Correct the row.",
        "line 5: code must not be empty. Correct the row.",
        "line 6: percent means nothing in the sku map. Leave it empty.",
        "line 7: units must be above zero, was 0. Correct the row.",
        "line 8: there is no mapping of 'NONE' to retire. Leave the row out.",
        "line 9: retire is 'maybe'. Write \"yes\", or leave it empty.",
        "line 10: key 'DE' is no COUNTRY/CURRENCY, such as DE/EUR. Correct the key.",
        "line 11: sku 'A' stands on line 9 already. Keep one of them.",
        "line 12: becomes='magic' is none of: line-discount, free-item, order-adjustment, stage. Correct the row.",
        "line 13: key ' B' begins or ends with a blank: leave it out. Correct the key.",
    ]
    assert [one.line for one in found.planned] == []


def test_maps_of_another_desk_are_refused() -> None:
    found = plan("tax,NEW,1,20", kinds=frozenset({SKU}))
    assert [str(one) for one in found.problems] == ["line 2: the tax map is not yours to change. Name one of: sku."]
    assert "Name one of: none." in str(plan("tax,NEW,1,20", kinds=frozenset()).problems[0])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1: the file is empty"),
        (b"x" * (BYTES_MAX + 1), "line 1: the file is larger than 512 KB"),
        (f"{HEADER}\nsku,a,b\nsku,\xe9,x".encode("latin-1"), "line 3: it is not UTF-8 text"),
        (f'{HEADER}\nsku,a,b\nsku,"a,b'.encode(), "line 3: it is no CSV"),
        (f"{HEADER}\nsku,a,b,,,,,,more".encode(), "line 2: it has 9 cells for 8 columns"),
        (b"map,key,map,colour\n", "line 1: the column map stands there twice"),
        (b"map,key,colour\n", "line 1: there is no column 'colour'"),
        (b"key,code\n", "line 1: the column map is missing"),
        (f"{HEADER}\n".encode() + b"sku,a,b\n" * (ROWS_MAX + 1), f"line {ROWS_MAX + 2}: there are more than 5000 rows"),
    ],
)
def test_a_file_that_is_none_says_where_and_why(data: bytes, said: str) -> None:
    assert any(one.startswith(said) for one in told(data)), told(data)


def test_a_short_row_a_line_break_in_a_cell_and_another_comma_are_read() -> None:
    rows, problems = read_file('Map;Key;Code\r\nsku;a;"x\ny"\r\nsku;b\r\n'.encode("utf-8-sig"))
    assert problems == []
    assert [(one.line, dict(one.cells)) for one in rows] == [
        (2, {"map": "sku", "key": "a", "code": "x\ny"}), (4, {"map": "sku", "key": "b"}),
    ]  # fmt: skip


def test_a_row_without_a_key_names_the_key() -> None:
    assert "key must not be empty" in str(plan("sku").problems[0])
