"""A row of a ledger file → an invoice or a credit note. Pure. The columns are in the README of this folder."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from crossdock.model.faults import DataFault
from crossdock.model.ledger import LedgerDocument, LedgerKind

REQUIRED = ("number", "kind", "company_code", "currency", "issued_on", "net", "tax", "gross")
KNOWN = (*REQUIRED, "order_refs", "order_codes", "due_on", "company")
DateForm = Literal["yyyy-mm-dd", "dd/mm/yyyy"]
FORMS: Mapping[DateForm, str] = {"yyyy-mm-dd": "%Y-%m-%d", "dd/mm/yyyy": "%d/%m/%Y"}
AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,4})?")
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRule:
    """dates: how days are written. credit_notes: the sign they are printed with."""

    dates: DateForm = "yyyy-mm-dd"
    credit_notes: Literal["positive", "negative"] = "positive"


def read_document(row: Mapping[str, str], rule: LedgerRule, *, place: str, written: datetime | None) -> LedgerDocument:
    """written: when its file was. Raises DataFault: a cell that says nothing or nonsense, sums that do not add up."""
    kind = _kind(row, place)
    turn = -1 if kind is LedgerKind.CREDIT_NOTE and rule.credit_notes == "negative" else 1
    net, tax, gross = (_amount(row, name, place) * turn for name in ("net", "tax", "gross"))
    if net + tax != gross:
        raise DataFault(f"{place} gross", f"{net * turn} and {tax * turn} do not come to {gross * turn}")
    if gross < 0:
        raise DataFault(f"{place} gross", f"{gross * turn} has the wrong sign for its kind, {kind}")
    currency = row["currency"].strip()
    if not CURRENCY.fullmatch(currency):
        raise DataFault(f"{place} currency", f"{currency!r} is no currency such as GBP")
    return LedgerDocument(
        number=_said(row, "number", place), kind=kind, account_code=_said(row, "company_code", place),
        currency=currency, net=net, tax=tax, gross=gross, issued_on=read_day(row, "issued_on", rule, place),
        order_refs=_several(row, "order_refs"), erp_refs=_several(row, "order_codes"),
        due_on=read_day(row, "due_on", rule, place) if row.get("due_on", "").strip() else None,
        updated_at=written, company=row.get("company", "").strip(),
    )  # fmt: skip


def read_day(row: Mapping[str, str], name: str, rule: LedgerRule, place: str) -> date:
    text = row[name].strip()
    try:
        return datetime.strptime(text, FORMS[rule.dates]).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise DataFault(f"{place} {name}", f"{text!r} is no day written {rule.dates}") from None


def _kind(row: Mapping[str, str], place: str) -> LedgerKind:
    text = row["kind"].strip()
    try:
        return LedgerKind(text.casefold().replace(" ", "_"))
    except ValueError:
        raise DataFault(f"{place} kind", f"{text!r} is neither invoice nor credit_note") from None


def _amount(row: Mapping[str, str], name: str, place: str) -> Decimal:
    """With a decimal point and nothing else: a comma may mean either."""
    text = row[name].strip()
    if not AMOUNT.fullmatch(text):
        raise DataFault(f"{place} {name}", f"{text!r} is no amount such as 1234.50")
    return Decimal(text)


def _said(row: Mapping[str, str], name: str, place: str) -> str:
    text = row[name].strip()
    if not text:
        raise DataFault(f"{place} {name}", "is empty")
    return text


def _several(row: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(one for text in row.get(name, "").split(";") if (one := text.strip()))
