"""What a re-check changes, and what a remedy would change before it is applied."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crossdock.cases.kinds import STOCK_CODE_UNKNOWN
from crossdock.decide.order_entry import Withdraw, decide_order
from crossdock.decide.release import Change, Rehearsal, causes, recheck, rehearse
from crossdock.model.sales_order import StorefrontStatus
from tests.decide.made import FACTS, ORDER, POLICY, facts, mapped
from tests.strategies import law

missing = st.lists(st.sampled_from("ABCD").map(lambda sku: STOCK_CODE_UNKNOWN.about(sku, sku=sku)), max_size=5)


def test_an_order_leaves_joins_and_stays_in_cases():
    tea, jam, rum = (STOCK_CODE_UNKNOWN.about(sku, sku=sku) for sku in ("TEA", "JAM", "RUM"))
    assert recheck([tea, jam], [jam, rum]) == Change(
        left=causes([tea]), joined=causes([rum]), stayed=frozenset({("stock-code-unknown", "JAM")})
    )
    assert recheck(causes([tea]), []).free
    assert not recheck([], [tea]).free
    assert not recheck([tea], [tea]).free


@law
@given(before=missing, after=missing)
def test_every_case_is_left_joined_or_stayed_in_and_only_one_of_them(before, after):
    change = recheck(before, after)
    assert change.left | change.stayed == causes(before)
    assert change.joined | change.stayed == causes(after)
    assert not change.left & change.joined
    assert change.free is not bool(after)


def test_a_rehearsal_counts_what_would_post_and_what_for_the_rest_would_wait():
    euro = replace(ORDER, currency="EUR", total=Decimal(1))
    gone = replace(ORDER, status=StorefrontStatus.CLOSED)
    tries = [
        (ORDER, FACTS),
        (ORDER, FACTS),
        (ORDER, facts(items={})),
        (euro, facts(items={}, account=None)),
        (ORDER, mapped(tax={})),
        (gone, FACTS),
    ]
    rehearsal = rehearse((order, decide_order(order, known, POLICY)) for order, known in tries)
    assert rehearsal == Rehearsal(
        would_post=2,
        would_withdraw=1,
        would_wait={"account-unmatched": 1, "stock-code-unknown": 2, "tax-code-unmapped": 1, "total-conflict": 1},
        waiting=3,
        value_posting={"GBP": Decimal("321.60")},
        value_waiting={"GBP": Decimal("321.60"), "EUR": Decimal(1)},
    )


def test_nothing_rehearsed_is_nothing_done():
    assert rehearse([]) == Rehearsal()
    assert rehearse([(ORDER, Withdraw("closed"))]) == Rehearsal(would_withdraw=1)
