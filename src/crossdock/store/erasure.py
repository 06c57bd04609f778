"""Where one person stands in everything that is kept, and taking them out of it in one transaction."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag

from crossdock.decide.privacy import is_guest, personal_words, voided, without
from crossdock.store.archive import Vault
from crossdock.store.database import Connection
from crossdock.store.privacy import papers_of, void_orders
from crossdock.store.retention import drop_raw
from crossdock.store.sql import statements

SQL, ORDERS = statements("erasure"), statements("orders")
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
BATCH = 500
ASKED = "the person asked for it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """How a person is found. emails: lower case. orders: ids of orders. companies: (pairing, key)."""

    emails: tuple[str, ...] = ()
    orders: tuple[int, ...] = ()
    companies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Rows that are about the person. unopened: stored documents that our key does not open, so nobody knows."""

    orders: Sequence[Any] = field(repr=False)
    papers: Sequence[tuple[str, int, int, Any]] = field(repr=False)
    companies: Sequence[Any] = field(repr=False)
    accounts: Sequence[Any] = field(repr=False)
    brought: Sequence[Any] = field(repr=False)
    cases: Sequence[Any] = field(repr=False)
    raw: Mapping[bytes, tuple[Any, bytes]] = field(repr=False)
    unopened: int

    @property
    def counts(self) -> dict[str, int]:
        """Where, and how many records."""
        return {
            "orders": len(self.orders), "papers_of_orders": len(self.papers), "companies": len(self.companies),
            "accounts": len(self.accounts), "brought_by_channel": len(self.brought), "cases": len(self.cases),
            "stored_documents": len(self.raw),
        }  # fmt: skip

    @property
    def under_way(self) -> list[tuple[str, str]]:
        """Orders that cannot lose their people yet, each with why."""
        found = []
        for row in self.orders:
            why = (
                f"is {row['state']}" if row["going"] else "stands in an open case" if row["in_case"]
                else "has something unfinished" if row["unfinished"] else ""
            )  # fmt: skip
            if why:
                found.append((row["ref"], why))
        return found


async def who_is(connection: Connection, tenant: str, kind: str, name: str, pairing: str = "") -> Who | None:
    """kind: email, order or company. name: the address, the order's number, the company's key. None: nobody such."""
    match kind:
        case "email":
            return Who(emails=(name.lower(),))
        case "order":
            rows = await connection.fetch(SQL["order_named"], tenant, name)
            return (
                Who(emails=_some(row["email"] for row in rows), orders=tuple(row["id"] for row in rows))
                if rows
                else None
            )
    rows = await connection.fetch(SQL["company_emails"], tenant, pairing, name)
    return Who(emails=_some(row["email"] for row in rows), companies=((pairing, name),)) if rows else None


def _some(words: Any) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if word and "@" in word}))


async def find(connection: Connection, vault: Vault, tenant: str, who: Who) -> Found:
    emails = list(who.emails)
    pairings, keys = [pairing for pairing, _ in who.companies], [key for _, key in who.companies]
    orders = await connection.fetch(SQL["orders"], tenant, emails, list(who.orders), pairings, keys)
    ids = [row["id"] for row in orders]
    refs = sorted({row["ref"].lower() for row in orders})
    raw, unopened = await _raw(connection, vault, tenant, orders, emails)
    return Found(
        orders=orders,
        papers=await papers_of(connection, ids),
        companies=await connection.fetch(SQL["companies"], tenant, emails, pairings, keys),
        accounts=await connection.fetch(SQL["accounts"], tenant, emails),
        brought=await connection.fetch(SQL["brought"], tenant, emails) if emails else [],
        cases=await connection.fetch(SQL["cases"], tenant, [*emails, *refs]),
        raw=raw,
        unopened=unopened,
    )


async def _raw(
    connection: Connection, vault: Vault, tenant: str, orders: Sequence[Any], emails: Sequence[str]
) -> tuple[dict[bytes, tuple[Any, bytes]], int]:
    """The stored documents of the orders; and every other one is opened to see whether it names the address."""
    ids, there = [row["id"] for row in orders], [row["storefront_id"] for row in orders]
    digests = [row["raw_digest"] for row in orders if row["raw_digest"]]
    digests += [row["raw_digest"] for row in await connection.fetch(SQL["raw_refunds"], tenant, ids)]
    theirs = {row["digest"]: row for row in await connection.fetch(SQL["raw_of"], tenant, digests, there, ids)}
    found: dict[bytes, tuple[Any, bytes]] = {}
    unopened = 0
    for row in theirs.values():
        body = _opened(vault, row["body"])
        unopened += body is None
        found[row["digest"]] = row, body or b""
    if emails:
        wanted = [email.encode() for email in emails]
        async for row in _walk(connection, tenant):
            if row["digest"] in found:
                continue
            body = _opened(vault, row["body"])
            unopened += body is None
            if body is not None and any(word in body.lower() for word in wanted):
                found[row["digest"]] = row, body
    return found, unopened


async def _walk(connection: Connection, tenant: str) -> AsyncIterator[Any]:
    at, digest = BEGINNING, b""
    while rows := await connection.fetch(SQL["raw_walk"], tenant, at, digest, BATCH):
        for row in rows:
            yield row
        at, digest = rows[-1]["read_at"], rows[-1]["digest"]


def _opened(vault: Vault, sealed: bytes) -> bytes | None:
    try:
        return vault.open(sealed)
    except InvalidTag:
        return None


async def nobody_captures(connection: Connection, tenant: str) -> None:
    """To the end of the transaction no order is read."""
    await connection.execute(ORDERS["nobody_captures"], tenant)


async def erase(
    connection: Connection, tenant: str, found: Found, who: Who, *, actor: str, mark: str, names: bool
) -> None:
    """In the transaction the connection is in. mark: what the audit trail keeps of who. names: firms' as well."""
    words = _words(found, who, names=names)
    ids = [row["id"] for row in found.orders if row["erased_at"] is None or names]
    for start in range(0, len(ids), BATCH):
        await void_orders(connection, ids[start : start + BATCH], actor=actor, why=ASKED, names=names)
    companies = [(row["id"], _emptied(row["text"], names=names)) for row in found.companies]
    await connection.execute(SQL["write_company"], *_columns(companies, 2))
    accounts = [(row["system"], row["account_id"], _emptied(row["text"], names=names)) for row in found.accounts]
    await connection.execute(SQL["write_account"], tenant, *_columns(accounts, 3))
    brought = [
        (row["pairing"], row["kind"], row["key"], without(_emptied(row["text"], names=names), who.emails))
        for row in found.brought
    ]
    await connection.execute(SQL["write_brought"], tenant, *_columns(brought, 4))
    cases = [
        (row["id"], without(row["cause"], words), without_in(row["facts"], words), without(row["evidence"], words))
        for row in found.cases
    ]
    await connection.execute(SQL["write_cases"], *_columns(cases, 4))
    await drop_raw(connection, tenant, list(found.raw), why=ASKED)
    detail = {"mark": mark, **found.counts}
    await connection.execute(SQL["trail"], tenant, actor, orjson.dumps(detail).decode())


def without_in(text: str, words: Sequence[str]) -> str:
    """The same in a JSON object of texts, so that it stays one."""
    return orjson.dumps({name: without(fact, words) for name, fact in orjson.loads(text).items()}).decode()


def _words(found: Found, who: Who, *, names: bool) -> list[str]:
    words = set(who.emails)
    guests = {order for _, _, order, document in found.papers if isinstance(document, dict) and is_guest(document)}
    for _, _, order, document in found.papers:
        words |= personal_words(document, names=names or order in guests)
    return sorted(words)


def _emptied(text: str, *, names: bool) -> str:
    """Without the person, and without a mark: two records with the same mark would be taken for each other's."""
    document = orjson.loads(text)
    guest = isinstance(document, dict) and is_guest(document)
    return orjson.dumps(voided(document, names=names or guest, mark="")).decode()


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
