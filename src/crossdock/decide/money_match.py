"""The money of one order, column by column: order → ERP order → invoices, and refunds → credit notes.

Each step from one column to the next is made of named differences that add up to it, to the coin: what one column
holds more than the one before is explained, or stands in a case, or is said to be unknown. Nothing is left over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from crossdock.decide.money_lines import Pen, rounding_of
from crossdock.decide.money_pairs import Settled, is_elsewhere, settle_papers
from crossdock.model.reconciliation import (
    NOTHING,
    Amounts,
    Dossier,
    ErpSays,
    Link,
    MoneyDifference,
    Paper,
    Standing,
    total,
)

Differences = Iterator[MoneyDifference]

ABSENT = {
    Standing.ON_ITS_WAY: "on-its-way",
    Standing.SET_ASIDE: "set-aside",
    Standing.WITHDRAWN: "withdrawn",
    Standing.NOT_CAPTURED: "not-captured",
    Standing.POSTED: "not-in-erp",
    Standing.CANCELLED: "cancelled-in-erp",
}
"""What it means that the ERP has not got an order, by where it stands with us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyTerms:
    """today: the merchant's, when the run looks. tolerance, tax_tolerance: as orders are checked by. rounding_allowed:
    how far rounding may part two papers without a case. grace_days: how long an invoice or a credit note may take.

    ledger_told, refunds_told: whether the ERP tells invoices and credit notes, and the storefront refunds; …_whole:
    whether every one of them could be read.
    """

    today: date
    tolerance: Decimal = Decimal(0)
    tax_tolerance: Decimal = Decimal(0)
    rounding_allowed: Decimal = Decimal(0)
    grace_days: int = 5
    ledger_told: bool = True
    refunds_told: bool = True
    ledger_whole: bool = True
    refunds_whole: bool = True

    def is_late(self, day: date) -> bool:
        return (self.today - day).days > self.grace_days


def match(dossier: Dossier, terms: MoneyTerms) -> tuple[MoneyDifference, ...]:
    """Every difference of one order, whatever day it belongs to."""
    pen = Pen(dossier, terms.rounding_allowed)
    found = [*_posting(dossier, terms, pen)]
    if terms.ledger_told:
        settled = settle_papers(dossier, booked(dossier))
        found += _strangers(dossier, settled, pen)
        found += _billing(dossier, terms, settled, pen)
        found += _refunding(dossier, terms, settled, pen)
    return tuple(found)


def ordered(dossier: Dossier) -> Amounts:
    """What the storefront's order comes to; nothing once it is cancelled or gone."""
    return NOTHING if dossier.cancelled or dossier.gone else dossier.order.amounts


def booked(dossier: Dossier) -> Amounts:
    """What the ERP's order comes to, where that can be held against the storefront's."""
    erp = dossier.erp
    has_it = erp is not None and dossier.erp_says is ErpSays.HAS_IT and erp.currency == dossier.order.currency
    return erp.amounts if erp is not None and has_it else NOTHING


# order → ERP order


def _posting(dossier: Dossier, terms: MoneyTerms, pen: Pen) -> Differences:
    sides = ordered(dossier), booked(dossier)
    gap, erp = sides[1] - sides[0], dossier.erp
    if dossier.erp_says is not ErpSays.HAS_IT or erp is None:
        if gap:
            yield pen.write(Link.POSTING, _absent(dossier, terms), gap, sides, note=dossier.erp_problem)
        return
    if erp.currency != dossier.order.currency:
        yield pen.write(Link.POSTING, "other-currency", gap, (dossier.order.currency, erp.currency))
    elif gap:
        yield pen.write(Link.POSTING, _unequal(dossier, gap, terms), gap, sides)
    if dossier.account and erp.account and dossier.account.casefold() != erp.account.casefold():
        value = erp.amounts.gross
        yield pen.write(Link.POSTING, "wrong-account", NOTHING, (dossier.account, erp.account), value=value)


def _absent(dossier: Dossier, terms: MoneyTerms) -> str:
    """Why the ERP has no living order."""
    match dossier.erp_says:
        case ErpSays.UNREADABLE:
            return "erp-unreadable"
        case ErpSays.CANCELLED:
            return "cancelled-in-erp"
    if dossier.standing is Standing.POSTED and dossier.invoices and terms.ledger_told:
        return "invoiced-without-order"
    return ABSENT[dossier.standing]


def _unequal(dossier: Dossier, gap: Amounts, terms: MoneyTerms) -> str:
    """Why the ERP's living order comes to something else."""
    if dossier.standing is Standing.NOT_CAPTURED:
        return "not-captured"
    if dossier.gone:
        return "gone-from-storefront"
    if dossier.cancelled:
        return "cancelled-after-invoice" if dossier.invoices and terms.ledger_told else "cancelled-at-storefront"
    back = total(one.amounts for one in dossier.refunds if one.currency == dossier.order.currency)
    if gap.gross and gap.gross == back.gross:
        return "came-back"
    lines = dossier.order.lines + 1  # carriage is taxed too
    if not gap.gross and abs(gap.tax or Decimal(0)) <= terms.tax_tolerance * lines:
        return "tax-split"
    if gap.gross and abs(gap.gross) <= terms.tolerance:
        return "within-tolerance"
    return rounding_of(gap, lines, dossier.order.currency) or "order-total"


# papers in the wrong place


def _strangers(dossier: Dossier, settled: Settled, pen: Pen) -> Differences:
    """Papers on another account (told once an account), or in another company."""
    void = {paper.number for pair in settled.void for paper in pair}
    papers = [
        (link, what, paper)
        for link, what, papers in (
            (Link.BILLING, "invoice", dossier.invoices),
            (Link.REFUNDING, "credit note", dossier.credit_notes),
        )
        for paper in papers
        if paper.number not in void
    ]
    seen: set[str] = set()
    for link, what, paper in papers:
        if is_elsewhere(dossier, paper) and paper.account.casefold() not in seen:
            seen.add(paper.account.casefold())
            sides, value = (dossier.account, paper.account), paper.amounts.gross
            yield pen.write(link, "wrong-account", NOTHING, sides, paper=paper, what=what, value=value)
    for link, what, paper in papers:
        if paper.company and dossier.company and paper.company.casefold() != dossier.company.casefold():
            for company, gap in ((dossier.company, -paper.amounts), (paper.company, paper.amounts)):
                sides = dossier.company, paper.company
                yield pen.write(link, "wrong-company", gap, sides, paper=paper, what=what, company=company)


# ERP order → invoices


def _billing(dossier: Dossier, terms: MoneyTerms, settled: Settled, pen: Pen) -> Differences:
    for invoice, note in settled.void:
        sides = invoice.amounts, note.amounts
        told = f"credit note {note.number}"
        yield pen.write(Link.BILLING, "corrected", invoice.amounts, sides, paper=invoice, what="invoice", note=told)
    sides = booked(dossier), total(one.amounts for one in settled.invoices)
    rest = sides[1] - sides[0]
    for invoice in _foreign(dossier, dossier.invoices):
        root = invoice if sides[0] else replace(dossier.order, currency=invoice.currency)
        named = dossier.order.currency, invoice.currency
        yield pen.write(Link.BILLING, "other-currency", invoice.amounts, named, paper=root, what="invoice")
        if sides[0] and rest.gross == -invoice.amounts.gross:
            here = replace(invoice, currency=dossier.order.currency)
            yield pen.write(Link.BILLING, "other-currency", rest, named, paper=here, what="invoice")
            rest = NOTHING
    if dossier.erp_says is not ErpSays.HAS_IT:
        cause = {ErpSays.UNREADABLE: "erp-unreadable", ErpSays.CANCELLED: "cancelled-after-invoice"}
        if rest:
            yield pen.write(Link.BILLING, cause.get(dossier.erp_says, "invoiced-without-order"), rest, sides)
    elif rest and not dossier.in_reach:
        yield pen.write(Link.BILLING, "beyond-look-back", rest, sides)
    else:
        for double in _doubles(settled.invoices):
            if double.amounts.gross <= rest.gross:
                rest -= double.amounts
                gap = double.amounts
                yield pen.write(Link.BILLING, "doubled-invoice", gap, sides, paper=double, what="invoice")
        if rest:
            name, paper = _billed(dossier, terms, rest, settled.invoices)
            yield pen.write(Link.BILLING, name, rest, sides, paper=paper, what="invoice" if paper else "order")


def _billed(dossier: Dossier, terms: MoneyTerms, rest: Amounts, invoices: Sequence[Paper]) -> tuple[str, Paper | None]:
    """Why a living order is invoiced at another sum, and the paper to look at."""
    last = invoices[-1] if invoices else None
    if last is not None:
        if name := rounding_of(rest, sum(one.lines for one in invoices), last.currency):
            return name, last
        if rest.gross >= 0:
            return "invoice-total", last
    if not dossier.complete or dossier.despatched_on is None or not terms.is_late(dossier.despatched_on):
        return "not-invoiced-yet", None
    if not terms.ledger_whole:
        return "unreadable-paper", None
    return ("invoice-overdue", None) if last is None else ("invoice-total", last)


def _foreign(dossier: Dossier, papers: Sequence[Paper]) -> list[Paper]:
    return [one for one in papers if one.currency != dossier.order.currency]


def _doubles(papers: Sequence[Paper]) -> list[Paper]:
    """Those that say what an earlier one said, newest first."""
    seen: set[str] = set()
    found = []
    for paper in papers:
        if paper.alike and paper.alike in seen:
            found.append(paper)
        seen.add(paper.alike)
    return found[::-1]


# refunds → credit notes


def _refunding(dossier: Dossier, terms: MoneyTerms, settled: Settled, pen: Pen) -> Differences:
    def write(
        cause: str, gap: Amounts, paper: Paper, what: str, refunded: Amounts, credited: Amounts
    ) -> MoneyDifference:
        return pen.write(Link.REFUNDING, cause, gap, (refunded, credited), paper=paper, what=what)

    for invoice, note in settled.void:
        yield write("corrected", note.amounts, note, "credit note", invoice.amounts, note.amounts)
    for note in _foreign(dossier, dossier.credit_notes):
        named = dossier.order.currency, note.currency
        yield pen.write(Link.REFUNDING, "other-currency", note.amounts, named, paper=note, what="credit note")
    for refund in _foreign(dossier, dossier.refunds):
        named = refund.currency, dossier.order.currency
        yield pen.write(Link.REFUNDING, "other-currency", -refund.amounts, named, paper=refund, what="refund")
    if (owed := settled.owed) is not None:
        yield write("cancelled-after-invoice", owed.amounts, owed, "order", owed.amounts, NOTHING)
    for refund, note in settled.pairs:
        if gap := note.amounts - refund.amounts:
            name = rounding_of(gap, max(refund.lines, note.lines), note.currency) or "credit-total"
            yield write(name, gap, note, "credit note", refund.amounts, note.amounts)
    refunds, notes = settled.refunds, settled.notes
    if refunds and notes:
        refunded, credited = (total(one.amounts for one in papers) for papers in (refunds, notes))
        if gap := credited - refunded:
            yield write("credit-total", gap, notes[-1], "credit note", refunded, credited)
        return
    for refund in refunds:
        what = "cancelled order" if refund is owed else "refund"
        yield write(_uncredited(refund, terms), -refund.amounts, refund, what, refund.amounts, NOTHING)
    doubles = _doubles(sorted(dossier.credit_notes, key=lambda one: (one.day, one.number)))
    for note in notes:
        cause = _unrefunded(note, terms, is_double=note in doubles)
        yield write(cause, note.amounts, note, "credit note", NOTHING, note.amounts)


def _uncredited(refund: Paper, terms: MoneyTerms) -> str:
    if not terms.is_late(refund.day):
        return "credit-due"
    return "missing-credit-note" if terms.ledger_whole else "unreadable-paper"


def _unrefunded(note: Paper, terms: MoneyTerms, *, is_double: bool) -> str:
    if is_double:
        return "doubled-credit-note"
    if not terms.refunds_told:
        return "refunds-not-told"
    if not terms.refunds_whole:
        return "unreadable-paper"
    return "credit-without-refund" if terms.is_late(note.day) else "credit-due"
