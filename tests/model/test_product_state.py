"""The life of a product: only the moves of the table."""

import pytest

from crossdock.model.faults import InvalidValue
from crossdock.model.product_state import PRODUCT_MOVES, ProductMove, ProductState, product_after


@pytest.mark.parametrize("state", list(ProductState))
@pytest.mark.parametrize("move", list(ProductMove))
def test_a_move_leads_where_the_table_says_or_is_refused_by_name(state: ProductState, move: ProductMove) -> None:
    if (state, move) in PRODUCT_MOVES:
        assert product_after(state, move) is PRODUCT_MOVES[state, move]
        return
    with pytest.raises(InvalidValue, match=f"that is {state} cannot {move}; it can: .*look_again"):
        product_after(state, move)


def test_only_what_the_erp_confirmed_is_ever_released() -> None:
    assert [state for (state, _), to in PRODUCT_MOVES.items() if to is ProductState.RELEASED] == [
        ProductState.CONFIRMED
    ]


def test_nothing_goes_to_the_erp_or_back_without_having_been_judged() -> None:
    before = {state for (state, _), to in PRODUCT_MOVES.items() if to is ProductState.PUT_OUT}
    assert before == {ProductState.CAPTURED, ProductState.READY}
