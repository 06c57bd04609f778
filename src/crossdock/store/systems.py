"""How remote systems answer: their budgets, the calls that failed last, and the probes that people asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crossdock.store.database import Pool
from crossdock.store.sql import statements

SQL = statements("systems")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCall:
    """call: method and address, "" when the connector did not say. problem: what came of it. Neither holds a secret."""

    at: datetime
    call: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastProbe:
    """ended_at: None while it is under way, or when it was broken off. verdict: "" until then."""

    asked_at: datetime
    actor: str
    ended_at: datetime | None
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remotes:
    """By the system's name; what never happened is not there. places: how many calls at once workers hold leave for."""

    budgets: Mapping[str, Row]
    places: Mapping[str, int]
    failures: Mapping[str, Sequence[FailedCall]]
    probes: Mapping[str, LastProbe]


async def read_remotes(pool: Pool, tenant: str, systems: Sequence[str]) -> Remotes:
    async def rows(name: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await pool.fetch(SQL[name], tenant, list(systems))]

    failures: dict[str, list[FailedCall]] = {}
    for row in await rows("failures"):
        failures.setdefault(row.pop("system"), []).append(FailedCall(**row))
    return Remotes(
        budgets={row["system"]: row for row in await rows("budgets")},
        places={row["system"]: row["taken"] for row in await rows("places")},
        failures=failures,
        probes={row.pop("system"): LastProbe(**row) for row in await rows("probes")},
    )


async def ask_probe(
    pool: Pool, tenant: str, system: str, *, actor: str, pause_seconds: float, lost_seconds: float
) -> datetime | None:
    """When it was asked for, with an entry in the audit trail. None: somebody probed a moment ago, or is at it; a probe
    that has not ended after `lost_seconds` never will."""
    found: datetime | None = await pool.fetchval(SQL["ask_probe"], tenant, system, actor, pause_seconds, lost_seconds)
    return found


async def probe_ended(
    pool: Pool, tenant: str, system: str, *, actor: str, asked_at: datetime, verdict: str, amiss: Sequence[str]
) -> None:
    """With an entry in the audit trail. amiss: of which kinds of record something was."""
    await pool.execute(SQL["probe_ended"], tenant, system, actor, asked_at, verdict, list(amiss))
