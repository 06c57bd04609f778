"""Who may compare, where a run stands, why a wish must wait, and which words of two figures differ."""

from datetime import UTC, date, datetime

import pytest

from crossdock.decide.beside import beside
from crossdock.decide.period import one_day
from crossdock.decide.reconciling import Stands, standing_of, why_not_now
from crossdock.decide.rights import Grant, Person, Role, may_reconcile
from crossdock.model.faults import InvalidValue
from crossdock.model.reconciliation import Run, Subject

TODAY = date(2026, 10, 5)
OCTOBER, TOMORROW = one_day(TODAY, "Europe/London"), one_day(date(2026, 10, 6), "Europe/London")


def run(*, ended: bool = True, unknowns: tuple[str, ...] = (), period: bool = False, **counts: int) -> Run:
    return Run(
        id=7, subject=Subject.MONEY, period=OCTOBER if period else None, ended=ended, actor="mary",
        began_at=datetime(2026, 10, 5, tzinfo=UTC), counts=counts, unknowns=unknowns,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "desk", "pairing", "may"),
    [
        (Role.OPERATOR, "finance", "oro-khaos", True),
        (Role.OPERATOR, "operations", "", True),
        (Role.OPERATOR, "", "oro-khaos", True),
        (Role.OPERATOR, "data", "oro-khaos", False),
        (Role.OPERATOR, "finance", "oro-prima", False),
        (Role.ADMIN, "", "", True),
        (Role.VIEWER, "", "", False),
        (Role.AUDITOR, "", "", False),
    ],
)
def test_two_desks_and_admins_may_compare(role: Role, desk: str, pairing: str, may: bool) -> None:
    someone = Person(id=1, name="mary", display="", grants=(Grant(role=role, desk=desk, pairing=pairing),))
    assert may_reconcile(someone, pairing="oro-khaos") is may


@pytest.mark.parametrize(
    ("one", "held", "asked", "stands"),
    [
        (run(ended=False), True, True, Stands.UNDER_WAY),
        (run(ended=False), False, True, Stands.ASKED),
        (run(ended=False), False, False, Stands.BROKEN_OFF),
        (run(differences=3, to_settle=1, unknowns=("a list",)), False, False, Stands.TO_SETTLE),
        (run(differences=3, unknowns=("a list",)), False, False, Stands.UNKNOWN),
        (run(differences=3), False, False, Stands.EXPLAINED),
        (run(), False, False, Stands.AGREES),
    ],
)  # fmt: skip
def test_what_was_not_read_is_never_said_to_agree(one: Run, held: bool, asked: bool, stands: Stands) -> None:
    assert standing_of(one, held=held, asked=asked) is stands


def test_a_wish_waits_while_the_same_object_is_compared_and_takes_up_what_was_broken_off() -> None:
    def why(
        subject: Subject = Subject.MONEY, period: object = OCTOBER, *, lacking: list[str] | None = None, **going: Stands
    ) -> str:
        runs = [(run(ended=False, period=name == "dated"), stands) for name, stands in going.items()]
        return why_not_now(subject, period, today=TODAY, lacking=lacking or [], under_way=runs)  # type: ignore[arg-type]

    assert why() == ""
    assert why(dated=Stands.BROKEN_OFF) == ""
    assert "Run 7 of money over 2026-10-05..2026-10-06, begun by mary" in why(dated=Stands.UNDER_WAY)
    assert "Run 7 of money, begun by mary, is not done" in why(plain=Stands.ASKED)
    assert "say over which" in why(period=None)
    assert why(Subject.STOCK, None) == ""
    assert "has not begun yet" in why(period=TOMORROW)
    assert "khaos has no PriceSource" in why(lacking=["khaos has no PriceSource"])


def test_a_day_is_a_period_of_one_day_and_the_last_of_all_is_none() -> None:
    assert (OCTOBER.name, OCTOBER.first, OCTOBER.end) == ("2026-10-05..2026-10-06", TODAY, date(2026, 10, 6))
    with pytest.raises(InvalidValue, match="is no period"):
        one_day(date.max, "Europe/London")


@pytest.mark.parametrize(
    ("ours", "theirs", "parts"),
    [
        ("5", "9", (("5", "9", True),)),
        ("5", "5", (("5", "5", False),)),
        ("HART01, GBP", "HART02, GBP", (("HART01", "HART02", True), ("GBP", "GBP", False))),
        ("a, b", "c, d", (("a, b", "c, d", True),)),  # nothing alike: two sentences, and no fields
        ("a, b", "a", (("a, b", "a", True),)),
    ],
)
def test_the_parts_that_differ_are_marked(ours: str, theirs: str, parts: tuple[tuple[str, str, bool], ...]) -> None:
    assert beside(ours, theirs) == parts
