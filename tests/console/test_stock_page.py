"""Stock: every level with its arithmetic, for whoever may see the pairing."""

import re
from decimal import Decimal
from urllib.parse import quote

import pytest

from crossdock.model.reconciliation import Subject
from crossdock.wiring.stock_desk import Item, stock_item
from tests.console.conftest import Browser, Desk
from tests.reconciliation.shop import look
from tests.world import BY_CASE, GHOST, NAME, PLENTY, SCARCE

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
LISTED = re.compile(r'href="/stock/item\?pairing=[^&]+&amp;sku=([^"]+)">')


async def listed(someone: Browser, path: str) -> list[str]:
    """Every SKU of a list, page by page."""
    seen: list[str] = []
    while path:
        status, text = await someone.get(path)
        assert status == 200, text
        seen += LISTED.findall(text)
        path = text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&") if "Next page" in text else ""
    return seen


async def page_of(someone: Browser, sku: str) -> str:
    status, text = await someone.get(f"/stock/item?pairing={NAME}&sku={quote(sku)}")
    assert status == 200
    return text


async def test_a_sku_explains_its_level_by_figure_in_flight_and_buffer(desk: Desk) -> None:
    world, vera = desk.world, await desk.sign_in("vera")
    before = await page_of(vera, PLENTY.lower())
    figure = world.available(PLENTY)
    assert f"available {figure:f} − in flight 0 − buffer 0 = {figure:f}" in before
    assert "told as it should be" in before
    await world.sell((PLENTY, 2))
    await world.run("orders")  # captured, and not yet in the ERP
    after = await page_of(vera, PLENTY)
    level = (figure - 2) // 2  # it is sold by the each and in a pack
    assert f"available {figure:f} − in flight 2 − buffer 0 = {figure - 2:f} ÷ 2 places" in after
    assert f"→ {level:f} each" in after
    assert ("waits to be written" in after, "Orders on their way" in after, ">captured<" in after) == (True, True, True)
    assert await listed(vera, "/stock?only=waiting") == [PLENTY]
    await world.run("stock")
    assert await listed(vera, "/stock?only=waiting") == []
    assert world.shown(PLENTY) == level
    assert f"It was told {level:f} at" in await page_of(vera, PLENTY)


async def test_what_is_sold_by_the_each_and_by_the_case_tells_its_shares(desk: Desk) -> None:
    text = await page_of(await desk.sign_in("vera"), BY_CASE)
    assert "÷ 2 places that sell from it" in text
    assert re.search(r"÷ \d+ in one case → \d+ case", text)
    for unit in ("each", "case"):
        assert f"→ {desk.world.shown(BY_CASE, unit):f} {unit}" in text


async def test_every_sku_is_on_one_page_of_the_list_and_found_by_its_beginning(desk: Desk) -> None:
    await desk.world.here.pool.execute(
        "insert into stock_target (tenant, system, ref, sku, sku_key, unit, units_over, units_under) "
        "select 'main', 'shop', 'x' || n, 'Zz-' || lpad(n::text, 3, '0'), 'zz-' || lpad(n::text, 3, '0'), 'each', 1, 1 "
        "from generate_series(1, 130) n"
    )
    vera = await desk.sign_in("vera")
    seen = await listed(vera, "/stock")
    assert (len(seen), len(set(seen)), sorted(seen, key=str.lower)) == (len(set(seen)), len(seen), seen)
    assert {PLENTY, BY_CASE, GHOST} < set(seen)
    assert await listed(vera, "/stock?q=ZZ-01") == [f"Zz-01{n}" for n in range(10)]
    assert "No SKU fits" in (await vera.get("/stock?q=%25"))[1]


async def test_figures_at_or_below_the_buffer_are_listed_the_lowest_first(desk: Desk) -> None:
    pool = desk.world.here.pool
    await pool.execute("update stock_position set quantity = 50")
    for sku, quantity in ((PLENTY, 0), (BY_CASE, -3), (SCARCE, 1)):
        await pool.execute("update stock_position set quantity = $2 where code_key = lower($1)", sku, quantity)
    vera = await desk.sign_in("vera")
    assert await listed(vera, "/stock?only=low") == [BY_CASE, PLENTY]
    assert '<span class="late">-3</span>' in (await vera.get("/stock?only=low"))[1]


async def test_more_promised_than_there_is_is_a_list_of_its_own(desk: Desk) -> None:
    vera = await desk.sign_in("vera")
    assert await listed(vera, "/stock?only=oversold") == []
    await desk.world.sell((PLENTY, 2))
    await desk.world.run("orders")
    await desk.world.here.pool.execute("update stock_position set quantity = 1 where code_key = lower($1)", PLENTY)
    await desk.world.run("stock")
    assert await listed(vera, "/stock?only=oversold") == [PLENTY]
    case = await desk.world.the_case("oversold")
    assert f'href="/cases/{case.id}"' in await page_of(vera, PLENTY)


async def test_drift_is_listed_and_links_its_case_for_those_whose_it_is(desk: Desk) -> None:
    await desk.world.shop.act("set_stock", {"sku": PLENTY, "quantity": 9999})
    await desk.world.here.pool.execute("update stock_published set published_at = published_at - interval '1 hour'")
    await look(desk.world, Subject.STOCK)
    case = await desk.world.the_case("stock-drift")
    vera, fred = await desk.sign_in("vera"), await desk.sign_in("fred")
    assert await listed(vera, "/stock?only=drift") == [PLENTY]
    assert f'href="/cases/{case.id}"' in (await vera.get("/stock?only=drift"))[1]
    assert f'href="/cases/{case.id}"' not in (await fred.get("/stock?only=drift"))[1]
    assert f'href="/cases/{case.id}"' not in await page_of(fred, PLENTY)


async def test_figures_that_are_too_old_say_so_and_nothing_else_is_stale(desk: Desk) -> None:
    vera, pool = await desk.sign_in("vera"), desk.world.here.pool
    assert "No figure is too old" in (await vera.get("/stock?only=stale"))[1]
    await pool.execute("update watermark set at = at - interval '2 days' where feed = 'stock-counted'")
    await pool.execute("update stock_position set quantity = quantity + 5 where code_key = lower($1)", PLENTY)
    assert PLENTY in await listed(vera, "/stock?only=stale")
    text = await page_of(vera, PLENTY)
    assert ("They are too old" in text, "kept low: the figures are too old to raise it" in text) == (True, True)


async def test_what_was_written_and_nobody_knows_whether_it_was_taken_waits(desk: Desk) -> None:
    await desk.world.here.pool.execute(
        "update stock_published p set unsure = true from stock_target t where t.ref = p.ref and t.sku = $1", BY_CASE
    )
    vera = await desk.sign_in("vera")
    assert await listed(vera, "/stock?only=waiting") == [BY_CASE]
    assert "nobody knows whether it was taken" in await page_of(vera, BY_CASE)


async def test_a_sku_without_a_figure_is_unknown_and_never_nothing(desk: Desk) -> None:
    text = await page_of(await desk.sign_in("vera"), GHOST)
    assert ("is unknown, and what is shown stays" in text, "The ERP told no figure of it" in text) == (True, True)


async def test_what_sells_fastest_and_what_changed_most_today(desk: Desk) -> None:
    world, vera = desk.world, await desk.sign_in("vera")
    _, text = await vera.get("/stock/movers")
    assert ("Nothing was sold" in text, "No figure changed today" in text) == (True, True)
    await world.sell((PLENTY, 3))
    await world.sell((SCARCE, 1))
    await world.run("orders")
    await world.erp.act("goods_in", {"sku": BY_CASE, "quantity": 40})
    before = world.available(BY_CASE) - Decimal(40)
    await world.run("stock")
    _, text = await vera.get("/stock/movers")
    fastest, changed = text.split("<h2>Changed most")
    assert LISTED.findall(fastest) == [PLENTY, SCARCE]
    assert all(f'<td class="n">{one:f}</td>' in changed for one in (before, before + 40, Decimal(40)))
    await world.erp.act("goods_in", {"sku": BY_CASE, "quantity": 5})
    await world.run("stock")
    _, text = await vera.get("/stock/movers")
    assert (
        f'<td class="n">{before:f}</td><td class="n">{before + 45:f}</td><td class="n">45</td><td class="n">2</td>'
        in text
    )


async def test_shelves_of_shops_stand_beside_the_figure_where_the_pairing_is_the_readers(desk: Desk) -> None:
    world, vera = desk.world, await desk.sign_in("vera")
    await world.here.pool.execute(
        "insert into retail_level (tenant, pairing, location, sku, sku_key, leaf, basis, quantity, occurred_at) "
        "values ('main', 'wair-khaos', 'York', $1, lower($1), true, 'on_hand', 17, now())",
        PLENTY,
    )
    assert "York" not in await page_of(vera, PLENTY)  # no such pairing is configured
    item = await figures_with_shops(desk)
    assert [(row["location"], row["quantity"]) for row in item.shelves] == [("York", 17)]


async def figures_with_shops(desk: Desk) -> Item:
    found = await stock_item(desk.world.here, NAME, PLENTY, shops=["wair-khaos"], sellers=[NAME])
    assert found is not None
    return found


async def test_names_full_of_markup_do_nothing(desk: Desk) -> None:
    pool = desk.world.here.pool
    await pool.execute(
        "insert into stock_target (tenant, system, ref, sku, sku_key, unit, units_over, units_under) "
        "values ('main', 'shop', 'evil', $1, lower($1), $1, 1, 1)",
        EVIL,
    )
    await pool.execute("update stock_position set site = $1 where code_key = lower($2)", EVIL, PLENTY)
    ada = await desk.sign_in("ada")
    for path in ("/stock", f"/stock?q={quote(EVIL)}", f"/stock/item?pairing={NAME}&sku={quote(EVIL, safe='')}",
                 f"/stock/item?pairing={NAME}&sku={PLENTY}"):  # fmt: skip
        status, text = await ada.get(path)
        assert (status, "<script>alert" in text, "<img src=x" in text) == (200, False, False), path


@pytest.mark.parametrize(
    "path", ["/stock/item?pairing=oro-khaos&sku=no-such", "/stock/item?pairing=elsewhere&sku=HP-1001", "/stock/item"]
)
async def test_a_sku_nobody_sells_is_not_there(desk: Desk, path: str) -> None:
    ada = await desk.sign_in("ada")
    assert (await ada.get(path))[0] == 404


async def test_stock_of_another_pairing_is_not_there(desk: Desk) -> None:
    olga = await desk.sign_in("olga")
    assert "No pairing of yours sells stock" in (await olga.get("/stock"))[1]
    assert "No pairing of yours sells stock" in (await olga.get(f"/stock/movers?pairing={NAME}"))[1]
    assert (await olga.get(f"/stock/item?pairing={NAME}&sku={PLENTY}"))[0] == 404


@pytest.mark.parametrize("after", ["x", "nan_a", "_", "1e400_x", "99_"])
async def test_a_position_that_is_none_begins_at_the_first_page(desk: Desk, after: str) -> None:
    vera = await desk.sign_in("vera")
    assert (await vera.get(f"/stock?only=low&after={after}"))[0] == 200
