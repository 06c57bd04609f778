"""Documents of all kinds as papers about money."""

from datetime import date
from decimal import Decimal

from crossdock.decide.totals import stated_tax
from crossdock.model.after_sale import SalesReturn
from crossdock.model.despatch import Fulfilment
from crossdock.model.ledger import LedgerDocument, LedgerKind
from crossdock.model.reconciliation import Amounts, Paper, PaperKind, Period, StagedPaper
from crossdock.model.sales_order import SalesOrder, StorefrontStatus


def order_paper(order: SalesOrder, period: Period) -> StagedPaper:
    tax = stated_tax(order)
    amounts = Amounts(order.total, None if tax is None else order.total - tax, tax)
    paper = Paper(
        number=order.ref, currency=order.currency, amounts=amounts, day=period.day_of(order.placed_at),
        lines=len(order.lines),
    )  # fmt: skip
    state = "cancelled" if order.status is StorefrontStatus.CANCELLED else ""
    return StagedPaper(kind=PaperKind.ORDER, ref=order.ref, paper=paper, state=state)


def erp_paper(ref: str, fulfilment: Fulfilment, *, currency: str, day: date) -> StagedPaper:
    """currency, day: of the order. An ERP that does not tell what its order comes to is unreadable here."""
    gross, net = fulfilment.gross_total, fulfilment.net_total
    if gross is None:
        problem = "the ERP does not tell what its order comes to"
        return no_erp_paper(ref, "unreadable", problem, currency=currency, day=day)
    paper = Paper(
        number=fulfilment.erp_code or ref, currency=fulfilment.currency or currency, day=day,
        amounts=Amounts(gross, net, None if net is None else gross - net), account=fulfilment.account_code,
    )  # fmt: skip
    sent = [one.shipped_on for one in fulfilment.invoices if one.shipped_on is not None]
    return StagedPaper(
        kind=PaperKind.ERP_ORDER, ref=ref, paper=paper, state="cancelled" if fulfilment.cancelled else "",
        note=fulfilment.cancel_reason, complete=fulfilment.complete, sent_on=max(sent) if sent else None,
    )  # fmt: skip


def no_erp_paper(ref: str, state: str, note: str, *, currency: str, day: date) -> StagedPaper:
    """state: absent or unreadable."""
    paper = Paper(number=ref, currency=currency, amounts=Amounts(Decimal(0)), day=day)
    return StagedPaper(kind=PaperKind.ERP_ORDER, ref=ref, paper=paper, state=state, note=note)


def ledger_paper(document: LedgerDocument) -> StagedPaper:
    """alike: what it says, without its number and day; two of one order that say the same may be one too many."""
    lines = sorted((one.line_ref, one.sku, one.quantity, one.net, one.tax) for one in document.lines)
    said = [str(one) for one in (document.net, document.tax, document.gross)]
    said += [" ".join(str(cell) for cell in line) for line in lines]
    paper = Paper(
        number=document.number, currency=document.currency, day=document.issued_on, account=document.account_code,
        amounts=Amounts(document.gross, document.net, document.tax), company=document.company,
        lines=max(len(document.lines), 1), alike="|".join(said),
    )  # fmt: skip
    kind = PaperKind.INVOICE if document.kind is LedgerKind.INVOICE else PaperKind.CREDIT_NOTE
    refs = tuple(dict.fromkeys(document.order_refs))
    erp_ref = "" if refs or not document.erp_refs else document.erp_refs[0]
    return StagedPaper(kind=kind, ref=refs[0] if refs else "", refs=refs, paper=paper, note=erp_ref)


def refund_paper(returned: SalesReturn, period: Period, *, carriage: Decimal = Decimal(0)) -> StagedPaper | None:
    """Gross alone is told; None where goods, a price or the moment are not. carriage: gross, goes back with them."""
    prices = [line.unit_price for line in returned.lines]
    if returned.received_at is None or not returned.currency or not returned.lines:
        return None
    gross = carriage
    for line, price in zip(returned.lines, prices, strict=True):
        if price is None:
            return None
        gross += price * line.quantity
    paper = Paper(
        number=returned.ref, currency=returned.currency, amounts=Amounts(gross), lines=len(returned.lines),
        day=period.day_of(returned.received_at), account=returned.account_code,
    )  # fmt: skip
    return StagedPaper(kind=PaperKind.REFUND, ref=returned.order_ref, paper=paper)
