"""A STOCK_STATUS document (ExportStockStatus) → StockFigure. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from crossdock.connectors.khaos_control.xmldoc import Element, attribute, decimal, place, required, text
from crossdock.model.faults import DataFault
from crossdock.model.stock import Basis, StockFigure

STATUSES = frozenset({"0", "1", "2", "3", "4", "5"})
NOT_STOCK_CONTROLLED = "5"
ZERO = Decimal(0)


Components = Sequence[tuple[str, Decimal]]
"""(stock code, quantity in one pack) of everything that moves with a pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRule:
    """site: what we asked for by name, "" for the default. plus_build: add what could be built from components.

    packs: casefolded code → what is in it. A pack holds no stock of its own, yet is not always to be had: it goes as
    far as its components do. levels: (casefolded code, site) → free quantity of a component, None where unlimited.
    """

    site: str = ""
    plus_build: bool = False
    packs: Mapping[str, Components] = field(default_factory=dict)
    levels: Mapping[tuple[str, str], Decimal | None] = field(default_factory=dict)


def read_figure(row: Element, rule: FigureRule, *, as_of: datetime) -> StockFigure:
    """One STOCK_ITEM row. LEVEL is what is free to sell, as they say it: a negative one is passed on, not corrected.

    Raises DataFault: no code, no level, a STATUS never seen.
    """
    code, site = required(row, "@CODE"), site_of(row, rule.site)
    quantity: Decimal | None
    if not is_stock_free(row):
        quantity = decimal(row, "LEVEL")
        if rule.plus_build:
            quantity += decimal(row, "BUILD_POTENTIAL_CHILDREN", ZERO)
    elif components := rule.packs.get(code.casefold()):
        quantity = pack_quantity(components, rule.levels, site)
    else:
        quantity = None
    return StockFigure(
        stock_code=code,
        site=site,
        basis=Basis.AVAILABLE,
        quantity=ZERO if quantity is None else quantity,
        as_of=as_of,
        unlimited=quantity is None,
    )


def pack_quantity(
    components: Components, levels: Mapping[tuple[str, str], Decimal | None], site: str
) -> Decimal | None:
    """Whole packs that the components at a site make; None where no component sets a limit.

    Worked out here, for BUILD_POTENTIAL_CHILDREN is only promised for what is built. A component nobody has makes none.
    """
    whole = [
        ZERO if level < 0 else level // quantity
        for code, quantity in components
        if (level := levels.get((code.casefold(), site), ZERO)) is not None
    ]
    return min(whole) if whole else None


def is_stock_free(row: Element) -> bool:
    """Whether the item is not stock controlled. Raises DataFault on a STATUS that is none of theirs."""
    status = required(row, "STATUS")
    if status not in STATUSES:
        raise DataFault(place(row, "STATUS"), f"{status!r} is no stock status; 0 to 5 are")
    return status == NOT_STOCK_CONTROLLED


def site_of(row: Element, asked: str) -> str:
    """Newer servers say it per row, all say it for the document. asked: the site we asked for, if any."""
    parent = row.getparent()
    said = text(row, "SITE") or ("" if parent is None else attribute(parent, "SITE"))
    return asked if said.casefold() == asked.casefold() else said or asked


def by_code(stock_status: Element) -> Mapping[str, list[Element]]:
    """The rows under their casefolded codes: codes are compared without regard to case."""
    found: dict[str, list[Element]] = {}
    for row in stock_status.iterfind("STOCK_ITEM"):
        found.setdefault(attribute(row, "CODE").casefold(), []).append(row)
    return found
