"""Reference data: mappings have versions, watermarks go forwards, links are a person's."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from crossdock.model.account import AccountLink
from crossdock.model.code_map import MapKind
from crossdock.model.stock import StockItem
from crossdock.store.reference import PgReferenceBook
from tests.store.books import NOON, Books, item, target


async def test_a_mapping_has_versions_and_one_of_them_is_current(books: Books) -> None:
    for code in ("DPD", "PAL", "DPD"):
        await books.reference.map_code(MapKind.SHIPPING, "flat", {"code": code}, actor="mary")
    rows = await books.pool.fetch("select value ->> 'code' as code, until is null as current from code_map order by id")
    assert [tuple(row) for row in rows] == [("DPD", False), ("PAL", False), ("DPD", True)]
    assert (await books.reference.maps()).shipping == {"flat": "DPD"}
    assert (
        await books.pool.fetchval("select count(*) from audit_entry where action = 'map_code' and actor = 'mary'") == 3
    )


async def test_two_people_mapping_the_same_code_at_once_leave_one_current(books: Books) -> None:
    await asyncio.gather(
        *(Books(books.pool).reference.map_code(MapKind.SKU, "X", {"code": str(n)}, actor="m") for n in range(6))
    )
    counts = await books.pool.fetchrow(
        "select count(*) as all, count(*) filter (where until is null) as now from code_map"
    )
    assert tuple(counts) == (6, 1)


async def test_what_the_settings_say_comes_first_and_what_people_said_since_stays(books: Books) -> None:
    settings = {MapKind.SHIPPING: {"flat": {"code": "DPD"}}, MapKind.UNIT: {"case": {"units": "1/3"}}}
    loads = await asyncio.gather(*(Books(books.pool).reference.load_maps(settings) for _ in range(4)))
    assert sorted(loads) == [0, 0, 0, 2]
    await books.reference.map_code(MapKind.SHIPPING, "flat", {"code": "PAL"}, actor="mary")
    assert await books.reference.load_maps(settings) == 0
    assert (await books.reference.maps()).shipping == {"flat": "PAL"}


async def test_a_watermark_never_goes_back(books: Books) -> None:
    for minutes in (5, 1, 3):
        await books.reference.move_watermark("orders", NOON + timedelta(minutes=minutes))
    assert await books.reference.watermark("orders") == NOON + timedelta(minutes=5)
    assert await books.reference.watermark("stock") is None
    assert await Books(books.pool, pairing="other").reference.watermark("orders") is None


async def link(books: Books, account_id: str, actor: str) -> None:
    found = AccountLink(company_ref="c-9", account_id=account_id, account_code=account_id.upper())
    await books.reference.link_account(found, actor=actor)


async def test_no_machine_moves_a_company_that_is_linked_and_a_person_may(books: Books) -> None:
    read = "select account_id from account_link"
    await link(books, "a1", "crossdock")
    await link(books, "a2", "crossdock")
    assert await books.pool.fetchval(read) == "a1"
    await link(books, "a3", "mary")
    await link(books, "a1", "crossdock")
    assert await books.pool.fetchval(read) == "a3"


async def test_only_targets_that_a_whole_read_did_not_bring_are_forgotten(books: Books) -> None:
    await books.reference.store_targets([target("A"), target("B")], seen_at=NOON)
    await books.reference.store_targets([target("B")], seen_at=NOON + timedelta(minutes=1))
    await books.reference.forget_targets(not_seen_since=NOON + timedelta(minutes=1))
    assert [row["sku"] for row in await books.pool.fetch("select sku from stock_target")] == ["B"]


async def test_the_same_code_twice_in_one_page_in_any_case_is_one_item(books: Books) -> None:
    await books.reference.store_items([item("HINGE"), item("hinge")])
    await books.reference.store_items([item("Hinge")])
    assert list(await books.reference.stock_codes()) == ["Hinge"]


async def test_two_pairings_read_the_packs_of_one_erp_at_once(books: Books) -> None:
    packs = [StockItem(code=f"KIT-{n}", item_id=str(n), components=(("HINGE", Decimal(n + 1)),)) for n in range(40)]
    others = [PgReferenceBook(replace(books.scope, pairing=f"other-{n}")) for n in range(3)]
    await asyncio.gather(*(book.store_items(packs) for book in (books.reference, *others)))
    rows = await books.pool.fetch("select pack_key, quantity from stock_part")
    assert {row["pack_key"]: row["quantity"] for row in rows} == {f"kit-{n}": n + 1 for n in range(40)}
