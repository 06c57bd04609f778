"""What to say of an incident, to whom, and when: one incident is one message, not a thousand.

An alert is one incident: a rule and the group of facts it speaks of. It opens when the facts appear, is told when they
have stood as long as the rule gathers, again when they grew notably or nobody answered, and is over when they stayed
away as long. Quiet hours hold back what is to be said; nothing of it is lost, and their end says it at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from crossdock.cases.kind import Severity
from crossdock.decide.hours import Hours, is_within

RANK = {Severity.LOW: 0, Severity.NORMAL: 1, Severity.HIGH: 2, Severity.URGENT: 3}
GROWS = 2  # so many times as many as were told of are news


class Watch(StrEnum):
    """What a rule looks at."""

    CASES = "cases"
    LAG = "lag"
    SILENCE = "silence"
    BUDGET = "budget"
    SIGN_INS = "sign-ins"
    OUTCOME_UNKNOWN = "outcome-unknown"
    WORKER_GONE = "worker-gone"


class State(StrEnum):
    OPEN = "open"  # it is there, and nobody was told yet
    TOLD = "told"
    ESCALATED = "escalated"  # nobody answered, and somebody else was told as well
    OVER = "over"


class Purpose(StrEnum):
    OPENED = "opened"
    GREW = "grew"
    ANEW = "anew"  # all that was told of has gone, and there is new of the same
    REPEATED = "repeated"
    ESCALATED = "escalated"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Whom else to tell when nobody answered. desk: the people of the desk concerned."""

    after: timedelta
    channels: tuple[str, ...] = ()
    desk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which only what is at least so severe is said."""

    hours: Hours
    unless: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """gather: how long facts stand before they are told, and stay away before they are over. repeat: zero for never."""

    name: str
    watch: Watch
    channels: tuple[str, ...]
    desk: bool = False
    least: int = 1
    gather: timedelta = timedelta(seconds=60)
    repeat: timedelta = timedelta(0)
    quiet: Quiet | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a rule found of one group. shuns: channels that it is no use to tell.

    since: the oldest of what stands; None where that says nothing.
    """

    group: str
    count: int
    severity: Severity
    since: datetime | None
    text: str
    desk: str = ""
    pairing: str = ""
    shuns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An incident as it is remembered. id None: it is new. told_count: of how many was told last, or stood since.

    gone_at: since when the facts stay away. held_at: since when quiet hours hold back what is to be said. told_to:
    every target that was told of it. step: how many steps of the escalation were taken.
    """

    rule: str
    group: str
    state: State
    opened_at: datetime
    count: int
    severity: Severity
    text: str
    desk: str = ""
    pairing: str = ""
    id: int | None = None
    first_told_at: datetime | None = None
    told_at: datetime | None = None
    told_count: int = 0
    told_severity: Severity | None = None
    told_to: tuple[str, ...] = ()
    step: int = 0
    answered_at: datetime | None = None
    gone_at: datetime | None = None
    held_at: datetime | None = None
    over_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Something to say of an alert. targets: names of channels; `desk:NAME` for the people of a desk, `escalation:NAME`
    for whoever is told there when nobody answers."""

    purpose: Purpose
    targets: tuple[str, ...]
    held_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An alert as it is from now on, and what is said of it."""

    alert: Alert
    tellings: tuple[Telling, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one target is told in one round: of one incident, or of all that came together. parts: index of the turn,
    and what is said of it."""

    target: str
    parts: tuple[tuple[int, Telling], ...] = field(default=())


def at_least(severity: Severity, least: Severity) -> bool:
    return RANK[severity] >= RANK[least]


def decide_alerts(
    now: datetime, *, rules: Sequence[Rule], facts: Mapping[str, Sequence[Fact]], alerts: Sequence[Alert]
) -> tuple[Turn, ...]:
    """Every alert that there was or is now. A rule whose facts could not be read is missing in `facts`: its alerts stay
    as they are. Alerts of a rule that is no longer there are over, and nothing is said of them."""
    by_name = {one.name: one for one in rules}
    turns = [
        Turn(alert=replace(one, state=State.OVER, over_at=now, held_at=None))
        for one in alerts
        if one.rule not in by_name
    ]
    for rule in rules:
        mine = [one for one in alerts if one.rule == rule.name]
        if rule.name in facts:
            turns += _of_rule(now, rule, facts[rule.name], mine)
    return tuple(turns)


def messages(turns: Sequence[Turn]) -> tuple[Message, ...]:
    """One for each target at most, in the order in which the targets first appear."""
    parts: dict[str, list[tuple[int, Telling]]] = {}
    for at, turn in enumerate(turns):
        for telling in turn.tellings:
            for target in telling.targets:
                parts.setdefault(target, []).append((at, telling))
    return tuple(Message(target=target, parts=tuple(one)) for target, one in parts.items())


def _of_rule(now: datetime, rule: Rule, facts: Sequence[Fact], alerts: Sequence[Alert]) -> list[Turn]:
    there = {one.group: one for one in facts}
    live = {one.group: one for one in alerts if one.state is not State.OVER}
    turns = [_say(now, rule, None, one) for one in alerts if one.state is State.OVER]
    for group, alert in live.items():
        fact = there.get(group)
        if fact is not None and fact.count >= max(1, rule.least // 2):  # one more or less is not over and open again
            turns.append(_say(now, rule, fact, _goes_on(alert, fact)))
        else:
            turns.append(_say(now, rule, fact, _goes(now, rule, alert)))
    turns += [
        _say(now, rule, fact, _opens(now, rule, fact))
        for fact in facts
        if fact.group not in live and fact.count >= max(1, rule.least)
    ]
    return turns


def _opens(now: datetime, rule: Rule, fact: Fact) -> Alert:
    return Alert(
        rule=rule.name, group=fact.group, state=State.OPEN, opened_at=now, count=fact.count, severity=fact.severity,
        text=fact.text, desk=fact.desk, pairing=fact.pairing,
    )  # fmt: skip


def _goes_on(alert: Alert, fact: Fact) -> Alert:
    """What shrinks and grows again has grown."""
    return replace(
        alert, count=fact.count, severity=fact.severity, text=fact.text, desk=fact.desk, pairing=fact.pairing,
        told_count=min(alert.told_count, fact.count), gone_at=None,
    )  # fmt: skip


def _goes(now: datetime, rule: Rule, alert: Alert) -> Alert:
    """Over once it stayed away long enough: what flickers is one incident."""
    gone_at = alert.gone_at or now
    if now - gone_at < rule.gather:
        return replace(alert, gone_at=gone_at)
    return replace(alert, gone_at=gone_at, state=State.OVER, over_at=now)


def _say(now: datetime, rule: Rule, fact: Fact | None, alert: Alert) -> Turn:
    due = _due(now, rule, fact, alert)
    if not due:  # what was held back may have gone by itself, as growth does
        return Turn(alert=alert if alert.state is State.OPEN else replace(alert, held_at=None))
    if _is_held(now, rule, alert):
        return Turn(alert=replace(alert, held_at=alert.held_at or now))
    shuns = fact.shuns if fact is not None else frozenset()
    tellings = tuple(
        replace(one, targets=tuple(name for name in one.targets if name not in shuns), held_since=alert.held_at)
        for one in due
    )
    return Turn(alert=_told(now, rule, alert, tellings), tellings=tellings)


def _is_held(now: datetime, rule: Rule, alert: Alert) -> bool:
    quiet = rule.quiet
    return quiet is not None and is_within(now, quiet.hours) and not at_least(alert.severity, quiet.unless)


def _due(now: datetime, rule: Rule, fact: Fact | None, alert: Alert) -> list[Telling]:
    """What is to be said, whatever the hour."""
    first = _targets(rule.channels, "desk" if rule.desk else "", alert)
    everybody = tuple(dict.fromkeys((*first, *alert.told_to)))
    if alert.state is State.OVER:
        said = alert.told_to if alert.told_at is not None else first if alert.held_at is not None else ()
        return [Telling(purpose=Purpose.OVER, targets=said)] if said else []
    if alert.told_at is None:
        stood = now - alert.opened_at >= rule.gather
        return [Telling(purpose=Purpose.OPENED, targets=first)] if stood else []
    due = []
    if (purpose := _news(now, rule, fact, alert)) is not None:
        due.append(Telling(purpose=purpose, targets=everybody))
    for one in _steps(now, rule, alert):
        further = _targets(one.channels, "escalation" if one.desk else "", alert)
        due.append(Telling(purpose=Purpose.ESCALATED, targets=further))
    return due


def _news(now: datetime, rule: Rule, fact: Fact | None, alert: Alert) -> Purpose | None:
    assert alert.told_at is not None
    since_told = now - alert.told_at
    if fact is None or alert.gone_at is not None or since_told < rule.gather:
        return None
    if fact.since is not None and fact.since > alert.told_at:
        return Purpose.ANEW
    worse = alert.told_severity is not None and RANK[alert.severity] > RANK[alert.told_severity]
    if worse or alert.count >= alert.told_count * GROWS:
        return Purpose.GREW
    repeats = rule.repeat > timedelta(0) and alert.answered_at is None and since_told >= rule.repeat
    return Purpose.REPEATED if repeats else None


def _steps(now: datetime, rule: Rule, alert: Alert) -> tuple[Step, ...]:
    """The steps that are due and not taken, in their order; none once somebody answered, or while it may be over."""
    if alert.answered_at is not None or alert.first_told_at is None or alert.gone_at is not None:
        return ()
    stands = now - alert.first_told_at
    return tuple(one for one in rule.steps[alert.step :] if one.after <= stands)


def _targets(channels: Sequence[str], people_as: str, alert: Alert) -> tuple[str, ...]:
    people = (f"{people_as}:{alert.desk}",) if people_as and alert.desk else ()
    return tuple(dict.fromkeys((*channels, *people)))


def _told(now: datetime, rule: Rule, alert: Alert, tellings: Sequence[Telling]) -> Alert:
    said = tuple(dict.fromkeys((*alert.told_to, *(name for one in tellings for name in one.targets))))
    if alert.state is State.OVER:
        return replace(alert, held_at=None)
    taken = sum(1 for one in tellings if one.purpose is Purpose.ESCALATED)
    news = any(one.purpose is not Purpose.ESCALATED for one in tellings)
    return replace(
        alert, held_at=None, told_to=said, step=alert.step + taken,
        state=State.ESCALATED if taken else alert.state if alert.state is State.ESCALATED else State.TOLD,
        first_told_at=alert.first_told_at or now,
        told_at=now if news else alert.told_at,
        told_count=alert.count if news else alert.told_count,
        told_severity=alert.severity if news else alert.told_severity,
    )  # fmt: skip
