"""Money: exact, one currency, named rounding, and an allocation that loses nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.model.faults import InvalidValue
from crossdock.model.money import Money, allocate, down, half_even, half_up, minor_units, step_of
from tests.strategies import decimals, law, money


@pytest.mark.parametrize(
    ("rule", "amount", "rounded"),
    [
        (half_up, "2.345", "2.35"),
        (half_up, "-2.345", "-2.35"),
        (half_up, "2.3449", "2.34"),
        (half_even, "2.345", "2.34"),
        (half_even, "2.355", "2.36"),
        (down, "2.349", "2.34"),
        (down, "-2.349", "-2.34"),
    ],
)
def test_each_rounding_rule_treats_a_tie_in_its_own_way(rule, amount, rounded):
    assert rule(Decimal(amount), 2) == Decimal(rounded)


@pytest.mark.parametrize(("currency", "decimals_"), [("GBP", 2), ("JPY", 0), ("KWD", 3)])
def test_a_coin_is_as_small_as_its_currency_says(currency, decimals_):
    assert minor_units(currency) == decimals_
    assert step_of(decimals_) == Decimal(1).scaleb(-decimals_)


@pytest.mark.parametrize("currency", ["", "gbp", "XQX", "£"])
def test_a_currency_nobody_mints_cannot_exist(currency):
    with pytest.raises(InvalidValue, match="no ISO 4217 code"):
        Money(Decimal(1), currency)


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), 1.5, 1])
def test_an_amount_is_a_finite_decimal(amount):
    with pytest.raises(InvalidValue, match="finite Decimal"):
        Money(amount, "GBP")


def test_money_adds_subtracts_and_compares_within_a_currency():
    two, five = Money(Decimal(2), "GBP"), Money(Decimal(5), "GBP")
    assert two + five == Money(Decimal(7), "GBP")
    assert two - five == -Money(Decimal(3), "GBP")
    assert abs(two - five) == Money(Decimal(3), "GBP")
    assert two < five
    assert two <= two
    assert not five < two
    assert not two < two


@pytest.mark.parametrize("mix", [Money.__add__, Money.__sub__, Money.__lt__, Money.__le__])
def test_two_currencies_never_meet(mix):
    with pytest.raises(InvalidValue, match="cannot mix GBP and EUR"):
        mix(Money(Decimal(1), "GBP"), Money(Decimal(1), "EUR"))


def test_money_reads_as_people_write_it():
    assert str(Money(Decimal("1234.5"), "GBP")) == "1,234.50 GBP"
    assert str(Money(Decimal(1234), "JPY")) == "1,234 JPY"


@law
@given(amount=money())
def test_rounding_stays_within_half_a_coin_and_rounds_once(amount):
    finer = Money(amount.amount + Decimal("0.0004"), amount.currency)
    rounded = finer.rounded()
    assert abs(rounded - finer).amount * 2 <= step_of(minor_units(amount.currency))
    assert rounded.rounded() == rounded


@law
@given(first=money("GBP"), second=money("GBP"))
def test_adding_and_taking_off_again_changes_nothing(first, second):
    assert first + second - second == first
    assert first + second == second + first


weights = st.lists(decimals("0", "99999", 4), min_size=1, max_size=12)


@law
@given(total=decimals("-99999", "99999", 2), parts=weights)
def test_an_allocation_adds_up_to_its_total(total, parts):
    shares = allocate(total, parts, decimals=2)
    assert sum(shares) == total
    assert len(shares) == len(parts)
    assert all(share % Decimal("0.01") == 0 for share in shares)


@law
@given(total=decimals("-99999", "99999", 2), parts=weights)
def test_every_share_is_within_one_coin_of_its_due_and_on_its_side(total, parts):
    whole = sum(parts)
    for share, part in zip(allocate(total, parts, decimals=2), parts, strict=True):
        assert share * total >= 0
        if whole:
            assert abs(share - total * part / whole) <= Decimal("0.01")


def test_the_missing_coins_go_to_the_largest_remainders_first_come_first_served():
    assert allocate(Decimal("1.00"), [Decimal(1)] * 3, decimals=2) == (
        Decimal("0.34"),
        Decimal("0.33"),
        Decimal("0.33"),
    )
    assert allocate(Decimal("1.00"), [Decimal(1), Decimal(2)], decimals=2) == (Decimal("0.33"), Decimal("0.67"))
    assert allocate(Decimal("0.10"), [Decimal(62), Decimal(38)], decimals=2) == (Decimal("0.06"), Decimal("0.04"))
    assert allocate(Decimal("-0.05"), [Decimal(1), Decimal(3)], decimals=2) == (Decimal("-0.01"), Decimal("-0.04"))


def test_a_cost_says_where_the_missing_coins_go():
    def dislikes_the_first(at, share):
        return share if at == 0 else Decimal(0)

    shares = allocate(Decimal("1.00"), [Decimal(1)] * 3, decimals=2, cost=dislikes_the_first)
    assert shares == (Decimal("0.33"), Decimal("0.34"), Decimal("0.33"))


def test_a_part_that_lost_nothing_is_given_nothing_whatever_it_would_cost():
    parts = [Decimal(0), Decimal(1), Decimal(1)]
    shares = allocate(Decimal("0.01"), parts, decimals=2, cost=lambda at, share: share * at)
    assert shares == (Decimal(0), Decimal("0.01"), Decimal(0))


def test_weights_of_as_many_digits_as_there_can_be_still_add_up():
    heavy = Decimal(10) ** 27
    assert allocate(Decimal("0.02"), [heavy - 1, heavy - 1, Decimal(2)], decimals=2) == (
        Decimal("0.01"), Decimal("0.01"), Decimal(0),
    )  # fmt: skip


def test_with_nothing_to_weigh_by_the_first_part_takes_all():
    assert allocate(Decimal("3.00"), [Decimal(0), Decimal(0)], decimals=2) == (Decimal("3.00"), Decimal("0.00"))


@pytest.mark.parametrize("parts", [[], [Decimal(1), Decimal(-1)]])
def test_weights_that_make_no_sense_are_refused(parts):
    with pytest.raises(InvalidValue, match="at least one weight"):
        allocate(Decimal(1), parts, decimals=2)


def test_a_total_finer_than_a_coin_cannot_be_allocated():
    with pytest.raises(InvalidValue, match=r"0\.005 cannot be split in steps of 0\.01"):
        allocate(Decimal("0.005"), [Decimal(1)], decimals=2)


@law
@given(net=decimals("0", "99999", 2), percent=st.sampled_from(("0", "5", "7", "17.5", "19", "20", "25")))
def test_net_to_gross_and_back_is_within_one_coin(net, percent):
    rate = 1 + Decimal(percent) / 100
    gross = half_up(net * rate, 2)
    assert abs(half_up(gross / rate, 2) - net) <= Decimal("0.01")
