"""Accounts: credit notes, what goes wrong in the ledger, and the files that tell of it. None touches an order."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control.desk import Desk, number
from crossdock.sandbox.khaos_control.ledger import CREDIT_NOTE, INVOICE, put
from crossdock.sandbox.khaos_control.model import LedgerEntry
from crossdock.sandbox.khaos_control.money import PENNY, Amount, pence
from crossdock.sandbox.khaos_control.view import ledger_state

COLUMNS = (
    "number", "kind", "order_refs", "order_codes", "company_code", "company", "currency", "issued_on", "net", "tax",
    "gross",
)  # fmt: skip


class LedgerActs(Desk):
    def credit_invoice(self, document: str, share: Any = 1) -> dict[str, Any]:
        """A credit note for an invoice, or a share of it between 0 and 1."""
        found, part = self._entry(document), number(share)
        if found.kind != INVOICE or not 0 < part <= 1:
            raise ActError(f"credit_invoice: {document} is a {found.kind}, and share is above 0 and at most 1: {share}")
        amount = Amount(pence(found.amount.net * part), pence(found.amount.tax * part))
        credited = replace(
            found, number=f"CN{self.store.next_id('credit note', 600_001)}", kind=CREDIT_NOTE, amount=amount,
            credits=found.number, issued_on=self.store.wall().date(),
        )  # fmt: skip
        return ledger_state(put(self.store, credited))

    def drift_vat(self, document: str, pence: int = 1) -> dict[str, Any]:
        """A document's tax is so many pence off what its lines come to."""
        found = self._entry(document)
        off = PENNY * number(pence)
        return ledger_state(put(self.store, replace(found, amount=Amount(found.amount.net, found.amount.tax + off))))

    def double_invoice(self, document: str) -> dict[str, Any]:
        """The same document is issued a second time, under the next number."""
        found = self._entry(document)
        return ledger_state(put(self.store, replace(found, number=f"INV{self.store.next_id('printed', 200_001)}")))

    def rebook_document(self, document: str, company_code: str = "", company: str | None = None) -> dict[str, Any]:
        """A document stands on another buyer's account, or in the books of another of the merchant's companies."""
        found = self._entry(document)
        code = self.find_company(company_code).code if company_code else found.company_code
        named = found.company if company is None else company
        return ledger_state(put(self.store, replace(found, company_code=code, company=named)))

    def drop_document(self, document: str) -> dict[str, Any]:
        """A document is gone as if it had never been issued."""
        found = self._entry(document)
        del self.store.ledger[found.number]
        return {"dropped": found.number}

    def export_ledger(self, days: int = 100, whole: bool = True) -> dict[str, Any]:
        """Write what was issued in the last days and today into the folder `ledger_folder`. whole: with its last row;
        without it the export broke off."""
        folder, today = self.store.settings.ledger_folder, self.store.wall().date()
        if not folder:
            raise ActError("export_ledger: no ledger_folder is set")
        begins, ends = today - timedelta(days=days), today + timedelta(days=1)
        entries = [one for one in self.store.ledger.values() if begins <= one.issued_on < ends]
        path = Path(folder) / f"ledger_{begins}_{ends}.csv"
        _write(path, entries, whole=whole)
        return {"file": str(path), "documents": len(entries)}

    def _entry(self, document: str) -> LedgerEntry:
        if document not in self.store.ledger:
            raise ActError(f"document {document!r} is not in the ledger; there are {len(self.store.ledger)}")
        return self.store.ledger[document]


def _write(path: Path, entries: Iterable[LedgerEntry], *, whole: bool) -> None:
    """Under another name until it is there, as an export should."""
    path.parent.mkdir(parents=True, exist_ok=True)
    passing, count = path.with_suffix(".part"), 0
    with passing.open("w", encoding="utf-8", newline="") as text:
        sheet = csv.writer(text)
        sheet.writerow(COLUMNS)
        for count, one in enumerate(entries, 1):  # noqa: B007 - the last one counts
            sheet.writerow(_cells(one))
        if whole:
            sheet.writerow(["END", count])
    passing.replace(path)


def _cells(one: LedgerEntry) -> list[str | date | Decimal]:
    amount = one.amount
    refs, codes = ";".join(one.order_refs), ";".join(one.order_codes)
    return [
        one.number, one.kind, refs, codes, one.company_code, one.company, one.currency, one.issued_on, amount.net,
        amount.tax, amount.gross,
    ]  # fmt: skip
