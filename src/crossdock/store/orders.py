"""The order book: capture, moves and looks of one pairing's orders."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ORDER_CHANGED_AFTER_POSTING, SCHEMA_SURPRISE
from crossdock.decide.changes import same_record, same_sale, what_changed
from crossdock.model import as_json
from crossdock.model.faults import DataFault
from crossdock.model.lifecycle import Move, OrderState, after
from crossdock.model.order_change import OrderChange, Origin
from crossdock.model.sales_order import SalesOrder, StorefrontStatus
from crossdock.ports.order_book import Captured, OrderFile, OrderMove, Room
from crossdock.ports.runtime import Job
from crossdock.ports.systems import Document
from crossdock.store.again import again_on_deadlock
from crossdock.store.archive import Vault, archive
from crossdock.store.cases import INSTEAD, NUL, close_empty, hold_records
from crossdock.store.change_asks import changes_so_far, note_change, widen_lines
from crossdock.store.coalesce import Coalesce
from crossdock.store.database import Connection
from crossdock.store.jobs import ask_in
from crossdock.store.order_files import load_files
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL, CASES = statements("orders"), statements("cases")
JSON_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
NET_SECONDS = 60.0  # an order whose job was lost is looked at after this long, whatever happened to the queue
UNPOSTED = frozenset({OrderState.UNREADABLE, OrderState.CAPTURED, OrderState.WAITING})
LEFT = frozenset({OrderState.WITHDRAWN, OrderState.SET_ASIDE, OrderState.CANCELLED, OrderState.DESPATCHED})
OVER = LEFT - {OrderState.DESPATCHED}  # nobody's wish can change anything about these any more


class PgOrderBook:
    """changes: a change of an order that was taken is for the flow of changes to decide; else it is a person's."""

    def __init__(
        self,
        scope: Scope,
        vault: Vault,
        *,
        linked_by_hint: bool,
        price_lists: Sequence[str],
        house: Sequence[str] = (),
        credit: bool = False,
        changes: bool = False,
    ) -> None:
        self.scope = scope
        self._vault = vault
        self._changes = changes
        self._load_policy: dict[str, Any] = {
            "linked_by_hint": linked_by_hint,
            "price_lists": list(price_lists),
            "house": list(house),
            "credit": credit,
        }
        self._load = Coalesce(self._load_many)
        self._move = Coalesce(self._move_many)

    @again_on_deadlock
    async def capture(self, documents: Sequence[Document[SalesOrder]], *, start_from: datetime | None) -> Captured:
        """Store one page, whole or not at all: new orders, changed ones, and those nobody can read (into a case)."""
        wanted = [_storable(one) for one in documents if not _too_old(one, start_from)]
        left_out = len(documents) - len(wanted)
        if not wanted:
            return Captured(left_out=left_out)
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["capturing"], scope.tenant)
            wanted = await self._not_erased(connection, wanted)
            # The page's bodies first: whatever is decided about them, they have been stored as they came.
            digests = await archive(
                connection, self._vault, tenant=scope.tenant, source=scope.storefront, kind="sales-order",
                documents=[(one.ref, one.raw) for one in wanted],
            )  # fmt: skip
            rows = await connection.fetch(SQL["existing"], scope.tenant, scope.pairing, [one.ref for one in wanted])
            known = {row["storefront_id"]: row for row in rows}
            fresh = [(one, digest) for one, digest in zip(wanted, digests, strict=True) if one.ref not in known]
            seen = [
                (one, digest, known[one.ref]) for one, digest in zip(wanted, digests, strict=True) if one.ref in known
            ]
            new = await self._insert(connection, fresh)
            changed = await self._again(connection, seen)
            unreadable = sum(1 for one in wanted if one.value is None)
        return Captured(
            new=new, changed=changed, same=len(documents) - left_out - new - changed, left_out=left_out,
            unreadable=unreadable,
        )  # fmt: skip

    async def _not_erased(
        self, connection: Connection, documents: Sequence[Document[SalesOrder]]
    ) -> list[Document[SalesOrder]]:
        """An order whose people were taken out is not learned again from a storefront that still has them."""
        scope, refs = self.scope, [one.ref for one in documents]
        erased = {
            row["storefront_id"] for row in await connection.fetch(SQL["erased"], scope.tenant, scope.pairing, refs)
        }
        return [one for one in documents if one.ref not in erased]

    async def _insert(self, connection: Connection, fresh: Sequence[tuple[Document[SalesOrder], bytes]]) -> int:
        if not fresh:
            return 0
        columns = [_columns(one, digest) for one, digest in fresh]
        scope = self.scope
        made = await connection.fetch(
            SQL["insert"],
            scope.tenant,
            scope.pairing,
            *(list(column) for column in zip(*columns, strict=True)),
            NET_SECONDS,
        )
        by_ref = {one.ref: one for one, _ in fresh}
        await ask_in(connection, [self._look(row["id"], row["version"]) for row in made if row["state"] == "captured"])
        for row in made:
            if row["state"] == "unreadable":
                await self._surprise(connection, row["id"], row["ref"], by_ref[row["storefront_id"]])
        return len(made)

    async def _again(self, connection: Connection, seen: Sequence[tuple[Document[SalesOrder], bytes, Any]]) -> int:
        replaced: list[tuple[Document[SalesOrder], bytes, Any]] = []
        readable: list[int] = []
        changed = 0
        for one, digest, row in seen:
            state = OrderState(row["state"])
            if one.value is None:
                await self._unreadable(connection, row, state, one)
                continue
            if state not in UNPOSTED:
                readable.append(row["id"])
            before = as_json.loads(SalesOrder, row["document"]) if row["document"] else None
            same = same_record if state in UNPOSTED else same_sale
            if before is not None and same(before, one.value):
                continue
            changed += 1
            if state in UNPOSTED:
                replaced.append((one, digest, row))
            elif state not in (OVER if self._changes else LEFT):
                await self._changed_late(connection, row, digest, before, one.value)
        if replaced:
            await self._replace(connection, replaced)
        if readable:
            await self._readable_again(connection, readable)
        return changed

    async def _replace(
        self, connection: Connection, replaced: Sequence[tuple[Document[SalesOrder], bytes, Any]]
    ) -> None:
        columns = []
        for one, digest, row in replaced:
            _, ref, _, currency, total, company, name, document, _, placed_at, changed_at = _columns(one, digest)
            columns.append(
                (
                    row["id"],
                    row["version"],
                    ref,
                    currency,
                    total,
                    company,
                    name,
                    document,
                    digest,
                    changed_at,
                    row["state"],
                    placed_at,
                )
            )
        made = await connection.fetch(
            SQL["replace"], *(list(column) for column in zip(*columns, strict=True)), NET_SECONDS, self.scope.tenant
        )
        ids = [row["id"] for row in made]
        await connection.execute(SQL["insert_lines"], ids)
        await hold_records(connection, self.scope, "order", ids, findings=[], reason="the order was read again")
        await ask_in(connection, [self._look(row["id"], row["version"]) for row in made])

    async def _changed_late(
        self, connection: Connection, row: Any, digest: bytes, before: SalesOrder | None, now: SalesOrder
    ) -> None:
        """Told once: from now on the storefront's new word is the known one, and the next change is another one."""
        what = "changed" if before is None or before.status == now.status else str(now.status)
        if self._changes:
            await self._ask_change(connection, row, what, before, now)
        await connection.execute(SQL["changed_late"], row["id"], as_json.dumps(now).decode(), digest, now.updated_at)
        if row["state"] == OrderState.POSTING:  # it may yet be turned away, and then it is decided on the new word
            await connection.execute(SQL["forget_lines"], [row["id"]])
            await connection.execute(SQL["insert_lines"], [row["id"]])
        elif self._changes:
            await widen_lines(connection, row["id"])
        if self._changes:
            return
        finding = ORDER_CHANGED_AFTER_POSTING.about(
            row["ref"], order_ref=row["ref"], what=what, erp_ref=row["erp_ref"] or "an order not yet answered",
            problem="nobody has made the change in the ERP",
        )  # fmt: skip
        await hold_records(
            connection, self.scope, "order", [row["id"]], findings=[finding], keep_others=True, sticky=True,
            refs={row["id"]: row["ref"]},
        )  # fmt: skip

    async def _ask_change(
        self, connection: Connection, row: Any, what: str, before: SalesOrder | None, now: SalesOrder
    ) -> None:
        parts = what_changed(before, now) if before is not None and what == "changed" else ()
        change = OrderChange(
            key=f"{row['ref']}/{await changes_so_far(connection, row['id']) + 1}", origin=Origin.DOCUMENT,
            what=f"changed ({', '.join(parts)})" if parts else what,
            cancels=what != "changed" and now.status is StorefrontStatus.CANCELLED,
        )  # fmt: skip
        await note_change(connection, self.scope, change, row["id"])

    async def _unreadable(self, connection: Connection, row: Any, state: OrderState, one: Document[SalesOrder]) -> None:
        """What was known of an order that is not posted is outdated now, so nobody may go on with it."""
        if state in LEFT:
            return
        if state in (OrderState.CAPTURED, OrderState.WAITING) and row["document"]:
            held = OrderMove(
                order_id=row["id"], version=row["version"], from_state=state, move=Move.HOLD,
                detail={"cases": [SCHEMA_SURPRISE.code]},
            )  # fmt: skip
            await move_in(connection, [held])
            await connection.execute(SQL["forget_document"], row["id"])
        await self._surprise(connection, row["id"], row["ref"], one, keep_others=state not in UNPOSTED)

    async def _readable_again(self, connection: Connection, order_ids: Sequence[int]) -> None:
        rows = await connection.fetch(CASES["let_go_of_kind"], order_ids, SCHEMA_SURPRISE.code, self._place(""))
        await close_empty(
            connection, [row["case_id"] for row in rows], actor="crossdock", reason="the order can be read again"
        )

    def _place(self, place: str) -> str:
        return f"{self.scope.storefront} sales-order {place}"

    async def _surprise(
        self, connection: Connection, order_id: int, ref: str, one: Document[SalesOrder], *, keep_others: bool = False
    ) -> None:
        fault = one.fault
        place, problem = (fault.place, fault.problem) if fault else ("document", "it says nothing")
        finding = SCHEMA_SURPRISE.about(
            self._place(place), what="sales order", system=self.scope.storefront, place=place, problem=problem,
        )  # fmt: skip
        await hold_records(
            connection, self.scope, "order", [order_id], findings=[finding], refs={order_id: ref},
            evidence=one.raw[:4000].decode("utf-8", "replace"), keep_others=keep_others,
        )  # fmt: skip

    async def load(self, order_id: int) -> OrderFile | None:
        return await self._load(order_id)

    async def load_many(self, order_ids: Sequence[int]) -> Sequence[OrderFile]:
        return [file for file in await self._load_many(order_ids) if file is not None]

    async def _load_many(self, order_ids: Sequence[int]) -> Sequence[OrderFile | None]:
        async with self.scope.pool.acquire() as connection:
            files = await load_files(connection, self.scope, order_ids, **self._load_policy)
        return [files.get(order_id) for order_id in order_ids]

    async def move(self, move: OrderMove) -> bool:
        after(move.from_state, move.move)  # said to whoever asks for the impossible, not to those who share its batch
        return await (self._move(move) if move.room is None else self._move_on_credit(move, move.room))

    @again_on_deadlock
    async def _move_on_credit(self, move: OrderMove, room: Room) -> bool:
        """The move and its room on the account, both or neither."""
        wanted = (self.scope.tenant, self.scope.erp, room.account_id, room.sends)
        async with self.scope.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            moved = False
            try:
                if await connection.fetchval(SQL["take_room"], *wanted) is not None:
                    moved = (await move_in(connection, [move]))[0]
            finally:
                await (transaction.commit() if moved else transaction.rollback())
            return moved

    @again_on_deadlock
    async def _move_many(self, moves: Sequence[OrderMove]) -> Sequence[bool]:
        async with self.scope.pool.acquire() as connection:
            return await move_in(connection, moves)

    @again_on_deadlock
    async def hold(
        self, file: OrderFile, findings: Sequence[Finding], *, move: OrderMove | None, sticky: bool = False,
        evidence: str = "", keep: Sequence[str] = (),
    ) -> bool:  # fmt: skip
        """Put the order into these cases and into no others, and make the move, in one transaction."""
        async with self.scope.pool.acquire() as connection, connection.transaction():
            if move is not None:
                is_ours = (await move_in(connection, [move]))[0]
            else:
                is_ours = await connection.fetchval(SQL["still"], file.id, file.version) is not None
            if not is_ours:
                return False
            value = None if file.order is None else (file.order.total, file.order.currency)
            await hold_records(
                connection, self.scope, "order", [file.id], findings=findings, sticky=sticky, evidence=evidence,
                refs={file.id: file.ref}, values={} if value is None else {file.id: value}, keep_kinds=keep,
            )  # fmt: skip
        return True

    @again_on_deadlock
    async def release(self, files: Sequence[OrderFile], moves: Sequence[OrderMove], *, reason: str) -> int:
        """Let these orders go from every case they are in, and ask for a look at each."""
        async with self.scope.pool.acquire() as connection, connection.transaction():
            moved = await move_in(connection, moves)
            gone = [file for file, did in zip(files, moved, strict=True) if did]
            await hold_records(connection, self.scope, "order", [file.id for file in gone], findings=[], reason=reason)
            await ask_in(connection, [self._look(file.id, file.version + 1) for file in gone])
        return len(gone)

    async def between_captures(self) -> datetime:
        async with self.scope.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["nobody_captures"], self.scope.tenant)
            moment: datetime = await connection.fetchval("select clock_timestamp()")
        return moment

    async def sold_since(self, moment: datetime, skus: Sequence[str]) -> frozenset[str]:
        scope = self.scope
        rows = await scope.pool.fetch(
            SQL["sold_since"], scope.tenant, scope.pairing, scope.erp, moment, list(skus), *scope.sellers()
        )
        return frozenset(row["sku"] for row in rows)

    async def due(self, limit: int) -> Sequence[Job]:
        rows = await self.scope.pool.fetch(SQL["due"], self.scope.tenant, self.scope.pairing, limit)
        if rows:
            await self.scope.pool.execute(SQL["look_later"], [row["id"] for row in rows], NET_SECONDS)
        return [self._look(row["id"], row["version"]) for row in rows]

    async def look_later(self, order_id: int, seconds: float | None) -> None:
        await self.scope.pool.execute(SQL["look_later"], [order_id], seconds)

    async def still_sending(self, order_id: int, version: int, *, look_in_seconds: float) -> None:
        await self.scope.pool.execute(SQL["still_sending"], order_id, version, look_in_seconds)

    async def defect(self, order_id: int, *, look_in_seconds: float) -> int:
        """Count a failure of our own on this order; returns how many in a row."""
        return int(await self.scope.pool.fetchval(SQL["defect"], order_id, look_in_seconds) or 0)

    async def unacknowledged(self, limit: int) -> Sequence[tuple[int, str, str, str]]:
        rows = await self.scope.pool.fetch(SQL["unacknowledged"], self.scope.tenant, self.scope.pairing, limit)
        return [(row["id"], row["storefront_id"], row["ref"], row["erp_ref"]) for row in rows]

    async def acknowledged(self, problems: Mapping[int, str]) -> None:
        """The storefront was told of these orders; "" or why it would not hear."""
        await self.scope.pool.execute(SQL["acknowledged"], list(problems), list(problems.values()))

    async def open_in_erp(self, limit: int, *, not_since: datetime) -> Sequence[OrderFile]:
        rows = await self.scope.pool.fetch(SQL["open_in_erp"], self.scope.tenant, self.scope.pairing, not_since, limit)
        return await self.load_many([row["id"] for row in rows])

    async def checked(self, order_ids: Sequence[int], *, at: datetime) -> None:
        await self.scope.pool.execute(SQL["checked"], list(order_ids), at)

    async def waive(self, order_ids: Sequence[int], *, kind: str, subject: str) -> None:
        await self.scope.pool.execute(SQL["waive"], list(order_ids), as_json.dumps([[kind, subject]]).decode())

    def _look(self, order_id: int, version: int) -> Job:
        return Job(
            entrypoint="order",
            subject=f"{self.scope.pairing}/{order_id}",
            key=f"order/{order_id}/{version}",
            priority=10,
        )


async def move_in(connection: Connection, moves: Sequence[OrderMove]) -> list[bool]:
    """Make these moves; each answers whether it happened. Raises InvalidValue for one the lifecycle forbids.

    Of two moves of one order that were decided on the same version, the first happens and the other one does not.
    """
    first = {move.order_id: at for at, move in reversed(list(enumerate(moves)))}
    columns = [
        (
            move.order_id, move.version, str(after(move.from_state, move.move)), str(move.move),
            as_json.dumps(dict(move.detail)).decode().replace("\\u0000", "\\ufffd"),
            None if move.resolved is None else as_json.dumps(move.resolved).decode(),
            move.erp_ref, move.account_code, move.look_in_seconds, move.actor,
        )
        for move in (moves[at] for at in sorted(first.values()))
    ]  # fmt: skip
    if not columns:
        return []
    rows = await connection.fetch(SQL["move"], *(list(column) for column in zip(*columns, strict=True)))
    moved = {row["id"] for row in rows}
    return [move.order_id in moved and first[move.order_id] == at for at, move in enumerate(moves)]


def _too_old(one: Document[SalesOrder], start_from: datetime | None) -> bool:
    return start_from is not None and one.value is not None and one.value.placed_at < start_from


def _storable(one: Document[SalesOrder]) -> Document[SalesOrder]:
    """A document that no database text can hold is one that cannot be read; its page can."""
    label = one.label.replace(NUL, INSTEAD)
    if one.value is not None and JSON_NUL.search(as_json.dumps(one.value)):
        fault = DataFault("document", "holds a NUL character, which no text may")
        return replace(one, value=None, fault=fault, label=label, updated_at=one.updated_at or one.value.updated_at)
    return one if label == one.label else replace(one, label=label)


def _columns(one: Document[SalesOrder], digest: bytes) -> tuple[Any, ...]:
    order = one.value
    if order is None:
        return (one.ref, one.label or one.ref, "unreadable", "", None, "", "", None, digest, None, one.updated_at)
    return (
        one.ref, order.ref, "captured", order.currency, order.total, order.company_ref, order.company_name,
        as_json.dumps(order).decode(), digest, order.placed_at, order.updated_at,
    )  # fmt: skip
