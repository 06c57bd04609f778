"""A STOCK_STATUS document (ExportStockStatus) → StockFigure. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from crossdock.connectors.khaos_control.xmldoc import Element, attribute, decimal, place, required, text
from crossdock.model.faults import DataFault
from crossdock.model.stock import Basis, StockFigure

STATUSES = frozenset({"0", "1", "2", "3", "4", "5"})
NOT_STOCK_CONTROLLED = "5"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRule:
    """site: what figures belong to when the document does not say. plus_build: add what could be built from components.

    packs: casefolded codes of packs. A pack holds no stock of its own, yet is not always to be had: it goes as far as
    its components do.
    """

    site: str = ""
    plus_build: bool = False
    packs: frozenset[str] = frozenset()


def read_figure(row: Element, rule: FigureRule, *, as_of: datetime) -> StockFigure:
    """One STOCK_ITEM row. LEVEL is what is free to sell, as they say it: a negative one is passed on, not corrected.

    Raises DataFault: no code, no level, a STATUS never seen.
    """
    code = required(row, "@CODE")
    free = is_stock_free(row)
    if free and code.casefold() not in rule.packs:
        quantity = ZERO
    elif free:
        quantity = decimal(row, "BUILD_POTENTIAL_CHILDREN")
    elif rule.plus_build:
        quantity = decimal(row, "LEVEL") + decimal(row, "BUILD_POTENTIAL_CHILDREN", ZERO)
    else:
        quantity = decimal(row, "LEVEL")
    return StockFigure(
        stock_code=code,
        site=site_of(row, rule.site),
        basis=Basis.AVAILABLE,
        quantity=quantity,
        as_of=as_of,
        unlimited=free and code.casefold() not in rule.packs,
    )


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
