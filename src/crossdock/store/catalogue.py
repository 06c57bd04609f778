"""The products of one pairing: capture, moves, what the PIM was told, and changes of structure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import SCHEMA_SURPRISE
from crossdock.decide.structure_change import Change, Step
from crossdock.model import as_json
from crossdock.model.catalogue import Category, Family, FamilyVariant, Product, ProductModel
from crossdock.model.faults import DataFault
from crossdock.model.item_document import ItemDocument
from crossdock.model.product_state import ProductState, product_after
from crossdock.model.stock import StockItem
from crossdock.ports.catalogue_memory import (
    ChangeFile,
    Children,
    Compared,
    ProductFile,
    ProductMoved,
    RecordKind,
    Shapes,
    Told,
)
from crossdock.ports.order_book import Captured
from crossdock.ports.systems import Document
from crossdock.store.again import again_on_deadlock
from crossdock.store.archive import Vault, archive
from crossdock.store.cases import INSTEAD, NUL, hold_records
from crossdock.store.database import Connection
from crossdock.store.orders import JSON_NUL
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("catalogue")
SEPARATOR = "\x1f"  # between categories: no code holds it
TYPES: Mapping[str, Any] = {"product": Product, "model": ProductModel}
SHAPES: Mapping[str, Any] = {"family": Family, "family-variant": FamilyVariant, "category": Category}


class PgCatalogueBook:
    """template_codes: the patterns of the policy, by which a model's items are found."""

    def __init__(self, scope: Scope, vault: Vault, *, template_codes: tuple[str, str]) -> None:
        self.scope = scope
        self._vault = vault
        self._codes = template_codes

    @again_on_deadlock
    async def capture(
        self, kind: RecordKind, documents: Sequence[Document[Any]], *, ignoring: frozenset[str], at: datetime
    ) -> Captured:
        """Store one page, whole or not at all."""
        page = list({one.ref: _storable(one) for one in documents if one.ref}.values())
        if not page:
            return Captured()
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            digests = await archive(
                connection, self._vault, tenant=scope.tenant, source=scope.storefront, kind=kind,
                documents=[(one.ref, one.raw) for one in page],
            )  # fmt: skip
            rows = await connection.fetch(SQL["existing"], scope.tenant, scope.pairing, kind, [one.ref for one in page])
            known = {row["key"]: row for row in rows}
            given = [_columns(kind, one, digest, ignoring) for one, digest in zip(page, digests, strict=True)]
            fresh = [row for row in given if row[1] not in known]
            seen = [row for row in given if row[1] in known]
            changed = [row for row in seen if _is_news(row, known[row[1]])]
            same = [row for row in seen if not _is_news(row, known[row[1]])]
            made = await self._insert(connection, [row[:10] for row in fresh], at)
            replaced = await self._replace(connection, changed, known, at)
            await connection.execute(SQL["seen"], [known[row[1]]["id"] for row in same], at, [row[10] for row in same])
            ids = made | replaced
            await connection.execute(SQL["no_root"], list(ids.values()))
            await connection.fetch(SQL["roots"], scope.tenant, scope.pairing, list(ids))
            await self._out_of_cases(connection, kind, [ids[row[1]] for row in [*fresh, *changed] if row[1] in ids])
            unreadable = [one for one in page if one.value is None and one.ref in ids]
            for one in unreadable:
                await self._surprise(connection, kind, ids[one.ref], one)
        return Captured(
            new=len(made), changed=len(replaced), same=len(same), unreadable=sum(1 for one in page if one.value is None)
        )

    async def _insert(self, connection: Connection, rows: Sequence[tuple[Any, ...]], at: datetime) -> dict[str, int]:
        if not rows:
            return {}
        columns = (list(column) for column in zip(*rows, strict=True))
        made = await connection.fetch(SQL["store"], self.scope.tenant, self.scope.pairing, *columns, at)
        return {row["key"]: row["id"] for row in made}

    async def _replace(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]], known: Mapping[str, Any], at: datetime
    ) -> dict[str, int]:
        if not rows:
            return {}
        given = [(known[row[1]]["id"], *row[2:10]) for row in rows]
        columns = (list(column) for column in zip(*given, strict=True))
        await connection.fetch(SQL["replace"], *columns, at)
        return {row[1]: known[row[1]]["id"] for row in rows}

    async def _out_of_cases(self, connection: Connection, kind: str, ids: Sequence[int]) -> None:
        if ids:
            await hold_records(connection, self.scope, kind, ids, findings=[], reason="it was read again")

    async def _surprise(self, connection: Connection, kind: str, record_id: int, one: Document[Any]) -> None:
        place, problem = (one.fault.place, one.fault.problem) if one.fault else ("document", "it says nothing")
        system = self.scope.storefront
        finding = SCHEMA_SURPRISE.about(
            f"{system} {kind} {place}", what=kind, system=system, place=place, problem=problem
        )
        await hold_records(
            connection, self.scope, kind, [record_id], findings=[finding], refs={record_id: one.label or one.ref},
            evidence=one.raw[:4000].decode("utf-8", "replace"),
        )  # fmt: skip

    async def store_shapes(self, kind: str, shapes: Mapping[str, Any], *, at: datetime) -> frozenset[str]:
        scope = self.scope
        texts = [as_json.dumps(replace(one, **_timeless(one))).decode() for one in shapes.values()]
        rows = await scope.pool.fetch(
            SQL["store_shapes"], scope.tenant, scope.storefront, kind, list(shapes), texts, at
        )
        return frozenset(row["code"] for row in rows)

    async def forget_shapes(self, kind: str, *, not_seen_since: datetime) -> frozenset[str]:
        scope = self.scope
        rows = await scope.pool.fetch(SQL["forget_shapes"], scope.tenant, scope.storefront, kind, not_seen_since)
        return frozenset(row["code"] for row in rows)

    async def shapes(self) -> Shapes:
        found = {kind: await self._shapes(kind) for kind in SHAPES}
        return Shapes(
            axes={
                code: tuple(axis for axes, _ in one.levels for axis in axes)
                for code, one in found["family-variant"].items()
            },
            required={code: one.required for code, one in found["family"].items()},
            parents={code: one.parent for code, one in found["category"].items()},
        )

    async def _shapes(self, kind: str) -> dict[str, Any]:
        rows = await self.scope.pool.fetch(SQL["shapes"], self.scope.tenant, self.scope.storefront, kind)
        return {row["code"]: as_json.loads(SHAPES[kind], row["document"]) for row in rows}

    async def load(self, record_ids: Sequence[int]) -> Sequence[ProductFile]:
        rows = await self.scope.pool.fetch(SQL["load"], list(record_ids), *self._codes, self.scope.erp)
        return [_file(row) for row in rows]

    async def due(self, states: Sequence[ProductState], limit: int) -> Sequence[ProductFile]:
        wanted = [str(one) for one in states]
        rows = await self.scope.pool.fetch(SQL["due"], self.scope.tenant, self.scope.pairing, wanted, limit)
        return await self.load([row["id"] for row in rows])

    async def to_tell(self, limit: int) -> Sequence[ProductFile]:
        rows = await self.scope.pool.fetch(SQL["to_tell"], self.scope.tenant, self.scope.pairing, limit)
        return await self.load([row["id"] for row in rows])

    async def tell_later(self, record_ids: Sequence[int], seconds: float) -> None:
        await self.scope.pool.execute(SQL["tell_later"], list(record_ids), seconds)

    @again_on_deadlock
    async def move(self, moves: Sequence[ProductMoved]) -> Sequence[bool]:
        async with self.scope.pool.acquire() as connection, connection.transaction():
            return await move_in(connection, moves)

    @again_on_deadlock
    async def hold(self, moves: Sequence[ProductMoved], findings: Sequence[Finding], *, evidence: str = "") -> int:
        async with self.scope.pool.acquire() as connection, connection.transaction():
            moved = await move_in(connection, moves)
            files = [one.file for one, did in zip(moves, moved, strict=True) if did]
            for kind in ("product", "model"):
                held = [one for one in files if one.kind == kind]
                await hold_records(
                    connection, self.scope, kind, [one.id for one in held], findings=findings if held else [],
                    refs={one.id: one.code or one.key for one in held}, evidence=evidence,
                )  # fmt: skip
        return len(files)

    async def told(self, file: ProductFile) -> bool:
        said = orjson.dumps(_due(file.due)).decode()
        return await self.scope.pool.fetchval(SQL["told"], file.id, file.version, said) is not None

    async def look_later(self, record_ids: Sequence[int], seconds: float | None) -> None:
        await self.scope.pool.execute(SQL["look_later"], list(record_ids), seconds)

    async def let_ready_go(self) -> int:
        return len(await self.scope.pool.fetch(SQL["let_ready_go"], self.scope.tenant, self.scope.pairing))

    async def recapture(self, *, categories: Sequence[str] | None = None, models: Sequence[str] | None = None) -> int:
        given = [None if one is None else list(one) for one in (categories, models)]
        return len(await self.scope.pool.fetch(SQL["recapture"], self.scope.tenant, self.scope.pairing, *given))

    async def begin_change(self, record_id: int, change: Change) -> bool:
        made = await self.scope.pool.fetchval(
            SQL["begin_change"], self.scope.tenant, self.scope.pairing, record_id, change.kind, change.old_code,
            as_json.dumps(change).decode(), str(change.step),
        )  # fmt: skip
        return made is not None

    async def changes_due(self, limit: int) -> Sequence[ChangeFile]:
        rows = await self.scope.pool.fetch(SQL["changes_due"], self.scope.tenant, self.scope.pairing, limit)
        return [_change(row) for row in rows]

    async def change_of(self, record_id: int) -> ChangeFile | None:
        row = await self.scope.pool.fetchrow(SQL["change_of"], record_id)
        return None if row is None else _change(row)

    async def step(self, file: ChangeFile, step: Step, *, look_in_seconds: float | None) -> bool:
        done = await self.scope.pool.fetchval(
            SQL["step"], file.id, file.version, str(step), "{}", look_in_seconds, "crossdock"
        )
        return done is not None

    async def look_at_change(self, change_id: int, seconds: float | None) -> None:
        await self.scope.pool.execute(SQL["look_at_change"], change_id, seconds)

    async def hurry_changes(self, model: str) -> None:
        await self.scope.pool.execute(SQL["hurry_changes"], self.scope.tenant, self.scope.pairing, model)

    async def waive_change(self, record_id: int, *, reason: str, actor: str) -> bool:
        return await self.scope.pool.fetchval(SQL["waive_change"], record_id, reason, actor) is not None

    async def end_change(self, record_id: int, *, reason: str, actor: str) -> bool:
        return await self.scope.pool.fetchval(SQL["end_change"], record_id, reason, actor) is not None

    async def children(self, model: str) -> Children:
        rows = await self.scope.pool.fetch(SQL["children"], self.scope.tenant, self.scope.pairing, model)
        waiting = tuple(row["code"] for row in rows if not row["is_there"])
        return Children(confirmed=len(rows) - len(waiting), waiting=waiting)

    async def open_orders(self, code: str) -> Sequence[str]:
        return [row["ref"] for row in await self.scope.pool.fetch(SQL["open_orders"], self.scope.tenant, code)]

    async def find_record(self, kind: RecordKind, code: str) -> ProductFile | None:
        found = await self.scope.pool.fetchval(SQL["find_record"], self.scope.tenant, self.scope.pairing, kind, code)
        return None if found is None else next(iter(await self.load([found])), None)

    async def unseen(self, *, not_seen_since: datetime) -> Sequence[ProductFile]:
        rows = await self.scope.pool.fetch(SQL["unseen"], self.scope.tenant, self.scope.pairing, not_seen_since)
        return await self.load([row["id"] for row in rows])

    async def vanish(self, files: Sequence[ProductFile]) -> None:
        await self.scope.pool.execute(SQL["vanish"], [file.id for file in files])

    async def forget_item(self, file: ProductFile, *, reason: str, actor: str) -> bool:
        done = await self.scope.pool.fetchval(SQL["forget_item"], file.id, file.version, reason, actor)
        return done is not None

    async def accept(self, record_id: int, difference: str, *, reason: str, actor: str) -> None:
        await self.scope.pool.execute(SQL["accept"], record_id, difference, reason, actor)

    async def compared(self, *, items_since: datetime, after_id: int, limit: int) -> Sequence[Compared]:
        scope = self.scope
        rows = await scope.pool.fetch(
            SQL["compared"], scope.tenant, scope.pairing, scope.erp, items_since, after_id, limit
        )
        return [
            Compared(
                id=row["id"], kind=row["kind"], code=row["code"], differed=row["differed"], accepted=row["accepted"],
                wanted=as_json.loads(ItemDocument, row["wanted"]),
                item=None if row["item"] is None or row["is_old"] else as_json.loads(StockItem, row["item"]),
            )
            for row in rows
        ]  # fmt: skip

    async def differed(self, times: Mapping[int, int]) -> None:
        await self.scope.pool.execute(SQL["differed"], list(times), list(times.values()))

    async def erp_only(self, *, items_since: datetime) -> int:
        scope = self.scope
        return int(await scope.pool.fetchval(SQL["erp_only"], scope.tenant, scope.pairing, scope.erp, items_since))


async def move_in(connection: Connection, moves: Sequence[ProductMoved]) -> list[bool]:
    """Make these moves; each answers whether it happened. Raises InvalidValue for one the lifecycle forbids."""
    if not moves:
        return []
    columns = [
        (
            one.file.id, one.file.version, str(product_after(one.file.state, one.move)), str(one.move),
            None if one.due is None else orjson.dumps(_due(one.due)).decode(),
            None if one.wanted is None else as_json.dumps(one.wanted).decode(),
            one.item_id, one.item_code, one.look_in_seconds,
            as_json.dumps(dict(one.detail)).decode().replace("\\u0000", "\\ufffd"), one.actor,
        )
        for one in moves
    ]  # fmt: skip
    rows = await connection.fetch(SQL["move"], *(list(column) for column in zip(*columns, strict=True)))
    moved = {row["id"] for row in rows}
    return [one.file.id in moved for one in moves]


def _due(told: Told) -> dict[str, Any]:
    """Only what is to be so: what the PIM's own people decide is left out."""
    said: dict[str, Any] = {} if told.enabled is None else {"enabled": told.enabled}
    said |= {"status": told.status} if told.status else {}
    return said | ({"reasons": told.reasons.replace(NUL, INSTEAD)} if told.status or told.reasons else {})


def _file(row: Any) -> ProductFile:
    document, kind = row["document"], row["kind"]
    is_product = kind == "product"
    return ProductFile(
        id=row["id"], kind=kind, key=row["key"], code=row["code"], state=ProductState(row["state"]),
        version=row["version"], root=row["root"],
        product=as_json.loads(Product, document) if is_product and document else None,
        model=as_json.loads(ProductModel, document) if not is_product and document else None,
        wanted=_loaded(ItemDocument, row["wanted"]), item_id=row["item_id"], item_code=row["item_code"],
        put_out_at=row["put_out_at"], released_at=row["released_at"], told=Told(**orjson.loads(row["told"])),
        due=Told(**orjson.loads(row["due"])), item=_loaded(StockItem, row["item"]),
        taken_item=_loaded(StockItem, row["taken_item"]),
        template_state=None if row["template_state"] is None else ProductState(row["template_state"]),
        template_code=row["template_code"] or "", template_id=row["template_id"] or "",
        template_variant=row["template_variant"] or "", twin=row["twin"] or "", sku_alive=row["sku_alive"],
    )  # fmt: skip


def _loaded(kind: Any, text: str | None) -> Any:
    return None if text is None else as_json.loads(kind, text)


def _change(row: Any) -> ChangeFile:
    return ChangeFile(
        id=row["id"], record_id=row["record_id"], version=row["version"], began_at=row["began_at"],
        change=as_json.loads(Change, row["change"]),
    )  # fmt: skip


def _storable(one: Document[Any]) -> Document[Any]:
    """A document that no database text can hold is one that cannot be read; its page can."""
    if one.value is not None and JSON_NUL.search(as_json.dumps(one.value)):
        fault = DataFault("document", "holds a NUL character, which no text may")
        return replace(one, value=None, fault=fault, label=one.label.replace(NUL, INSTEAD))
    return one


def _columns(kind: str, one: Document[Any], digest: bytes, ignoring: frozenset[str]) -> tuple[Any, ...]:
    """kind, key, code, state, parent, document, content, raw digest, changed, categories, and whether it is enabled."""
    value = one.value
    if value is None:
        return (kind, one.ref, one.label or one.ref, "unreadable", "", None, digest, digest, one.updated_at, "", None)
    value = replace(value, values=tuple(replace(cell, data=_short(cell.data)) for cell in value.values))
    code = value.sku if isinstance(value, Product) else value.code
    return (
        kind, one.ref, code, "captured", value.parent, as_json.dumps(value).decode(), _content(value, ignoring), digest,
        one.updated_at, SEPARATOR.join(value.categories), getattr(value, "enabled", None),
    )  # fmt: skip


def _is_news(row: tuple[Any, ...], known: Any) -> bool:
    return bool(known["content"] != row[6] or known["state"] == "gone")


def _content(value: Any, ignoring: frozenset[str]) -> bytes:
    """The digest of what is news: neither its dates nor what only we write; whether it is enabled is told apart."""
    kept = tuple(one for one in value.values if one.attribute not in ignoring)
    bare = replace(value, values=kept, categories=tuple(sorted(value.categories)), **_timeless(value))
    bare = replace(bare, enabled=True) if isinstance(bare, Product) else bare
    return hashlib.blake2b(as_json.dumps(bare), digest_size=20).digest()


def _short(data: Any) -> Any:
    """Numbers without zeros at their end: 12.5000 is 12.5, however the PIM writes it today."""
    match data:
        case Decimal():
            return data.normalize() + 0
        case dict():
            return {name: _short(one) for name, one in data.items()}
        case tuple() | list():
            return tuple(_short(one) for one in data)
    return data


def _timeless(value: Any) -> dict[str, None]:
    return {name: None for name in ("created_at", "updated_at") if hasattr(value, name)}
