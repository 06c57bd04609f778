"""What the flow of refunds needs remembered. The store implements it; the flow knows nothing of tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from crossdock.cases.kind import Finding
from crossdock.model.after_sale import SalesReturn
from crossdock.model.refund import CreditNote, RefundMove, RefundState
from crossdock.ports.runtime import Job
from crossdock.ports.systems import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFile:
    """One refund as we remember it. order_id: None while nobody knows the order it speaks of. back: None while it
    cannot be read. credit: what it comes to, settled with the first send. version: fences every move. erp_ref: the
    credit note's number there, where it is known. is_early: the time to look at it again has not come.
    """

    id: int
    ref: str
    back: SalesReturn | None
    order_id: int | None
    order_ref: str
    state: RefundState
    version: int
    attempts: int
    found_at: datetime
    sent_at: datetime | None = None
    credit: CreditNote | None = None
    erp_ref: str = ""
    is_early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundStep:
    """One move of a refund, and all that goes with it in the same transaction.

    credit: what it comes to. known: how many credit notes of the order that was reckoned on; with others by now nothing
    is done. findings: the cases it stands in from now on; None leaves its cases as they are.
    """

    move: RefundMove
    credit: CreditNote | None = None
    known: int | None = None
    findings: Sequence[Finding] | None = None
    evidence: str = ""
    reason: str = ""
    erp_ref: str | None = None
    look_in_seconds: float | None = None
    detail: Mapping[str, Any] | None = None
    actor: str = "crossdock"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundsRead:
    """What came of storing a page: how many refunds were new, said something else than before, unreadable."""

    new: int = 0
    changed: int = 0
    unreadable: int = 0


class RefundBook(Protocol):
    """The refunds of one pairing's orders."""

    async def capture(self, documents: Sequence[Document[SalesReturn]], *, since: datetime | None) -> RefundsRead:
        """Store one page, whole or not at all, and ask for a look at what is new in it. since: what was asked for."""
        ...

    async def load(self, refund_id: int) -> RefundFile | None: ...

    async def of_order(self, order_id: int) -> Sequence[RefundFile]:
        """Every refund of the order, in the order in which their credit notes were settled, then the others."""
        ...

    async def carriage(self, refs: Sequence[str]) -> Mapping[str, Decimal]:
        """Reference → the carriage that goes back with it, gross; of those with any."""
        ...

    async def meet(self, file: RefundFile) -> bool:
        """Tie it to its order, if that is known by now."""
        ...

    async def move(self, file: RefundFile, step: RefundStep) -> bool:
        """False when somebody else moved it first: nothing was changed. Raises InvalidValue for a move there is not."""
        ...

    async def look_later(self, refund_id: int, version: int, seconds: float) -> None:
        """It stays as it is; look at it again then."""
        ...

    async def unread_since(self) -> datetime | None:
        """From when on to read, by the storefront's clock, so that the oldest that cannot be read comes again."""
        ...

    async def due(self, limit: int) -> Sequence[Job]: ...
