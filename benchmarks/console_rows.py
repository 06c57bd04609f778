"""A merchant's year in the tables, made by SQL alone: see `console_rows.sql`."""

from pathlib import Path

from crossdock.store.database import Pool

TABLES = (
    "sales_order", "sales_order_line", "desk_case", "case_hold", "audit_entry", "code_map", "company", "stock_target",
    "stock_position", "stock_published",
)  # fmt: skip


async def fill(pool: Pool, *, orders: int, cases: int) -> None:
    text = Path(__file__).with_suffix(".sql").read_text("utf-8")
    for statement in text.replace("$ORDERS", str(orders)).replace("$CASES", str(cases)).split(";\n\n"):
        await pool.execute(statement, timeout=900)
    for table in TABLES:
        await pool.execute(f"vacuum analyze {table}", timeout=900)
