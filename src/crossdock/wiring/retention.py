"""How long each kind is kept, by the settings, and the nightly run that keeps to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crossdock.engine.worker import prune_log
from crossdock.settings.retention import Retention
from crossdock.store.database import Pool
from crossdock.store.retention import Kept, PgRetention

BATCHES_A_LOOK = 100  # of each kind: a look ends, and the next one goes on
FOR_EVER = "the audit trail is kept for ever: no job deletes it, and the database refuses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """days: how long it is kept. why: the reason for the default. before: what is older goes."""

    kind: Kept
    days: int
    why: str
    before: datetime


def rules(settings: Retention, now: datetime) -> Sequence[Rule]:
    found = []
    for kind in Kept:
        name = f"{kind}_days"
        days = getattr(settings, name)
        why = Retention.model_fields[name].description or ""
        found.append(Rule(kind=kind, days=days, why=why, before=now - timedelta(days=days)))
    return found


async def rehearse(pool: Pool, tenant: str, settings: Retention, now: datetime) -> Mapping[Kept, int]:
    """How many of each kind would go now."""
    book = PgRetention(pool, tenant)
    return {rule.kind: await book.due(rule.kind, rule.before) for rule in rules(settings, now)}


async def keep_to_it(
    pool: Pool, tenant: str, settings: Retention, now: datetime, *, batches_max: int = BATCHES_A_LOOK
) -> Mapping[Kept, int]:
    """Let go of what is due, at most so many batches of each kind; returns how many of each went."""
    book = PgRetention(pool, tenant)
    return {
        rule.kind: await book.drop(rule.kind, rule.before, batches_max=batches_max) for rule in rules(settings, now)
    }


async def nightly(pool: Pool, tenant: str, settings: Retention, now: datetime) -> Mapping[Kept, int]:
    """The same in the hour that the settings name, and nothing in any other."""
    return await keep_to_it(pool, tenant, settings, now) if now.hour == settings.at_hour else {}


async def prune_job_log(pool: Pool, settings: Retention) -> int:
    return await prune_log(pool, kept_hours=24.0 * settings.job_logs_days)
