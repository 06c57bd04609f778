"""Feeds that went quiet: one silence is one case, raised once; it closes with the next record (law L9).

A silence is known by the moment it began. So it is told once, however often it is looked at, and a person who accepts
it hears no more of it; the next record ends it, and the next silence is another one.
"""

from datetime import datetime, timedelta

from crossdock.cases.kinds import CREDENTIALS_REJECTED, FEED_SILENT, READ_INCOMPLETE, SYSTEM_UNREACHABLE
from crossdock.decide.silence import Silence, find_silence, said_since
from crossdock.flows.never_arrived import record_id
from crossdock.flows.pairing import Pairing, Result

RECORD = "feed"


async def watch_feeds(pairing: Pairing) -> Result:
    """Look at every feed of the pairing. A feed whose system is in trouble already is not called silent as well."""
    counts: Result = {"feeds": 0, "silent": 0}
    for feed, system in feeds_of(pairing).items():
        counts["feeds"] += 1
        counts["silent"] += await _watch(pairing, feed, system)
    return counts


def feeds_of(pairing: Pairing) -> dict[str, str]:
    """Feed → the system it comes from."""
    feeds = {"orders": pairing.storefront_name}
    return feeds | {"despatches": pairing.erp_name} if "despatch" in pairing.flows else feeds


async def silence_of(pairing: Pairing, feed: str) -> Silence | None:
    """The silence that a feed is in now."""
    policy, now = pairing.completeness_policy, pairing.clock.now()
    since = now - timedelta(weeks=policy.weeks + 2)
    hours = await pairing.completeness.hours(feed, zone=str(policy.zone), since=since)
    last = await pairing.completeness.newest(feed, until=now)
    return find_silence(
        hours, last=last, now=now, zone=policy.zone, usual_least=policy.silence_least, weeks=policy.weeks
    )


async def _watch(pairing: Pairing, feed: str, system: str) -> bool:
    silence = await silence_of(pairing, feed)
    subject = "" if silence is None else subject_of(feed, system, silence.since)
    told = {one for one in await pairing.cases.open_subjects(FEED_SILENT.code) if one.startswith(f"{system} {feed} ")}
    newest = await pairing.completeness.newest(feed, until=pairing.clock.now())
    for old in told:
        if newest is not None and old != subject_of(feed, system, newest):
            await pairing.cases.settle(
                FEED_SILENT.code, old, record=RECORD, record_id=record_id(pairing, feed), reason="records come again"
            )
    if silence is None or await _is_in_trouble(pairing, feed, system):
        return False
    if subject in told or not await pairing.completeness.case_known(FEED_SILENT.code, subject):
        await _raise(pairing, feed, system, silence)
    return True


async def _raise(pairing: Pairing, feed: str, system: str, silence: Silence) -> None:
    since = said_since(silence.since, pairing.clock.now(), pairing.completeness_policy.zone)
    finding = FEED_SILENT.about(
        subject_of(feed, system, silence.since), what=feed, system=system, since=since, usual=silence.usual
    )
    await pairing.cases.raise_case(finding, record=RECORD, record_id=record_id(pairing, feed), ref=feed)


def subject_of(feed: str, system: str, since: datetime) -> str:
    return f"{system} {feed} since {since.isoformat()}"


async def _is_in_trouble(pairing: Pairing, feed: str, system: str) -> bool:
    """Whether a case says already why nothing comes."""
    for kind in (SYSTEM_UNREACHABLE, CREDENTIALS_REJECTED, READ_INCOMPLETE):
        if await pairing.cases.open_subjects(kind.code) & {system, f"{system} {feed}"}:
            return True
    return False
