"""What is asked every month."""

from crossdock.decide.attesting import Attested
from crossdock.decide.checks import Answer, ok
from crossdock.decide.checks_monthly import judge_access, judge_month
from crossdock.decide.period import month_before, month_of
from crossdock.model.reconciliation import Subject, zone_of
from crossdock.settings.pairing import AnyPairing, Flow, Pairing
from crossdock.store.evidence import last_attested
from crossdock.store.people import PgPeople
from crossdock.wiring.checks.table import MONTHLY, CheckDesk, check
from crossdock.wiring.comparing import lacking


def _compares_money(settings: AnyPairing) -> bool:
    return isinstance(settings, Pairing) and Subject.MONEY in settings.reconciliation.objects


@check(
    "month-end", MONTHLY, "Is last month closed, to the penny?",
    how="The money of the last month that is over was compared after it ended, and left nothing to settle; it has ten "
    "days for that.",
    flows=[Flow.RECONCILIATION], applies=_compares_money,
)  # fmt: skip
async def month_end(desk: CheckDesk) -> Answer:
    live = desk.here.pairings[desk.name]
    if cannot := lacking(live, Subject.MONEY):
        return ok(f"The systems do not tell of their money: {'; '.join(cannot)}.")
    zone = desk.sales.reconciliation.timezone
    month = month_before(month_of(desk.now.astimezone(zone_of(zone)).date(), zone))
    runs = [one for one in await live.reconciliations.newest() if one.subject is Subject.MONEY and one.period == month]
    return judge_month(month, runs[0] if runs else None, desk.name, desk.now)


@check(
    "access", MONTHLY, "Does everybody with a way in still need it?",
    how="Everybody who may sign in did so within 90 days, and somebody attested within 100 days that the roles of all "
    "were looked through.",
)  # fmt: skip
async def access(desk: CheckDesk) -> Answer:
    people = [one for one in await PgPeople(desk.here.pool, desk.here.tenant).list() if one.disabled_at is None]
    rows = [{"name": one.name, "seen_at": one.seen_at, "created_at": one.created_at} for one in people]
    reviewed = await last_attested(desk.here.pool, desk.here.tenant, Attested.ACCESS_REVIEW)
    return judge_access(rows, reviewed, desk.now)
