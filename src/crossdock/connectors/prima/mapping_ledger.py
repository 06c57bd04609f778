"""Invoices and credit notes of prima-bridge v1 → canonical. Pure."""

from decimal import Decimal
from typing import Literal

from crossdock.connectors.bridge import fault_of
from crossdock.connectors.prima.wire_orders import Invoice
from crossdock.model.ledger import LedgerDocument, LedgerKind, LedgerLine

CreditNoteSign = Literal["positive", "negative"]


def to_ledger(invoice: Invoice, *, credit_notes: CreditNoteSign = "positive", place: str = "invoice") -> LedgerDocument:
    """credit_notes: the sign the ERP prints them with. Raises DataFault: sums that do not add up, or another sign."""
    turn = -1 if invoice.kind == "credit_note" and credit_notes == "negative" else 1
    totals = invoice.totals
    problems = []
    if totals.net + totals.tax != totals.gross:
        problems.append((f"{place}.totals", f"{totals.net} and {totals.tax} do not come to {totals.gross}"))
    if invoice.tax_breakdown:
        parts = (
            sum((row.net for row in invoice.tax_breakdown), Decimal(0)),
            sum((row.tax for row in invoice.tax_breakdown), Decimal(0)),
        )
        if parts != (totals.net, totals.tax):
            problems.append(
                (f"{place}.tax_breakdown", f"comes to {parts[0]} and {parts[1]}, not {totals.net} and {totals.tax}")
            )
    if totals.gross * turn < 0:
        problems.append((f"{place}.totals.gross", f"{totals.gross} has the wrong sign for its kind, {invoice.kind}"))
    if problems:
        raise fault_of(problems)
    return LedgerDocument(
        number=invoice.number,
        kind=LedgerKind(invoice.kind),
        account_code=invoice.account_code,
        currency=invoice.currency,
        net=totals.net * turn,
        tax=totals.tax * turn,
        gross=totals.gross * turn,
        issued_on=invoice.issued_on,
        order_refs=tuple(invoice.external_refs),
        erp_refs=tuple(invoice.erp_order_numbers),
        due_on=invoice.due_on,
        lines=tuple(
            LedgerLine(
                sku=line.sku,
                quantity=abs(line.quantity) if turn < 0 else line.quantity,
                net=line.net * turn,
                tax=line.tax * turn,
                tax_code=line.vat_code,
                line_ref=line.line_ref or "",
            )
            for line in invoice.lines
        ),
        updated_at=invoice.updated_at,
    )
