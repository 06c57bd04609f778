"""What was kept long enough goes, in batches that can be cut off; what still waits stays, however old it is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from crossdock.cases.kinds import STOCK_CODE_UNKNOWN
from crossdock.decide.privacy import VOID
from crossdock.model.lifecycle import Move
from crossdock.model.sales_order import Address, SalesOrder
from crossdock.settings.retention import Retention
from crossdock.store import retention
from crossdock.store.cases import hold_records
from crossdock.store.retention import Kept, PgRetention
from crossdock.wiring.retention import keep_to_it, nightly, rehearse, rules
from tests.store.books import NOON, PAIRING, SECRET_STREET, TENANT, Books, sale

NOW = datetime.now(UTC)
LONG_AGO, SOON = NOW - timedelta(days=5000), NOW + timedelta(days=1)
OVER = (Move.SEND, Move.ACCEPT, Move.DESPATCH_ALL)
LANE = Address(forename="Jane", surname="Hartley", line1=SECRET_STREET, postcode="BT1 1AA", country="GB")


async def order(books: Books, ref: str, *moves: Move, **more: Any) -> None:
    given = {"buyer_email": "jane@hartley.example", "delivery_address": LANE, **more}
    await books.capture(sale(ref, **given))
    await books.move(ref, *moves)
    await books.pool.execute("update sales_order set captured_at = $2, look_at = null where ref = $1", ref, LONG_AGO)
    await books.pool.execute("update raw_document set read_at = $1", LONG_AGO)
    await books.pool.execute(
        "insert into cadence (tenant, pairing, flow) values ($1, $2, 'x') on conflict do nothing", TENANT, PAIRING
    )


async def drop(books: Books, kind: Kept, *, before: datetime = NOW, batch: int = 2, batches: int = 100) -> int:
    due = await PgRetention(books.pool, TENANT, batch=batch).due(kind, before)
    gone = await PgRetention(books.pool, TENANT, batch=batch).drop(kind, before, batches_max=batches)
    assert gone == due or batches < 100  # a rehearsal says what the run does
    return gone


async def trail(books: Books, kind: str) -> list[str]:
    rows = await books.pool.fetch(
        "select detail ->> 'removed' as n from audit_entry where action = 'retention' and subject = $1 order by id",
        kind,
    )
    return [row["n"] for row in rows]


async def test_a_stored_document_goes_and_leaves_its_digest_size_and_time(books: Books) -> None:
    await order(books, "1001", *OVER)
    before = await books.pool.fetchrow("select *, octet_length(body) as size from raw_document")
    assert await drop(books, Kept.RAW_DOCUMENTS) == 1
    assert await books.pool.fetchval("select count(*) from raw_document") == 0
    left = await books.pool.fetchrow("select * from raw_document_gone")
    assert (left["digest"], left["sealed_bytes"], left["read_at"]) == (before["digest"], before["size"], LONG_AGO)
    assert left["why"] == "kept long enough"
    assert await trail(books, "raw_documents") == ["1"]
    assert await drop(books, Kept.RAW_DOCUMENTS) == 0
    assert await trail(books, "raw_documents") == ["1"]  # a night in which nothing went is no entry


@pytest.mark.parametrize("moves", [(), (Move.HOLD,), (Move.SEND,), (Move.SEND, Move.ACCEPT)])
async def test_what_still_waits_keeps_its_document_and_its_people(books: Books, moves: Sequence[Move]) -> None:
    await order(books, "1001", *moves)
    assert await drop(books, Kept.RAW_DOCUMENTS, before=SOON) == 0
    assert await drop(books, Kept.ORDERS_PEOPLE, before=SOON) == 0


async def test_what_stands_in_an_open_case_keeps_its_document_and_its_people(books: Books) -> None:
    await order(books, "1001", *OVER)
    file = await books.file("1001")
    finding = STOCK_CODE_UNKNOWN.about("DRILL-18V", **dict.fromkeys(STOCK_CODE_UNKNOWN.fact_names, "DRILL-18V"))
    async with books.pool.acquire() as connection:
        await hold_records(connection, books.scope, "order", [file.id], findings=[finding], refs={file.id: "1001"})
    assert await drop(books, Kept.RAW_DOCUMENTS) == await drop(books, Kept.ORDERS_PEOPLE) == 0
    await books.pool.execute("update desk_case set state = 'closed', closed_at = now()")
    assert await drop(books, Kept.RAW_DOCUMENTS) == await drop(books, Kept.ORDERS_PEOPLE) == 1


@pytest.mark.parametrize("table", ["order_change", "refund", "despatch"])
async def test_an_order_with_something_under_way_keeps_its_people(books: Books, table: str) -> None:
    await order(books, "1001", *OVER)
    file = await books.file("1001")
    columns, values = {
        "order_change": ("key, order_ref, storefront_id, origin, document", "'k', '1001', 's', 'document', '{}'"),
        "refund": ("key, order_ref, storefront_id, raw_digest, state", "'k', '1001', 's', '', 'found'"),
        "despatch": ("key, tracking_number, carrier, document", "'k', 't', 'c', '{}'"),
    }[table]
    await books.pool.execute(
        f"insert into {table} (tenant, pairing, order_id, look_at, {columns}) values ($1, $2, $3, now(), {values})",
        TENANT, PAIRING, file.id,
    )  # fmt: skip
    assert await drop(books, Kept.ORDERS_PEOPLE) == 0
    await books.pool.execute(f"update {table} set look_at = null")
    assert await drop(books, Kept.ORDERS_PEOPLE) == 1


async def test_who_and_where_goes_from_an_order_that_is_over_and_its_books_stay(books: Books) -> None:
    await order(books, "1001", *OVER)
    was = (await books.file("1001")).order
    assert was is not None
    assert await drop(books, Kept.ORDERS_PEOPLE) == 1
    now = (await books.file("1001")).order
    assert isinstance(now, SalesOrder)
    assert (now.total, now.lines, now.ref, now.placed_at, now.company_name) == (
        was.total, was.lines, was.ref, was.placed_at, "Hartley Joinery",
    )  # fmt: skip
    address = now.delivery_address
    assert address is not None
    assert (now.buyer_email, address.surname, address.line1, address.country) == (VOID, VOID, VOID, "GB")
    entry = await books.pool.fetchrow("select * from audit_entry where action = 'person_erased'")
    assert (entry["subject"], entry["actor"]) == ("order", "crossdock")
    assert "jane" not in entry["detail"].lower()


async def test_an_order_whose_people_went_is_not_learned_again(books: Books) -> None:
    await order(books, "1001", *OVER)
    await drop(books, Kept.ORDERS_PEOPLE)
    await drop(books, Kept.RAW_DOCUMENTS)
    again = await books.capture(sale("1001", buyer_email="jane@hartley.example", notes="ring the bell"), sale("1002"))
    assert (again.new, again.changed, again.same) == (1, 0, 1)
    now = (await books.file("1001")).order
    assert now is not None
    assert (now.buyer_email, now.notes) == (VOID, "")
    assert await books.pool.fetchval("select count(*) from raw_document where ref = 'id-1001'") == 0


async def test_the_name_on_a_guests_order_is_a_persons(books: Books) -> None:
    await order(books, "1001", *OVER, guest=True, company_name="Jane Hartley")
    await drop(books, Kept.ORDERS_PEOPLE)
    text = await books.pool.fetchval("select company_name || document::text from sales_order")
    assert "Hartley" not in text


async def test_a_closed_case_loses_evidence_and_names_and_an_open_one_nothing(books: Books) -> None:
    await books.pool.execute(
        "insert into desk_case (tenant, pairing, kind, subject, state, desk, severity, cause, facts, evidence, "
        "due_at, closed_at) "
        "select 'main', 'p', 'k', state, state, 'data', 'low', 'Jane Hartley has none', "
        "$1::jsonb, 'HTTP 200 Jane', now(), "
        "case when state = 'closed' then $2::timestamptz end from unnest(array['open', 'closed']) as s(state)",
        '{"company": "Jane Hartley", "sku": "DRILL"}', LONG_AGO,
    )  # fmt: skip
    assert await drop(books, Kept.CLOSED_CASES) == 1
    rows = {row["state"]: row for row in await books.pool.fetch("select * from desk_case")}
    assert (rows["closed"]["evidence"], rows["closed"]["cause"]) == ("", f"{VOID} has none")
    assert rows["closed"]["facts"] == f'{{"sku": "DRILL", "company": "{VOID}"}}'
    assert (rows["open"]["evidence"], rows["open"]["cause"]) == ("HTTP 200 Jane", "Jane Hartley has none")


async def test_keys_sessions_and_attempts_go_by_age_and_young_ones_stay(books: Books) -> None:
    pool = books.pool
    for at, name in ((LONG_AGO, "old"), (NOW, "new")):
        await pool.execute("insert into webhook_seen values ('main', 'shop', $1, 'order.created', $2)", name, at)
        await pool.execute(
            "insert into sign_in_attempt (tenant, name, address, at) values ('main', $1, 'a', $2)", name, at
        )
        person = await pool.fetchval(
            "insert into person (tenant, name, password_hash) values ('main', $1, '') returning id", name
        )
        await pool.execute(
            "insert into person_session (digest, person_id, csrf, expires_at) values ($1, $2, '', $3)",
            name.encode(), person, at,
        )  # fmt: skip
    for kind in (Kept.WEBHOOK_KEYS, Kept.SIGN_INS, Kept.SESSIONS):
        assert await drop(books, kind, before=NOW - timedelta(days=1)) == 1
    assert await pool.fetchval("select key from webhook_seen") == "new"
    assert await pool.fetchval("select name from sign_in_attempt") == "new"
    assert await pool.fetchval("select digest from person_session") == b"new"
    assert await pool.fetchval("select count(*) from person") == 2


async def run_of(books: Books, period: str, *, differences: int = 0, state: str = "ended") -> int:
    run = await books.pool.fetchval(
        "insert into reconciliation_run (tenant, pairing, object, period, state, actor, ended_at) "
        "values ('main', 'p', 'money', $1, $2, 'mary', $3) returning id", period, state, LONG_AGO,
    )  # fmt: skip
    await books.pool.execute(
        "insert into reconciliation_difference (run_id, number, link, cause, subject, ref, document, what, "
        "ours, theirs) "
        "select $1, n, '', '', '', '', '', '', '', '' from generate_series(1, $2) as n", run, differences,
    )  # fmt: skip
    return int(run)


async def test_old_runs_go_but_the_newest_of_a_period_and_those_that_stand_in_cases(books: Books) -> None:
    old, newest = await run_of(books, "2020-01", differences=5), await run_of(books, "2020-01")
    held, _ = await run_of(books, "2020-02"), await run_of(books, "2020-02")
    await books.pool.execute(
        "insert into reconciliation_held (tenant, pairing, object, period, kind, subject, run_id, ours, theirs) "
        "values ('main', 'p', 'money', '2020-02', 'k', 's', $1, '', '')", held,
    )  # fmt: skip
    book = PgRetention(books.pool, TENANT, batch=2)
    assert await book.due(Kept.RECONCILIATION, NOW) == 1
    await book.drop(Kept.RECONCILIATION, NOW, batches_max=100)
    runs = {row["id"] for row in await books.pool.fetch("select id from reconciliation_run")}
    assert old not in runs
    assert {newest, held} <= runs
    assert await books.pool.fetchval("select count(*) from reconciliation_difference") == 0


async def test_a_look_that_was_cut_off_is_gone_on_with(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    await books.capture(*(sale(f"10{at:02}") for at in range(7)))
    await books.pool.execute("update raw_document set read_at = $1", LONG_AGO)
    await books.pool.execute("update sales_order set state = 'withdrawn'")
    real, calls = retention.drop_raw, []

    async def dies(*given: Any, **more: Any) -> int:
        calls.append(await real(*given, **more))
        if len(calls) == 2:
            raise ConnectionResetError
        return calls[-1]

    monkeypatch.setattr(retention, "drop_raw", dies)
    with pytest.raises(ConnectionResetError):
        await drop(books, Kept.RAW_DOCUMENTS)
    # Of the batch that was cut off nothing went, and nothing was noted of it.
    assert (await books.pool.fetchval("select count(*) from raw_document"), await trail(books, "raw_documents")) == (
        5,
        ["2"],
    )
    monkeypatch.undo()
    assert await drop(books, Kept.RAW_DOCUMENTS, batches=1) == 2
    assert await drop(books, Kept.RAW_DOCUMENTS) == 3
    assert await trail(books, "raw_documents") == ["2", "2", "2", "1"]


async def test_another_tenants_things_stay(books: Books) -> None:
    await books.pool.execute("insert into webhook_seen values ('other', 'shop', 'k', 't', $1)", LONG_AGO)
    assert await drop(books, Kept.WEBHOOK_KEYS) == 0
    assert await books.pool.fetchval("select count(*) from webhook_seen") == 1


async def test_the_night_keeps_to_the_settings_and_no_other_hour_does_anything(books: Books) -> None:
    await order(books, "1001", *OVER)
    settings = Retention(at_hour=2)
    night = NOON.replace(year=2026, month=11, hour=2)
    assert await rehearse(books.pool, TENANT, settings, night) == {
        **dict.fromkeys(Kept, 0), Kept.RAW_DOCUMENTS: 1, Kept.ORDERS_PEOPLE: 1,
    }  # fmt: skip
    assert await nightly(books.pool, TENANT, settings, night.replace(hour=3)) == {}
    went = await nightly(books.pool, TENANT, settings, night)
    assert (went[Kept.RAW_DOCUMENTS], went[Kept.ORDERS_PEOPLE]) == (1, 1)
    assert sum((await keep_to_it(books.pool, TENANT, settings, night)).values()) == 0
    last = await PgRetention(books.pool, TENANT).last()
    assert {kind: count for kind, (_, count) in last.items()} == {Kept.RAW_DOCUMENTS: 1, Kept.ORDERS_PEOPLE: 1}


def test_every_kind_has_its_days_and_its_reason() -> None:
    found = rules(Retention(), NOW)
    assert [rule.kind for rule in found] == list(Kept)
    assert all(rule.why and rule.before == NOW - timedelta(days=rule.days) for rule in found)


async def test_no_run_ever_touches_the_audit_trail(books: Books) -> None:
    await order(books, "1001", *OVER)
    before = await books.pool.fetch("select id, at, detail from audit_entry order by id")
    await keep_to_it(books.pool, TENANT, Retention(), NOW + timedelta(days=9000))
    after = await books.pool.fetch("select id, at, detail from audit_entry order by id limit $1", len(before))
    assert after == before
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await books.pool.execute("delete from audit_entry")


INDEXED = {
    "raw_walk": (TENANT, NOW, [PAIRING], LONG_AGO, b"", 500), "webhook_keys": (TENANT, NOW, 500),
    "closed_cases": (TENANT, NOW, 500), "orders_people": (TENANT, NOW, 500), "sessions": (TENANT, NOW, 500),
    "sign_ins": (TENANT, NOW, 500), "reconciliation": (TENANT, NOW),
}  # fmt: skip
BY = {
    "raw_walk": "raw_document_age", "webhook_keys": "webhook_seen_age", "closed_cases": "desk_case_uncleared",
    "orders_people": "sales_order_over", "sessions": "person_session_expires", "sign_ins": "sign_in_attempt_at",
    "reconciliation": "reconciliation_run_ended",
}  # fmt: skip


@pytest.mark.parametrize("name", INDEXED)
async def test_age_is_found_by_index(books: Books, name: str) -> None:
    async with books.pool.acquire() as connection, connection.transaction():
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):  # tables this small need no index
            await connection.execute(f"set local enable_{way} = off")
        rows = await connection.fetch(f"explain {retention.SQL[name]}", *INDEXED[name])
    assert BY[name] in "\n".join(row[0] for row in rows)
