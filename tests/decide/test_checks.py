"""The daily and weekly checks, judged: what is well, what to look at, what to act on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crossdock.decide import checks
from crossdock.decide.checks import Answer, Result
from crossdock.decide.lag import judge_lag

NOW = datetime(2026, 7, 6, 12, 0, tzinfo=UTC)
EVERY = {"orders": 60.0, "stock": 60.0, "items": 300.0}
NEVER = datetime(1, 1, 1, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def ran(minutes: float = 1, *, failures: int = 0, problem: str | None = None) -> dict[str, Any]:
    result = {} if problem is None else {"problem": problem}
    return {"began_at": ago(minutes=minutes), "ended_at": None, "failures": failures, "result": result}


def flows(**odd: dict[str, Any]) -> Answer:
    rows = {flow: ran() for flow in EVERY} | odd
    return checks.judge_flows(EVERY, rows, NOW)


@pytest.mark.parametrize(
    ("answer", "result", "says"),
    [
        (flows(), "ok", "All 3 flows ran when they were due."),
        (flows(orders=ran(failures=1)), "look", "The last run failed: orders."),
        (flows(orders=ran(failures=3, problem="gone")), "act", "Failed 3 times in a row or more: orders (gone)."),
        (flows(orders=ran(failures=3)), "act", "Failed 3 times in a row or more: orders (it does not say why)."),
        (flows(orders=ran(11)), "act", "Not run when they were due: orders."),
        (flows(orders={"began_at": None}), "act", "Not run when they were due: orders."),
        (flows(items=ran(24)), "ok", "All 3 flows ran when they were due."),
        (flows(items=ran(26)), "act", "Not run when they were due: items."),
        (checks.judge_flows(EVERY, {}, NOW), "act", "No flow of this pairing is run."),
        (checks.judge_flows({}, {}, NOW), "ok", "All 0 flows ran when they were due."),
    ],
)  # fmt: skip
def test_flows(answer: Answer, result: str, says: str) -> None:
    assert (answer.result, answer.says) == (result, says)
    assert bool(answer.go) == (result != "ok")


def test_lists() -> None:
    moved = dict.fromkeys(EVERY, ago(minutes=1))
    assert checks.judge_lists(EVERY, moved, NOW).result is Result.OK
    assert checks.judge_lists(EVERY, {**moved, "items": ago(minutes=24)}, NOW).result is Result.OK
    behind = checks.judge_lists(EVERY, {**moved, "orders": ago(minutes=16), "stock": None}, NOW)
    assert behind == Answer(
        Result.ACT, "Not read to their end lately: orders (16 min), stock (never).", "crossdock status"
    )


def case(desk: str, *, severity: str = "high", overdue: int = 0, hours: float = 1) -> dict[str, Any]:
    return {"desk": desk, "kind": "k", "severity": severity, "cases": 2, "oldest": ago(hours=hours), "overdue": overdue}


def test_desks() -> None:
    assert checks.judge_desks([], "p", NOW) == Answer(Result.OK, "No case is open.")
    answer = checks.judge_desks([case("data"), case("finance", hours=72), case("data", hours=3)], "p", NOW)
    said = "Open: data 4, the oldest 3 h old; finance 2, the oldest 3 days old."
    assert answer == Answer(Result.LOOK, said, "crossdock cases list --pairing p")
    assert checks.judge_desks([case("data", overdue=1)], "p", NOW).says.startswith(
        "Open: data 2, 1 overdue, the oldest"
    )
    assert checks.judge_desks([case("data", overdue=1)], "p", NOW).result is Result.ACT
    assert checks.judge_desks([case("data", severity="urgent")], "p", NOW).result is Result.ACT


def test_what_is_stuck() -> None:
    assert checks.judge_stuck("orders", 0, None, NOW, "go") == Answer(Result.OK, "No orders.")
    assert checks.judge_stuck("orders", 2, ago(hours=1), NOW, "go") == Answer(
        Result.ACT, "2 orders, the oldest for 60 min.", "go"
    )
    assert checks.judge_stuck("orders", 2, None, NOW, "go").says == "2 orders, the oldest for some time."


def test_figures() -> None:
    hour = timedelta(hours=1)
    assert checks.judge_figures(None, hour, 0, NOW).result is Result.ACT
    assert checks.judge_figures(ago(minutes=61), hour, 0, NOW).result is Result.ACT
    assert checks.judge_figures(ago(minutes=59), hour, 3, NOW).result is Result.LOOK
    assert checks.judge_figures(ago(minutes=59), hour, 0, NOW) == Answer(Result.OK, "The figures are 59 min old.")


def test_the_figures_of_shops() -> None:
    def lag(figures: int, waited: float) -> Answer:
        told = judge_lag({2.0: figures}, waiting=1, oldest_seconds=waited, target_seconds=300, share=95)
        return checks.judge_lag(told, "p")

    assert lag(0, 10) == Answer(Result.OK, "No figure was booked lately, and none waits too long.")
    assert lag(7, 10) == Answer(Result.OK, "7 figures were booked lately, in time.")
    late = lag(7, 400)
    assert late == Answer(Result.ACT, "1 wait to be booked, the oldest for 400 s.", "crossdock retail p")


def budget(**odd: Any) -> Answer:
    row = {"system": "shop", "failures": 0, "open_until": NEVER, "blocked_until": NEVER} | odd
    return checks.judge_budgets([row], NOW)


def test_budgets() -> None:
    assert budget().result is checks.judge_budgets([], NOW).result is Result.OK
    assert budget(open_until=NOW + timedelta(seconds=5)).result is Result.ACT
    assert budget(blocked_until=NOW + timedelta(seconds=5), failures=2).says == "In difficulty just now: shop."
    assert budget(failures=2).result is Result.LOOK


def report(**odd: Any) -> dict[str, Any]:
    return {"until": ago(minutes=20), "green": True, "missing": [], "taken": [], "gone": []} | odd


@pytest.mark.parametrize(
    ("last", "silent", "result"),
    [
        (None, 0, "act"),
        (report(), 0, "ok"),
        (report(until=ago(minutes=20).isoformat()), 0, "ok"),
        (report(missing=["7"], green=False), 0, "act"),
        (report(), 1, "act"),
        (report(green=False), 0, "act"),
        (report(until=ago(hours=4)), 0, "act"),
        (report(taken=["7"]), 0, "look"),
        (report(gone=["7"]), 0, "look"),
    ],
)
def test_the_count(last: dict[str, Any] | None, silent: int, result: str) -> None:
    answer = checks.judge_count(last, silent, timedelta(hours=1), "p", NOW)
    assert answer.result == result
    assert answer.go.startswith("crossdock completeness p") == (result != "ok")


def compare(**odd: Any) -> Answer:
    row = {"name": "money 2026-06", "began_at": ago(hours=9), "to_settle": 0} | odd
    return checks.judge_compares([row], "p", NOW)


def test_compares() -> None:
    assert checks.judge_compares([], "p", NOW).result is Result.LOOK
    assert compare() == Answer(Result.OK, "Both sides agree: money 2026-06.")
    assert compare(began_at=ago(hours=37)).result is Result.ACT
    assert compare(to_settle=3) == Answer(
        Result.LOOK, "Differences to settle: money 2026-06 3.", "crossdock cases list --pairing p"
    )
    old = {"name": "money 2026-05", "began_at": ago(days=9), "to_settle": 3}
    tonight = {"name": "money 2026-06", "began_at": ago(hours=9), "to_settle": 0}
    assert checks.judge_compares([old, tonight], "p", NOW) == Answer(Result.OK, "Both sides agree: money 2026-06.")


def test_what_is_only_to_be_looked_at() -> None:
    assert checks.judge_filters([], "p").result is Result.OK
    filters = checks.judge_filters([{"setting": "systems.shop.skip_external", "orders": 3}], "crossdock retail p")
    assert filters.says == "Left out: systems.shop.skip_external 3."
    assert filters.go == "crossdock retail p"
    assert checks.judge_maps([], 90).result is Result.OK
    unused = checks.judge_maps([{"kind": "sku", "key": f"S{at}"} for at in range(7)], 90)
    assert unused.says == "7 mappings were not used within 90 days: sku S0, sku S1, sku S2, sku S3, sku S4 and 2 more."
    assert checks.judge_accepted([]).result is Result.OK
    assert (
        checks.judge_accepted([{"kind": "total-conflict", "cases": 2}]).says == "Accepted by people: total-conflict 2."
    )


def test_certificates() -> None:
    far, soon, now = NOW + timedelta(days=200), NOW + timedelta(days=20), NOW + timedelta(days=3)
    assert checks.judge_certificates({}, NOW).says == "No system is spoken to over TLS."
    assert checks.judge_certificates({"shop": far}, NOW).result is Result.OK
    assert checks.judge_certificates({"shop": soon}, NOW) == Answer(
        Result.LOOK, "Certificates end: shop on 26 July 2026."
    )
    assert checks.judge_certificates({"shop": soon, "erp": now}, NOW).result is Result.ACT
    unknown = checks.judge_certificates({"shop": "it does not answer: refused", "erp": far}, NOW)
    assert unknown == Answer(Result.LOOK, "Not known: shop: it does not answer: refused.")


def test_the_worst_of_them_counts() -> None:
    assert checks.worst([]) is Result.OK
    assert checks.worst([checks.ok(""), checks.act(""), checks.look("")]) is Result.ACT
    assert checks.worst([checks.ok(""), checks.look("")]) is Result.LOOK
