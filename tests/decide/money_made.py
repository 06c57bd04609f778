"""Months of made-up orders whose money is right, and ways to spoil one of them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from crossdock.decide.money_match import MoneyTerms
from crossdock.model.reconciliation import Amounts, Dossier, ErpSays, Paper, Standing

FIRST, END = date(2026, 10, 1), date(2026, 11, 1)
TODAY = date(2026, 11, 20)
TERMS = MoneyTerms(today=TODAY, tolerance=Decimal(0), tax_tolerance=Decimal("0.01"))
PENNY = Decimal("0.01")


def money(net: str | Decimal | int, tax: str | Decimal | int | None = None) -> Amounts:
    """Without a tax, at a fifth."""
    net = Decimal(net)
    tax = (net / 5).quantize(PENNY) if tax is None else Decimal(tax)
    return Amounts(net + tax, net, tax)


def paper(number: str, amounts: Amounts, day: date = FIRST, **more: Any) -> Paper:
    return Paper(**{"number": number, "currency": "GBP", "amounts": amounts, "day": day, "account": "ACC1", **more})


def good(amounts: Amounts | None = None, **more: Any) -> Dossier:
    """Ordered, posted, sent and invoiced at one sum."""
    amounts = money(100) if amounts is None else amounts
    base: dict[str, Any] = {
        "ref": "B2B-1", "standing": Standing.POSTED, "erp_says": ErpSays.HAS_IT, "account": "ACC1",
        "order": paper("B2B-1", amounts), "erp": paper("SO1", amounts), "complete": True, "despatched_on": FIRST,
        "invoices": (paper("INV1", amounts, alike="INV1"),),
    }  # fmt: skip
    return Dossier(**{**base, **more})


@dataclass(frozen=True)
class Corruption:
    """What goes wrong, and what must be said of it: causes of cases, and the subject of the one case."""

    name: str
    case: str
    subject: str


def _swap(dossier: Dossier, at: int, invoice: Paper) -> Dossier:
    invoices = list(dossier.invoices)
    invoices[at] = invoice
    return replace(dossier, invoices=tuple(invoices))


def spoil(dossier: Dossier, name: str) -> tuple[Dossier, Corruption]:
    """One corruption of an order that was right and has an invoice."""
    last = max(dossier.invoices, key=lambda one: (one.day, one.number))
    at = dossier.invoices.index(last)
    match name:
        case "penny":
            off = replace(last, amounts=last.amounts + Amounts(PENNY, Decimal(0), PENNY))
            return _swap(dossier, at, off), Corruption(name, "vat-rounding", f"vat-rounding {last.number}")
        case "doubled":
            twin = replace(last, number=f"{last.number}X", day=last.day + timedelta(days=1))
            more = replace(dossier, invoices=(*dossier.invoices, twin))
            return more, Corruption(name, "doubled-invoice", f"doubled-invoice {twin.number}")
        case "account":
            off = replace(last, account="SOMEBODY-ELSE")
            return _swap(dossier, at, off), Corruption(name, "wrong-account", f"wrong-account {last.number}")
        case "company":
            off = replace(last, company="OTHER LTD")
            return (
                replace(_swap(dossier, at, off), company="OURS LTD"),
                Corruption(name, "wrong-company", f"wrong-company {last.number}"),
            )
        case "refund":
            back = paper(f"{dossier.ref}/R", Amounts(last.amounts.gross + 5), last.day)
            more = replace(dossier, refunds=(*dossier.refunds, back))
            return more, Corruption(name, "missing-credit-note", f"missing-credit-note {back.number}")
        case "credit":
            note = paper(f"CRN-{dossier.ref}", last.amounts + money(1), last.day, alike=f"CRN-{dossier.ref}")
            more = replace(dossier, credit_notes=(*dossier.credit_notes, note))
            return more, Corruption(name, "credit-without-refund", f"credit-without-refund {note.number}")
        case "price":
            off = replace(last, amounts=last.amounts + money(7))
            return _swap(dossier, at, off), Corruption(name, "invoice-total", f"invoice-total {last.number}")
        case "erp":
            assert dossier.erp is not None
            dearer = replace(dossier.erp, amounts=dossier.erp.amounts + money(7))
            invoices = (*dossier.invoices, paper(f"{dossier.ref}-MORE", money(7), last.day, alike="more"))
            more = replace(dossier, erp=dearer, invoices=invoices)
            return more, Corruption(name, "order-total", f"order-total {dossier.ref}")
        case "vanished":
            lost = replace(dossier, erp=None, erp_says=ErpSays.HAS_NOT, invoices=())
            return lost, Corruption(name, "not-in-erp", f"not-in-erp {dossier.ref}")
    raise AssertionError(name)


CORRUPTIONS = ("penny", "doubled", "account", "company", "refund", "credit", "price", "erp", "vanished")


@st.composite
def dossiers(draw: st.DrawFn, ref: str = "B2B-1") -> Dossier:
    """One order that is right: invoiced at once or in parts, perhaps part of it sent back and credited."""
    parts = draw(st.lists(st.integers(100, 500_000), min_size=1, max_size=3))
    amounts = [money(Decimal(part) / 100) for part in parts]
    days = sorted(FIRST + timedelta(days=draw(st.integers(0, 20))) for _ in amounts)
    whole = amounts[0]
    for one in amounts[1:]:
        whole += one
    lines = draw(st.integers(1, 4))
    invoices = tuple(
        paper(f"INV-{ref}-{n}", one, day, alike=f"{ref}-{one.gross}-{n}", lines=lines)
        for n, (one, day) in enumerate(zip(amounts, days, strict=True))
    )
    back = draw(st.booleans())
    return Dossier(
        ref=ref, standing=Standing.POSTED, erp_says=ErpSays.HAS_IT, account="ACC1",
        order=paper(ref, whole, FIRST, lines=lines), erp=paper(f"SO-{ref}", whole, FIRST), complete=True,
        despatched_on=days[-1], invoices=invoices,
        refunds=(paper(f"{ref}/RET", Amounts(amounts[0].gross), days[-1]),) if back else (),
        credit_notes=(paper(f"CRN-{ref}-0", amounts[0], days[-1], alike=f"{ref}-back"),) if back else (),
    )  # fmt: skip
