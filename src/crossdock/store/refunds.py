"""Refunds: read once, credited once, for what was settled before the first send."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.cases.kinds import REFUND_UNMATCHED, SCHEMA_SURPRISE
from crossdock.model import as_json
from crossdock.model.after_sale import SalesReturn
from crossdock.model.faults import DataFault
from crossdock.model.refund import CreditNote, RefundState, after_refund
from crossdock.ports.refunds import RefundFile, RefundsRead, RefundStep
from crossdock.ports.runtime import Job
from crossdock.ports.systems import Document
from crossdock.store.again import again_on_deadlock
from crossdock.store.archive import Vault, archive
from crossdock.store.cases import INSTEAD, NUL, hold_records
from crossdock.store.database import Connection
from crossdock.store.jobs import ask_in
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("refunds")
RECORD = "refund"
OPEN = frozenset({RefundState.FOUND, RefundState.WAITING})
SOMETHING_ELSE = "it says something else than when its credit note was settled"


class PgRefundBook:
    def __init__(self, scope: Scope, vault: Vault) -> None:
        self.scope = scope
        self._vault = vault

    @again_on_deadlock
    async def capture(self, documents: Sequence[Document[SalesReturn]], *, since: datetime | None) -> RefundsRead:
        if not documents:
            return RefundsRead()
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            digests = await archive(
                connection, self._vault, tenant=scope.tenant, source=scope.storefront, kind="return",
                documents=[(one.ref, one.raw) for one in documents],
            )  # fmt: skip
            keyed = {_key(one): (one, digest) for one, digest in zip(documents, digests, strict=True)}
            rows = await connection.fetch(SQL["existing"], scope.tenant, scope.pairing, sorted(keyed))
            known = {row["key"]: row for row in rows}
            fresh = {key: one for key, one in keyed.items() if key not in known}
            await self._insert(connection, fresh, since)
            changed = 0
            for key, row in known.items():
                changed += await self._again(connection, row, *keyed[key])
            await self._readable(connection, [one for one in documents if one.value is not None])
        unreadable = sum(1 for one in documents if one.value is None)
        new = sum(1 for one, _ in fresh.values() if one.value is not None)
        return RefundsRead(new=new, changed=changed, unreadable=unreadable)

    async def _insert(
        self, connection: Connection, fresh: Mapping[str, tuple[Document[SalesReturn], bytes]], since: datetime | None
    ) -> None:
        if not fresh:
            return
        columns = [
            (key, *_columns(one), digest, one.updated_at or since, _state(one)) for key, (one, digest) in fresh.items()
        ]
        made = await connection.fetch(
            SQL["insert"], self.scope.tenant, self.scope.pairing,
            *(list(column) for column in zip(*columns, strict=True)),
        )  # fmt: skip
        await ask_in(connection, [self._look(row["id"], row["version"]) for row in made if row["state"] == "found"])
        for row in made:
            if row["state"] == "unreadable":
                await self._surprise(connection, row["id"], fresh[row["key"]][0])

    async def _again(self, connection: Connection, row: Any, one: Document[SalesReturn], digest: bytes) -> int:
        """The same telling changes nothing; another one counts until its credit note is settled."""
        if one.value is None:
            return 0
        if as_json.loads(SalesReturn, row["document"]) == one.value:
            return 0
        if RefundState(row["state"]) in OPEN:
            made = await connection.fetch(
                SQL["read_again"], row["id"], as_json.dumps(one.value).decode(), digest, one.updated_at
            )
            await ask_in(connection, [self._look(each["id"], each["version"]) for each in made])
            return 1
        finding = REFUND_UNMATCHED.about(
            row["key"], refund_ref=row["key"], order_ref=one.value.order_ref, problem=SOMETHING_ELSE
        )
        await hold_records(
            connection, self.scope, RECORD, [row["id"]], findings=[finding], refs={row["id"]: row["key"]}, sticky=True,
            evidence=one.raw[:4000].decode("utf-8", "replace"),
        )  # fmt: skip
        return 1

    async def _readable(self, connection: Connection, good: Sequence[Document[SalesReturn]]) -> None:
        orders = {one.value.storefront_id for one in good if one.value is not None}
        keys = [_unreadable(ref) for ref in sorted(orders)]
        rows = await connection.fetch(SQL["readable"], self.scope.tenant, self.scope.pairing, keys)
        await hold_records(
            connection, self.scope, RECORD, [row["id"] for row in rows], findings=[], reason="it can be read again"
        )

    async def _surprise(self, connection: Connection, refund_id: int, one: Document[SalesReturn]) -> None:
        fault = one.fault or DataFault("document", "it says nothing")
        finding = SCHEMA_SURPRISE.about(
            f"{self.scope.storefront} return {fault.place}", what="return", system=self.scope.storefront,
            place=fault.place, problem=fault.problem,
        )  # fmt: skip
        await hold_records(
            connection, self.scope, RECORD, [refund_id], findings=[finding], refs={refund_id: one.label or one.ref},
            evidence=one.raw[:4000].decode("utf-8", "replace"),
        )  # fmt: skip

    async def load(self, refund_id: int) -> RefundFile | None:
        rows = await self.scope.pool.fetch(SQL["load"], [refund_id], None)
        return _file(rows[0]) if rows else None

    async def of_order(self, order_id: int) -> Sequence[RefundFile]:
        return [_file(row) for row in await self.scope.pool.fetch(SQL["load"], [], order_id)]

    async def carriage(self, refs: Sequence[str]) -> Mapping[str, Decimal]:
        rows = await self.scope.pool.fetch(SQL["carriage"], self.scope.tenant, self.scope.pairing, list(refs))
        return {row["key"]: row["gross"] for row in rows}

    async def meet(self, file: RefundFile) -> bool:
        return bool(await self.scope.pool.fetchval(SQL["meet"], file.id, file.version))

    @again_on_deadlock
    async def move(self, file: RefundFile, step: RefundStep) -> bool:
        state = after_refund(file.state, step.move)
        async with self.scope.pool.acquire() as connection, connection.transaction():
            if step.known is not None and file.order_id is not None:
                others = await connection.fetchval(SQL["credits_locked"], file.order_id, file.id)
                if others != step.known:
                    return False
            if not await connection.fetchval(
                SQL["move"], file.id, file.version, str(state), str(step.move),
                None if step.credit is None else as_json.dumps(step.credit).decode(), step.erp_ref,
                step.look_in_seconds, as_json.dumps(_said(step)).decode(), step.actor,
            ):  # fmt: skip
                return False
            if step.findings is not None:
                credit = step.credit or file.credit
                await hold_records(
                    connection, self.scope, RECORD, [file.id], findings=step.findings, evidence=step.evidence,
                    refs={file.id: file.ref}, reason=step.reason or "it is settled", actor=step.actor,
                    values={} if credit is None else {file.id: (credit.gross, credit.currency)},
                )  # fmt: skip
        return True

    async def look_later(self, refund_id: int, version: int, seconds: float) -> None:
        await self.scope.pool.execute(SQL["look_later"], refund_id, version, seconds)

    async def unread_since(self) -> datetime | None:
        moment: datetime | None = await self.scope.pool.fetchval(
            SQL["unread_since"], self.scope.tenant, self.scope.pairing
        )
        return moment

    async def due(self, limit: int) -> Sequence[Job]:
        rows = await self.scope.pool.fetch(SQL["due"], self.scope.tenant, self.scope.pairing, limit)
        return [self._look(row["id"], row["version"]) for row in rows]

    def _look(self, refund_id: int, version: int) -> Job:
        subject, key = f"{self.scope.pairing}/{refund_id}", f"refund/{refund_id}/{version}"
        return Job(entrypoint="refund", subject=subject, key=key, priority=7)


def _key(one: Document[SalesReturn]) -> str:
    return one.value.ref if one.value is not None else _unreadable(one.ref)


def _unreadable(ref: str) -> str:
    return f"unreadable/{ref}"


def _state(one: Document[SalesReturn]) -> str:
    return "unreadable" if one.value is None else "found"


def _columns(one: Document[SalesReturn]) -> tuple[str, str, str | None]:
    if one.value is None:
        return "", one.ref, None
    return one.value.order_ref, one.value.storefront_id, as_json.dumps(one.value).decode()


def _said(step: RefundStep) -> dict[str, Any]:
    said = dict(step.detail or {})
    if step.reason:
        said["reason"] = step.reason.replace(NUL, INSTEAD)[:1000]
    if step.erp_ref:
        said["erp_ref"] = step.erp_ref
    return said


def _file(row: Any) -> RefundFile:
    return RefundFile(
        id=row["id"], ref=row["key"], order_id=row["order_id"], order_ref=row["order_ref"],
        back=None if row["document"] is None else as_json.loads(SalesReturn, row["document"]),
        state=RefundState(row["state"]), version=row["version"], attempts=row["attempts"], found_at=row["found_at"],
        sent_at=row["sent_at"], erp_ref=row["erp_ref"], is_early=row["is_early"],
        credit=None if row["credit"] is None else as_json.loads(CreditNote, row["credit"]),
    )  # fmt: skip
