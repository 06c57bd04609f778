"""What the storefront sells, by unit, and which stock code and how many stock units that is: for one run of a flow."""

from crossdock.store.database import Connection
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("offers")


async def fill_offers(connection: Connection, scope: Scope) -> None:
    """Make the temporary table `offered` anew, in the connection's session."""
    await connection.execute("drop table if exists offered")
    await connection.execute(SQL["make"])
    await connection.execute(
        SQL["fill"], scope.tenant, scope.pairing, scope.storefront, scope.erp, scope.units.as_text()
    )
    await connection.execute("create index on offered (code_key); analyze offered")
