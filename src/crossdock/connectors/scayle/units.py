"""The units of an order and how lines speak of them.

One row over there is one piece. A line of ours holds all pieces that are alike, and its line_ref is their ids, in
rising order with commas between: the same pieces always give the same ref, and the ref gives the pieces back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crossdock.connectors.scayle.wire_orders import Item
from crossdock.model.faults import DataFault

FEE = "fee:"  # a line that is a fee and no piece


def line_ref(ids: Iterable[int]) -> str:
    return ",".join(str(one) for one in sorted(set(ids)))


def unit_ids(ref: str) -> tuple[int, ...]:
    """The pieces a line_ref names; none for "" and for a fee. Raises DataFault when it is no line_ref of ours."""
    if not ref or ref.startswith(FEE):
        return ()
    parts = ref.split(",")
    if not all(part.isascii() and part.isdecimal() for part in parts):
        raise DataFault("line_ref", f"must be item ids such as 990001,990002, was {ref!r:.80}")
    return tuple(sorted({int(part) for part in parts}))


def sku_of(item: Item) -> str:
    return (item.variant.reference_key if item.variant else "") or ""


@dataclass(slots=True)
class UnitTable:
    """The pieces of one order. given: already promised to something, so not to be given twice."""

    items: Sequence[Item]
    given: set[int] = field(default_factory=set)

    def open_ids(self, sku: str) -> list[int]:
        """Pieces of a SKU that neither left nor were cancelled nor came back, lowest id first."""
        return sorted(
            item.id for item in self.items if sku_of(item) == sku and is_open(item) and item.id not in self.given
        )

    def take(self, ids: Sequence[int], quantity: Decimal) -> tuple[int, ...] | None:
        """The first so many of them; None when there are too few, or no whole number is wanted."""
        if quantity != quantity.to_integral_value() or quantity > len(ids):
            return None
        taken = tuple(ids[: int(quantity)])
        self.given.update(taken)
        return taken

    def by_id(self) -> dict[int, Item]:
        return {item.id: item for item in self.items}


def is_open(item: Item) -> bool:
    return item.shipped_at is None and not is_cancelled(item) and not is_returned(item)


def is_cancelled(item: Item) -> bool:
    return item.cancelled_at is not None or item.status in ("cancelled", "canceled")


def is_returned(item: Item) -> bool:
    return item.returned_at is not None or item.status == "returned"
