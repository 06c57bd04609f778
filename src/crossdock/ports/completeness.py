"""What a storefront can say of orders without handing them over: the thin list that completeness counts by.

Rules of reading as in `systems`. An order that a setting of the connector leaves out is in this list and nowhere else.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEntry:
    """One order of the list. storefront_id: its key there. number: what people call it; "" where it has none.

    left_out: the setting of the system that keeps it from being read, by its name; "" when it is to be read.
    """

    storefront_id: str
    number: str = ""
    placed_at: datetime | None = None
    changed_at: datetime | None = None
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """entries: one or more of the list; the same order may come again. proven_until: every order that changed before
    then has been given by now; None while that cannot be said."""

    entries: tuple[OrderEntry, ...]
    proven_until: datetime | None = None


class OrderIndex(Protocol):
    def read_order_index(self, changed_since: datetime | None) -> AsyncIterator[IndexPage]:
        """Every order changed at or after that moment, to the proven end of the list."""
        ...

    async def find_order_entry(self, storefront_id: str) -> OrderEntry | None:
        """One order by the storefront's key; None if it is certainly not there."""
        ...


class OrderNumberIndex(Protocol):
    async def find_order_numbers(self, numbers: Sequence[str]) -> Mapping[str, OrderEntry | None]:
        """The order that carries each number, or None if there certainly is none. One that cannot be asked for is
        absent."""
        ...
