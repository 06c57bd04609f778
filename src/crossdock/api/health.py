"""Whether work can be done."""

import asyncio
from functools import cache

import asyncpg

from crossdock.store.database import Pool
from crossdock.store.migrate import head
from crossdock.wiring.installation import Installation

TIMEOUT_SECONDS = 3.0

newest = cache(head)


async def not_ready(here: Installation) -> str:
    """What stands in the way of work; "" when nothing does."""
    if here.leaving:
        return "it was asked to stop: what is under way is finished, and nothing new is begun"
    return await database_problem(here.pool)


async def database_problem(pool: Pool) -> str:
    """ "" when the database answers and its schema is ours."""
    wanted = await asyncio.to_thread(newest)
    try:
        found = await asyncio.wait_for(pool.fetchval("select version_num from crossdock_schema"), TIMEOUT_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return f"the database does not answer: {type(error).__name__}: {error}".removesuffix(": ")
    if found is not None and found > wanted:
        return f"the database has schema {found}, this release knows {wanted}; start the newer release it belongs to"
    if found != wanted:
        return f"the database has schema {found}, this release knows {wanted}; restart to bring it up to date"
    return ""
