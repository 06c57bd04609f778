"""Lists of stock and of comparisons go by an index, however much there is: the plans over many generated rows."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from crossdock.store.scope import UnitRules
from crossdock.store.sql import statements
from tests.store.books import ERP, NOON, PAIRING, SHOP, TENANT, Books

FIGURES, STOCK, COMPARED = statements("figures"), statements("stock"), statements("compared")
MANY = 20_000
FILL = """
insert into stock_target
select 'main', 'shop', 'r' || n, 'SKU-' || lpad(n::text, 7, '0'), 'sku-' || lpad(n::text, 7, '0'), 'each', 1, 1
from generate_series(1, $1::int) n;

insert into stock_position
select 'main', 'khaos', 'sku-' || lpad(n::text, 7, '0'), '', 'available', n % 500, false, now()
from generate_series(1, $1::int) n;

insert into stock_published
select 'main', 'oro-khaos', 'r' || n, n % 500, now(), n % 1000 = 0 from generate_series(1, $1::int) n;

insert into stock_moved
select 'main', 'khaos', date '2026-03-02', 'available', 'sku-' || lpad(n::text, 7, '0'), '', n, n % 77, 1,
       timestamptz '2026-03-02 12:00+00' - n * interval '1 second'
from generate_series(1, $1::int) n;

insert into sales_order (tenant, pairing, storefront_id, ref, state, posted_at, captured_at)
select 'main', 'oro-khaos', n, n, case when n % 500 = 0 then 'waiting' else 'despatched' end, at, at
from generate_series(1, $1::int) n,
     lateral (select timestamptz '2026-03-02 12:00+00' - n * interval '1 hour' as at) t;

insert into sales_order_line
select id, 1, 'SKU-' || lpad(ref, 7, '0'), 'each', 2, pairing from sales_order where $1::int > 0;

insert into desk_case (tenant, pairing, kind, subject, desk, severity, cause, due_at)
select 'main', 'oro-khaos', (array['stock-drift', 'oversold', 'reconciliation-difference'])[n % 3 + 1],
       case n % 3 when 0 then 'shop SKU-' || lpad(n::text, 7, '0') || '/each' else 'SKU-' || n end, 'operations',
       'high', 'x', now()
from generate_series(1, $1::int) n;

insert into reconciliation_run (tenant, pairing, object, period, state, actor)
select 'main', 'oro-khaos',
       (array['orders', 'stock', 'prices', 'items', 'accounts', 'despatches', 'money'])[n % 7 + 1],
       to_char(date '2000-01-01' + n, 'YYYY-MM-DD'), 'ended', 'x'
from generate_series(1, $1::int) n;

insert into reconciliation_difference (run_id, number, link, cause, subject, ref, document, what, ours, theirs,
                                       case_kind, case_subject, currency, gross)
select (select min(id) from reconciliation_run), n, 'stock', case when n % 1000 = 0 then 'rare' else 'common' end,
       's', 'r', 'd', 'w', '1', '2', 'reconciliation-difference', 'SKU-' || n,
       (array['GBP', 'EUR'])[n % 2 + 1], n % 777
from generate_series(1, $1::int) n;

insert into code_map (tenant, pairing, kind, key, value, actor)
select 'main', 'oro-khaos', 'sku', 'SKU-' || lpad(n::text, 7, '0'), jsonb_build_object('code', 'sku-' || n), 'x'
from generate_series(1, $1::int) n;

insert into retail_level (tenant, pairing, location, sku, sku_key, leaf, basis, quantity, occurred_at)
select 'main', 'wair-khaos', 'York', 'SKU-' || n, 'sku-' || n, true, 'on_hand', 1, now()
from generate_series(1, $1::int) n;
"""
LARGE = (
    "stock_target", "stock_position", "stock_published", "stock_moved", "sales_order", "sales_order_line", "desk_case",
    "reconciliation_run", "reconciliation_difference", "retail_level", "code_map",
)  # fmt: skip
SELLERS = ([PAIRING], [SHOP], [UnitRules().as_text()])
SOLD_AS = (TENANT, PAIRING, SHOP, "{}")
SPAN = ("", "\U0010ffff")
SOME = [f"sku-{n:07}" for n in range(5000, 5050)]
TERMS = (TENANT, *SELLERS, ERP, NOON, PAIRING, SHOP, "available", "")
LISTS: dict[str, tuple[str, Sequence[object], str]] = {
    "every SKU": (FIGURES["every_sku"], (TENANT, SHOP, "sku-0005000", *SPAN, 50), "stock_target_order"),
    "a prefix": (
        FIGURES["every_sku"], (TENANT, SHOP, "", "sku-00070", "sku-00070\U0010ffff", 50), "stock_target_order",
    ),
    "drift": (FIGURES["drifting_skus"], (TENANT, PAIRING, SHOP, "shop SKU-0005000/each", "%", 50), "desk_case_open"),
    "oversold": (FIGURES["oversold_skus"], (*SOLD_AS, "SKU-5", "%", 50), "desk_case_open"),
    "waiting": (
        FIGURES["waiting_skus"], (*SOLD_AS, "", *SPAN, 100, ERP, NOON - timedelta(seconds=60)),
        "stock_published_unsure",
    ),
    "waiting, moved": (
        FIGURES["waiting_skus"], (*SOLD_AS, "", *SPAN, 100, ERP, NOON - timedelta(seconds=60)), "stock_moved_at",
    ),
    "the lowest": (FIGURES["lowest"], (*SOLD_AS, ERP, "available", 3, 1, "sku-0005000", 100, ""), "stock_position_low"),
    "terms": (STOCK["terms"], (*TERMS, SOME), "stock_target_sku"),
    "terms, in flight": (STOCK["terms"], (*TERMS, SOME), "sales_order_in_flight"),
    "terms, what a map says": (STOCK["terms"], (*TERMS, SOME), "code_map_codes"),
    "what moved": (
        FIGURES["moved_most"], (*SOLD_AS, ERP, "available", NOON.date(), 20, 9_000, "sku-0005000", ""),
        "stock_moved_most",
    ),
    "what moved, by code": (
        FIGURES["moved_by_code"], (*SOLD_AS, ERP, "available", NOON.date(), 20, "sku-0005000", ""), "stock_moved_pkey",
    ),
    "what sells": (
        FIGURES["sold_most"], (TENANT, PAIRING, NOON - timedelta(days=1), 20, 9, "sku-0005000", "each"),
        "sales_order_captured",
    ),
    "what sells, by SKU": (
        FIGURES["sold_by_sku"], (TENANT, PAIRING, NOON - timedelta(days=1), 20, "sku-0005000", "each"),
        "sales_order_captured",
    ),
    "what was told first": (
        FIGURES["told_first"], (TENANT, PAIRING, SHOP, NOON, "r1", 100), "stock_published_told",
    ),
    "what was told last": (FIGURES["told_last"], (TENANT, PAIRING, SHOP, NOON, "r1", 100), "stock_published_told"),
    "orders that want it": (FIGURES["wanting"], (TENANT, [PAIRING], NOON, SOME[0], 50), "sales_order_in_flight"),
    "shelves": (FIGURES["shelves"], (TENANT, ["wair-khaos"], "sku-7"), "retail_level_sku"),
    "runs": (COMPARED["runs_newest"], (TENANT, [PAIRING], ["stock", "money"], 9000, 50), "reconciliation_run"),
    "runs, oldest": (COMPARED["runs_oldest"], (TENANT, [PAIRING], ["stock", "money"], 9000, 50), "reconciliation_run"),
    "one object's run under way": (COMPARED["under_way"], (TENANT, PAIRING, "money"), "reconciliation_run"),
    "months": (COMPARED["months"], (TENANT, PAIRING, "2020", 6), "reconciliation_run_newest"),
    "differences": (COMPARED["differences_found"], (1, 9000, 50), "reconciliation_difference_pkey"),
    "differences, the last first": (
        COMPARED["differences_last_found"], (1, 9000, 50), "Backward using reconciliation_difference_pkey",
    ),
    "differences by size": (
        COMPARED["differences_largest"], (1, 9000, 50, "GBP", -100), "using reconciliation_difference_size",
    ),
    "differences by size, the smallest first": (
        COMPARED["differences_smallest"], (1, 9000, 50, "GBP", -100), "Backward using reconciliation_difference_size",
    ),
    "differences of a cause": (
        COMPARED["differences_of_cause_found"], (1, 9000, 50, "rare"), "using reconciliation_difference_cause ",
    ),
    "differences of a cause, the last first": (
        COMPARED["differences_of_cause_last_found"], (1, 9000, 50, "rare"),
        "Backward using reconciliation_difference_cause ",
    ),
    "differences of a cause by size": (
        COMPARED["differences_of_cause_largest"], (1, 9000, 50, "GBP", -100, "rare"),
        "using reconciliation_difference_cause_size",
    ),
    "differences of a cause by size, the smallest first": (
        COMPARED["differences_of_cause_smallest"], (1, 9000, 50, "GBP", -100, "rare"),
        "Backward using reconciliation_difference_cause_size",
    ),
    "cases of differences": (COMPARED["differences_found"], (1, 9000, 50), "desk_case_subject"),
}  # fmt: skip


@pytest.fixture
async def full(books: Books) -> Books:
    for statement in FILL.split(";\n"):
        if statement.strip():
            await books.pool.execute(statement, MANY)
    await books.pool.execute("analyze")
    return books


async def test_every_list_goes_by_an_index_and_reads_no_large_table_whole(full: Books) -> None:
    for name, (statement, given, index) in LISTS.items():
        plan = "\n".join(row[0] for row in await full.pool.fetch(f"explain {statement}", *given))
        read_whole = [one for one in LARGE if f"Seq Scan on {one} " in plan]
        assert (name, read_whole, index in plan) == (name, [], True), plan
