"""What each rule finds when it looks."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from crossdock.cases.kind import Severity
from crossdock.decide.alerting import Fact, Watch, at_least
from crossdock.decide.hours import time_within
from crossdock.settings.alerts import RuleSettings
from crossdock.settings.tree import Project
from crossdock.store.alerts import PgAlerts

ALIVE_SECONDS = 60.0
Look = Callable[[PgAlerts, Project, RuleSettings, datetime], Awaitable[Sequence[Fact]]]


async def facts_of(store: PgAlerts, project: Project, now: datetime) -> Mapping[str, Sequence[Fact]]:
    """Rule → what it found."""
    return {name: await LOOKS[rule.watch](store, project, rule, now) for name, rule in project.alerts.rules.items()}


async def _cases(store: PgAlerts, _: Project, rule: RuleSettings, now: datetime) -> Sequence[Fact]:
    severe = [str(one) for one in Severity if at_least(one, rule.severity)]
    rows = await store.rows(
        "cases", list(rule.kinds), [str(one) for one in rule.desks], list(rule.pairings), severe, rule.group,
        now - timedelta(minutes=rule.older_than_minutes),
    )  # fmt: skip
    return [
        Fact(
            group=row["subject"], count=row["count"], severity=Severity(row["severity"]), since=row["since"],
            desk=row["desk"], pairing=row["pairing"], shuns=frozenset(row["shuns"]), text=_of_cases(row),
        )
        for row in rows
    ]  # fmt: skip


def _of_cases(row: Mapping[str, Any]) -> str:
    what = row["kind"] or ("case" if row["count"] == 1 else "cases")
    where = f" in {row['pairing']}" if row["pairing"] else ""
    desk = f" at the {row['desk']} desk" if row["desk"] else ""
    if row["count"] == 1:
        return f"{what}{where}{desk}: {row['cause']}"
    return f"{row['count']} {what} open{where}{desk}; the first: {row['cause']}"


async def _lag(store: PgAlerts, project: Project, rule: RuleSettings, now: datetime) -> Sequence[Fact]:
    limit = now - timedelta(minutes=rule.over_minutes)
    rows = await store.rows("lags", list(rule.pairings or project.pairings), list(rule.feeds), limit)
    return [
        _plain(rule, f"{row['pairing']}/{row['feed']}", row["moved_at"], pairing=row["pairing"],
               text=f"{row['feed']} of {row['pairing']} was not read to its end for {_minutes(now, row['moved_at'])}.")
        for row in rows
    ]  # fmt: skip


async def _silence(store: PgAlerts, project: Project, rule: RuleSettings, now: datetime) -> Sequence[Fact]:
    found, limit = [], timedelta(minutes=rule.over_minutes)
    names = [one for one in rule.pairings or project.sales if one in project.sales]
    for feed in rule.feeds or ("orders",):
        for row in await store.rows(f"newest_of_{feed}", names, now):
            newest = row["newest"]
            quiet = now - newest if rule.during is None else time_within(newest, now, rule.during.hours())
            if quiet >= limit:
                text = f"No {feed} in {row['pairing']} since {newest.strftime('%Y-%m-%d %H:%M %Z')}."
                group = f"{row['pairing']}/{feed}"
                found.append(_plain(rule, group, newest, pairing=row["pairing"], text=text))
    return found


async def _budget(store: PgAlerts, project: Project, rule: RuleSettings, now: datetime) -> Sequence[Fact]:
    found = []
    for row in await store.rows("budgets"):
        system = row["system"]
        if system in (rule.systems or project.systems) and (problem := _of_budget(row, project, now)):
            found.append(_plain(rule, system, None, text=problem))
    return found


def _of_budget(row: Mapping[str, Any], project: Project, now: datetime) -> str:
    system, budget = row["system"], project.systems[row["system"]].budget
    tokens = row["tokens"] + budget.requests_per_second * (now - row["filled_at"]).total_seconds()
    if row["open_until"] is not None and row["open_until"] > now:
        return f"{system} does not answer: after {row['failures']} failures in a row no call is made for a while."
    if row["blocked_until"] is not None and row["blocked_until"] > now:
        return f"{system} told us to wait until {row['blocked_until'].strftime('%H:%M:%S %Z')}."
    return f"The call budget of {system} is used up, and calls wait." if row["wanted"] and tokens < 1 else ""


async def _sign_ins(store: PgAlerts, _: Project, rule: RuleSettings, now: datetime) -> Sequence[Fact]:
    (row,) = await store.rows("sign_ins", now - timedelta(minutes=rule.over_minutes))
    if not row["count"]:
        return []
    text = (
        f"{row['count']} sign-ins failed within {rule.over_minutes:g} min, for {row['names']} names from "
        f"{row['addresses']} addresses."
    )
    return [_plain(rule, "sign-ins", row["since"], count=row["count"], text=text)]


async def _outcome_unknown(store: PgAlerts, _: Project, rule: RuleSettings, now: datetime) -> Sequence[Fact]:
    limit = now - timedelta(minutes=rule.over_minutes)
    return [
        _plain(rule, row["pairing"], row["since"], count=row["count"], pairing=row["pairing"],
               text=f"Of {row['count']} orders sent in {row['pairing']} nobody can say yet whether the ERP has them; "
               f"the first: {row['ref']}.")
        for row in await store.rows("unanswered", list(rule.pairings), limit)
    ]  # fmt: skip


async def _workers(store: PgAlerts, _: Project, rule: RuleSettings, now: datetime) -> Sequence[Fact]:
    limit = max(timedelta(minutes=rule.over_minutes), timedelta(seconds=ALIVE_SECONDS))
    return [
        _plain(rule, row["holder"], row["seen_at"],
               text=f"The worker {row['holder']} was last seen {_minutes(now, row['seen_at'])} ago and did not stop "
               "of its own will.")
        for row in await store.rows("workers_gone", now - limit)
    ]  # fmt: skip


def _plain(
    rule: RuleSettings, group: str, since: datetime | None, *, text: str, count: int = 1, pairing: str = ""
) -> Fact:
    return Fact(group=group, count=count, severity=rule.severity, since=since, text=text, pairing=pairing)


def _minutes(now: datetime, since: datetime) -> str:
    return f"{(now - since).total_seconds() / 60:.0f} min"


LOOKS: Mapping[Watch, Look] = {
    Watch.CASES: _cases,
    Watch.LAG: _lag,
    Watch.SILENCE: _silence,
    Watch.BUDGET: _budget,
    Watch.SIGN_INS: _sign_ins,
    Watch.OUTCOME_UNKNOWN: _outcome_unknown,
    Watch.WORKER_GONE: _workers,
}
