"""What the ERP holds under our number is ours, or it is not; a guess is neither."""

from dataclasses import replace
from decimal import Decimal

import pytest

from crossdock.decide.duplicates import same_order
from tests.decide.made import posted
from tests.strategies import fulfilment

OURS = posted().order
THEIRS = replace(fulfilment(), gross_total=Decimal("160.80"), currency="GBP", account_code="meyer01")


@pytest.mark.parametrize(
    ("change", "differences"),
    [
        ({}, ()),
        ({"gross_total": Decimal("160.81")}, ("its total is 160.81 GBP, not 160.80 GBP",)),
        ({"currency": "EUR"}, ("its currency is EUR, not GBP",)),
        ({"account_code": "SMITH01"}, ("its account is SMITH01, not MEYER01",)),
        ({"account_code": "", "currency": ""}, ()),
        ({"gross_total": None}, ()),
        ({"gross_total": None, "account_code": "SMITH01"}, ("its account is SMITH01, not MEYER01",)),
        (
            {"account_code": "SMITH01", "gross_total": Decimal(1)},
            ("its total is 1.00 GBP, not 160.80 GBP", "its account is SMITH01, not MEYER01"),
        ),
    ],
)
def test_every_difference_is_said(change, differences):
    assert same_order(OURS, replace(THEIRS, **change)) == differences


def test_totals_may_be_apart_as_far_as_the_pairing_says():
    near = replace(THEIRS, gross_total=Decimal("160.79"))
    assert same_order(OURS, near, tolerance=Decimal("0.01")) == ()
    assert same_order(OURS, near)
    assert same_order(OURS, replace(THEIRS, gross_total=Decimal(1)), compare_total=False) == ()
