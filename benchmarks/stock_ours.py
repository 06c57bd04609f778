"""Our own stock run, from the ERP's figures to batches for the storefront. A child: DATABASE_URL LEVELS."""

import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from benchmarks.child import heard, measured, run_child, say
from benchmarks.stock_rows import CHANGED_ONE_IN, code, figures, sent
from crossdock.model.stock import Basis
from crossdock.store.database import Pool, open_database
from crossdock.store.scope import Scope
from crossdock.store.stock import PgStockBook

BATCH = 1_000
TENANT, PAIRING, SHOP, ERP = "main", "oro-khaos", "shop", "khaos"
STALE = timedelta(hours=1)
TARGET_COLUMNS = ("tenant", "system", "ref", "sku", "sku_key", "unit", "units_over", "units_under")
POSITION_COLUMNS = ("tenant", "system", "code_key", "site", "basis", "quantity", "unlimited", "as_of")
PUBLISHED_COLUMNS = ("tenant", "pairing", "ref", "quantity", "published_at")


async def load(pool: Pool, levels: int, at: datetime) -> None:
    """What an earlier run left behind: every figure known, every level shown."""
    one = Decimal(1)
    async with pool.acquire() as connection:
        await connection.copy_records_to_table(
            "stock_target", columns=TARGET_COLUMNS,
            records=(
                (TENANT, SHOP, str(number), code(number), code(number).lower(), "each", one, one)
                for number in range(levels)
            ),
        )  # fmt: skip
        await connection.copy_records_to_table(
            "stock_position", columns=POSITION_COLUMNS,
            records=(
                (TENANT, ERP, code(number).lower(), "Main", str(Basis.AVAILABLE), sent(number), False, at)
                for number in range(levels)
            ),
        )  # fmt: skip
        await connection.copy_records_to_table(
            "stock_published",
            columns=PUBLISHED_COLUMNS,
            records=((TENANT, PAIRING, str(number), sent(number), at) for number in range(levels)),
        )
    for table in ("stock_target", "stock_position", "stock_published"):
        await pool.execute(f"vacuum analyze {table}")
    await pool.execute("checkpoint")


async def run(book: PgStockBook, levels: int) -> tuple[int, dict[str, float]]:
    """What the flow `stock` does, without the calls to the two systems. Returns how many levels, and the stages."""
    at, written, stages = datetime.now(UTC), 0, {}
    async with book.run() as run:
        began = time.perf_counter()
        for page in figures(levels, as_of=at):
            await run.stage(page)
        stages["stage"], began = time.perf_counter() - began, time.perf_counter()
        await run.merge()
        stages["merge"], began = time.perf_counter() - began, time.perf_counter()
        changes = run.changes(
            basis=str(Basis.AVAILABLE), buffer=Decimal(0), buffers={}, unlimited_shown=Decimal(9999),
            only_lower=False, figures_from=at, batch=BATCH,
        )  # fmt: skip
        async for batch in changes:
            await run.publishing(batch, at=datetime.now(UTC))
            await run.published(batch, at=datetime.now(UTC))
            written += len(batch)
        stages["changes"] = time.perf_counter() - began
    return written, stages


async def main(url: str, levels: int) -> None:
    async with open_database(url, None) as pool:  # type: ignore[arg-type]
        scope = Scope(pool=pool, tenant=TENANT, pairing=PAIRING, storefront=SHOP, erp=ERP)
        await load(pool, levels, datetime.now(UTC) - STALE)
        say({"ready": levels})
        await heard()
        with measured() as usage:
            written, stages = await run(PgStockBook(scope), levels)
        assert written == -(-levels // CHANGED_ONE_IN), written
        say({"written": written, **stages, **usage.public()})
        await heard()


if __name__ == "__main__":
    run_child(main(sys.argv[1], int(sys.argv[2])))
