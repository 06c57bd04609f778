"""Stock as each door tells it, from one state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from crossdock.sandbox.prima.model import Level, NativeKey
from crossdock.sandbox.prima.store import Store


@dataclass(frozen=True, slots=True)
class StockRow:
    """physical and allocated are None for what has no stock record of its own: kits and derived units."""

    sku: str
    native: NativeKey
    warehouse: str
    free: Decimal
    available: Decimal
    physical: Decimal | None
    allocated: Decimal | None
    on_order: Decimal
    next_available_on: date | None
    sequence: int
    updated_at: datetime


def row(store: Store, sku: str, warehouses: Sequence[str], name: str) -> StockRow | None:
    """The stock of a saleable SKU over these warehouses, None when it has no stock record at all.

    free: net of allocations; available: physical less quarantine, with what is allocated still in it.
    """
    item, unit = store.saleable[sku]
    is_base = unit.base_quantity == 1
    if not is_base and store.knobs.unit_stock == "none":
        return None
    native = item.native if is_base else unit.native
    levels = [[store.level(part, code) for code in warehouses] for part, _ in item.parts]
    each = [quantity * unit.base_quantity for _, quantity in item.parts]
    flat = [level for part in levels for level in part]
    own = levels[0] if item.counted and is_base else None
    return StockRow(
        sku=sku, native=native, warehouse=name,
        free=_whole(levels, each, [level.free for level in flat], own),
        available=_whole(levels, each, [level.physical - level.quarantined for level in flat], own),
        physical=sum((level.physical for level in own), Decimal(0)) if own else None,
        allocated=sum((level.allocated for level in own), Decimal(0)) if own else None,
        on_order=sum((level.on_order for level in own), Decimal(0)) if own else Decimal(0),
        next_available_on=_next(flat) if own else None,
        sequence=sum(level.sequence for level in flat),
        updated_at=max(level.updated_at for level in flat),
    )  # fmt: skip


def _whole(
    levels: Sequence[Sequence[Level]], each: Sequence[Decimal], figures: Sequence[Decimal], own: Sequence[Level] | None
) -> Decimal:
    """The figure itself for a counted SKU; else how many whole ones the scarcest part makes."""
    if own is not None:
        return sum(figures, Decimal(0))
    width = len(levels[0])
    sums = [sum(figures[start * width : (start + 1) * width], Decimal(0)) for start in range(len(levels))]
    return min(amount // quantity for amount, quantity in zip(sums, each, strict=True))


def _next(levels: Iterable[Level]) -> date | None:
    days = [level.next_available_on for level in levels if level.next_available_on is not None]
    return min(days) if days else None


def places(store: Store) -> list[tuple[tuple[str, ...], str]]:
    """(warehouses, name) of each row a SKU has at the gateway: per warehouse, or one named ALL."""
    codes = store.knobs.warehouses
    return [((code,), code) for code in codes] if store.knobs.per_warehouse else [(codes, "ALL")]


def bridge_rows(store: Store, sku: str, warehouse: str | None = None) -> list[StockRow]:
    """The rows of a SKU as the gateway tells them, or its row of one warehouse."""
    rows = (row(store, sku, inside, name) for inside, name in places(store) if warehouse in (None, name))
    return [one for one in rows if one is not None]


def changed_at(store: Store, sku: str, warehouses: Sequence[str]) -> datetime | None:
    """When the stock of a saleable SKU last changed, None when it has no stock record."""
    item, unit = store.saleable[sku]
    if unit.base_quantity != 1 and store.knobs.unit_stock == "none":
        return None
    return max(store.level(part, code).updated_at for part, _ in item.parts for code in warehouses)
