"""Stock and what moves in each of their orders: the pages put together are the whole list, each row once."""

import html
import re
from decimal import Decimal

from crossdock.store.database import Pool
from tests.console.conftest import Desk
from tests.console.test_stock_page import listed
from tests.world import NAME

FILL = f"""
insert into stock_target (tenant, system, ref, sku, sku_key, unit, units_over, units_under)
select 'main', 'shop', 'x' || n || unit, 'Zz-' || n, 'zz-' || n, unit, 1, 1
from generate_series(1, 260) n, unnest(array['each', 'case']) unit where unit = 'each' or n % 3 = 0;

insert into stock_published (tenant, pairing, ref, quantity, published_at)
select 'main', '{NAME}', 'x' || n || unit, 1, timestamptz '2026-03-02 12:00+00' + (n * 7 % 13) * interval '1 minute'
       + case when unit = 'case' then (n % 5 - 2) * interval '3 minutes' else interval '0' end
from generate_series(1, 260) n, unnest(array['each', 'case']) unit
where n % 4 > 0 and (unit = 'each' or n % 3 = 0) and not (unit = 'each' and n % 6 = 0);

insert into stock_published (tenant, pairing, ref, quantity, published_at)
select 'main', '{NAME}', 'gone' || n, 1, timestamptz '2026-03-02 12:05+00' from generate_series(1, 130) n;

insert into stock_position (tenant, system, code_key, site, basis, quantity, as_of)
select 'main', 'khaos', 'zz-' || n, '', 'available', 50, now() from generate_series(1, 260) n;

insert into sales_order (tenant, pairing, storefront_id, ref, state)
select 'main', '{NAME}', 'x' || n, 'x' || n, 'despatched' from generate_series(1, 90) n;

insert into sales_order_line (order_id, line_no, sku, unit, quantity, pairing)
select id, 1, 'Zz_' || (id % 45), (array['each', 'in_case'])[id % 2 + 1], 1 + id % 4, pairing
from sales_order where ref like 'x%';

insert into stock_moved (tenant, system, day, basis, code_key, site, first, newest, moved_at)
select 'main', 'khaos', (now() at time zone 'UTC')::date, 'available', 'zz_' || n, (array['', 'a_b'])[n % 2 + 1],
       5, n % 7, now()
from generate_series(1, 50) n
"""
TOLD = """
select t.sku_key, p.published_at, p.ref from stock_target t
left join stock_published p on p.tenant = t.tenant and p.pairing = $1 and p.ref = t.ref
"""
SOLD = "select lower(sku), unit, sum(quantity) from sales_order_line group by 1, 2"
MOVED = "select code_key, site, abs(newest - first) from stock_moved where day = (now() at time zone 'UTC')::date"


async def fill(pool: Pool) -> None:
    await pool.execute("delete from stock_moved")
    for statement in FILL.split(";\n\n"):
        await pool.execute(statement)


async def test_stock_stands_by_sku_and_by_when_it_was_told_both_ways(desk: Desk) -> None:
    pool, vera = desk.world.here.pool, await desk.sign_in("vera")
    await fill(pool)
    rows = await pool.fetch(TOLD, NAME)
    skus = sorted({row["sku_key"] for row in rows})
    told: dict[str, list[tuple[object, str]]] = {}
    for row in rows:
        if row["published_at"]:
            told.setdefault(row["sku_key"], []).append((row["published_at"], row["ref"]))
    never = [sku for sku in skus if sku not in told]
    wanted = {
        "": skus, "a-z": skus, "z-a": skus[::-1],
        "told-first": sorted(told, key=lambda sku: min(told[sku])) + never,
        "told-last": sorted(told, key=lambda sku: max(told[sku]), reverse=True) + never,
    }  # fmt: skip
    assert min(len(never), len(told)) > 50
    for sort, order in wanted.items():
        path = f"/stock?sort={sort}" if sort else "/stock"
        assert (sort, [one.lower() for one in await listed(vera, path)]) == (sort, order)
    some = [sku for sku in wanted["told-last"] if sku.startswith("zz-1")]
    assert [one.lower() for one in await listed(vera, "/stock?sort=told-last&q=ZZ-1")] == some


async def test_what_waits_stands_by_sku_both_ways_and_the_rest_as_it_does(desk: Desk) -> None:
    pool, vera = desk.world.here.pool, await desk.sign_in("vera")
    await fill(pool)
    await pool.execute("update stock_published set unsure = true where ref like 'x%each'")
    waiting = await listed(vera, "/stock?only=waiting")
    assert (await listed(vera, "/stock?only=waiting&sort=z-a"), len(waiting) > 100) == (waiting[::-1], True)
    low = await listed(vera, "/stock?only=low")
    assert await listed(vera, "/stock?only=low&sort=z-a") == low  # by figure, the lowest first, whatever is asked
    _, text = await vera.get("/stock?only=low&sort=z-a")
    assert "aria-sort" not in text
    for sort, said in (("a-z", "ascending"), ("z-a", "descending"), ("told-first", "ascending")):
        _, text = await vera.get(f"/stock?sort={sort}")
        assert re.findall(r'aria-sort="(\w+)"', text) == [said]


async def test_what_moves_stands_by_how_much_and_by_sku(desk: Desk) -> None:
    pool, vera = desk.world.here.pool, await desk.sign_in("vera")
    await fill(pool)
    by_much = lambda row: (-row[2], row[0], row[1])  # noqa: E731
    sold = [(row[0], row[1], row[2]) for row in await pool.fetch(SOLD)]
    moved = [(row[0], row[1] or "all", row[2]) for row in await pool.fetch(MOVED)]
    cell = r'<th scope="row">(?:<a[^>]*>)?([^<]+)(?:</a>)?</th>'
    heads = {"sort": ("Sells fastest", "what sells", sold), "moved": ("Changed most", "what changed", moved)}
    for name, (part, following, rows) in heads.items():
        for sort, key in (("most", by_much), ("a-z", lambda row: row[:2])):
            found: list[str] = []
            path = f"/stock/movers?{name}={sort}"
            while path:
                status, text = await vera.get(path)
                assert status == 200, text
                section = text.split(f"<h2>{part}")[1].split("</section>")[0]
                found += [html.unescape(one).lower() for one in re.findall(cell, section)]
                link = re.search(rf'href="([^"]+)">Next page of {following}', section)
                path = html.unescape(link[1]) if link else ""
                assert section.count("aria-sort") == 1
            assert (name, sort, found) == (name, sort, [row[0] for row in sorted(rows, key=key)])
    assert all(isinstance(row[2], Decimal) for row in sold)
    for path in ("/stock?sort=magic", "/stock/movers?sort=magic", "/stock/movers?moved=magic"):
        assert (await vera.get(path))[0] == 422
    for place in ("x", "1_", "1_9999_z", "-1_1_z", "1e9_0_z"):  # a place that nobody said: the beginning, or an end
        assert (await vera.get(f"/stock/movers?after={place}&moved_after={place}"))[0] == 200
