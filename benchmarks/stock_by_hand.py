"""The same difference in hand-written SQL. A child: DATABASE_URL LEVELS ROWS.

ROWS figures: from the same stream of figures as ours, as a connector gives them. ROWS tuples: from bare (SKU, quantity)
tuples, which no connector gives. As lean as it gets: COPY what there is into a temporary table, join it with what was
last sent, take the differences out in batches, note them as sent. No sites, units, packs, buffers, orders in flight,
nor which of two figures is newer.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import asyncpg

from benchmarks.child import heard, measured, run_child, say
from benchmarks.stock_rows import CHANGED_ONE_IN, code, figures, sent, tuples

BATCH = 1_000

SCHEMA = "create table last_sent (sku text primary key, quantity numeric not null)"
INCOMING = "create temporary table incoming (sku text not null, quantity numeric not null)"
CHANGES = """
select i.sku, i.quantity from incoming i join last_sent s on s.sku = i.sku where s.quantity <> i.quantity
"""
NOTE = """
update last_sent s set quantity = g.quantity
from unnest($1::text[], $2::numeric[]) as g(sku, quantity) where s.sku = g.sku
"""


def rows_of(levels: int, rows: str) -> Iterator[list[tuple[str, Decimal]]]:
    if rows == "tuples":
        return tuples(levels)
    return ([(one.stock_code, one.quantity) for one in page] for page in figures(levels, as_of=datetime.now(UTC)))


async def diff(pool: asyncpg.Pool, levels: int, rows: str) -> int:
    written = 0
    async with pool.acquire() as connection:
        await connection.execute(INCOMING)
        for page in rows_of(levels, rows):
            await connection.copy_records_to_table("incoming", records=page)
        await connection.execute("analyze incoming")
        async with connection.transaction(readonly=True):
            cursor = await connection.cursor(CHANGES)
            while found := await cursor.fetch(BATCH):
                await pool.execute(NOTE, [row["sku"] for row in found], [row["quantity"] for row in found])
                written += len(found)
    return written


async def main(url: str, levels: int, rows: str) -> None:
    async with asyncpg.create_pool(url, min_size=2, max_size=4, server_settings={"jit": "off"}) as pool:
        await pool.execute(SCHEMA)
        async with pool.acquire() as connection:
            await connection.copy_records_to_table(
                "last_sent", records=((code(number), sent(number)) for number in range(levels))
            )
        await pool.execute("vacuum analyze last_sent")
        await pool.execute("checkpoint")
        say({"ready": levels})
        await heard()
        with measured() as usage:
            written = await diff(pool, levels, rows)
        assert written == -(-levels // CHANGED_ONE_IN), written
        say({"written": written, **usage.public()})
        await heard()


if __name__ == "__main__":
    run_child(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
