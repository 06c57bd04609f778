"""Cases in the store: raised by root cause, holding records, closing themselves when they hold nothing more."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from crossdock.cases.kind import Finding
from crossdock.model import as_json
from crossdock.ports.case_book import CaseRow, Held
from crossdock.store.again import again_on_deadlock
from crossdock.store.database import Connection
from crossdock.store.scope import Scope
from crossdock.store.sql import statements
from crossdock.telemetry import correlation

SQL = statements("cases")
EVIDENCE_MAX = 20_000
NUL, INSTEAD = "\x00", "\ufffd"  # a database text cannot hold a NUL; what other systems answer can


async def hold_records(
    connection: Connection,
    scope: Scope,
    record: str,
    record_ids: Sequence[int],
    *,
    findings: Sequence[Finding],
    refs: Mapping[int, str] | None = None,
    values: Mapping[int, tuple[Decimal, str]] | None = None,
    sticky: bool = False,
    keep_others: bool = False,
    evidence: str = "",
    reason: str = "its cause is gone",
    actor: str = "crossdock",
    keep_kinds: Sequence[str] = (),
) -> list[int]:
    """Put these records into the findings' cases, and out of every other (unless keep_others, or of keep_kinds).

    Must run inside a transaction. Returns the case ids. Cases left empty close and say why.
    """
    case_ids = []
    for finding in sorted(findings, key=lambda one: (one.kind.code, one.subject)):  # one order of locks for everybody
        case_id = await _raise(connection, scope, finding, evidence)
        case_ids.append(case_id)
        cause = finding.cause.replace(NUL, INSTEAD)
        for record_id in record_ids:
            value, currency = (values or {}).get(record_id, (None, ""))
            await connection.execute(
                SQL["hold"], case_id, record, record_id, (refs or {}).get(record_id, str(record_id)),
                cause, value if finding.value is None else finding.value, currency, sticky,
            )  # fmt: skip
    if not keep_others and record_ids:
        rows = await connection.fetch(SQL["let_go"], scope.tenant, record, list(record_ids), case_ids, list(keep_kinds))
        await close_empty(connection, [row["case_id"] for row in rows], actor=actor, reason=reason)
    return case_ids


async def close_empty(connection: Connection, case_ids: Sequence[int], *, actor: str, reason: str) -> list[int]:
    """Close those that hold nothing more. Locked first, and looked at by a statement of its own: whoever put a record
    into one of them meanwhile is waited for and seen."""
    if not case_ids:
        return []
    await connection.execute(SQL["lock"], list(case_ids))
    return [row["id"] for row in await connection.fetch(SQL["close_empty"], list(case_ids), actor, reason)]


async def _raise(connection: Connection, scope: Scope, finding: Finding, evidence: str) -> int:
    kind = finding.kind
    return int(
        await connection.fetchval(
            SQL["raise"], scope.tenant, scope.pairing, kind.code, finding.subject.replace(NUL, INSTEAD), str(kind.desk),
            str(kind.severity), finding.cause.replace(NUL, INSTEAD),
            as_json.dumps({name: fact.replace(NUL, INSTEAD) for name, fact in finding.facts.items()}).decode(),
            _evidence(evidence).replace(NUL, INSTEAD), kind.due_hours,
        )
    )  # fmt: skip


def _evidence(text: str) -> str:
    """What was sent and said, and the id under which the log has the rest."""
    own = correlation.current()
    return f"{text[:EVIDENCE_MAX]}\n\ncorrelation {own}" if text and own else text[:EVIDENCE_MAX]


class PgCaseBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @again_on_deadlock
    async def raise_case(
        self,
        finding: Finding,
        *,
        record: str,
        record_id: int = 0,
        ref: str = "",
        evidence: str = "",
        sticky: bool = False,
        currency: str = "",
    ) -> int:
        """Open the case or let it grow by this record; other cases of the record stay as they are."""
        values = None if finding.value is None else {record_id: (finding.value, currency)}
        async with self.scope.pool.acquire() as connection, connection.transaction():
            ids = await hold_records(
                connection, self.scope, record, [record_id], findings=[finding], refs={record_id: ref},
                keep_others=True, evidence=evidence, sticky=sticky, values=values,
            )  # fmt: skip
            return ids[0]

    @again_on_deadlock
    async def hold_only(self, findings: Sequence[Finding], *, record: str, record_id: int, ref: str) -> None:
        """The record stands in these findings' cases and in no other."""
        async with self.scope.pool.acquire() as connection, connection.transaction():
            await hold_records(connection, self.scope, record, [record_id], findings=findings, refs={record_id: ref})

    @again_on_deadlock
    async def settle(self, kind: str, subject: str, *, record: str, record_id: int = 0, reason: str) -> None:
        """The cause is gone for this record; the case closes itself when it holds nothing more."""
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(SQL["settle"], scope.tenant, scope.pairing, kind, subject, record, record_id)
            await close_empty(connection, [row["case_id"] for row in rows], actor="crossdock", reason=reason)

    @again_on_deadlock
    async def let_go(
        self, record: str, record_ids: Sequence[int], *, reason: str, actor: str, keep: Sequence[str] = ()
    ) -> None:
        async with self.scope.pool.acquire() as connection, connection.transaction():
            await hold_records(
                connection, self.scope, record, record_ids, findings=[], reason=reason, actor=actor, keep_kinds=keep
            )

    async def holding(self, record: str, record_ids: Sequence[int]) -> frozenset[int]:
        return frozenset(
            row["record_id"]
            for row in await self.scope.pool.fetch(SQL["holding"], self.scope.tenant, record, list(record_ids))
        )

    async def open_subjects(self, kind: str) -> frozenset[str]:
        rows = await self.scope.pool.fetch(SQL["open_subjects"], self.scope.tenant, self.scope.pairing, kind)
        return frozenset(row["subject"] for row in rows)

    async def open_about(self, kinds: Sequence[str], subjects: Sequence[str]) -> Sequence[int]:
        scope = self.scope
        rows = await scope.pool.fetch(SQL["open_about"], scope.tenant, scope.pairing, list(kinds), list(subjects))
        return [row["id"] for row in rows]

    async def standing(self, kind: str, record: str) -> frozenset[tuple[int, str]]:
        rows = await self.scope.pool.fetch(SQL["standing"], self.scope.tenant, self.scope.pairing, kind, record)
        return frozenset((row["record_id"], row["subject"]) for row in rows)

    async def open_records(self, kind: str, prefix: str) -> frozenset[str]:
        rows = await self.scope.pool.fetch(SQL["open_records"], self.scope.tenant, self.scope.pairing, kind, prefix)
        return frozenset(row["record"] for row in rows)

    async def find_case(self, case_id: int) -> CaseRow | None:
        rows = await list_cases(self.scope.pool, self.scope.tenant, case_id=case_id)
        return rows[0] if rows else None

    async def held(self, case_id: int) -> Sequence[Held]:
        rows = await self.scope.pool.fetch(SQL["holds"], case_id)
        return [
            Held(
                record=row["record"],
                record_id=row["record_id"],
                ref=row["ref"],
                sticky=row["sticky"],
                cause=row["cause"],
            )
            for row in rows
        ]

    async def unstick(self, case_id: int) -> None:
        await self.scope.pool.execute(SQL["unstick"], case_id, None)

    async def to_recheck(
        self, limit: int, *, older_than_seconds: float | None, records: Sequence[str] = ("order", "despatch")
    ) -> Sequence[int]:
        scope = self.scope
        rows = await scope.pool.fetch(
            SQL["to_recheck"], scope.tenant, scope.pairing, limit, older_than_seconds, list(records)
        )
        return [row["id"] for row in rows]

    async def checked(self, case_id: int) -> None:
        await self.scope.pool.execute(SQL["checked"], case_id)

    async def note(self, case_id: int, action: str, detail: Mapping[str, Any], *, actor: str) -> None:
        """Write what a person did into the case's history (and so into the audit trail)."""
        await self.scope.pool.execute(
            statements("reference")["audit"], self.scope.tenant, actor, action, "case", case_id,
            as_json.dumps(dict(detail)).decode(),
        )  # fmt: skip


async def list_cases(
    pool: Any,
    tenant: str,
    *,
    state: str | None = None,
    pairing: str | None = None,
    kind: str | None = None,
    desk: str | None = None,
    case_id: int | None = None,
    after_id: int | None = None,
    limit: int = 200,
) -> Sequence[CaseRow]:
    """Cases in order of id, paged by key."""
    rows = await pool.fetch(SQL["list"], tenant, state, pairing, kind, desk, case_id, after_id, limit)
    return [
        CaseRow(
            **{name: row[name] for name in (
                "id", "pairing", "kind", "subject", "state", "desk", "severity", "cause", "evidence", "opened_at",
                "due_at", "closed_at", "records", "assignee", "snoozed_until",
            )},
            value={name: Decimal(str(value)) for name, value in orjson.loads(row["value"]).items()},
            facts=orjson.loads(row["facts"]),
        )
        for row in rows
    ]  # fmt: skip
