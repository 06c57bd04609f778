"""What the storefront shows, in the store."""

from collections.abc import Sequence
from datetime import datetime

import orjson

from crossdock.decide.standing import Waiting
from crossdock.model import as_json
from crossdock.model.account import Account, AccountStatus
from crossdock.ports.standing_book import ShownAccount, ShownOrder
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

COMPANIES, ORDERS = statements("companies"), statements("orders")


class PgStandingBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def accounts(self, limit: int, *, after_id: int, shape: str) -> Sequence[ShownAccount]:
        scope = self.scope
        wanted = (scope.tenant, scope.pairing, scope.erp, after_id, limit, shape)
        rows = await scope.pool.fetch(COMPANIES["to_show"], *wanted)
        return [
            ShownAccount(
                id=row["id"],
                name=row["name"] or row["ref"],
                status=status_of(row["ref"], as_json.loads(Account, row["account"])),
                shown=as_json.loads(AccountStatus, row["shown"]) if row["shown"] else None,
                attempts=row["shown_attempts"],
            )
            for row in rows
        ]

    async def account_shown(self, rows: Sequence[tuple[ShownAccount, str]], *, at: datetime, shape: str) -> None:
        if rows:
            columns = zip(*((one.id, as_json.dumps(one.status).decode(), why) for one, why in rows), strict=True)
            await self.scope.pool.execute(COMPANIES["shown"], at, *(list(column) for column in columns), shape)

    async def account_unsure(self, rows: Sequence[ShownAccount]) -> None:
        await self.scope.pool.execute(COMPANIES["shown_unsure"], [one.id for one in rows])

    async def orders(self, limit: int, *, after_id: int) -> Sequence[ShownOrder]:
        scope = self.scope
        rows = await scope.pool.fetch(ORDERS["to_show"], scope.tenant, scope.pairing, after_id, limit)
        return [
            ShownOrder(
                id=row["id"],
                storefront_id=row["storefront_id"],
                order_ref=row["ref"],
                waits=tuple(Waiting(*one) for one in orjson.loads(row["waits"])),
                key=row["key"],
                attempts=row["shown_attempts"],
            )
            for row in rows
        ]

    async def order_shown(self, rows: Sequence[tuple[ShownOrder, str, str]]) -> None:
        if rows:
            columns = zip(*((one.id, one.key, words, why) for one, words, why in rows), strict=True)
            await self.scope.pool.execute(ORDERS["shown"], *(list(column) for column in columns))

    async def order_unsure(self, rows: Sequence[ShownOrder]) -> None:
        await self.scope.pool.execute(ORDERS["shown_unsure"], [one.id for one in rows])


def status_of(company_ref: str, account: Account) -> AccountStatus:
    return AccountStatus(
        company_ref=company_ref,
        account_code=account.code,
        on_stop=account.on_stop,
        credit_limit=account.credit_limit,
        balance=account.balance,
        price_lists=account.price_lists,
    )
