"""A change of structure: every step, and what must be true before it. Nothing is lost on the way."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.catalogue_policy import CataloguePolicy
from crossdock.decide.structure_change import PATHS, Act, Advance, Blocked, Change, Seen, Step, Wait, next_step
from crossdock.model.stock import StockItem

OLD = StockItem(code="LAMP", item_id="77")
SOME, NONE = {"": Decimal(12)}, {"": Decimal(0)}
LINK = Change(kind="link", old_code="LAMP", old_id="77", model="LAMPS", stock=SOME)
REPLACE = replace(LINK, kind="replace")
POLICY = CataloguePolicy()
SEEN = Seen(old=OLD, stock=SOME, template_code="LAMPS", items=2)
EMPTY = replace(SEEN, stock=NONE)
BELOW = replace(OLD, parent_code="lamps")


def at(change: Change, step: Step, **more: Any) -> Change:
    return replace(change, step=step, **more)


@pytest.mark.parametrize(
    ("change", "seen", "answer"),
    [
        (LINK, SEEN, Advance(Step.FAMILY)),
        (LINK, replace(SEEN, template_code=""), Wait("the template of LAMPS is not in the ERP yet")),
        (at(LINK, Step.FAMILY), SEEN, Act("link", Step.LINKED)),
        (at(LINK, Step.FAMILY), replace(SEEN, old=BELOW), Advance(Step.LINKED)),
        (at(LINK, Step.LINKED), SEEN, Wait("the ERP does not show LAMP below LAMPS yet")),
        (at(LINK, Step.LINKED), replace(SEEN, old=BELOW), Advance(Step.DONE)),
        (at(LINK, Step.LINKED), replace(SEEN, old=BELOW, stock={"": Decimal(3)}), Advance(Step.DONE)),
        (at(LINK, Step.LINKED, stock=NONE), replace(EMPTY, old=BELOW), Advance(Step.DONE)),
        (at(LINK, Step.LINKED, stock=None), replace(SEEN, old=BELOW, stock=None), Advance(Step.DONE)),
        (REPLACE, EMPTY, Advance(Step.FAMILY)),
        (replace(REPLACE, stock=None), EMPTY, Advance(Step.FAMILY)),
        (at(REPLACE, Step.FAMILY), EMPTY, Advance(Step.ITEMS)),
        (at(REPLACE, Step.FAMILY), replace(EMPTY, items=0), Wait("it has no variant in the ERP yet")),
        (
            at(REPLACE, Step.FAMILY), replace(EMPTY, waiting=("LAMP-S", "LAMP-L")),
            Wait("2 of its variants are not in the ERP yet: LAMP-S, LAMP-L"),
        ),
        (at(REPLACE, Step.ITEMS, waived=True), EMPTY, Advance(Step.EMPTY)),
        (at(REPLACE, Step.EMPTY), EMPTY, Act("retire", Step.RETIRED)),
        (at(REPLACE, Step.EMPTY), replace(EMPTY, old=replace(OLD, discontinued=True)), Advance(Step.RETIRED)),
        (at(REPLACE, Step.RETIRED), EMPTY, Wait("the ERP does not show LAMP as discontinued yet")),
        (at(REPLACE, Step.RETIRED), replace(EMPTY, old=replace(OLD, discontinued=True)), Advance(Step.DONE)),
        (at(REPLACE, Step.RETIRED), Seen(old=replace(OLD, discontinued=True)), Advance(Step.DONE)),
        (
            at(REPLACE, Step.RETIRED, waived=True), replace(SEEN, old=replace(OLD, discontinued=True)),
            Advance(Step.DONE),
        ),
    ],
)  # fmt: skip
def test_each_step_follows_from_what_is_read(change: Change, seen: Seen, answer: object) -> None:
    assert next_step(change, seen, POLICY) == answer


@pytest.mark.parametrize(
    ("change", "seen", "told", "can_vouch"),
    [
        (LINK, replace(SEEN, old=None), "the ERP holds no LAMP any more", False),
        (LINK, replace(SEEN, old=replace(OLD, item_id="78")), "its key was 77 and is 78", False),
        (at(LINK, Step.BEGUN, stock=None), SEEN, "the ERP does not tell how much LAMP there is", True),
        (at(LINK, Step.LINKED), replace(SEEN, old=BELOW, stock=None), "the ERP tells no stock of it any more", True),
        (
            at(LINK, Step.LINKED), replace(SEEN, old=replace(BELOW, stock_controlled=False)),
            "the ERP tells no stock of it any more", True,
        ),
        (at(LINK, Step.LINKED), replace(EMPTY, old=BELOW), "LAMP had 12 in stock, and has 0 now", True),
        (at(REPLACE, Step.ITEMS), SEEN, "12 of LAMP are in stock", False),
        (at(REPLACE, Step.ITEMS), replace(SEEN, stock={"York": Decimal(1)}), "1 of LAMP are in stock at York", False),
        (at(REPLACE, Step.ITEMS), replace(SEEN, stock={"": Decimal(-2)}), "2 of LAMP are promised", False),
        (at(REPLACE, Step.ITEMS, waived=True), replace(SEEN, stock=None), "does not tell how much", False),
        (at(REPLACE, Step.ITEMS), replace(EMPTY, orders=("SO-1",)), "1 open orders ask for LAMP: SO-1", False),
        (at(REPLACE, Step.ITEMS), EMPTY, "orders entered by hand or on purchase orders", True),
        (at(REPLACE, Step.EMPTY), SEEN, "12 of LAMP are in stock", False),
        (
            at(REPLACE, Step.RETIRED), replace(SEEN, old=replace(OLD, discontinued=True)),
            "12 of LAMP are in stock, since it was retired", True,
        ),
    ],
)  # fmt: skip
def test_what_could_be_lost_stops_it_at_that_step(change: Change, seen: Seen, told: str, can_vouch: bool) -> None:
    answer = next_step(change, seen, POLICY)
    assert isinstance(answer, Blocked)
    assert told in "; ".join(answer.problems)
    assert answer.can_vouch is can_vouch


def test_a_persons_word_lets_it_go_on_where_it_may() -> None:
    assert next_step(at(LINK, Step.BEGUN, stock=None, waived=True), SEEN, POLICY) == Advance(Step.FAMILY)
    lost = at(LINK, Step.LINKED, waived=True)
    assert next_step(lost, replace(SEEN, old=BELOW, stock=None), POLICY) == Advance(Step.DONE)


def test_a_pairing_may_ask_before_it_links_and_trust_what_it_cannot_see() -> None:
    asking = replace(POLICY, existing="ask")
    answer = next_step(LINK, SEEN, asking)
    assert isinstance(answer, Blocked)
    assert answer.can_vouch
    assert next_step(replace(LINK, waived=True), SEEN, asking) == Advance(Step.FAMILY)
    assert next_step(REPLACE, EMPTY, asking) == Advance(Step.FAMILY)
    assert next_step(at(REPLACE, Step.ITEMS), EMPTY, replace(POLICY, unseen="trust")) == Advance(Step.EMPTY)


def test_a_change_that_is_done_has_nothing_to_do() -> None:
    with pytest.raises(ValueError, match="nothing to do at done"):
        next_step(at(LINK, Step.DONE), SEEN, POLICY)


STOCKS = st.none() | st.dictionaries(st.sampled_from(["", "York"]), st.integers(-5, 5).map(Decimal), max_size=2)


@given(
    kind=st.sampled_from(["link", "replace"]), step=st.sampled_from([one for one in Step if one is not Step.DONE]),
    had=STOCKS, has=STOCKS, waived=st.booleans(), orders=st.lists(st.just("SO-1"), max_size=1),
    waiting=st.lists(st.just("X"), max_size=1), template=st.sampled_from(["", "LAMPS"]),
    discontinued=st.booleans(), below=st.booleans(), unseen=st.sampled_from(["ask", "trust"]),
)  # fmt: skip
def test_nothing_is_retired_with_anything_on_it_and_steps_go_only_forwards(
    kind: Any, step: Step, had: Any, has: Any, waived: bool, orders: list[str], waiting: list[str], template: str,
    discontinued: bool, below: bool, unseen: Any,
) -> None:  # fmt: skip
    if step not in PATHS[kind]:
        return
    old = replace(OLD, discontinued=discontinued, parent_code="LAMPS" if below else "")
    seen = Seen(old=old, stock=has, template_code=template, items=1, waiting=waiting, orders=orders)
    change = Change(kind=kind, old_code="LAMP", old_id="77", model="LAMPS", stock=had, step=step, waived=waived)
    answer = next_step(change, seen, replace(POLICY, unseen=unseen))
    path = PATHS[kind]
    if isinstance(answer, Advance | Act):
        assert path.index(answer.to) == path.index(step) + 1
    if isinstance(answer, Act) and answer.what == "retire":
        assert has is not None
        assert not any(has.values())
        assert not orders
    if isinstance(answer, Act) and answer.what == "link":
        assert kind == "link"
