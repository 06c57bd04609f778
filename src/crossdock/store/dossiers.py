"""Papers about money on their way into and out of the store."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from crossdock.model.lifecycle import OrderState
from crossdock.model.reconciliation import (
    Amounts,
    Dossier,
    ErpSays,
    Paper,
    PaperKind,
    StagedPaper,
    Standing,
    Waiver,
    total,
)
from crossdock.store.cases import INSTEAD, NUL

LINK, RECENT = "link", "recent"
STANDINGS = {
    OrderState.POSTED: Standing.POSTED,
    OrderState.PART_DESPATCHED: Standing.POSTED,
    OrderState.DESPATCHED: Standing.POSTED,
    OrderState.SET_ASIDE: Standing.SET_ASIDE,
    OrderState.WITHDRAWN: Standing.WITHDRAWN,
    OrderState.CANCELLED: Standing.CANCELLED,
}
SAYS = {"": ErpSays.HAS_IT, "cancelled": ErpSays.CANCELLED, "absent": ErpSays.HAS_NOT, "unreadable": ErpSays.UNREADABLE}


def paper_columns(papers: Sequence[StagedPaper]) -> list[list[Any]]:
    """As columns; a paper of several orders is written once, and tied to each of them."""
    rows: list[tuple[Any, ...]] = []
    for one in papers:
        paper, amounts = one.paper, one.paper.amounts
        kind = RECENT if one.state == RECENT else str(one.kind)
        rows.append(
            (kind, one.ref, paper.number, paper.account, paper.company, paper.currency, amounts.net, amounts.tax,
             amounts.gross, paper.day, paper.lines, paper.alike, one.state, one.note, one.sent_on, one.complete)
        )  # fmt: skip
        rows += [
            (LINK, ref, paper.number, "", "", "", None, None, Decimal(0), None, 1, "", "", one.ref, None, False)
            for ref in one.refs
            if ref != one.ref
        ]
    clean = [tuple(cell.replace(NUL, INSTEAD) if isinstance(cell, str) else cell for cell in row) for row in rows]
    return [list(column) for column in zip(*clean, strict=True)]


def dossier_of(name: str, papers: str, standings: str | None, *, in_reach_from: date) -> Dossier:
    """From the JSON of the query. Several orders that share a paper are one, with the sum of theirs."""
    by_kind: dict[str, list[dict[str, Any]]] = {kind: [] for kind in PaperKind}
    for row in orjson.loads(papers):
        by_kind[row["kind"]].append(row)
    books = {row["ref"]: row for row in orjson.loads(standings or "[]")}
    orders, erp = by_kind[PaperKind.ORDER], by_kind[PaperKind.ERP_ORDER]
    living = [row for row in erp if row["state"] == ""]
    account = next((book["account"] for book in books.values() if book["account"]), "")
    alive = [row for row in orders if row["state"] == ""]
    sent = [_day(row["sent_on"]) for row in living if row["sent_on"]]
    says = _says(erp)
    return Dossier(
        ref=name,
        standing=_standing([row["ref"] for row in orders], books),
        erp_says=says,
        order=_sum(orders, alive or orders, number=_names(orders)),
        gone=not alive and any(row["state"] == "gone" for row in orders),
        cancelled=not alive and all(row["state"] == "cancelled" for row in orders),
        account=account,
        company=orders[0]["company"],
        erp=_sum(erp, living or erp, number=_names(erp)) if says in (ErpSays.HAS_IT, ErpSays.CANCELLED) else None,
        erp_problem="; ".join(_notes(erp, books)),
        complete=bool(living) and all(row["complete"] for row in living),
        despatched_on=max(sent) if sent else None,
        invoices=_papers(by_kind[PaperKind.INVOICE]),
        credit_notes=_papers(by_kind[PaperKind.CREDIT_NOTE]),
        refunds=_papers(by_kind[PaperKind.REFUND]),
        covered=frozenset(kind for book in books.values() for kind in book["cases"]),
        waived={one["kind"]: _waiver(one) for book in books.values() for one in book["waived"]},
        in_reach=all(_day(row["day"]) >= in_reach_from for row in orders),
    )


def _says(erp: Sequence[dict[str, Any]]) -> ErpSays:
    """Of several orders: unknown if one is, else there if one is."""
    found = {SAYS[row["state"]] for row in erp}
    order = (ErpSays.UNREADABLE, ErpSays.HAS_IT, ErpSays.CANCELLED)
    return next((one for one in order if one in found), ErpSays.HAS_NOT)


def _standing(refs: Sequence[str], books: dict[str, dict[str, Any]]) -> Standing:
    """Of several orders: of the first that is not plainly posted."""
    found = [
        STANDINGS.get(OrderState(books[ref]["state"]), Standing.ON_ITS_WAY) if ref in books else Standing.NOT_CAPTURED
        for ref in refs
    ]
    return next((one for one in found if one is not Standing.POSTED), Standing.POSTED)


def _notes(erp: Sequence[dict[str, Any]], books: dict[str, dict[str, Any]]) -> list[str]:
    return [row["note"] for row in erp if row["note"]] + [
        book["set_aside"] for book in books.values() if book["state"] == "set_aside" and book["set_aside"]
    ]


def _names(rows: Sequence[dict[str, Any]]) -> str:
    return " ".join(row["number"] for row in rows)


def _sum(rows: Sequence[dict[str, Any]], counted: Sequence[dict[str, Any]], *, number: str) -> Paper:
    first = _paper(rows[0])
    return Paper(
        number=number, currency=first.currency, amounts=total(_paper(row).amounts for row in counted), day=first.day,
        account=first.account, company=first.company, lines=sum(row["lines"] for row in counted),
    )  # fmt: skip


def _papers(rows: Sequence[dict[str, Any]]) -> tuple[Paper, ...]:
    return tuple(_paper(row) for row in rows)


def _paper(row: dict[str, Any]) -> Paper:
    return Paper(
        number=row["number"], currency=row["currency"], day=_day(row["day"]), account=row["account"],
        company=row["company"], lines=row["lines"], alike=row["alike"],
        amounts=Amounts(Decimal(row["gross"]), _number(row["net"]), _number(row["tax"])),
    )  # fmt: skip


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _waiver(row: dict[str, Any]) -> Waiver:
    return Waiver(actor=row["actor"], reason=row["reason"] or "", at=datetime.fromisoformat(row["at"]))
