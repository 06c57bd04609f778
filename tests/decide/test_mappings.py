"""What an entry of a code map must be, and whose it is."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.cases.kind import Desk
from crossdock.cases.kinds import KINDS
from crossdock.decide.mappings import (
    KEY_MAX,
    MAP_PARAMS,
    WORD_MAX,
    cases_of,
    desk_of,
    in_words,
    key_problem,
    map_value,
    tail_of,
    value_problem,
)
from crossdock.model.code_map import MapKind

RIGHT: Mapping[MapKind, Mapping[str, str]] = {
    **{kind: {"code": "X"} for kind in MapKind},
    MapKind.UNIT: {"units": "1/3"},
    MapKind.TAX: {"code": "1", "percent": "17.5"},
    MapKind.PROMOTION: {"becomes": "free-item", "reason": "gift"},
}


def test_every_map_has_one_desk_and_the_cases_that_it_settles() -> None:
    for kind in MapKind:
        assert {KINDS[code].desk for code in cases_of(kind)} == {desk_of(kind)}, kind
    assert (desk_of(MapKind.UNIT), desk_of(MapKind.TAX)) == (Desk.DATA, Desk.FINANCE)
    assert cases_of(MapKind.UNIT) == ("unit-unmapped", "unit-quantity-conflict")


@pytest.mark.parametrize("kind", MapKind)
def test_what_is_right_is_kept_and_said_in_words(kind: MapKind) -> None:
    assert value_problem(kind, RIGHT[kind]) == ""
    assert map_value(kind, RIGHT[kind]) == RIGHT[kind]
    assert in_words(kind, map_value(kind, RIGHT[kind]))
    for name in MAP_PARAMS[kind]:
        lacking = {other: word for other, word in RIGHT[kind].items() if other != name}
        assert value_problem(kind, lacking) == f"{name} must be given"


@pytest.mark.parametrize(
    ("kind", "given_", "said"),
    [
        (MapKind.SKU, {"code": " "}, "code must not be empty"),
        (MapKind.TAX, {"code": "", "percent": "20"}, "code must not be empty"),
        (MapKind.PAYMENT_TERM, {"code": ""}, ""),
        (MapKind.UNIT, {"units": "a dozen"}, "is no number; write 12, 0.5 or 1/3"),
        (MapKind.UNIT, {"units": "1/0"}, "is no number"),
        (MapKind.UNIT, {"units": "1e400000000"}, "is no number"),
        (MapKind.UNIT, {"units": "1" * 40}, "is no number"),
        (MapKind.UNIT, {"units": "0"}, "units must be above zero, was 0"),
        (MapKind.UNIT, {"units": "-1"}, "units must be above zero, was -1"),
        (MapKind.UNIT, {"units": "144"}, ""),
        (MapKind.TAX, {"code": "1", "percent": "NaN"}, "is no number; write 20 or 17.5"),
        (MapKind.TAX, {"code": "1", "percent": "Infinity"}, "is no number"),
        (MapKind.TAX, {"code": "1", "percent": "-1"}, "percent must be zero or more, was -1"),
        (MapKind.TAX, {"code": "1", "percent": "101"}, "percent must be 100 or less, was 101"),
        (MapKind.TAX, {"code": "1", "percent": "0"}, ""),
        (MapKind.COMPANY, {"code": "Nobody"}, "the company map has no entry 'Nobody'; its entries are: Home, Abroad"),
        (MapKind.COMPANY, {"code": "Home"}, ""),
        (MapKind.PROMOTION, {"becomes": "magic"}, "is none of: line-discount"),
        (MapKind.SHIPPING, {"code": "x" * (WORD_MAX + 1)}, "code must be plain text of at most 300"),
        (MapKind.SHIPPING, {"code": "a\nb"}, "code must be plain text"),
    ],
)
def test_what_is_wrong_is_said_with_the_fix(kind: MapKind, given_: Mapping[str, str], said: str) -> None:
    problem = value_problem(kind, given_, companies=("Home", "Abroad"))
    assert (said in problem, bool(problem)) == (True, bool(said))


def test_a_company_is_not_held_against_a_map_that_nobody_knows() -> None:
    assert value_problem(MapKind.COMPANY, {"code": "Nobody"}) == ""
    assert "are: none" in value_problem(MapKind.COMPANY, {"code": "Nobody"}, companies=())


@pytest.mark.parametrize(
    ("kind", "key", "said"),
    [
        (MapKind.SKU, "GHOST-01", ""),
        (MapKind.SKU, "", "must not be empty"),
        (MapKind.SKU, " x", "begins or ends with a blank"),
        (MapKind.SKU, "a\x00b", "must be plain text"),
        (MapKind.SKU, "x" * (KEY_MAX + 1), "at most 300 characters"),
        (MapKind.COMPANY, "DE/EUR", ""),
        (MapKind.COMPANY, "DE", "is no COUNTRY/CURRENCY"),
        (MapKind.COMPANY, "/EUR", "is no COUNTRY/CURRENCY"),
        (MapKind.COMPANY, "DE/", "is no COUNTRY/CURRENCY"),
    ],
)
def test_a_key_is_plain_text(kind: MapKind, key: str, said: str) -> None:
    problem = key_problem(kind, key)
    assert (said in problem, bool(problem)) == (True, bool(said))


def test_nothing_is_said_as_nothing_and_a_reason_only_where_there_is_one() -> None:
    assert in_words(MapKind.PAYMENT_TERM, {"code": ""}) == "(nothing)"
    assert in_words(MapKind.PROMOTION, {"becomes": "stage", "reason": ""}) == "stage"
    assert in_words(MapKind.PROMOTION, {"becomes": "free-item", "reason": "gift"}) == "free-item (gift)"


def test_the_tail_is_what_an_entry_for_all_would_be_named() -> None:
    assert [tail_of(one) for one in ("HP-1/case", "case", "DE/EU/19")] == ["case", "case", "19"]


@given(st.text(max_size=40))
def test_whatever_is_typed_as_a_number_is_answered(written: str) -> None:
    if not value_problem(MapKind.UNIT, {"units": written}):
        assert map_value(MapKind.UNIT, {"units": written})["units"]
    value_problem(MapKind.TAX, {"code": "1", "percent": written})
