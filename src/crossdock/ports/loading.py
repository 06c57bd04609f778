"""What an initial load needs remembered, so that it goes on where it was stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from crossdock.model.despatch import Fulfilment
from crossdock.model.sales_order import SalesOrder
from crossdock.ports.systems import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a load as it was last run. state: running, done or failed."""

    name: str
    state: str
    began_at: datetime
    ended_at: datetime | None = None
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Half-open: orders placed at `since` or later and before `until`."""

    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far the history of a period has been taken in. cursor: the newest change that was read; None at the start."""

    cursor: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    ended: bool = False


class LoadBook(Protocol):
    async def steps(self) -> Mapping[str, Step]: ...

    async def begin(self, step: str) -> None: ...

    async def end(self, step: str, *, well: bool, result: Mapping[str, Any]) -> None: ...

    async def reached(self, period: Period) -> Reached: ...

    async def advance(
        self, period: Period, cursor: datetime | None, counts: Mapping[str, int], *, ended: bool
    ) -> None: ...

    async def known(self, storefront_ids: Sequence[str]) -> frozenset[str]:
        """Those of the orders that are in the book already."""
        ...

    async def take(self, documents: Sequence[tuple[Document[SalesOrder], Fulfilment]]) -> int:
        """Put orders into the book that the ERP has, as they stand there; returns how many were not in it."""
        ...
