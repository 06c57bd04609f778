"""Storefront companies in the store: as read, as matched, as told."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from crossdock.decide.account_match import KnownLink
from crossdock.model import as_json
from crossdock.model.account import Account, AccountLink
from crossdock.model.company import Company
from crossdock.ports.company_book import CompanyFile, Matched
from crossdock.ports.systems import Document
from crossdock.store.cases import INSTEAD, NUL
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("companies")
PAGE = 5_000
JSON_NUL = b"\\u0000"


class PgCompanyBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def store(self, documents: Sequence[Document[Company]]) -> Mapping[str, tuple[int, str]]:
        rows = [(one.ref.replace(NUL, INSTEAD), _stored(one.value)) for one in documents]
        if not rows:
            return {}
        columns = (list(column) for column in zip(*rows, strict=True))
        made = await self.scope.pool.fetch(SQL["store"], self.scope.tenant, self.scope.pairing, *columns)
        return {row["ref"]: (row["id"], row["state"]) for row in made}

    async def now(self) -> datetime:
        moment: datetime = await self.scope.pool.fetchval(SQL["now"])
        return moment

    async def to_match(self, limit: int, *, after_id: int = 0) -> Sequence[CompanyFile]:
        scope = self.scope
        rows = await scope.pool.fetch(SQL["to_match"], scope.tenant, scope.pairing, scope.erp, after_id, limit)
        return [_file(row) for row in rows]

    async def load(self, company_ids: Sequence[int]) -> Sequence[CompanyFile]:
        rows = await self.scope.pool.fetch(SQL["load"], list(company_ids), self.scope.erp)
        return [_file(row) for row in rows]

    async def find(self, ref: str) -> CompanyFile | None:
        company_id = await self.scope.pool.fetchval(SQL["id_of"], self.scope.tenant, self.scope.pairing, ref)
        return None if company_id is None else next(iter(await self.load([company_id])), None)

    async def accounts(self) -> AsyncIterator[Sequence[Account]]:
        after = ""
        while rows := await self.scope.pool.fetch(SQL["accounts"], self.scope.tenant, self.scope.erp, after, PAGE):
            yield [as_json.loads(Account, row["document"]) for row in rows]
            after = rows[-1]["account_id"]

    async def matched(self, found: Sequence[Matched], *, at: datetime) -> None:
        rows = [(one.id, one.state, one.review, as_json.dumps(one.candidates).decode()) for one in found]
        if rows:
            await self.scope.pool.execute(SQL["matched"], at, *(list(column) for column in zip(*rows, strict=True)))

    async def want_codes(self, links: Sequence[AccountLink]) -> None:
        await self.scope.pool.execute(
            SQL["want_code"], self.scope.tenant, self.scope.pairing, [one.company_ref for one in links],
            [one.account_code for one in links],
        )  # fmt: skip

    async def untold(self, limit: int, *, attempts_max: int, after: str = "") -> Sequence[AccountLink]:
        scope = self.scope
        rows = await scope.pool.fetch(SQL["untold"], scope.tenant, scope.pairing, attempts_max, after, limit)
        return [
            AccountLink(company_ref=row["company_ref"], account_id=row["account_id"], account_code=row["wanted_code"])
            for row in rows
        ]

    async def told(self, links: Sequence[AccountLink], problems: Sequence[str | None]) -> None:
        await self.scope.pool.execute(
            SQL["told"], self.scope.tenant, self.scope.pairing, [one.company_ref for one in links],
            [one.account_code for one in links], list(problems),
        )  # fmt: skip

    async def set_aside(self, company_ids: Sequence[int]) -> None:
        await self.scope.pool.execute(SQL["set_aside"], list(company_ids))

    async def look_again(self, company_ids: Sequence[int]) -> None:
        await self.scope.pool.execute(SQL["look_again"], list(company_ids))


def _stored(company: Company | None) -> str | None:
    raw = None if company is None else as_json.dumps(company)
    return None if raw is None else raw.replace(JSON_NUL, b"\\ufffd").decode()


def _file(row: Any) -> CompanyFile:
    account = as_json.loads(Account, row["account"]) if row["account"] else None
    return CompanyFile(
        id=row["id"],
        ref=row["ref"],
        state=row["state"],
        company=as_json.loads(Company, row["document"]) if row["document"] else None,
        known=None if account is None else KnownLink(account, row["hint"]),
    )
