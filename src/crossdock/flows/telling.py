"""Telling a retail system only what changed: what it was last told is kept, and what it refuses waits in a case.

Whatever is told is absolute, so that one whose answer was lost is simply told again.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from crossdock.cases.kind import Finding
from crossdock.flows.held_records import RecordKind
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.model import as_json
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused
from crossdock.ports.case_book import Held

T = TypeVar("T")
TOLD = "told"  # the record that cases hold
UNSAYABLE = "unsayable"
Write = Callable[[Sequence[T]], Awaitable[Sequence[Outcome]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[T]):
    """One kind of record. write: whole records, one outcome each. finding: what is said of one that is refused."""

    name: str
    write: Write[T]
    finding: Callable[[T, str], Finding]


async def tell(pairing: RetailPairing, kind: Kind[T], values: Mapping[str, T], result: Result) -> None:
    """Those of the records that it was not told so. values: by key."""
    digests = {key: digest(value) for key, value in values.items()}
    keys = sorted(await pairing.sent.unlike(kind.name, digests))
    result["same"] = result.get("same", 0) + len(values) - len(keys)
    if not keys:
        return
    chosen = {key: digests[key] for key in keys}
    await pairing.sent.note(kind.name, chosen, "unsure")
    outcomes = dict(zip(keys, await write_each(kind.write, [values[key] for key in keys]), strict=True))
    taken = {key: chosen[key] for key, outcome in outcomes.items() if is_in(outcome)}
    numbers = await pairing.sent.note(kind.name, taken, "sent")
    held = await pairing.cases.holding(TOLD, list(numbers.values()))
    if held:
        await pairing.cases.let_go(TOLD, sorted(held), reason=f"{pairing.retail_name} took it", actor="crossdock")
    refused = {key: one for key, one in outcomes.items() if isinstance(one, Refused) and key not in taken}
    numbers = await pairing.sent.note(kind.name, {key: chosen[key] for key in refused}, "refused")
    for key, outcome in refused.items():
        finding = kind.finding(values[key], outcome.text)
        await pairing.cases.hold_only([finding], record=TOLD, record_id=numbers[key], ref=key)
    count(result, told=len(taken), refused=len(refused), unsure=len(keys) - len(taken) - len(refused))


def is_in(outcome: Outcome) -> bool:
    """Also what it has newer already."""
    return isinstance(outcome, Accepted) or (isinstance(outcome, Refused) and outcome.duplicate)


def count(result: Result, **counts: int) -> None:
    for name, number in counts.items():
        result[name] = result.get(name, 0) + number


def digest(value: object) -> str:
    return hashlib.sha256(as_json.dumps(value)).hexdigest()


async def write_each(write: Write[T], values: Sequence[T]) -> list[Outcome]:
    """One outcome a record. Where one that cannot be said spoils them all, they are halved until it is alone."""
    try:
        return list(await write(values))
    except DataFault as fault:
        if len(values) == 1:
            return [Refused(UNSAYABLE, str(fault), evidence=fault.evidence)]
        half = len(values) // 2
        return [*await write_each(write, values[:half]), *await write_each(write, values[half:])]


async def recheck_told(pairing: RetailPairing, one: Held, actor: str) -> None:
    """It is told once more at the next run; the case closes when it is taken."""
    await pairing.sent.again(one.record_id)


RECORDS = {TOLD: RecordKind(recheck=recheck_told)}
