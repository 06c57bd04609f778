"""The month-end pack: what the columns of a period's money come to, and every coin between them, by cause."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from crossdock.decide.money_causes import CAUSES
from crossdock.model.money import minor_units
from crossdock.model.reconciliation import NOTHING, Amounts, Column, Difference, Link, PaperKind, Run, total
from crossdock.reports.differences import Found, accepted_block, explained_block, settle_block
from crossdock.reports.rows import Made, Many
from crossdock.reports.sheet import Block, Cell, Form, Heading, Report, Sheet

TITLES = {
    PaperKind.ORDER: "Orders at the storefront",
    PaperKind.ERP_ORDER: "The same orders in the ERP",
    PaperKind.DESPATCHED: "… of which despatched whole",
    PaperKind.INVOICE: "Invoices issued",
    PaperKind.CREDIT_NOTE: "Credit notes issued",
    PaperKind.REFUND: "Refunds at the storefront",
}
KNOWN_BY = {
    PaperKind.INVOICE: "ledger_known", PaperKind.CREDIT_NOTE: "ledger_known", PaperKind.REFUND: "refunds_known",
}  # fmt: skip
STEPS = (
    (Link.POSTING, PaperKind.ORDER, PaperKind.ERP_ORDER, "From the storefront's orders to the ERP's"),
    (Link.BILLING, PaperKind.ERP_ORDER, PaperKind.INVOICE, "From the ERP's orders to invoices"),
    (Link.REFUNDING, PaperKind.REFUND, PaperKind.CREDIT_NOTE, "From refunds to credit notes"),
)
WHAT = Heading(key="what", title="", width=44)
STATE = Heading(key="state", title="", width=16)
COUNT = Heading(key="documents", title="Documents", form=Form.COUNT, width=11)
MONEY = (
    Heading(key="net", title="Net", form=Form.MONEY, width=14),
    Heading(key="tax", title="VAT", form=Form.MONEY, width=14),
    Heading(key="gross", title="Gross", form=Form.MONEY, width=14),
)
STATES = ("stands in a case", "accepted", "explained")
Steps = Mapping[tuple[int, str], tuple[int, Amounts]]
"""(number in STATES, cause) → how many and what they come to."""
UNTOLD: tuple[Cell, ...] = (None, None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One ended run with what it found. columns: of money alone."""

    run: Run
    differences: Many[Difference]
    columns: Sequence[Column] = ()


def make_pack(pairing: str, compared: Sequence[Compared], *, for_programs: bool = True) -> Report:
    """compared: at least one. The same runs make the same pack. for_programs: with all of it as data, which no table of
    any length keeps out of memory."""
    runs = [one.run for one in compared]
    found: Many[Found] = Made(lambda: ((one.run, difference) for one in compared for difference in one.differences))
    periods = sorted({run.period_name for run in runs if run.period})
    return Report(
        title=f"Reconciliation of {pairing}",
        subtitle=" · ".join([", ".join(dict.fromkeys(str(run.subject) for run in runs)), *periods]),
        made_at=max(run.ended_at or run.began_at for run in runs),
        facts=_facts(pairing, runs),
        sheets=(
            Sheet(name="Summary", blocks=(*(block for one in compared for block in _money(one)), _looked_at(compared))),
            Sheet(name="To settle", blocks=(settle_block(found),)),
            Sheet(name="Explained", blocks=(explained_block(found),)),
            Sheet(name="Accepted", blocks=(accepted_block(found),)),
            Sheet(name="Unknown", blocks=(_unknown(runs),)),
        ),
        data={"pairing": pairing, "runs": [data_of(one) for one in compared]} if for_programs else None,
    )


def _facts(pairing: str, runs: Sequence[Run]) -> list[tuple[str, str]]:
    facts = [("Pairing", pairing)]
    for run in runs:
        if period := run.period:
            facts.append(("Period", f"{period.first} up to {period.end}, which is not part of it ({period.zone})"))
        facts.append((f"Run {run.id}", f"{run.subject}, begun by {run.actor}"))
        facts.append(("Read", f"here {_moment(run.ours_at)}, there {_moment(run.theirs_at)}"))
    return list(dict.fromkeys(facts))


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S %Z") if moment else "–"


# money


def _money(one: Compared) -> Iterable[Block]:
    """For each currency and company: its columns, and the way from one to the next."""
    columns = {(column.currency, column.company, column.kind): column for column in one.columns}
    sums = _sums(one.differences)
    for currency, company in sorted({key[:2] for key in (*columns, *sums)}):
        where = f"{currency}, {company}" if company else currency
        held = {kind: columns.get((currency, company, kind)) for kind in PaperKind}
        decimals = minor_units(currency)
        yield _columns(where, held, one.run, decimals)
        for link, left, right, title in STEPS:
            if _is_known(one.run, right):
                steps = sums.get((currency, company, str(link)), {})
                yield _bridge(f"{title}, {where}", (left, right), held, steps, one.run, decimals)


def _sums(differences: Many[Difference]) -> Mapping[tuple[str, str, str], Steps]:
    """By currency, company and link: what each cause comes to."""
    sums: dict[tuple[str, str, str], dict[tuple[int, str], tuple[int, Amounts]]] = {}
    for one in differences:
        if one.gap is None:
            continue
        steps = sums.setdefault((one.currency, one.company, str(one.link)), {})
        if one.gap:
            key = 0 if one.case_kind else 1 if one.waiver else 2, one.cause
            many, gap = steps.get(key, (0, NOTHING))
            steps[key] = many + 1, gap + one.gap
    return sums


def _is_known(run: Run, kind: PaperKind) -> bool:
    return kind not in KNOWN_BY or bool(run.counts.get(KNOWN_BY[kind]))


def _columns(where: str, held: Mapping[PaperKind, Column | None], run: Run, decimals: int) -> Block:
    return Block(
        title=f"Documents of the period, {where}",
        headings=(WHAT, COUNT, *MONEY),
        rows=[(TITLES[kind], *(_amounts(held[kind]) if _is_known(run, kind) else UNTOLD)) for kind in PaperKind],
        decimals=decimals,
    )


def _amounts(column: Column | None) -> tuple[Cell, ...]:
    if column is None:
        return 0, *_parts(NOTHING)
    return column.papers, *_parts(column.amounts)


def _parts(amounts: Amounts) -> tuple[Cell, ...]:
    return amounts.net, amounts.tax, amounts.gross


def _bridge(
    title: str,
    ends: tuple[PaperKind, PaperKind],
    held: Mapping[PaperKind, Column | None],
    steps: Steps,
    run: Run,
    decimals: int,
) -> Block:
    """What one column holds more than the other, cause by cause; the last row says what is left over: nothing."""
    first, last = (column.amounts if (column := held[kind]) else NOTHING for kind in ends)
    is_told = _is_known(run, ends[0])
    rows: list[tuple[Cell, ...]] = [(TITLES[ends[0]], "", *(_amounts(held[ends[0]]) if is_told else UNTOLD))]
    for (state, cause), (many, gap) in sorted(steps.items()):
        rows.append((_in_words(cause, gap), STATES[state], many, *_parts(gap)))
    rows.append((TITLES[ends[1]], "", *_amounts(held[ends[1]])))
    left = last - first - total(gap for _, gap in steps.values())
    rows.append(("Left over", "", None, left.net, left.tax, left.gross))
    return Block(
        title=title, headings=(WHAT, STATE, COUNT, *MONEY), rows=rows, decimals=decimals,
        strong=frozenset({0, len(rows) - 2, len(rows) - 1}),
    )  # fmt: skip


def _in_words(cause: str, gap: Amounts) -> str:
    words = CAUSES[cause].words
    sign = "plus" if gap.gross >= 0 else "less"
    return f"{sign}: {words}"


# the rest


def _looked_at(compared: Sequence[Compared]) -> Block:
    headings = (
        Heading(key="run", title="Run", form=Form.COUNT, width=8),
        Heading(key="object", title="Compared", width=14),
        Heading(key="period", title="Period", width=26),
        Heading(key="ours_at", title="Read here at", form=Form.MOMENT, width=20),
        Heading(key="theirs_at", title="Read there at", form=Form.MOMENT, width=20),
        Heading(key="differences", title="Differences", form=Form.COUNT, width=12),
        Heading(key="to_settle", title="To settle", form=Form.COUNT, width=10),
        Heading(key="accepted", title="Accepted", form=Form.COUNT, width=10),
        Heading(key="unknown", title="Unknown", form=Form.COUNT, width=10),
    )
    rows = [
        (
            run.id, str(run.subject), run.period_name, run.ours_at, run.theirs_at, run.counts.get("differences", 0),
            run.counts.get("to_settle", 0), run.counts.get("accepted", 0), len(run.unknowns),
        )
        for run in (one.run for one in compared)
    ]  # fmt: skip
    return Block(title="What was compared", headings=headings, rows=rows)


def _unknown(runs: Sequence[Run]) -> Block:
    headings = (
        Heading(key="object", title="Compared", width=14),
        Heading(key="period", title="Period", width=26),
        Heading(key="unknown", title="What is not known, and why", width=90),
    )
    rows = [(str(run.subject), run.period_name, text) for run in runs for text in run.unknowns]
    note = "Nothing was counted as missing, and nothing as nought, because of these."
    return Block(title="What could not be read", headings=headings, rows=rows, note=note, empty="Everything was read.")


def data_of(one: Compared) -> dict[str, Any]:
    """One run as JSON."""
    run = one.run
    return {
        "run": run.id, "object": str(run.subject), "period": asdict(run.period) if run.period else None,
        "actor": run.actor, "began_at": run.began_at, "ours_at": run.ours_at, "theirs_at": run.theirs_at,
        "ended_at": run.ended_at, "counts": dict(sorted(run.counts.items())), "unknowns": list(run.unknowns),
        "columns": [
            {"kind": str(column.kind), "currency": column.currency, "company": column.company,
             "documents": column.papers, **asdict(column.amounts)}
            for column in one.columns
        ],
        "differences": [_difference_data(difference) for difference in one.differences],
    }  # fmt: skip


def _difference_data(one: Difference) -> dict[str, Any]:
    data = asdict(one)
    gap = data.pop("gap") or {"net": None, "tax": None, "gross": None}
    return {**data, **gap}
