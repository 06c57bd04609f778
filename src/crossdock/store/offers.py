"""What the storefront sells, by unit, and which stock code and how many stock units that is: for one run of a flow."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from crossdock.store.database import Connection
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("offers")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRules:
    """How a pairing counts. declared: the storefront's own conversions count where nobody else says any. coded: every
    unit has a stock code of its own; patterns: unit → that code, `{sku}` for the SKU, where no map names it."""

    declared: bool = False
    coded: bool = False
    patterns: Mapping[str, str] = field(default_factory=dict)


async def fill_offers(connection: Connection, scope: Scope, rules: UnitRules) -> None:
    """Make the temporary table `offered` anew, in the connection's session."""
    await connection.execute("drop table if exists offered")
    await connection.execute(SQL["make"])
    await connection.execute(
        SQL["fill"], scope.tenant, scope.pairing, scope.storefront, scope.erp, rules.declared, rules.coded,
        orjson.dumps(dict(rules.patterns)).decode(),
    )  # fmt: skip
    await connection.execute("create index on offered (code_key); analyze offered")
