"""A sale that says less than it did: is all that is missing known not to have been sent, or to have come back?"""

from dataclasses import replace
from decimal import Decimal

import pytest

from crossdock.decide.explained import is_explained, missing_from
from crossdock.model.after_sale import CancelledLine, ReturnLine
from crossdock.model.sales_order import StorefrontStatus
from tests.decide.made import GLOVES, ORDER

TEA = replace(GLOVES, line_ref="1,2,3", sku="TEA", quantity=Decimal(3))
CUP = replace(GLOVES, line_ref="4", sku="CUP", quantity=Decimal(2))
SOLD = replace(ORDER, lines=(TEA, CUP))


def rest(*lines, **more):
    return replace(SOLD, lines=lines, total=Decimal(1), **more)


TWO_TEAS = replace(TEA, line_ref="1,3", quantity=Decimal(2))


def came(quantity: int, ref: str = "", sku: str = "TEA") -> ReturnLine:
    return ReturnLine(sku=sku, quantity=Decimal(quantity), line_ref=ref)


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        (SOLD, {}),
        (rest(TWO_TEAS, CUP), {0: Decimal(1)}),
        (rest(CUP), {0: Decimal(3)}),
        (rest(TEA, replace(CUP, quantity=Decimal(1))), {1: Decimal(1)}),
        (rest(TEA, CUP, status=StorefrontStatus.CLOSED), {0: Decimal(3), 1: Decimal(2)}),
        (rest(TWO_TEAS, CUP, status=StorefrontStatus.CLOSED), {0: Decimal(1)}),
        (rest(TEA, replace(CUP, quantity=Decimal(3))), None),
        (rest(TEA, CUP, replace(CUP, line_ref="5")), None),
        (rest(replace(TWO_TEAS, unit_price=Decimal(9)), CUP), None),
        (rest(TWO_TEAS, CUP, notes="please hurry"), None),
    ],
)
def test_what_is_missing_from_a_sale(now, missing):
    assert missing_from(SOLD, now) == missing


@pytest.mark.parametrize(
    ("missing", "parts", "explained"),
    [
        ({}, [], True),
        ({0: Decimal(1)}, [], False),
        ({0: Decimal(1)}, [came(1, "2")], True),
        ({0: Decimal(1)}, [came(1, "9")], False),
        ({0: Decimal(1)}, [came(1)], True),
        ({0: Decimal(2)}, [came(1, "2"), CancelledLine(sku="TEA", quantity=Decimal(1), line_ref="1,2,3")], True),
        ({0: Decimal(2)}, [came(1, "2")], False),
        ({0: Decimal(1), 1: Decimal(1)}, [came(2, "2"), came(1, "4", "CUP")], True),
        ({0: Decimal(1), 1: Decimal(1)}, [came(2, "2")], False),
    ],
)
def test_what_is_known_explains_it_or_does_not(missing, parts, explained):
    assert is_explained(missing, SOLD, parts) is explained
