"""Exact conversions, and addresses that may be given away."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.measures import LENGTHS, WEIGHTS, converted
from crossdock.decide.media import media_problem


@pytest.mark.parametrize(
    ("amount", "unit", "into", "answer"),
    [
        ("268", "GRAM", "KILOGRAM", "0.268"),
        ("1", "POUND", "GRAM", "453.5924"),
        ("100", "gram", "GRAM", "100"),
        ("0", "GRAM", "KILOGRAM", "0"),
        ("12", "INCH", "CENTIMETER", "30.48"),
        ("1", "STONE", "GRAM", None),
        ("1", "METER", "GRAM", None),
    ],
)
def test_a_measure_in_another_unit(amount: str, unit: str, into: str, answer: str | None) -> None:
    found = converted(Decimal(amount), unit, into)
    assert (None if found is None else format(found, "f")) == answer


@given(
    amount=st.decimals(min_value=1, max_value=9999, places=2),
    units=st.sampled_from([(a, b) for table in (WEIGHTS, LENGTHS) for a in table for b in table]),
)
def test_there_and_back_loses_no_more_than_the_last_place(amount: Decimal, units: tuple[str, str]) -> None:
    there = converted(amount, *units)
    assert there is not None
    if there < 1:
        return
    back = converted(there, units[1], units[0])
    assert back is not None
    assert abs(back - amount) <= amount * Decimal("0.0001") + Decimal("0.0001")


@pytest.mark.parametrize(
    "address",
    [
        "https://cdn.norrsken.example/a.jpg", "http://images.example/a.jpg?width=200",
        "https://norrsken-asset.example/packshots/media/aurora_front.png",
    ],
)  # fmt: skip
def test_an_address_that_stays_may_be_given_away(address: str) -> None:
    assert media_problem(address, ("/api/",)) == ""


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("aurora.jpg", "is no address"),
        ("ftp://a.example/a.jpg", "is no address"),
        ("https:///a.jpg", "is no address"),
        ("https://[::1", "is no address"),
        ("https://me:secret@a.example/a.jpg", "holds a password"),
        ("https://pim.example/api/rest/v1/media-files/a/download", "with a token of the PIM"),
        ("https://s3.example/a.jpg?X-Amz-Expires=300&X-Amz-Signature=0af", "expires"),
        ("https://blob.example/a.jpg?se=2026-01-01&sig=abc", "expires"),
        ("https://a.example/a.jpg?token=", "expires"),
    ],
)
def test_an_address_that_does_not_is_refused(address: str, told: str) -> None:
    assert told in media_problem(address, ("/api/",))
