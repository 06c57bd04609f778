"""Stock figures, and what each place was told last."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from crossdock.decide.policy import StockPolicy
from crossdock.decide.stock_drift import Place
from crossdock.model.stock import StockFigure, StockLevel


class StockBook(Protocol):
    def run(self) -> AbstractAsyncContextManager["StockRun"]:
        """The one run over this ERP's figures; raises Busy when another worker has it."""
        ...


class StockRun(Protocol):
    async def stage(self, figures: Sequence[StockFigure]) -> None: ...

    async def merge(self, *, behind: timedelta = timedelta()) -> int:
        """Take the staged figures over, newer over older only. Returns how many changed.

        behind: how far the clock they are dated by is behind the one that all workers share.
        """
        ...

    async def forget(self, stock_codes: Sequence[str]) -> None:
        """Their figures are not known any more."""
        ...

    def changes(
        self,
        *,
        basis: str,
        buffer: Decimal,
        buffers: Mapping[str, Decimal],
        unlimited_shown: Decimal,
        only_lower: bool,
        figures_from: datetime,
        site: str = "",
        shared: bool = True,
        only: Collection[str] | None = None,
        batch: int = 1000,
    ) -> AsyncGenerator[Sequence[StockLevel], None]:
        """Levels to be shown that differ from what was last shown: falls first. only: SKUs to be looked at."""
        ...

    async def short(self, *, basis: str, figures_from: datetime, site: str = "") -> Mapping[str, Decimal]:
        """Stock code → how much more of it is promised than there is, of what this storefront sells."""
        ...

    def places(
        self, run_id: int, *, basis: str, policy: StockPolicy, figures_from: datetime, site: str = "", batch: int = 1000
    ) -> AsyncGenerator[Sequence[Place], None]:
        """Places where what the storefront shows, as that reconciliation read it, is not what should be shown."""
        ...

    async def publishing(self, levels: Sequence[StockLevel], *, at: datetime) -> None:
        """About to be written: until the storefront's word is in, what it shows is unsure, and is written again."""
        ...

    async def published(self, levels: Sequence[StockLevel], *, at: datetime) -> None:
        """The storefront shows these."""
        ...
