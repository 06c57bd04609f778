"""What in the state of an installation somebody should look at now."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

Row = Mapping[str, Any]

FAILURES = 3
LATE = timedelta(minutes=5)  # a flow this long overdue has nobody to run it


def needs_attention(
    now: datetime, *, flows: Sequence[Row], cases: Sequence[Row], budgets: Sequence[Row], audit_problem: str
) -> tuple[str, ...]:
    """One sentence each; empty when nothing does.

    flows: pairing, flow, next_at, began_at (None for never), failures, result. cases: kind, desk, severity, cases,
    overdue, all of them open. budgets: system, open_until (None when the circuit is closed).
    """
    return (
        *_of_flows(now, flows),
        *_of_cases(cases),
        *(
            f"{one['system']} does not answer; no call is made for {(one['open_until'] - now).total_seconds():.0f} s."
            for one in budgets
            if one["open_until"] is not None and one["open_until"] > now
        ),
        *([f"The audit trail is not whole: {audit_problem}."] if audit_problem else []),
    )


def _of_flows(now: datetime, flows: Sequence[Row]) -> Iterator[str]:
    # A flow that was taken out of the settings stays due for ever, and some run only once an hour: so what counts is
    # that something is due and nothing at all has begun.
    last_begun = max((one["began_at"] for one in flows if one["began_at"] is not None), default=None)
    idle_since = last_begun or min((one["next_at"] for one in flows), default=now)
    if now - idle_since > LATE and any(now - one["next_at"] > LATE for one in flows):
        minutes = (now - idle_since).total_seconds() / 60
        yield f"Nothing has been run for {minutes:.0f} min: start `crossdock run` or `crossdock worker`."
    for one in flows:
        if one["failures"] >= FAILURES:
            problem = str(one["result"].get("problem", "it does not say why"))
            yield f"{one['pairing']}/{one['flow']} failed {one['failures']} times in a row: {problem}"


def _of_cases(cases: Sequence[Row]) -> Iterator[str]:
    for one in cases:
        if one["severity"] == "urgent":
            yield f"{one['cases']} urgent {one['kind']} open at the {one['desk']} desk."
        elif one["overdue"]:
            yield f"{one['overdue']} {one['kind']} overdue at the {one['desk']} desk."
