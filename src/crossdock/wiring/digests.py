"""What a desk's daily digest is made of."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from crossdock.cases.kind import Desk
from crossdock.decide.hours import day_of
from crossdock.reports.digest import Digest
from crossdock.settings.alerts import DigestSettings
from crossdock.settings.tree import Project
from crossdock.store.alerts import PgAlerts

OLDEST = 10


async def make_digest(store: PgAlerts, project: Project, desk: Desk, now: datetime) -> tuple[Digest, ZoneInfo]:
    """And in whose time it is told."""
    settings = project.alerts.digests.get(desk) or DigestSettings(desk=True)
    _, zone, _ = settings.clock()
    day = now.astimezone(zone).date()
    began, ended = day_of(day - timedelta(days=1), zone)
    value = await store.rows("digest_value", str(desk))
    lags = await store.rows("lags", list(project.pairings), [], now)
    return Digest(
        desk=str(desk), day=day, made_at=now,
        open=await store.rows("digest_open", str(desk), now),
        oldest=await store.rows("digest_oldest", str(desk), OLDEST),
        value={one["currency"]: Decimal(one["value"]) for one in value},
        closed=await store.rows("digest_closed", str(desk), began, ended),
        lags=[{**one, "minutes": round((now - one["moved_at"]).total_seconds() / 60)} for one in lags],
    ), zone  # fmt: skip
