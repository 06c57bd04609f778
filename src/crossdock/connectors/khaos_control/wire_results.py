"""Typed results as their operations return them: their names, our types. Strict about counts, deaf to extra fields."""

from dataclasses import dataclass
from datetime import datetime

from crossdock.connectors.khaos_control.soap import Answer
from crossdock.connectors.khaos_control.times import read_typed_moment
from crossdock.connectors.khaos_control.xmldoc import Element, place
from crossdock.model.faults import DataFault, ReadIncomplete

REFERENCES = ("PassedReference", "PASSED_REFERENCE", "OtherRef")
"""Where our reference may come back; no document says under which name."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Of ImportOrders. imported: (AssociatedRef, SalesOrderCode). skipped: (OrderRef, SkipReason)."""

    imported_count: int
    imported: tuple[tuple[str, str], ...]
    skipped: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ListedStock:
    """A row of GetStockList. parent_code: the family a sub-item is exported inside; "" for all others."""

    stock_code: str
    parent_code: str = ""


@dataclass(frozen=True, slots=True)
class ListedCompany:
    """A row of GetCompanyList."""

    company_code: str
    last_updated: datetime | None = None
    other_ref: str = ""


@dataclass(frozen=True, slots=True)
class ImportedCompany:
    """A row of CustomerImport. reference: ours, "" when it does not say. imported: None when it does not say."""

    code: str
    reference: str = ""
    imported: bool | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A row of GetSiteList."""

    site_id: int
    site_name: str


def import_result(answer: Answer) -> ImportResult:
    """Raises DataFault when there is no ImportedCount."""
    result = answer.follow(answer.element)
    return ImportResult(
        imported_count=_count(answer, result, "ImportedCount"),
        imported=tuple(
            (answer.field(row, "AssociatedRef"), answer.field(row, "SalesOrderCode"))
            for row in answer.rows(result, "OrderImport", "AssociatedRef")
        ),
        skipped=tuple(
            (answer.field(row, "OrderRef"), answer.field(row, "SkipReason"))
            for row in answer.rows(result, "OrderSkipped", "OrderRef")
        ),
    )


def simple_result(answer: Answer) -> tuple[bool, str]:
    """(Success, Message) of CancelOrder. Raises DataFault when it does not say whether it did."""
    result = answer.follow(answer.element)
    said = answer.field(result, "Success").lower()
    if said not in ("true", "false", "1", "0", "-1"):
        raise DataFault(place(result, "Success"), f"{said!r} is neither true nor false")
    return said in ("true", "1", "-1"), answer.field(result, "Message")


def skipped_items(answer: Answer) -> tuple[int, tuple[tuple[str, str], ...]]:
    """(ImportedCount, (StockCode, SkipReason) of each skipped) of ImportStockStatus. Raises DataFault."""
    result = answer.follow(answer.element)
    rows = answer.rows(result, "Skipped", "StockCode")
    skipped = tuple((answer.field(row, "StockCode"), answer.field(row, "SkipReason")) for row in rows)
    return _count(answer, result, "ImportedCount"), skipped


def stock_list(answer: Answer) -> list[ListedStock]:
    """Raises ReadIncomplete when there are fewer or more rows than it counts, DataFault on a row without a code."""
    rows = _counted(answer, "GetStockList", "StockCode")
    return [ListedStock(_code(answer, row, "StockCode"), answer.field(row, "ParentCode")) for row in rows]


def company_list(answer: Answer) -> list[ListedCompany]:
    """Raises as `stock_list` does."""
    found = []
    for row in _counted(answer, "GetCompanyList", "CompanyCode"):
        stamp = answer.field(row, "LastUpdated")
        try:
            updated = read_typed_moment(stamp)
        except ValueError as error:
            raise DataFault(place(row, "LastUpdated"), f"{stamp!r} is no date and time") from error
        other_ref = answer.field(row, "OtherRef")
        found.append(ListedCompany(_code(answer, row, "CompanyCode"), updated, other_ref))
    return found


def imported_companies(answer: Answer) -> list[ImportedCompany]:
    """Of ImportCompany. Only URN and WebUser have been seen; the other fields are read where they come."""
    result = answer.follow(answer.element)
    words = {"true": True, "1": True, "-1": True, "false": False, "0": False}
    return [
        ImportedCompany(
            code=answer.field(row, "URN"),
            reference=next(filter(None, (answer.field(row, name) for name in REFERENCES)), ""),
            imported=words.get(answer.field(row, "Imported").lower()),
            message=answer.field(row, "Message"),
        )
        for row in answer.rows(result, "CustomerImport", "URN")
    ]


def site_list(answer: Answer) -> list[Site]:
    """Raises DataFault on a SiteID that is no number."""
    result = answer.follow(answer.element)
    rows = answer.rows(result, "List", "SiteID")
    return [Site(_count(answer, row, "SiteID"), answer.field(row, "SiteName")) for row in rows]


def name_list(answer: Answer) -> list[str]:
    """A string array, such as GetPriceLists returns."""
    return [(answer.follow(one).text or "").strip() for one in answer.follow(answer.element)]


def _counted(answer: Answer, method: str, key: str) -> list[Element]:
    result = answer.follow(answer.element)
    count, rows = _count(answer, result, "Count"), answer.rows(result, "List", key)
    if count != len(rows):
        raise ReadIncomplete(f"{method}: it counts {count} and lists {len(rows)}")
    return rows


def _count(answer: Answer, struct: Element, name: str) -> int:
    found = answer.field(struct, name)
    try:
        return int(found)
    except ValueError:
        raise DataFault(place(struct, name), f"{found!r} is no whole number") from None


def _code(answer: Answer, row: Element, name: str) -> str:
    if not (found := answer.field(row, name)):
        raise DataFault(place(row, name), "is missing or empty")
    return found
