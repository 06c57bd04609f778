"""What goes wrong in accounts: documents in the ledger that are not what the order was. None touches the order."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from crossdock.sandbox.bridge import Json
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.prima import bridge_view as view
from crossdock.sandbox.prima.acts_orders import number
from crossdock.sandbox.prima.model import Invoice
from crossdock.sandbox.prima.store import Store

PENNY = Decimal("0.01")


class AccountsActs:
    """Documents are named by their number."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def by_name(self) -> Mapping[str, Callable[..., Any]]:
        acts = self.drift_vat, self.double_invoice, self.rebook_document, self.drop_document
        return {act.__name__: act for act in acts}

    def drift_vat(self, document: str, pence: int = 1) -> Json:
        """A document's tax is so many pence off what its lines come to."""
        found = self._document(document)
        first, *rest = found.lines
        off = PENNY * number("drift_vat: pence", pence)
        return self._put(replace(found, lines=[replace(first, tax=first.tax + off), *rest]))

    def double_invoice(self, document: str) -> Json:
        """The same document is issued a second time, under the next number."""
        found = self._document(document)
        letters = found.number.rstrip("0123456789")
        return self._put(replace(found, number=f"{letters}{len(self.store.invoices) + 100001}"))

    def rebook_document(self, document: str, account: str) -> Json:
        """A document stands on another buyer's account."""
        if account not in self.store.accounts:
            raise ActError(f"rebook_document: account {account!r} is not on file")
        return self._put(replace(self._document(document), account_code=account))

    def drop_document(self, document: str) -> Json:
        """A document is gone as if it had never been issued."""
        dropped = self._document(document)
        del self.store.invoices[dropped.number]
        return {"dropped": dropped.number}

    def _document(self, name: str) -> Invoice:
        if name not in self.store.invoices:
            raise ActError(f"document {name!r} is not there; there are {len(self.store.invoices)}")
        return self.store.invoices[name]

    def _put(self, document: Invoice) -> Json:
        """The order keeps the bill it had: what an order comes to is not what a wrong document says."""
        document.updated_at = self.store.stamp()
        self.store.invoices[document.number] = document
        self.store.tell("invoice.issued", {"number": document.number, "kind": document.kind})
        return view.invoice_json(self.store, document)
