"""The monthly checks, judged: is last month closed to the penny, and does everybody with a way in still need it?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from crossdock.decide.checks import Answer, Row, act, look, ok, some
from crossdock.model.reconciliation import Period, Run, zone_of

UNSEEN = timedelta(days=90)
REVIEWED = timedelta(days=100)  # every quarter, with some days to do it
CLOSE_WITHIN = timedelta(days=10)  # of the month after it


def judge_month(month: Period, run: Run | None, pairing: str, now: datetime) -> Answer:
    """month: the last one that is over. run: the newest ended compare of its money."""
    go = f"crossdock reconcile {pairing} --object money --period {month.name}"
    over = datetime.combine(month.end, datetime.min.time(), zone_of(month.zone))
    if run is None or run.began_at < over:
        said = f"The money of {month.name} was not compared since the month ended."
        return act(said, go) if now - over > CLOSE_WITHIN else look(said, go)
    if count := run.counts.get("to_settle", 0):
        said = f"{month.name} has {count} differences to settle."
        return act(said, go) if now - over > CLOSE_WITHIN else look(said, go)
    if run.unknowns:
        return look(f"{month.name} agrees as far as it could be read; not known: {some(run.unknowns)}.", go)
    return ok(f"{month.name} agrees, or what differs was accepted by a named person.")


def judge_access(people: Sequence[Row], reviewed_at: datetime | None, now: datetime) -> Answer:
    """people: name, seen_at (None for never), created_at of those who may sign in. reviewed_at: when somebody last
    attested that their roles were looked through."""
    if not people:
        return ok("Nobody may sign in.")
    unseen = [one["name"] for one in people if now - (one["seen_at"] or one["created_at"]) > UNSEEN]
    if unseen:
        said = f"{len(unseen)} of {len(people)} did not sign in for {UNSEEN.days} days: {some(unseen)}."
        return look(f"{said} Do they still need to?", "crossdock users list")
    if reviewed_at is None or now - reviewed_at > REVIEWED:
        said = f"Nobody attested within {REVIEWED.days} days that the roles were looked through."
        return look(said, "crossdock attest access-review")
    return ok(f"All {len(people)} people were here within {UNSEEN.days} days, and their roles were looked through.")
