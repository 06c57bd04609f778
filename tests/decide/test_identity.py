"""What an identity provider's claims may come to."""

from itertools import islice
from typing import Any

import pytest

from crossdock.decide.identity import grants_of, groups_in, names_for
from crossdock.decide.passwords import name_problem
from crossdock.decide.rights import Grant, Role


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        ("mary", "mary"), ("mary@firm.example", "mary@firm.example"), ("Mary Hartley", "Mary-Hartley"), ("..x", "x"),
        ("", "somebody"), (None, "somebody"), (["mary"], "somebody"), ("<script>", "script-"), ("é", "somebody"),
        ("x" * 300, "x" * 80), ("a\0b", "a-b"),
    ],
)  # fmt: skip
def test_a_name_is_made_of_whatever_was_told_and_is_one_that_somebody_may_have(claim: Any, name: str) -> None:
    first, second = islice(names_for(claim), 2)
    assert (first, second) == (name, f"{name}-2")
    assert (name_problem(first), name_problem(second)) == ("", "")
    assert len(set(names_for(claim))) == 100


@pytest.mark.parametrize(
    ("claim", "groups"),
    [(["a", "b", 7, None], {"a", "b"}), ("a", {"a"}), (None, set()), ({"a": 1}, set()), ([], set())],
)
def test_groups(claim: Any, groups: set[str]) -> None:
    assert groups_in(claim) == groups


def test_groups_give_roles_each_once_and_unknown_ones_none() -> None:
    see, settle = Grant(role=Role.VIEWER), Grant(role=Role.OPERATOR, desk="finance")
    given = {"all": (see,), "books": (settle, see), "bosses": (Grant(role=Role.ADMIN),)}
    assert grants_of(["books", "all", "golf"], given) == (see, settle)
    assert grants_of([], given) == ()
