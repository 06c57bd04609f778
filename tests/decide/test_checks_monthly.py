"""Monthly checks: the month that was closed, and people with a way in."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crossdock.decide.checks_monthly import judge_access, judge_month
from crossdock.model.reconciliation import Period, Run, Subject

OCTOBER = Period(name="2026-10", first=date(2026, 10, 1), end=date(2026, 11, 1), zone="Europe/London")
OVER = datetime(2026, 11, 1, tzinfo=UTC)
GO = "crossdock reconcile oro-khaos --object money --period 2026-10"


def run(began_at: datetime, *, to_settle: int = 0, unknowns: tuple[str, ...] = ()) -> Run:
    return Run(
        id=1, subject=Subject.MONEY, period=OCTOBER, ended=True, actor="mary", began_at=began_at,
        counts={"to_settle": to_settle}, unknowns=unknowns,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "days", "result", "says"),
    [
        (None, 3, "look", "was not compared since the month ended"),
        (None, 11, "act", "was not compared since the month ended"),
        (run(OVER - timedelta(hours=1)), 11, "act", "was not compared since the month ended"),
        (run(OVER, to_settle=2), 3, "look", "2 differences to settle"),
        (run(OVER, to_settle=2), 11, "act", "2 differences to settle"),
        (run(OVER, unknowns=("invoices",)), 11, "look", "not known: invoices"),
        (run(OVER), 11, "ok", "2026-10 agrees"),
    ],
)
def test_a_month_is_closed_when_its_money_was_compared_after_it_ended(
    found: Run | None, days: int, result: str, says: str
) -> None:
    answer = judge_month(OCTOBER, found, "oro-khaos", OVER + timedelta(days=days))
    assert (answer.result, says in answer.says, answer.go) == (result, True, "" if result == "ok" else GO)


def test_who_was_not_seen_for_a_quarter_is_named() -> None:
    def person(name: str, days: int, *, seen: bool) -> dict[str, object]:
        at = OVER - timedelta(days=days)
        return {
            "name": name,
            "seen_at": at if seen else None,
            "created_at": at if not seen else OVER - timedelta(days=400),
        }

    here, gone, never, new = (
        person("ada", 89, seen=True), person("olga", 91, seen=True), person("fred", 91, seen=False),
        person("vera", 1, seen=False),
    )  # fmt: skip
    lately, long_ago = OVER - timedelta(days=100), OVER - timedelta(days=101)
    assert judge_access([], None, OVER).result == "ok"
    assert judge_access([here, new], lately, OVER).result == "ok"
    for at in (None, long_ago):
        answer = judge_access([here, new], at, OVER)
        assert (answer.result, answer.go) == ("look", "crossdock attest access-review")
    answer = judge_access([here, gone, never, new], lately, OVER)
    assert (answer.result, answer.go) == ("look", "crossdock users list")
    assert answer.says.startswith("2 of 4 did not sign in for 90 days: olga, fred.")
