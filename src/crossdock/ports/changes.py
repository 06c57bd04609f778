"""What the flow of changes needs remembered. The store implements it; the flow knows nothing of tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from crossdock.cases.kind import Finding
from crossdock.model.order_change import ChangeMove, ChangeState, OrderChange, Origin
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder
from crossdock.ports.order_book import OrderMove
from crossdock.ports.runtime import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFile:
    """One change as we remember it. order_id: None while nobody knows the order it speaks of.

    version: fences every move. wanted, sale: what was sent or is to be made by hand, and the sale it was made of.
    reason: why it was granted or declined, or why a person has to decide; "" while cases of other kinds say it. late:
    declined because the floor had begun. is_granted: what whoever asked is to be told. is_early: the time to look at it
    again has not come.
    """

    id: int
    change: OrderChange
    order_id: int | None
    order_ref: str
    storefront_id: str
    state: ChangeState
    version: int
    attempts: int
    asked_at: datetime
    sent_at: datetime | None = None
    wanted: ResolvedOrder | None = None
    sale: SalesOrder | None = None
    reason: str = ""
    late: bool = False
    is_granted: bool = False
    is_early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStep:
    """One move of a change, and all that goes with it in the same transaction.

    order_move: made with it, or neither is. sold: the sale as the ERP has it from now on. wanted, sale: what is being
    sent, or is to be made by hand, and the sale it was made of.
    findings: the cases it stands in from now on; None leaves its cases as they are. sticky: only a person's word lets
    it go from them. look_in_seconds: when to look at it again; None for not by itself.
    """

    move: ChangeMove
    order_move: OrderMove | None = None
    sold: SalesOrder | None = None
    wanted: ResolvedOrder | None = None
    sale: SalesOrder | None = None
    findings: Sequence[Finding] | None = None
    sticky: bool = False
    evidence: str = ""
    reason: str = ""
    late: bool = False
    look_in_seconds: float | None = None
    detail: Mapping[str, Any] | None = None
    actor: str = "crossdock"


class ChangeBook(Protocol):
    """The changes of one pairing's orders."""

    async def ask(
        self, change: OrderChange, *, order_id: int | None = None, order_ref: str = "", storefront_id: str = ""
    ) -> bool:
        """Remember a wish and ask for a look at it. False when it is known already. The order is found by any of its
        names, and need not be there yet."""
        ...

    async def load(self, change_id: int) -> ChangeFile | None: ...

    async def move(self, file: ChangeFile, step: ChangeStep) -> bool:
        """False when somebody else moved it, or its order, first: nothing was changed.

        A send counts as an attempt; asking again begins the count anew. Raises InvalidValue for a move there is not.
        """
        ...

    async def meet(self, file: ChangeFile) -> bool:
        """Tie it to its order, if that is known by now."""
        ...

    async def must_wait(self, file: ChangeFile) -> bool:
        """Whether an earlier change of the same order is still on its way."""
        ...

    async def look_later(self, change_id: int, version: int, seconds: float) -> None:
        """It stays as it is; look at it again then."""
        ...

    async def of_order(self, order_id: int, origin: Origin) -> Sequence[ChangeFile]:
        """Every change of that origin, oldest first."""
        ...

    async def due(self, limit: int) -> Sequence[Job]: ...
