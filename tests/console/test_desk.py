"""What the desks do each morning: see what waits, map a code, watch the orders go."""

import re
from decimal import Decimal

import pytest

from crossdock.store.archive import Vault
from tests.console.conftest import Desk
from tests.world import GHOST, NAME, PLENTY, UNLINKED


async def three_wait(desk: Desk) -> int:
    """The id of the case that three orders wait in."""
    for _ in range(3):
        await desk.world.sell((GHOST, 1), (PLENTY, 1))
    await desk.world.deliver()
    return (await desk.world.the_case("stock-code-unknown")).id


async def test_mapping_a_sku_is_rehearsed_and_frees_every_order_that_waits_on_it(desk: Desk) -> None:
    case = await three_wait(desk)
    dora = await desk.sign_in("dora")
    _, overview = await dora.get("/")
    assert "waiting for a person" in overview
    assert f'open cases</dt><dd><a href="/cases?pairing={NAME}">1</a>' in overview
    assert f'href="/cases?pairing={NAME}&amp;sort=oldest">' in overview
    _, queue = await dora.get("/cases?desk=data")
    assert f'href="/cases/{case}"' in queue
    status, page = await dora.get(f"/cases/{case}")
    assert (status, GHOST in page, "What would happen?" in page) == (200, True, True)
    status, told = await dora.send(f"/cases/{case}/rehearse", remedy="map-code", code=PLENTY)
    assert (status, "Of 3 held: 3 would post." in told) == (200, True)
    assert (await desk.world.the_case("stock-code-unknown")).records == 3  # nothing was changed
    assert await dora.send(f"/cases/{case}/settle", remedy="map-code", code=PLENTY) == (303, f"/cases/{case}")
    await desk.world.work()
    assert await desk.world.cases("stock-code-unknown") == []
    _, page = await dora.get(f"/cases/{case}")
    assert ("closed" in page, "by dora" in page) == (True, True)
    _, orders = await dora.get(f"/orders?q={PLENTY}")
    assert orders.count('class="tag posted"') == 3


async def test_each_suggestion_is_tried_with_one_press_and_none_that_is_unsure_is_filled_in(desk: Desk) -> None:
    case = await three_wait(desk)
    dora = await desk.sign_in("dora")
    _, page = await dora.get(f"/cases/{case}")
    assert 'name="code" value="" list="likely"' in page  # nothing resembles it enough
    await desk.world.erp.act("create_item", {"sku": "GHOST01", "name": "Lantern", "net_price": "24.00", "tax": "STD"})
    await desk.world.run("items")
    _, page = await dora.get(f"/cases/{case}")
    assert ('name="code" value="GHOST01" list="likely"' in page, 'with GHOST01?"' in page) == (True, True)
    status, text = await dora.send(f"/cases/{case}/rehearse", remedy="map-code", code="GHOST01")
    assert (status, "Of 3 held" in text) == (200, True)


async def test_an_order_tells_its_story_from_capture_to_the_erp(desk: Desk) -> None:
    ref = await desk.world.sell((PLENTY, 2))
    await desk.world.deliver()
    vera = await desk.sign_in("vera")
    _, found = await vera.get(f"/orders?q={ref}")
    number = await desk.world.here.pool.fetchval("select id from sales_order where ref = $1", ref)
    assert f'href="/orders/{number}"' in found
    _, story = await vera.get(f"/orders/{number}")
    assert all(word in story for word in (ref, PLENTY, "Timeline", "<b>capture</b>", "ERP number"))


async def test_an_order_shows_what_it_comes_to_on_both_sides(desk: Desk) -> None:
    ref = await desk.world.sell((PLENTY, 2))
    await desk.world.deliver()
    number = await desk.world.here.pool.fetchval("select id from sales_order where ref = $1", ref)
    _, story = await (await desk.sign_in("vera")).get(f"/orders/{number}")
    total = f"{Decimal(desk.world.sold(ref)['total']):,.2f} GBP"
    (row,) = re.findall(r'<tr><th scope="row">total</th>(.*?)</tr>', story)
    assert re.findall(r">([^<>]+)</td>", row) == [total, total]


async def test_who_opens_an_order_s_document_is_in_its_timeline(desk: Desk) -> None:
    ref = await desk.world.sell((PLENTY, 2), notes="<b>ring twice</b>")
    await desk.world.deliver()
    number = await desk.world.here.pool.fetchval("select id from sales_order where ref = $1", ref)
    vera = await desk.sign_in("vera")
    assert "open_document" not in (await vera.get(f"/orders/{number}"))[1]
    _, text = await vera.send(f"/orders/{number}/document")
    assert ("&lt;b&gt;ring twice&lt;/b&gt;" in text, "<b>ring" in text) == (True, False)
    _, story = await vera.get(f"/orders/{number}")
    assert re.search(r'<b>open_document</b> <span class="dim">by vera</span>', story)


async def test_a_document_that_is_no_longer_kept_or_sealed_by_another_key_is_said_so(desk: Desk) -> None:
    ref = await desk.world.sell((PLENTY, 2))
    await desk.world.deliver()
    pool = desk.world.here.pool
    number = await pool.fetchval("select id from sales_order where ref = $1", ref)
    vera = await desk.sign_in("vera")
    await pool.execute("update raw_document set body = $1", Vault(b"k" * 32).seal(b"{}"))
    status, text = await vera.send(f"/orders/{number}/document")
    assert (status, "sealed under key" in text) == (409, True)
    await pool.execute("delete from raw_document")
    assert "no longer kept" in (await vera.send(f"/orders/{number}/document"))[1]
    assert "open_document" not in (await vera.get(f"/orders/{number}"))[1]


async def test_a_remedy_that_will_not_do_says_why_and_changes_nothing(desk: Desk) -> None:
    case = await three_wait(desk)
    dora = await desk.sign_in("dora")
    for fields in ({"remedy": "map-code", "code": "NO-SUCH"}, {"remedy": "set-aside"}, {"remedy": "magic"}):
        status, text = await dora.send(f"/cases/{case}/rehearse", **fields)
        assert (status, 'role="alert"' in text) == (422, True), fields
    assert (await desk.world.the_case("stock-code-unknown")).records == 3


@pytest.mark.parametrize(
    ("name", "seen", "settled"),
    [("ada", 200, 200), ("dora", 200, 200), ("fred", 404, 404), ("vera", 200, 403), ("olga", 404, 404)],
)
async def test_a_case_is_seen_and_settled_by_whose_it_is(desk: Desk, name: str, seen: int, settled: int) -> None:
    case = await three_wait(desk)
    someone = await desk.sign_in(name)
    assert (await someone.get(f"/cases/{case}"))[0] == seen
    assert (await someone.send(f"/cases/{case}/rehearse", remedy="map-code", code=PLENTY))[0] == settled
    _, queue = await someone.get("/cases")
    assert (f'href="/cases/{case}"' in queue) == (seen == 200)
    done = 303 if settled == 200 else settled
    assert (await someone.send(f"/cases/{case}/settle", remedy="map-code", code=PLENTY))[0] == done


async def test_orders_of_another_pairing_are_not_there(desk: Desk) -> None:
    await desk.world.sell((PLENTY, 1))
    await desk.world.deliver()
    number = await desk.world.here.pool.fetchval("select id from sales_order")
    olga = await desk.sign_in("olga")
    assert (await olga.get(f"/orders/{number}"))[0] == 404
    assert "No order yet" in (await olga.get("/orders"))[1]
    assert "none is yours" in (await olga.get("/"))[1]


async def test_names_full_of_markup_are_shown_as_they_are_and_do_nothing(desk: Desk) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    await desk.world.sell((PLENTY, 1), customer=UNLINKED, po_number=evil[:40])
    await desk.world.deliver()
    await desk.world.here.pool.execute("update sales_order set company_name = $1", evil)
    await desk.world.here.pool.execute("update desk_case set cause = $1, evidence = $1", evil)
    ada = await desk.sign_in("ada")
    number = await desk.world.here.pool.fetchval("select id from sales_order")
    case = await desk.world.here.pool.fetchval("select id from desk_case")
    for path in ("/orders", f"/orders/{number}", "/cases", f"/cases/{case}", f"/orders?q={'%3Cscript%3E'}"):
        _, text = await ada.get(path)
        assert ("<script>alert" in text, "<img src=x" in text) == (False, False), path
    assert "&lt;script&gt;alert(1)" in (await ada.get(f"/cases/{case}"))[1]


async def test_lists_are_paged_by_key_and_every_order_is_on_one_page(desk: Desk) -> None:
    await desk.world.here.pool.execute(
        """
        insert into sales_order (tenant, pairing, storefront_id, ref, state, company_name, placed_at, changed_at)
        select 'main', 'oro-khaos', 'x' || n, 'X-' || n, 'despatched', 'Percent % Ltd', now(), now()
        from generate_series(1, 120) n
        """
    )
    ada = await desk.sign_in("ada")
    seen: list[str] = []
    path = "/orders?q=percent+%25"
    while path:
        _, text = await ada.get(path)
        seen += [part.split("<")[0] for part in text.split(">X-")[1:]]
        path = text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&") if "Next page" in text else ""
    assert (len(seen), len(set(seen))) == (120, 120)
    assert "No order goes by" in (await ada.get("/orders?q=percent+_"))[1]


@pytest.mark.parametrize("path", ["/cases/999999", "/orders/999999"])
async def test_what_is_not_there_says_so(desk: Desk, path: str) -> None:
    ada = await desk.sign_in("ada")
    status, text = await ada.get(path)
    assert (status, 'role="alert"' in text) == (404, True)
