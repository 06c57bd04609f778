"""What people do about a shelf whose two sides differ: book it anew, or take the difference as it is."""

from collections.abc import Sequence

from crossdock.cases.kind import Remedy
from crossdock.flows.held_records import RecordKind
from crossdock.flows.pairing import RetailPairing
from crossdock.flows.wish import Wish
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.runtime import Job

DRIFT = "drift"  # the record that cases hold
LOOK_SECONDS = 60.0  # until both sides are compared again: by then the next batch is booked


async def speak_for_itself(pairing: RetailPairing, one: Held, actor: str) -> None:
    """The next comparison says whether both sides agree."""


async def book_again(pairing: RetailPairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """The shop's figures are written once more, and both sides compared after that."""
    await pairing.drift.again([one.record_id for one in held])
    subject = f"{pairing.name}/retail-drift"
    job = Job(entrypoint="flow", subject=subject, key=f"again/{subject}", delay_seconds=LOOK_SECONDS)
    await pairing.jobs.ask([job])


async def accept_drift(pairing: RetailPairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """Just these two figures are taken as they are; any other difference is told again."""
    await pairing.drift.accept([one.record_id for one in held])
    await pairing.cases.let_go(DRIFT, [one.record_id for one in held], reason=wish.reason, actor=wish.actor)


RECORDS = {DRIFT: RecordKind(recheck=speak_for_itself, settle={Remedy.RETRY: book_again, Remedy.ACCEPT: accept_drift})}
