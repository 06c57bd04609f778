"""A report as plain tables, before anybody decides whether it becomes a spreadsheet, a page or a file of commas."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from crossdock.reports.rows import Many

Cell = str | int | Decimal | date | datetime | None


class Form(StrEnum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """width: in characters. key: the column's name for programs."""

    key: str
    title: str
    form: Form = Form.TEXT
    width: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A last row that adds up a column: `sum` by formula where the form has formulas."""

    title: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One table. decimals: of its money. strong: numbers of rows that stand out. empty: said in place of no rows."""

    title: str
    headings: tuple[Heading, ...]
    rows: Many[tuple[Cell, ...]]
    note: str = ""
    decimals: int = 2
    total: Total | None = None
    strong: frozenset[int] = frozenset()
    empty: str = "None."

    def dicts(self) -> list[dict[str, Cell]]:
        return [{one.key: cell for one, cell in zip(self.headings, row, strict=True)} for row in self.rows]

    def sum_of(self, key: str) -> Decimal:
        at = [one.key for one in self.headings].index(key)
        return sum((Decimal(str(row[at])) for row in self.rows if row[at] is not None), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Blocks that belong together: one tab of a workbook, one section of a page."""

    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """made_at: of what it reports, not of the writing, so that the same report is the same bytes. facts: what stands
    on top. data: the whole of it for programs."""

    title: str
    subtitle: str
    made_at: datetime
    facts: Sequence[tuple[str, str]]
    sheets: tuple[Sheet, ...]
    data: Any = field(default=None, repr=False)
