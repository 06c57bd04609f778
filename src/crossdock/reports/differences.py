"""Differences as tables: those to settle, those explained, those a named person accepted."""

from collections.abc import Callable

from crossdock.model.reconciliation import Difference, Run
from crossdock.reports.rows import Made, Many
from crossdock.reports.sheet import Block, Cell, Form, Heading, Total

Found = tuple[Run, Difference]

ABOUT = (
    Heading(key="what", title="What", width=40),
    Heading(key="cause", title="Cause", width=22),
    Heading(key="likely", title="Most likely", width=44),
    Heading(key="ours", title="Here", width=18),
    Heading(key="theirs", title="There", width=18),
    Heading(key="currency", title="Currency", width=9),
    Heading(key="net", title="Net", form=Form.MONEY, width=13),
    Heading(key="tax", title="VAT", form=Form.MONEY, width=13),
    Heading(key="gross", title="Gross", form=Form.MONEY, width=13),
)
WHERE = (
    Heading(key="day", title="Day", form=Form.DAY, width=11),
    Heading(key="order", title="Order", width=16),
    Heading(key="document", title="Document", width=18),
    Heading(key="account", title="Account", width=14),
    Heading(key="company", title="Company", width=14),
    Heading(key="note", title="Note", width=30),
    Heading(key="object", title="Compared", width=11),
)
CASE = (
    Heading(key="case", title="Case", form=Form.COUNT, width=8),
    Heading(key="case_kind", title="Kind of case", width=23),
)
WHO = (
    Heading(key="accepted_by", title="Accepted by", width=26),
    Heading(key="reason", title="Why", width=40),
    Heading(key="accepted_at", title="When", form=Form.MOMENT, width=20),
)


def settle_block(found: Many[Found]) -> Block:
    return _block(
        "Differences that stand in cases", (*CASE, *ABOUT, *WHERE), found, lambda one: bool(one.case_kind),
        lambda one: (one.case_id, one.case_kind),
    )  # fmt: skip


def explained_block(found: Many[Found]) -> Block:
    return _block(
        "Differences that are explained and need nobody", (*ABOUT, *WHERE), found,
        lambda one: not one.case_kind and one.waiver is None, lambda one: (),
    )  # fmt: skip


def accepted_block(found: Many[Found]) -> Block:
    return _block(
        "Differences that a named person took as they are", (*WHO, *ABOUT, *WHERE), found,
        lambda one: one.waiver is not None,
        lambda one: (one.waiver.actor, one.waiver.reason, one.waiver.at) if one.waiver else (),
    )  # fmt: skip


def _about(one: Difference) -> tuple[Cell, ...]:
    gap = (one.gap.net, one.gap.tax, one.gap.gross) if one.gap else (None, None, None)
    return one.what, one.cause, one.likely, one.ours, one.theirs, one.currency, *gap


def _where(run: Run, one: Difference) -> tuple[Cell, ...]:
    return one.day, one.ref, one.document, one.account, one.company, one.note, str(run.subject)


def _block(
    title: str,
    headings: tuple[Heading, ...],
    found: Many[Found],
    fits: Callable[[Difference], bool],
    first: Callable[[Difference], tuple[Cell, ...]],
) -> Block:
    """Those that fit, each with `first` before it. A sum only where all of it is money of one currency."""
    rows = Made(lambda: ((*first(one), *_about(one), *_where(run, one)) for run, one in found if fits(one)))
    currencies = {one.currency for _, one in found if fits(one)}
    total = Total(title="Together", columns=("gross",)) if len(currencies) == 1 and currencies != {""} else None
    return Block(title=title, headings=headings, rows=rows, total=total)
