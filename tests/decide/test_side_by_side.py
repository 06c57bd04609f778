"""What two sides say of the same thing."""

import pytest

from crossdock.cases.kinds import KINDS
from crossdock.decide.side_by_side import TWO_SIDES, side_by_side


@pytest.mark.parametrize("kind", TWO_SIDES)
def test_each_kind_about_two_sides_gives_the_facts_that_are_compared(kind: str) -> None:
    facts = {name: f"its {name}" for name in KINDS[kind].fact_names}
    sides = side_by_side(kind, facts)
    assert sides is not None
    assert (sides.left, sides.right, sides.differ) == (f"its {TWO_SIDES[kind][2]}", f"its {TWO_SIDES[kind][4]}", True)
    assert "{" not in sides.about + sides.left_title + sides.right_title


def test_what_is_alike_is_not_marked() -> None:
    facts = {"sku": "HP-1", "storefront_price": "2.50 GBP", "erp_price": "2.50 GBP"}
    sides = side_by_side("price-conflict", facts)
    assert sides is not None
    assert not sides.differ


def test_other_kinds_and_facts_of_an_older_release_have_no_sides() -> None:
    assert side_by_side("stock-code-unknown", {"sku": "HP-1"}) is None
    assert side_by_side("price-conflict", {"sku": "HP-1"}) is None
