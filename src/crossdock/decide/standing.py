"""What the customer service desk reads of an order at the storefront: why it waits and who is at it, in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """One open case an order stands in. cause: in the words of the case, for this order."""

    case_id: int
    desk: str
    cause: str


def words_of(waits: Iterable[Waiting]) -> str:
    """The oldest case comes first; an order that goes on has no words."""
    return " ".join(f"Waits for {one.desk}: {one.cause.rstrip('.')} (case {one.case_id})." for one in sorted(waits))
