"""LedgerSource over a bridge: invoices and credit notes."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from crossdock.connectors.bridge import read_all
from crossdock.connectors.bridge.client import segment
from crossdock.connectors.prima.bridge_catalogue import document, one_record
from crossdock.connectors.prima.mapping_ledger import to_ledger
from crossdock.connectors.prima.session import Session
from crossdock.connectors.prima.wire_orders import Invoice
from crossdock.model.ledger import LedgerDocument
from crossdock.ports.systems import Document


class BridgeLedger:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def read(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[LedgerDocument]]]:
        await self._session.need("invoices.list")
        pages = read_all(self._session.api, "/v1/invoices", key=lambda row: row.get("number"), since=changed_since)
        async for page in pages:
            if page.rows:
                yield [
                    document(row, "number", f"data[{at}]", Invoice, self._to_ledger) for at, row in enumerate(page.rows)
                ]

    async def find(self, number: str) -> LedgerDocument | None:
        path = f"/v1/invoices/{segment(number)}"
        invoice = await one_record(self._session, path, number, Invoice, "number")
        return None if invoice is None else self._to_ledger(invoice, f"invoice {number}")

    def _to_ledger(self, invoice: Invoice, place: str) -> LedgerDocument:
        return to_ledger(invoice, credit_notes=self._session.settings.credit_note_sign, place=place)
