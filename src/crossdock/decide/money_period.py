"""Which differences belong to a period, so that its columns are explained to the coin.

A difference belongs to the day of its root document. What is left between two columns of a period is then only what
lies on the other side of its boundary: an order of one month that was invoiced in the next.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from crossdock.decide.money_lines import Pen
from crossdock.decide.money_match import MoneyTerms, ordered
from crossdock.model.reconciliation import NOTHING, Amounts, Dossier, Link, MoneyDifference, Paper, Period

Group = tuple[str, str]
"""Currency and company."""


def in_period(
    dossier: Dossier, differences: Iterable[MoneyDifference], period: Period, terms: MoneyTerms
) -> tuple[MoneyDifference, ...]:
    """Those of the period, and what its boundary parts."""
    inside = [one for one in differences if period.holds(one.day)]
    if not terms.ledger_told:
        return tuple(inside)
    order = [(dossier.order, ordered(dossier))]
    papers = [
        [(one, one.amounts) for one in kind] for kind in (dossier.invoices, dossier.refunds, dossier.credit_notes)
    ]
    return (
        *inside,
        *_boundary(dossier, period, Link.BILLING, order, papers[0], [d for d in inside if d.link != Link.REFUNDING]),
        *_boundary(
            dossier, period, Link.REFUNDING, papers[1], papers[2], [d for d in inside if d.link == Link.REFUNDING]
        ),
    )


Column = Sequence[tuple[Paper, Amounts]]


def _boundary(
    dossier: Dossier, period: Period, link: Link, left: Column, right: Column, inside: Iterable[MoneyDifference]
) -> Iterator[MoneyDifference]:
    sums: dict[Group, list[Amounts]] = defaultdict(lambda: [NOTHING, NOTHING])
    first: dict[Group, Paper] = {}
    for side, column in enumerate((left, right)):
        for paper, amounts in column:
            group = paper.currency, paper.company or dossier.company
            if period.holds(paper.day):
                sums[group][side] += amounts
            first.setdefault(group, paper)
    explained: dict[Group, Amounts] = defaultdict(lambda: NOTHING)
    for one in inside:
        explained[one.currency, one.company] += one.gap
    pen = Pen(dossier, NOTHING.gross)
    for group in sorted({*sums, *explained}):
        ours, theirs = sums[group]
        if gap := theirs - ours - explained[group]:
            paper = first.get(group, replace(dossier.order, currency=group[0]))
            yield pen.write(link, "period-boundary", gap, (ours, theirs), paper=paper, company=group[1])
