"""Batches of a retail-stock bridge: rows out, one result a row back. One bad row must not hide in a 200."""

from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from crossdock.connectors.bridge import Answer, dumps, take
from crossdock.connectors.bridge.idempotency import Refusals, idempotency_key
from crossdock.connectors.wair.session import Session
from crossdock.connectors.wair.wire import RESULTS, RowProblem, RowResult
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused, RemoteFault, Unknown
from crossdock.ports.runtime import Priority

T = TypeVar("T")
Row = Mapping[str, Any]
UNSAYABLE = "unsayable"  # code of a row that was not sent
STALE = "stale-sequence"


@dataclass(frozen=True, slots=True)
class Batch:
    """keys: members that tell rows apart, in the order sent and in the answer. once: a POST that must not act twice;
    other batches hold absolute rows, and each send is one of its own, or a level that came back would be answered out
    of the server's memory. wrapper: the member of the body that holds the rows."""

    method: str
    path: str
    operation: str
    keys: tuple[str, ...]
    once: bool = False
    wrapper: str = "data"


@dataclass(slots=True)
class Batching:
    session: Session
    _refusals: Refusals = field(default_factory=Refusals)

    async def write(
        self, batch: Batch, values: Sequence[T], to_row: Callable[[T], Row], ref: Callable[[T], str], chunk: int
    ) -> list[Outcome]:
        """One outcome a value, in order. A value that cannot be said is refused unsent; its neighbours are sent.

        Raises Transient, ConfigFault and Unsupported while certainly nothing was done.
        """
        outcomes: dict[int, Outcome] = {}
        rows: dict[int, Row] = {}
        for at, value in enumerate(values):
            try:
                rows[at] = to_row(value)
            except DataFault as fault:
                outcomes[at] = Refused(UNSAYABLE, str(fault))
        numbers, sent = list(rows), False
        for start in range(0, len(numbers), chunk):
            part = numbers[start : start + chunk]
            try:
                told = await self._send(batch, [rows[at] for at in part], [ref(values[at]) for at in part])
            except RemoteFault as fault:
                if not sent:
                    raise
                rest = numbers[start:]
                outcomes |= dict.fromkeys(rest, Unknown(f"not sent: {fault}", evidence=fault.evidence))
                break
            sent = True
            outcomes |= dict(zip(part, told, strict=True))
        return [outcomes[at] for at in range(len(values))]

    async def _send(self, batch: Batch, rows: Sequence[Row], refs: Sequence[str]) -> list[Outcome]:
        document = {batch.wrapper: list(rows)}
        content = idempotency_key(batch.operation, batch.path, dumps(document))
        ref = f"{content}/{self._refusals.of(content)}" if batch.once else uuid4().hex
        answer = await self.session.api.write(
            batch.method, batch.path, document, operation=batch.operation, ref=ref, priority=Priority.BULK
        )
        if not isinstance(answer, Answer):
            return [answer] * len(rows)
        told = results(answer, batch, rows, refs)
        if any(isinstance(one, Refused) for one in told):
            self._refusals.add(content)
        return told


def results(answer: Answer, batch: Batch, rows: Sequence[Row], refs: Sequence[str]) -> list[Outcome]:
    """Matched by key, and rows of one key in the order sent. A row without a result is unknown."""
    found = told_rows(answer.doc)
    if found is None:
        text = f"{batch.method} {batch.path}: the answer holds no results"
        return [Unknown(text, evidence=answer.evidence)] * len(rows)
    by_key: dict[Hashable, deque[Any]] = {}
    for one in found:
        by_key.setdefault(key_of(one, batch.keys), deque()).append(one)
    outcomes: list[Outcome] = []
    for row, ref in zip(rows, refs, strict=True):
        waiting = by_key.get(key_of(row, batch.keys))
        outcomes.append(outcome_of(waiting.popleft() if waiting else None, ref, answer.evidence))
    return outcomes


def told_rows(document: Any) -> list[Any] | None:
    """The results, as a list or as a member `data` or `results`."""
    if isinstance(document, dict):
        document = document.get("data", document.get("results"))
    return document if isinstance(document, list) else None


def key_of(row: Any, keys: Sequence[str]) -> Hashable:
    return tuple(repr(row.get(key)) for key in keys) if isinstance(row, dict) else None


def outcome_of(told: Any, ref: str, evidence: str) -> Outcome:
    if told is None:
        return Unknown(f"the answer holds no result for {ref}", evidence=evidence)
    try:
        result = take(RowResult, told, f"result of {ref}")
    except DataFault as fault:
        return Unknown(str(fault), evidence=evidence)
    match RESULTS.get(result.result):
        case True:
            return Accepted(ref)
        case False:
            return _refused(result, evidence)
    return Unknown(f"result of {ref} is {result.result!r:.80}, which is no word of the contract", evidence=evidence)


def _refused(result: RowResult, evidence: str) -> Refused:
    """An overtaken level is no fault of anybody's: what is there is newer."""
    stale = result.result == "ignored"
    problem = result.problem
    if not isinstance(problem, RowProblem):
        problem = RowProblem(code=STALE if stale else "rejected", detail=problem or "")
    text = problem.detail or problem.title or problem.code or result.result
    return Refused(problem.code or (STALE if stale else "rejected"), text, duplicate=stale, evidence=evidence)
