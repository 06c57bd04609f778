"""The daily and weekly checks of a pairing, judged: is all well, should somebody look, or must somebody act?

Each judge takes what was read, as plain rows, and the moment it was read. `go` is where to go next, as it is typed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from crossdock.decide.lag import Lag

Row = Mapping[str, Any]
LATE = timedelta(minutes=15)  # work that takes longer than this is stuck
FAILURES = 3
MISSED_RUNS = 5
MISSED_LEAST = timedelta(minutes=10)
CERTIFICATE_ACT, CERTIFICATE_LOOK = timedelta(days=7), timedelta(days=30)
COMPARED = timedelta(hours=36)  # it is done every night
SHOWN_MAX = 5


class Result(StrEnum):
    OK = "ok"
    LOOK = "look"  # nothing is wrong yet; a person should know
    ACT = "act"  # a person has to do something


@dataclass(frozen=True, slots=True)
class Answer:
    """result, in plain words what was found, and where to go: a command, "" when there is nowhere to go."""

    result: Result
    says: str
    go: str = ""


def ok(says: str) -> Answer:
    return Answer(Result.OK, says)


def look(says: str, go: str = "") -> Answer:
    return Answer(Result.LOOK, says, go)


def act(says: str, go: str = "") -> Answer:
    return Answer(Result.ACT, says, go)


def worst(answers: Iterable[Answer]) -> Result:
    """The most urgent of them; ok for none."""
    order = list(Result)
    return max((one.result for one in answers), key=order.index, default=Result.OK)


def judge_flows(every: Mapping[str, float], ran: Mapping[str, Row], now: datetime) -> Answer:
    """every: flow → seconds between two runs. ran: flow → began_at, ended_at (None for never), failures, result."""
    never = [flow for flow in every if ran.get(flow, {}).get("began_at") is None]
    begun = {flow: ran[flow] for flow in every if flow not in never}
    failing = {flow: row for flow, row in begun.items() if row["failures"]}
    late = [flow for flow, row in begun.items() if now - row["began_at"] > _patience(every[flow], MISSED_LEAST)]
    if len(never) + len(late) == len(every) and every:
        return act("No flow of this pairing is run.", "crossdock run")
    if broken := [f"{flow} ({_problem(row)})" for flow, row in failing.items() if row["failures"] >= FAILURES]:
        return act(f"Failed {FAILURES} times in a row or more: {some(broken)}.", "crossdock status")
    if late or never:
        return act(f"Not run when they were due: {some([*late, *never])}.", "crossdock status")
    if failing:
        return look(f"The last run failed: {some(failing)}.", "crossdock status")
    return ok(f"All {len(every)} flows ran when they were due.")


def _patience(every: float, least: timedelta) -> timedelta:
    return max(timedelta(seconds=every * MISSED_RUNS), least)


def _problem(row: Row) -> str:
    return str(row["result"].get("problem") or "it does not say why")[:120]


def judge_lists(every: Mapping[str, float], moved: Mapping[str, datetime | None], now: datetime) -> Answer:
    """every: list → seconds between two reads. moved: list → when its watermark moved last; None for never."""
    never = [feed for feed in every if moved.get(feed) is None]
    behind = [
        f"{feed} ({since(at, now)})"
        for feed, seconds in every.items()
        if (at := moved.get(feed)) is not None and now - at > _patience(seconds, LATE)
    ]
    if behind or never:
        named = some([*behind, *(f"{feed} (never)" for feed in never)])
        return act(f"Not read to their end lately: {named}.", "crossdock status")
    return ok(f"All {len(every)} lists are read up to the present.")


def judge_desks(rows: Sequence[Row], pairing: str, now: datetime) -> Answer:
    """rows: desk, kind, severity, cases, oldest, overdue, of the open cases."""
    if not rows:
        return ok("No case is open.")
    desks: dict[str, list[Row]] = {}
    for row in rows:
        desks.setdefault(row["desk"], []).append(row)
    said = []
    for desk, of in sorted(desks.items()):
        overdue, oldest = sum(one["overdue"] for one in of), min(one["oldest"] for one in of)
        late = f", {overdue} overdue" if overdue else ""
        said.append(f"{desk} {sum(one['cases'] for one in of)}{late}, the oldest {since(oldest, now)} old")
    text = f"Open: {'; '.join(said)}."
    go = f"crossdock cases list --pairing {pairing}"
    urgent = any(one["overdue"] or one["severity"] == "urgent" for one in rows)
    return act(text, go) if urgent else look(text, go)


def judge_stuck(what: str, count: int, oldest: datetime | None, now: datetime, go: str) -> Answer:
    """Work that should have gone on by itself. count: how many of it are late."""
    if not count:
        return ok(f"No {what}.")
    return act(f"{count} {what}, the oldest for {since(oldest, now) if oldest else 'some time'}.", go)


def judge_figures(read_at: datetime | None, stale_after: timedelta, unsure: int, now: datetime) -> Answer:
    """read_at: when figures were read to their end last. unsure: levels whose write nobody knows the outcome of."""
    if read_at is None:
        return act("No stock figure was read yet.", "crossdock status")
    if now - read_at > stale_after:
        return act(f"The figures are {since(read_at, now)} old: nothing is raised until they are fresh.",
                   "crossdock cases list --kind stock-stale")  # fmt: skip
    if unsure:
        return look(f"Of {unsure} levels it is not sure what the storefront shows; they are written again.")
    return ok(f"The figures are {since(read_at, now)} old.")


def judge_lag(lag: Lag, pairing: str) -> Answer:
    """How long the figures of shops took to the ERP, and how long others wait."""
    if lag.problem:
        return act(f"{lag.problem[:1].upper()}{lag.problem[1:]}.", f"crossdock retail {pairing}")
    if not lag.figures:
        return ok("No figure was booked lately, and none waits too long.")
    return ok(f"{lag.figures} figures were booked lately, in time.")


def judge_budgets(rows: Sequence[Row], now: datetime) -> Answer:
    """rows: system, failures, open_until, blocked_until."""
    shut = [one["system"] for one in rows if one["open_until"] > now]
    told = [one["system"] for one in rows if one["blocked_until"] > now]
    failing = [one["system"] for one in rows if one["failures"]]
    if shut:
        return act(f"No call is made to {some(shut)}, which did not answer.", "crossdock status")
    if told or failing:
        return look(f"In difficulty just now: {some(dict.fromkeys([*told, *failing]))}.", "crossdock status")
    return ok("Every system answers.")


def judge_count(report: Row | None, silent: int, every: timedelta, pairing: str, now: datetime) -> Answer:
    """report: of the last completeness run; None for none. silent: feeds that went quiet."""
    go = f"crossdock completeness {pairing}"
    if report is None:
        return act("Nothing was ever counted.", go)
    age = now - _moment(report["until"])
    if report["missing"] or silent:
        return act(f"{len(report['missing'])} orders never arrived, {silent} feeds are silent.", f"{go} --last")
    if not report["green"]:
        return act("The last count left ids unaccounted for.", f"{go} --last")
    if age > every * FAILURES + MISSED_LEAST:
        return act(f"The last count ended {since(_moment(report['until']), now)} ago.", go)
    if report["taken"] or report["gone"]:
        return look(f"{len(report['taken'])} orders were missed by the sweeps and taken later; "
                    f"{len(report['gone'])} are gone from the storefront.", f"{go} --last")  # fmt: skip
    return ok("Every id is accounted for.")


def judge_compares(rows: Sequence[Row], pairing: str, now: datetime) -> Answer:
    """rows: name, began_at, to_settle, of the newest compare of each subject and period; old ones speak for nothing."""
    go = f"crossdock reconcile {pairing}"
    if not rows:
        return look("Nothing was compared yet: the first night is still to come.", go)
    newest = max(one["began_at"] for one in rows)
    if now - newest > COMPARED:
        return act(f"The last compare is {since(newest, now)} old.", go)
    fresh = [one for one in rows if now - one["began_at"] <= COMPARED]
    if unsettled := [f"{one['name']} {one['to_settle']}" for one in fresh if one["to_settle"]]:
        return look(f"Differences to settle: {some(unsettled)}.", f"crossdock cases list --pairing {pairing}")
    return ok(f"Both sides agree: {some(one['name'] for one in fresh)}.")


def judge_filters(rows: Sequence[Row], go: str) -> Answer:
    """rows: setting, orders: left out within the week."""
    if not rows:
        return ok("No order was left out.")
    said = "; ".join(f"{one['setting']} {one['orders']}" for one in rows[:SHOWN_MAX])
    return look(f"Left out: {said}.", go)


def judge_maps(unused: Sequence[Row], days: int) -> Answer:
    """unused: kind, key of the entries that no order of so many days asked for."""
    if not unused:
        return ok(f"Every mapping was used within {days} days.")
    names = some(f"{one['kind']} {one['key']}" for one in unused)
    return look(f"{len(unused)} mappings were not used within {days} days: {names}.")


def judge_accepted(rows: Sequence[Row]) -> Answer:
    """rows: kind, cases: what named persons accepted within the week."""
    if not rows:
        return ok("Nobody accepted a consequence.")
    said = "; ".join(f"{one['kind']} {one['cases']}" for one in rows)
    return look(f"Accepted by people: {said}.", "crossdock cases list --state closed")


def judge_certificates(ends: Mapping[str, datetime | str], now: datetime) -> Answer:
    """ends: system → when its certificate ends, or why that is not known."""
    soon = {name: at for name, at in ends.items() if isinstance(at, datetime) and at - now < CERTIFICATE_LOOK}
    unknown = [f"{name}: {at}" for name, at in ends.items() if isinstance(at, str)]
    said = some(f"{name} on {at:%d %B %Y}" for name, at in soon.items())
    if any(at - now < CERTIFICATE_ACT for at in soon.values()):
        return act(f"Certificates end: {said}.")
    if soon:
        return look(f"Certificates end: {said}.")
    if unknown:
        return look(f"Not known: {some(unknown)}.")
    return ok("Every certificate is good for another 30 days." if ends else "No system is spoken to over TLS.")


def some(names: Iterable[object]) -> str:
    """A few of them by name, and how many more."""
    listed = [str(one) for one in names]
    more = f" and {len(listed) - SHOWN_MAX} more" if len(listed) > SHOWN_MAX else ""
    return ", ".join(listed[:SHOWN_MAX]) + more


def since(moment: datetime, now: datetime) -> str:
    """How long ago, in one figure."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 120:
        return f"{max(0, minutes)} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
