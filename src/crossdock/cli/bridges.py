"""From what one system's document says to what another system's writer takes, with everything assumed on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from crossdock.decide.as_is import carried_over
from crossdock.decide.despatch import new_despatches
from crossdock.decide.stock import sellable
from crossdock.model.despatch import Despatch, Fulfilment, OrderProgress
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder
from crossdock.model.stock import StockFigure, StockLevel
from crossdock.ports.systems import System


@dataclass(frozen=True, slots=True)
class Crossed:
    """What a writer is called with, one call each, and the notes of all."""

    values: Sequence[Any]
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Bridge:
    """kind: what the other system calls what comes out."""

    kind: str
    cross: Callable[[Sequence[Any]], Crossed]


def find_bridge(values: Sequence[Any], to: System) -> Bridge | None:
    """How these values get to the other system; None when they cannot be said there."""
    bridge = next((one for type_, one in BRIDGES.items() if values and isinstance(values[0], type_)), None)
    translation = to.translations.get(bridge.kind) if bridge else None
    return bridge if translation is not None and translation.write is not None else None


def _orders(values: Sequence[SalesOrder]) -> Crossed:
    resolved, notes = [], []
    for order in values:
        one, said = carried_over(order)
        resolved.append(one)
        notes += [f"{order.ref}: {text}" for text in said]
    return Crossed(resolved, notes)


def _despatches(values: Sequence[Fulfilment]) -> Crossed:
    found: list[Despatch] = []
    notes = []
    for fulfilment in values:
        new = [one for one in new_despatches(fulfilment, (), carriers={}) if isinstance(one, Despatch)]
        found += new
        if not new:
            notes.append(f"{fulfilment.ref}: nothing of it has left")
    if found:
        notes.append("the order number stands where the storefront's own key would, and carriers as the ERP calls them")
    return Crossed(found, notes)


def _progress(values: Sequence[OrderProgress]) -> Crossed:
    return _despatches(
        [
            Fulfilment(
                ref=one.ref, erp_code=one.erp_code, gross_total=None, currency="", complete=one.complete,
                cancelled=one.cancelled, invoices=one.invoices,
            )
            for one in values
        ]
    )  # fmt: skip


def _levels(values: Sequence[StockFigure]) -> Crossed:
    levels = [
        StockLevel(ref=one.stock_code, sku=one.stock_code, unit="", quantity=_shown(one.quantity))
        for one in values
        if not one.unlimited
    ]
    notes = [
        "the stock code stands where the storefront's own key of the level would",
        "one of the storefront's unit is taken for one stock unit; no buffer and no order in flight is taken off",
    ]
    notes += [f"{one.stock_code}: not stock controlled; it is left out" for one in values if one.unlimited]
    return Crossed([levels] if levels else [], notes)


def _shown(figure: Decimal) -> Decimal:
    none = Decimal(0)
    shown = sellable(
        figure, unlimited=False, stock_units=Fraction(1), buffer=none, in_flight=none, unlimited_shown=none
    )
    return none if shown is None else shown


BRIDGES: Mapping[type, Bridge] = {
    SalesOrder: Bridge("sales-order", _orders),
    ResolvedOrder: Bridge("sales-order", Crossed),
    Fulfilment: Bridge("despatch", _despatches),
    OrderProgress: Bridge("despatch", _progress),
    Despatch: Bridge("despatch", Crossed),
    StockFigure: Bridge("stock-level", _levels),
}
