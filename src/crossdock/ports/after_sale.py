"""What a remote system can do with an order that is already there. Rules of reading and writing as in `systems`."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from crossdock.model.after_sale import BillingNote, Cancellation, ChangeRefusal, SalesReturn
from crossdock.model.faults import Outcome
from crossdock.model.ledger import LedgerDocument
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.stock import StockFigure
from crossdock.ports.systems import Document


class OrderCanceller(Protocol):
    async def cancel_order(self, cancellation: Cancellation) -> Outcome:
        """Stop an order, or units of it. Looked at before it is sent again; refused once picking began."""
        ...


class OrderAmender(Protocol):
    async def amend_order(self, order: ResolvedOrder) -> Outcome:
        """Make the ERP's order say what this one says. Refused once picking began."""
        ...


class ChangeRefusalSink(Protocol):
    async def write_change_refusal(self, refusal: ChangeRefusal) -> Outcome:
        """Show on the order that a change of it was not made, and why. Safe to repeat."""
        ...


class ReturnSource(Protocol):
    def read_returns(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[SalesReturn]]]:
        """Every return that was taken at or after that moment, or told of only then; older ones may come with them.
        `updated_at`: when there was news of it."""
        ...


class ReturnSink(Protocol):
    async def create_return(self, sales_return: SalesReturn) -> Outcome:
        """Tell that goods came back. It is looked up before it is sent again."""
        ...


class BillingSink(Protocol):
    async def write_billing(self, note: BillingNote) -> Outcome:
        """Record how the money of an order was settled outside the storefront."""
        ...


class LedgerSource(Protocol):
    def read_ledger(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[LedgerDocument]]]:
        """Invoices and credit notes issued or changed at or after that moment."""
        ...

    async def find_ledger(self, number: str) -> LedgerDocument | None: ...


class DespatchFeed(Protocol):
    def read_despatched_refs(self, changed_since: datetime | None) -> AsyncIterator[Sequence[str]]:
        """Our references of the orders with a despatch made or changed at or after that moment."""
        ...


class StockCountSink(Protocol):
    async def write_counts(self, figures: Sequence[StockFigure]) -> Sequence[Outcome]:
        """Book absolute counts, by site. Raises Unsupported for any basis but on hand: a ledger takes only counts."""
        ...
