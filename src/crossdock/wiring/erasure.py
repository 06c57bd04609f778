"""A person, by what is known of them: everything held about them, and taking them out of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from crossdock.store import erasure
from crossdock.store.archive import Vault
from crossdock.store.database import Pool
from crossdock.store.erasure import Found, Who

MARK_BYTES = 8
_COMPANY = re.compile(r"company:([^/]+)/(.+)\Z")
FORMS = "Write an e-mail address, order:NUMBER for its buyer, or company:PAIRING/KEY for a company's contact."
KEPT: Mapping[str, str] = {
    "amounts, currencies, SKUs, quantities, tax codes, country, dates, order and document numbers": "books and records "
    "that tax and company law say must be kept (GDPR Art. 6(1)(c), Art. 17(3)(b))",
    "the audit trail": "it shows who did what (Art. 6(1)(f)); it holds numbers and keys, not names or addresses",
    "a firm's name": "a legal entity is no natural person; `--names` takes it out where it is one's name",
}
"""What an erasure leaves → why it may."""
ELSEWHERE = (
    "Erase the person in the storefront and the ERP as well: company and account lists are read again from there, and "
    "backups hold what they held."
)


class NotAReference(ValueError):
    """It names nobody; the text says what would."""


class ErasureRefused(Exception):
    """Nothing was erased. orders: those still under way, each with why."""

    def __init__(self, orders: Sequence[tuple[str, str]]) -> None:
        listed = "; ".join(f"{ref} {why}" for ref, why in orders[:10])
        more = f"; and {len(orders) - 10} more" if len(orders) > 10 else ""
        super().__init__(f"still under way: order {listed}{more}. Settle these first, then erase")
        self.orders = orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """counts: where, and how many records. done: false for a rehearsal."""

    done: bool
    mark: str
    counts: Mapping[str, int]
    under_way: Sequence[tuple[str, str]]
    unopened: int
    kept: Mapping[str, str] = field(default_factory=lambda: KEPT)


def read_reference(text: str) -> tuple[str, str, str]:
    """Kind, name and pairing. Raises NotAReference."""
    text = text.strip()
    if company := _COMPANY.match(text):
        return "company", company[2], company[1]
    if text.startswith("order:") and len(text) > len("order:"):
        return "order", text.removeprefix("order:"), ""
    name, at, domain = text.partition("@")
    if name and at and "." in domain and not re.search(r"[\s:%]", text):
        return "email", text, ""
    raise NotAReference(FORMS)


class Eraser:
    """For one tenant."""

    def __init__(self, pool: Pool, vault: Vault, tenant: str) -> None:
        self._pool = pool
        self._vault = vault
        self._tenant = tenant

    async def erase(self, reference: str, *, actor: str, names: bool = False, rehearse: bool = False) -> Erased:
        """Raises NotAReference, ErasureRefused. A second time it finds nothing, and says so."""
        async with self._pool.acquire() as connection, connection.transaction():
            if not rehearse:
                await erasure.nobody_captures(connection, self._tenant)
            who, found = await self._found(connection, reference)
            under_way = found.under_way if found else []
            if found and not rehearse:
                if under_way:
                    raise ErasureRefused(under_way)
                await erasure.erase(
                    connection, self._tenant, found, who, actor=actor, mark=self.mark(reference), names=names
                )
        counts = found.counts if found else {}
        return Erased(
            done=not rehearse, mark=self.mark(reference), counts=counts, under_way=under_way,
            unopened=found.unopened if found else 0,
        )  # fmt: skip

    async def export(self, reference: str) -> dict[str, Any]:
        """Everything held about the person, as plain values. Raises NotAReference."""
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            _, found = await self._found(connection, reference)
        if found is None:
            return {"reference": reference, "counts": {}}
        return {
            "reference": reference,
            "counts": found.counts,
            "orders": [
                {
                    "ref": row["ref"], "pairing": row["pairing"], "state": row["state"],
                    "papers": [
                        {"of": place, "document": document}
                        for place, _, order, document in found.papers
                        if order == row["id"]
                    ],
                }
                for row in found.orders
            ],
            "companies": [{"pairing": row["pairing"], "ref": row["ref"], **_document(row)} for row in found.companies],
            "accounts": [
                {"system": row["system"], "id": row["account_id"], **_document(row)} for row in found.accounts
            ],
            "brought_by_channel": [
                {"pairing": row["pairing"], "kind": row["kind"], "key": row["key"], **_document(row)}
                for row in found.brought
            ],
            "cases": [
                {"case": row["id"], "state": row["state"], "cause": row["cause"], "facts": orjson.loads(row["facts"]),
                 "evidence": row["evidence"]}
                for row in found.cases
            ],
            "stored_documents": [
                {"source": row["source"], "kind": row["kind"], "ref": row["ref"], "read_at": row["read_at"],
                 "text": body.decode("utf-8", "replace")}
                for row, body in found.raw.values()
            ],
            "unopened": found.unopened,
        }  # fmt: skip

    def mark(self, reference: str) -> str:
        """What the audit trail keeps of who was erased: whoever has the reference and our key can make it again."""
        return self._vault.digest(reference.strip().lower().encode())[:MARK_BYTES].hex()

    async def _found(self, connection: Any, reference: str) -> tuple[Who, Found | None]:
        kind, name, pairing = read_reference(reference)
        who = await erasure.who_is(connection, self._tenant, kind, name, pairing)
        if who is None:
            return Who(), None
        return who, await erasure.find(connection, self._vault, self._tenant, who)


def _document(row: Any) -> dict[str, Any]:
    return {"document": orjson.loads(row["text"])}
