"""A pairing's channel: what is put out is fetched in order and never missed; what is brought is kept by key."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from crossdock.model.after_sale import Cancellation, CancelledLine, ReturnLine, SalesReturn
from crossdock.model.faults import DataFault, Transient
from crossdock.model.item_document import ItemDocument, ItemField
from crossdock.model.stock import StockItem
from crossdock.ports.channel import Decision, Kept
from crossdock.ports.systems import WebhookEvent
from crossdock.store.archive import Vault
from crossdock.store.channels import PgChannelDesk
from crossdock.store.database import Pool


def brought_back(ref: str) -> SalesReturn:
    return SalesReturn(ref=ref, order_ref="SO-1", lines=(ReturnLine(sku="HP-1001", quantity=Decimal(2)),))


@pytest.fixture
def desk(pool: Pool) -> PgChannelDesk:
    return PgChannelDesk(pool=pool, vault=Vault(bytes(32)), tenant="main", pairing="oro-khaos", system="khaos")


async def test_what_is_put_out_is_fetched_in_order_from_where_the_reader_stopped(desk: PgChannelDesk) -> None:
    assert await desk.put_out("return", {ref: brought_back(ref) for ref in ("R-1", "R-2")}) == {"R-1", "R-2"}
    assert await desk.put_out("return", {"R-2": brought_back("R-2"), "R-3": brought_back("R-3")}) == {"R-3"}
    first = await desk.waiting("return", after=0, limit=2)
    assert [(one.ref, one.value) for one in first] == [("R-1", brought_back("R-1")), ("R-2", brought_back("R-2"))]
    rest = await desk.waiting("return", after=first[-1].position, limit=2)
    assert [one.ref for one in rest] == ["R-3"]
    assert [one.ref for one in await desk.named("return", ["R-3", "R-9"])] == ["R-3"]
    assert await desk.waiting("sales-order", after=0, limit=9) == []


async def test_what_the_reader_has_is_told_by_its_asking_for_what_comes_after(desk: PgChannelDesk) -> None:
    refs = ["R-1", "R-2", "R-3"]
    await desk.put_out("return", {ref: brought_back(ref) for ref in refs})
    page = await desk.waiting("return", after=0, limit=2)
    assert await desk.fetched("return", refs) == set()  # the page may have been lost on its way
    await desk.waiting("return", after=page[-1].position, limit=2)
    assert await desk.fetched("return", refs) == {"R-1", "R-2"}
    await desk.waiting("return", after=page[0].position, limit=2)  # somebody asks again from further back
    assert await desk.fetched("return", refs) == {"R-1", "R-2"}
    await desk.waiting("return", after=10**9, limit=2)
    await desk.put_out("return", {"R-4": brought_back("R-4")})
    assert await desk.fetched("return", [*refs, "R-4"]) == set(refs)  # nobody has what was not there yet
    assert await desk.fetched("sales-order", refs) == set()


async def test_what_the_reader_has_is_not_taken_back(desk: PgChannelDesk) -> None:
    await desk.put_out("return", {ref: brought_back(ref) for ref in ("R-1", "R-2")})
    (first,) = await desk.waiting("return", after=0, limit=1)
    await desk.waiting("return", after=first.position, limit=1)
    assert await desk.take_back("return", ["R-1", "R-2", "R-9"]) == {"R-2"}
    assert [one.ref for one in await desk.waiting("return", after=0, limit=9)] == ["R-1"]


async def test_from_a_moment(desk: PgChannelDesk) -> None:
    await desk.put_out("return", {"R-1": brought_back("R-1")})
    (one,) = await desk.waiting("return", after=0, limit=1)
    assert [found.ref for found in await desk.waiting_since("return", since=one.put_out_at, limit=5)] == ["R-1"]
    later = one.put_out_at + timedelta(microseconds=1)
    assert await desk.waiting_since("return", since=later, limit=5) == []


async def test_another_pairing_sees_nothing_of_it(desk: PgChannelDesk) -> None:
    await desk.put_out("return", {"R-1": brought_back("R-1")})
    assert await replace(desk, pairing="scayle-khaos").waiting("return", after=0, limit=5) == []


async def test_a_reader_misses_nothing_that_many_writers_put_out_at_once(desk: PgChannelDesk) -> None:
    """Positions are given in the order of commits; else a reader at 7 would never see a 6 that came late."""
    seen: list[str] = []
    ended = asyncio.Event()

    async def read() -> None:
        after = 0
        while True:
            last = ended.is_set()
            for one in await desk.waiting("return", after=after, limit=3):
                seen.append(one.ref)
                after = one.position
            if last and not await desk.waiting("return", after=after, limit=1):
                return

    reader = asyncio.create_task(read())
    refs = [f"R-{at}" for at in range(60)]
    await asyncio.gather(*(desk.put_out("return", {ref: brought_back(ref)}) for ref in refs))
    ended.set()
    await reader
    assert sorted(seen) == sorted(refs)


async def test_an_upload_takes_the_place_of_the_one_before(desk: PgChannelDesk) -> None:
    old, new = StockItem(code="HP-1", item_id="7"), StockItem(code="HP-1", item_id="7", description="Hinge")
    await desk.keep("stock-item", [Kept(key="7", value=old), Kept(key="8", value=old)], b"<first/>")
    await desk.keep("stock-item", [Kept(key="7", value=old), Kept(key="7", value=new)], b"<second/>")
    kept = await desk.kept("stock-item")
    assert set(kept) == {"7", "8"}
    assert '"Hinge"' in kept["7"]
    assert set(await desk.kept("stock-item", ["8", "9"])) == {"8"}
    bodies = await desk.pool.fetchval("select count(*) from raw_document where kind = 'stock-item'")
    assert bodies == 2


async def test_an_event_is_taken_once_and_asks_for_a_look_at_its_orders(desk: PgChannelDesk) -> None:
    looking = replace(desk, looks=True, due=("orders",))
    event = WebhookEvent(key="880001:north", topic="delegated", order_refs=("880001",))
    answers = await asyncio.gather(*(looking.take_event(event, b"{}") for _ in range(5)))
    assert sorted(answers) == [False, False, False, False, True]
    jobs = await desk.pool.fetch("select payload from pgqueuer where entrypoint = 'fetch'")
    assert [row["payload"] for row in jobs] == [b"oro-khaos/880001"]


async def test_a_wish_waits_until_it_is_decided_once(desk: PgChannelDesk) -> None:
    wish = Cancellation(key="w1", order_ref="SO-1", lines=(CancelledLine(sku="HP-1", quantity=Decimal(1)),))
    assert await desk.take_cancellation(wish, b"{}") == Decision(accepted=None)
    assert await desk.decide("w1", accepted=False, reason="picking began", actor="ida") is True
    assert await desk.decide("w1", accepted=True, reason="", actor="tom") is False
    assert await desk.take_cancellation(wish, b"{}") == Decision(accepted=False, reason="picking began")
    trail = await desk.pool.fetch("select actor, action from audit_entry where subject = 'channel' order by id")
    assert [tuple(row) for row in trail] == [("crossdock", "cancellation_asked"), ("ida", "cancellation_decided")]


async def test_what_no_database_can_hold_is_refused_by_name_and_nothing_is_kept(desk: PgChannelDesk) -> None:
    item = StockItem(code="HP\0", item_id="7")
    with pytest.raises(DataFault, match="NUL"):
        await desk.keep("stock-item", [Kept(key="7", value=item)], b"x")
    assert await desk.kept("stock-item") == {}


async def test_a_database_that_is_away_says_no(desk: PgChannelDesk) -> None:
    class Away:
        def acquire(self) -> None:
            raise OSError("connection refused")

    gone = replace(desk, pool=Away())  # type: ignore[arg-type]
    with pytest.raises(Transient, match="not stored"):
        await gone.take_event(WebhookEvent(key="k", topic="t", sent_at=datetime.now(UTC)), b"{}")


def item(ref: str, said: str) -> ItemDocument:
    return ItemDocument(ref=ref, code=ref, texts=((ItemField.DESCRIPTION, said),))


async def test_an_item_that_says_something_else_is_fetched_anew_and_one_that_does_not_stays(
    desk: PgChannelDesk,
) -> None:
    first = {ref: item(ref, "Lantern") for ref in ("A", "B", "C")}
    assert await desk.replace("stock-item", first) == {"A", "B", "C"}
    fetched = await desk.waiting("stock-item", after=0, limit=9)
    assert [one.ref for one in fetched] == ["A", "B", "C"]
    assert await desk.replace("stock-item", {"A": item("A", "Lantern"), "B": item("B", "Lamp")}) == {"B"}
    (anew,) = await desk.waiting("stock-item", after=fetched[-1].position, limit=9)
    assert (anew.ref, anew.value) == ("B", item("B", "Lamp"))
    assert [one.ref for one in await desk.waiting("stock-item", after=0, limit=9)] == ["A", "C", "B"]
    assert await desk.replace("stock-item", {"A": item("A", "Lantern")}, again=True) == {"A"}
    (again,) = await desk.waiting("stock-item", after=anew.position, limit=9)
    assert again.ref == "A"


async def test_a_reader_meets_the_last_word_of_every_item_however_often_it_changes_meanwhile(
    desk: PgChannelDesk,
) -> None:
    seen: dict[str, str] = {}
    ended = asyncio.Event()

    async def read() -> None:
        after = 0
        while True:
            last = ended.is_set()
            for one in await desk.waiting("stock-item", after=after, limit=3):
                seen[one.ref] = one.value.text(ItemField.DESCRIPTION)
                after = one.position
            if last and not await desk.waiting("stock-item", after=after, limit=1):
                return

    reader = asyncio.create_task(read())
    refs = [f"I-{at}" for at in range(8)]
    for turn in range(6):
        await asyncio.gather(*(desk.replace("stock-item", {ref: item(ref, f"{turn}")}) for ref in refs))
    ended.set()
    await reader
    assert seen == dict.fromkeys(refs, "5")
