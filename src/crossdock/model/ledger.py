"""What the ERP asked for and what it took back on paper: sales invoices and credit notes."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class LedgerKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """net, tax: for the whole line, in the document's currency. tax_code: the ERP's."""

    sku: str
    quantity: Decimal
    net: Decimal
    tax: Decimal
    tax_code: str = ""
    line_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDocument:
    """One invoice or credit note as the ERP issued it. order_refs: our references; erp_refs: the ERP's order numbers.

    Amounts are as printed: not negative on a credit note. company: which of the merchant's companies issued it, ""
    where there is one or the ERP does not say.
    """

    number: str
    kind: LedgerKind
    account_code: str
    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    issued_on: date
    order_refs: tuple[str, ...] = ()
    erp_refs: tuple[str, ...] = ()
    due_on: date | None = None
    lines: tuple[LedgerLine, ...] = ()
    updated_at: datetime | None = None
    company: str = ""
