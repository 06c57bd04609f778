"""Accounts to be opened, in the store: the wish first, then each send, then what came of it."""

from collections.abc import Sequence

from crossdock.model.account import Account
from crossdock.ports.opening_book import Opening
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("openings")


class PgOpeningBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._key = (scope.tenant, scope.pairing)

    async def begin(self, opening: Opening, *, reason: str) -> bool:
        said = (opening.company_ref, opening.ref, opening.currency, opening.actor, reason)
        return await self.scope.pool.fetchval(SQL["begin"], *self._key, *said) is not None

    async def under_way(self, limit: int) -> Sequence[Opening]:
        return [Opening(**dict(row)) for row in await self.scope.pool.fetch(SQL["under_way"], *self._key, None, limit)]

    async def find(self, company_ref: str) -> Opening | None:
        rows = await self.scope.pool.fetch(SQL["under_way"], *self._key, company_ref, 1)
        return Opening(**dict(rows[0])) if rows else None

    async def sending(self, opening: Opening) -> bool:
        found = await self.scope.pool.fetchval(SQL["sending"], *self._key, opening.company_ref, opening.attempts)
        return found is not None

    async def opened(self, opening: Opening, account: Account) -> None:
        ended = (opening.company_ref, "opened", account.account_id, account.code, "")
        await self.scope.pool.execute(SQL["ended"], *self._key, *ended)

    async def refused(self, opening: Opening, problem: str) -> None:
        await self.scope.pool.execute(SQL["ended"], *self._key, opening.company_ref, "refused", "", "", problem[:500])
