"""Which credit note belongs to which refund, and which only takes back an invoice that should not have been."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crossdock.decide.money_lines import rounding_of
from crossdock.model.reconciliation import Amounts, Dossier, ErpSays, Paper, total

Pair = tuple[Paper, Paper]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """void: invoices with the credit notes that took them back. invoices: the others. owed: what must be credited
    because the order was cancelled after it was invoiced, None for nothing. pairs: refunds with their credit notes.
    refunds, notes: those left without a counterpart."""

    void: tuple[Pair, ...]
    invoices: tuple[Paper, ...]
    owed: Paper | None
    pairs: tuple[Pair, ...]
    refunds: tuple[Paper, ...]
    notes: tuple[Paper, ...]


def settle_papers(dossier: Dossier, booked: Amounts) -> Settled:
    """booked: what the ERP's order comes to. Papers in another currency than the order's are left out."""
    invoices, notes = _sorted(dossier, dossier.invoices), _sorted(dossier, dossier.credit_notes)
    void = [*_void_elsewhere(dossier, invoices, notes)]
    owed = _owed(dossier, invoices)
    refunds = _sorted(dossier, (*dossier.refunds, *((owed,) if owed else ())))
    pairs = [*_pair(refunds, notes)]
    if owed is None and dossier.erp_says is ErpSays.HAS_IT:
        void += _void_surplus(invoices, notes, total(one.amounts for one in invoices).gross - booked.gross)
    return Settled(
        void=tuple(void), invoices=tuple(invoices), owed=owed, pairs=tuple(pairs), refunds=tuple(refunds),
        notes=tuple(notes),
    )  # fmt: skip


def is_elsewhere(dossier: Dossier, paper: Paper) -> bool:
    """Whether a paper stands on another account than the order's."""
    known = {one.casefold() for one in (dossier.account, dossier.erp.account if dossier.erp else "") if one}
    return bool(known and paper.account and paper.account.casefold() not in known)


def _sorted(dossier: Dossier, papers: Sequence[Paper]) -> list[Paper]:
    ours = [one for one in papers if one.currency == dossier.order.currency]
    return sorted(ours, key=lambda one: (one.day, one.number))


def _void_elsewhere(dossier: Dossier, invoices: list[Paper], notes: list[Paper]) -> Iterator[Pair]:
    """Invoices on another account that were credited there are as if they had never been."""
    for invoice in [one for one in invoices if is_elsewhere(dossier, one)]:
        there = [one for one in notes if one.account.casefold() == invoice.account.casefold()]
        if note := _same_gross(invoice, there):
            yield _take(invoice, note, invoices, notes)


def _void_surplus(invoices: list[Paper], notes: list[Paper], surplus: Decimal) -> Iterator[Pair]:
    """What was invoiced beyond the order and credited to nobody's refund, newest invoice first."""
    for invoice in list(reversed(invoices)):
        note = _same_gross(invoice, notes)
        if note is not None and 0 < invoice.amounts.gross <= surplus:
            surplus -= invoice.amounts.gross
            yield _take(invoice, note, invoices, notes)


def _owed(dossier: Dossier, invoices: Sequence[Paper]) -> Paper | None:
    if not invoices or not (dossier.cancelled or dossier.erp_says is ErpSays.CANCELLED):
        return None
    refunded = total(one.amounts for one in _sorted(dossier, dossier.refunds))
    left = total(one.amounts for one in invoices) - refunded
    if left.gross <= 0:
        return None
    return Paper(
        number=dossier.ref, currency=dossier.order.currency, amounts=left, day=invoices[-1].day,
        account=invoices[-1].account, lines=sum(one.lines for one in invoices),
    )  # fmt: skip


def _pair(refunds: list[Paper], notes: list[Paper]) -> Iterator[Pair]:
    """Those of the same gross first; then those that rounding alone keeps apart."""
    for find in (_same_gross, _nearly):
        for refund in list(refunds):
            if note := find(refund, notes):
                yield _take(refund, note, refunds, notes)


def _same_gross(paper: Paper, notes: Sequence[Paper]) -> Paper | None:
    """On the same account rather than on another."""
    same = [one for one in notes if one.amounts.gross == paper.amounts.gross]
    return min(same, key=lambda one: one.account.casefold() != paper.account.casefold(), default=None)


def _nearly(refund: Paper, notes: Sequence[Paper]) -> Paper | None:
    def near(note: Paper) -> bool:
        lines = max(note.lines, refund.lines)
        return rounding_of(note.amounts - refund.amounts, lines, refund.currency) != ""

    return next((one for one in notes if near(one)), None)


def _take(paper: Paper, note: Paper, papers: list[Paper], notes: list[Paper]) -> Pair:
    papers.remove(paper)
    notes.remove(note)
    return paper, note
