"""Orders that are no trade (tests, transfers between our own houses): left out of what trade is judged by, counted."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def without(
    records: Sequence[T], class_of: Callable[[T], str], non_commercial: frozenset[str]
) -> tuple[list[T], Mapping[str, int]]:
    """(those that are trade, class → how many were left out). non_commercial: casefolded. A record whose class nobody
    knows is trade: leaving out needs a reason."""
    kept: list[T] = []
    left_out: Counter[str] = Counter()
    for one in records:
        name = class_of(one)
        if name and name.casefold() in non_commercial:
            left_out[name] += 1
        else:
            kept.append(one)
    return kept, dict(sorted(left_out.items()))
