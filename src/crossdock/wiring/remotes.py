"""The systems of a person's pairings: how each does, what it may be given, what failed last. No secret is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from yarl import URL

from crossdock.connectors.http import READ_ATTEMPTS
from crossdock.decide.health import Health, burst, calls_left, health
from crossdock.decide.rights import Person, may_probe
from crossdock.settings.secrets import secret_texts
from crossdock.store.runs import read_flows
from crossdock.store.systems import FailedCall, LastProbe, Remotes, read_remotes
from crossdock.telemetry.hiding import hider
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import known, visible
from crossdock.wiring.work import cadences

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the settings allow, all workers together. burst: calls that may begin at once after a quiet time."""

    calls_per_second: float
    burst: float
    calls_at_once: int
    answer_seconds: float
    read_tries: int
    failures_to_stop: int
    stop_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedFlow:
    """A flow whose last run ended at this system. times: in a row."""

    pairing: str
    flow: str
    at: datetime | None
    times: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemState:
    """calls_left: None before the first call. taken: how many calls at once workers hold leave for now. failures: calls
    that failed in a row; failed_calls: that ever did. stopped, told_to_wait: until when no call is made. may_probe: by
    this person."""

    name: str
    title: str
    role: str
    address: str
    pairings: Sequence[str]
    capabilities: Sequence[str]
    health: Health
    limits: Limits
    calls_left: int | None
    taken: int
    failures: int
    failed_calls: int
    stopped: datetime | None
    told_to_wait: datetime | None
    failed: Sequence[FailedCall]
    flows: Sequence[StoppedFlow]
    probed: LastProbe | None
    may_probe: bool


async def read_systems(here: Installation, person: Person) -> tuple[Sequence[SystemState], Sequence[Row]]:
    """Those that somebody should look at first; and up to when each list was read."""
    mine = visible(here, person)
    names = list(dict.fromkeys(name for one in mine for name in here.project.pairings[one].systems()))
    found = await read_flows(here.pool, here.tenant)
    remotes = await read_remotes(here.pool, here.tenant, names)
    runs = {(one.pairing, one.flow) for one in cadences(here) if one.pairing in mine}
    flows = [one for one in found["flows"] if (one["pairing"], one["flow"]) in runs]
    now = datetime.now(UTC)
    rows = [_system(here, name, person, remotes, flows, now) for name in names]
    return sorted(rows, key=lambda one: one.health.urgency), [
        one for one in found["watermarks"] if one["pairing"] in mine
    ]


def users_of(here: Installation, person: Person, name: str) -> list[str]:
    """The pairings of a person that use a system; none when it is not theirs to see."""
    return [one for one in visible(here, person) if name in here.project.pairings[one].systems()]


def _system(
    here: Installation, name: str, person: Person, remotes: Remotes, flows: Sequence[Row], now: datetime
) -> SystemState:
    kind, settings = here.kind_of(name), here.project.systems[name]
    limits, budget, pairings = _limits(settings), remotes.budgets.get(name, {}), users_of(here, person, name)
    stopped, told = _ahead(budget.get("open_until"), now), _ahead(budget.get("blocked_until"), now)
    stops = _stopped(name, [one for one in flows if one["pairing"] in pairings], hider(secret_texts(settings)))
    failures = budget.get("failures", 0)
    return SystemState(
        name=name, title=kind.title, role=kind.role, address=str(URL(str(settings.base_url)).with_user(None)),
        pairings=pairings, capabilities=sorted(str(one) for one in kind.capabilities), limits=limits,
        health=health(now, called=bool(budget), failures=failures, flows=len(stops), stopped=stopped, told=told),
        calls_left=_left(budget, limits), taken=remotes.places.get(name, 0), failures=failures,
        failed_calls=budget.get("failed_calls", 0), stopped=stopped, told_to_wait=told,
        failed=remotes.failures.get(name, ()), flows=stops, probed=remotes.probes.get(name),
        may_probe=may_probe(person, pairings=pairings),
    )  # fmt: skip


def _limits(settings: Any) -> Limits:
    budget = settings.budget
    return Limits(
        calls_per_second=budget.requests_per_second, burst=burst(budget.requests_per_second),
        calls_at_once=budget.concurrency, answer_seconds=settings.timeout_seconds, read_tries=READ_ATTEMPTS,
        failures_to_stop=budget.breaker_failures, stop_seconds=budget.breaker_seconds,
    )  # fmt: skip


def _left(budget: Row, limits: Limits) -> int | None:
    if not budget:
        return None
    return calls_left(tokens=budget["tokens"], since_seconds=budget["since_filled"], per_second=limits.calls_per_second)


def _ahead(at: datetime | None, now: datetime) -> datetime | None:
    until = known(at)
    return until if until is not None and until > now else None


def _stopped(name: str, flows: Sequence[Row], hide: Callable[[str], str]) -> list[StoppedFlow]:
    """A run that ended at a system says so before anything else."""
    found = []
    for one in flows:
        whose, _, problem = str(one["result"].get("problem", "")).partition(": ")
        if one["failures"] and whose == name:
            found.append(StoppedFlow(
                pairing=one["pairing"], flow=one["flow"], at=one["ended_at"], times=one["failures"],
                problem=hide(problem),
            ))  # fmt: skip
    return found
