"""One person is found wherever they stand, shown, and taken out: whole, and not while their order is under way."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson
import pytest

from crossdock.cases.kinds import STOCK_CODE_UNKNOWN
from crossdock.decide.privacy import VOID
from crossdock.model import as_json
from crossdock.model.account import Account
from crossdock.model.company import Company
from crossdock.model.lifecycle import Move
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import Address
from crossdock.store.archive import Vault, archive
from crossdock.store.cases import hold_records
from crossdock.wiring.erasure import Eraser, ErasureRefused, NotAReference, read_reference
from tests.store.books import NOON, PAIRING, TENANT, Books, sale

STREET = "23 Larch Close"
JANE = "Jane.Hartley@joinery.example"
LANE = Address(
    forename="Jane", surname="Hartleyson", line1=STREET, town="Ambridge", postcode="BT1 1AA", country="GB",
    telephone="+44 1632 960001", email=JANE,
)  # fmt: skip
PERSONAL = ("hartleyson", "jane.hartley", STREET.lower(), "ambridge", "960001")
SENT = ResolvedOrder(
    ref="1001", placed_at=NOON, currency="GBP", account_code="HART01", account_id="7", lines=(),
    total=Decimal("119.76"), delivery_net=Decimal(0), delivery_tax=Decimal(0), buyer_email=JANE, delivery_address=LANE,
    notes="ask Hartleyson",
)  # fmt: skip
OVER = (Move.SEND, Move.ACCEPT, Move.DESPATCH_ALL)


@pytest.fixture
def eraser(books: Books) -> Eraser:
    return Eraser(books.pool, books.vault, TENANT)


def janes(ref: str, **more: Any) -> Any:
    return sale(ref, **{"buyer_email": JANE, "delivery_address": LANE, "invoice_address": LANE, **more})


async def live(books: Books, *, moves: Sequence[Move] = OVER) -> None:
    """An order of Jane's with all that hangs on it, and one of somebody else's that must stay as it is."""
    await books.capture(janes("1001"), sale("2002", buyer_email="bob@other.example", company_ref="c-8"))
    await books.move("1001", *moves)
    await books.move("2002", *OVER)
    pool = books.pool
    await pool.execute("update sales_order set look_at = null, sold = document")
    await pool.execute("update sales_order set resolved = $1::jsonb where ref = '1001'", as_json.dumps(SENT).decode())
    order = await pool.fetchval("select id from sales_order where ref = '1001'")
    paper = as_json.dumps(janes("1001")).decode()
    await pool.execute(
        "insert into order_change (tenant, pairing, order_id, key, order_ref, storefront_id, origin, document, "
        "wanted, sale) "
        "values ($1, $2, $3, '1001/1', '1001', 'id-1001', 'document', '{\"what\": \"changed\"}', $4::jsonb, $4::jsonb)",
        TENANT, PAIRING, order, paper,
    )  # fmt: skip
    back = {"ref": "R1", "order_ref": "1001", "notes": "Jane Hartleyson rang", "address": {"surname": "Hartleyson"}}
    async with pool.acquire() as connection:
        (digest,) = await archive(
            connection, books.vault, tenant=TENANT, source="shop", kind="return",
            documents=[("id-1001", orjson.dumps(back))],
        )  # fmt: skip
        await archive(
            connection, books.vault, tenant=TENANT, source="khaos", kind="account",
            documents=[(PAIRING, one.encode()) for one in (f"<C>{JANE.upper()}</C>", "<C>bob@other.example</C>")],
        )  # fmt: skip
    await pool.execute(
        "insert into refund (tenant, pairing, key, order_id, order_ref, storefront_id, document, "
        "raw_digest, state, credit) "
        "values ($1, $2, 'R1', $3, '1001', 'id-1001', $4::jsonb, $5, 'credited', $4::jsonb)",
        TENANT, PAIRING, order, orjson.dumps(back).decode(), digest,
    )  # fmt: skip
    for kind, ref, text in (("sales-order", "1001", paper), ("return", "R1", orjson.dumps(back).decode())):
        await pool.execute(
            "insert into channel_out (tenant, pairing, kind, ref, document) values ($1, $2, $3, $4, $5::jsonb)",
            TENANT, PAIRING, kind, ref, text,
        )  # fmt: skip
    for ref, email in (("c-9", JANE), ("c-8", "bob@other.example")):
        company = as_json.dumps(
            Company(ref=ref, name="Hartley Joinery", email=email, address=LANE if ref == "c-9" else None)
        )
        await pool.execute(
            "insert into company (tenant, pairing, ref, document) values ($1, $2, $3, $4::jsonb)",
            TENANT, PAIRING, ref, company.decode(),
        )  # fmt: skip
    account = as_json.dumps(Account(account_id="7", code="HART01", name="Hartley Joinery", email=JANE)).decode()
    await pool.execute(
        "insert into account (tenant, system, account_id, code_key, document) "
        "values ($1, 'khaos', '7', 'hart01', $2::jsonb)",
        TENANT, account,
    )  # fmt: skip
    await pool.execute(
        "insert into channel_in (tenant, pairing, kind, key, document, raw_digest) "
        "values ($1, $2, 'account', '7', $3::jsonb, '')",
        TENANT, PAIRING, account,
    )  # fmt: skip
    await pool.execute(
        "insert into desk_case (tenant, pairing, kind, subject, state, desk, severity, cause, facts, evidence, "
        "due_at, closed_at) "
        "select $1, $2, 'k', ref, 'closed', 'data', 'low', 'order ' || ref || ' of Jane Hartleyson', "
        "jsonb_build_object('order_ref', ref, 'what', 'Hartleyson'), 'sent to ' || $3, now(), now() "
        "from unnest(array['1001', '2002']) as o(ref)",
        TENANT, PAIRING, STREET,
    )  # fmt: skip


async def everything(books: Books) -> str:
    """Every text of every row of every table but the stored documents, which are opened; in lower case."""
    tables = await books.pool.fetch(
        "select tablename from pg_tables where schemaname = 'public' and tablename not like 'pgqueuer%'"
    )
    texts = []
    for table in tables:
        rows = await books.pool.fetch(f"select to_jsonb(t)::text as text from {table['tablename']} t")
        texts += [f"{table['tablename']}: {row['text']}" for row in rows]
    bodies = await books.pool.fetch("select body from raw_document")
    texts += [f"raw_document: {books.vault.open(row['body']).decode()}" for row in bodies]
    return "\n".join(texts).lower()


async def test_a_person_is_taken_out_of_every_table_and_every_stored_document(books: Books, eraser: Eraser) -> None:
    await live(books)
    await books.pool.execute("delete from desk_case where subject = '2002'")
    before = await everything(books)
    assert all(word in before for word in PERSONAL)
    said = await eraser.erase(JANE, actor="mary")
    assert (said.done, said.unopened, said.under_way) == (True, 0, [])
    assert said.counts == {
        "orders": 1, "papers_of_orders": 10, "companies": 1, "accounts": 1, "brought_by_channel": 1, "cases": 1,
        "stored_documents": 3,
    }  # fmt: skip
    after = await everything(books)
    assert [line for line in after.splitlines() if any(word in line for word in PERSONAL)] == []
    order = (await books.file("1001")).order
    assert order is not None
    assert (order.total, order.lines, order.company_name) == (sale().total, sale().lines, "Hartley Joinery")
    assert order.delivery_address == Address(
        **dict.fromkeys(("forename", "surname", "line1", "town", "postcode", "telephone", "email"), VOID), country="GB"
    )


async def test_what_belongs_to_others_stays(books: Books, eraser: Eraser) -> None:
    await live(books)
    before = await books.pool.fetchrow("select document, raw_digest from sales_order where ref = '2002'")
    await eraser.erase(JANE, actor="mary")
    assert await books.pool.fetchrow("select document, raw_digest from sales_order where ref = '2002'") == before
    assert "bob@other.example" in await books.pool.fetchval("select document::text from company where ref = 'c-8'")
    assert await books.pool.fetchval("select evidence from desk_case where subject = '2002'") == f"sent to {STREET}"
    assert await books.pool.fetchval("select count(*) from raw_document") == 2  # Bob's order, and his firm's upload


async def test_a_rehearsal_counts_the_same_and_changes_nothing(books: Books, eraser: Eraser) -> None:
    await live(books)
    before = await everything(books)
    rehearsed = await eraser.erase(JANE, actor="mary", rehearse=True)
    assert (rehearsed.done, await everything(books)) == (False, before)
    assert (await eraser.erase(JANE, actor="mary")).counts == rehearsed.counts


async def test_twice_is_once(books: Books, eraser: Eraser) -> None:
    await live(books)
    await eraser.erase(JANE, actor="mary")
    state = await everything(books)
    again = await eraser.erase(JANE, actor="mary")
    assert set(again.counts.values()) == {0}
    rest = [line for line in (await everything(books)).splitlines() if line not in state.splitlines()]
    assert len(rest) == 1  # the second asking is an entry of its own, and nothing else happened
    assert "person_erased" in rest[0]


@pytest.mark.parametrize("moves", [(), (Move.HOLD,), (Move.SEND,), (Move.SEND, Move.ACCEPT)])
async def test_it_is_refused_while_an_order_is_under_way(books: Books, eraser: Eraser, moves: Sequence[Move]) -> None:
    await live(books, moves=moves)
    before = await everything(books)
    with pytest.raises(ErasureRefused, match="still under way: order 1001 is"):
        await eraser.erase(JANE, actor="mary")
    assert await everything(books) == before
    assert [ref for ref, _ in (await eraser.erase(JANE, actor="mary", rehearse=True)).under_way] == ["1001"]


async def test_it_is_refused_while_an_order_stands_in_a_case_or_has_something_unfinished(
    books: Books, eraser: Eraser
) -> None:
    await live(books)
    file = await books.file("1001")
    finding = STOCK_CODE_UNKNOWN.about("DRILL-18V", **dict.fromkeys(STOCK_CODE_UNKNOWN.fact_names, "DRILL-18V"))
    async with books.pool.acquire() as connection:
        await hold_records(connection, books.scope, "order", [file.id], findings=[finding], refs={file.id: "1001"})
    with pytest.raises(ErasureRefused, match="1001 stands in an open case"):
        await eraser.erase(JANE, actor="mary")
    await books.pool.execute("update desk_case set state = 'closed', closed_at = now()")
    await books.pool.execute("update refund set look_at = now()")
    with pytest.raises(ErasureRefused, match="1001 has something unfinished"):
        await eraser.erase(JANE, actor="mary")
    await books.pool.execute("update refund set look_at = null")
    assert (await eraser.erase(JANE, actor="mary")).done


@pytest.mark.parametrize("reference", [JANE.upper(), "order:1001", f"company:{PAIRING}/c-9"])
async def test_a_person_is_found_by_address_order_or_company(books: Books, eraser: Eraser, reference: str) -> None:
    await live(books)
    await books.pool.execute("delete from desk_case where subject = '2002'")
    await eraser.erase(reference, actor="mary")
    after = await everything(books)
    assert [line for line in after.splitlines() if any(word in line for word in PERSONAL)] == []


@pytest.mark.parametrize(
    "reference", ["", "Jane", "order:", "company:x", "a b@c.example", "%@x.example", "jane@localhost"]
)
def test_what_names_nobody_is_told(reference: str) -> None:
    with pytest.raises(NotAReference, match="Write an e-mail address"):
        read_reference(reference)


@pytest.mark.parametrize("reference", ["nobody@else.example", "order:9999", "company:nope/x"])
async def test_nobody_is_nothing(books: Books, eraser: Eraser, reference: str) -> None:
    await live(books)
    before = await everything(books)
    said = await eraser.erase(reference, actor="mary", rehearse=True)
    assert (set(said.counts.values()) <= {0}, await everything(books)) == (True, before)
    assert not any((await eraser.export(reference))["counts"].values())


async def test_the_export_holds_everything_and_nothing_of_others(books: Books, eraser: Eraser) -> None:
    await live(books)
    told = as_json.dumps(await eraser.export(JANE)).decode().lower()
    assert all(word in told for word in PERSONAL)
    assert "bob@other.example" not in told
    whole = await eraser.export(JANE)
    assert [order["ref"] for order in whole["orders"]] == ["1001"]
    assert len(whole["orders"][0]["papers"]) == 10
    assert {one["kind"] for one in whole["stored_documents"]} == {"sales-order", "return", "account"}


async def test_the_audit_trail_says_who_erased_and_how_much_but_not_whom(books: Books, eraser: Eraser) -> None:
    await live(books)
    said = await eraser.erase(JANE, actor="mary")
    entry = await books.pool.fetchrow("select * from audit_entry where subject = 'person' and action = 'person_erased'")
    detail = orjson.loads(entry["detail"])
    assert (entry["actor"], detail["mark"], detail["orders"]) == ("mary", said.mark, 1)
    assert said.mark == eraser.mark(JANE.upper())  # whoever has the address and the key can find the entry
    assert "jane" not in entry["detail"].lower()


async def test_no_entry_of_an_orders_life_holds_a_name_or_an_address(books: Books) -> None:
    await live(books)
    await books.capture(janes("3003"))
    await books.move("3003", Move.HOLD, detail={"cases": ["x"]})
    await books.capture(janes("3003", notes="ring Hartleyson", updated_at=sale().updated_at.replace(year=2027)))
    entries = await books.pool.fetch("select actor, action, subject, detail::text as detail from audit_entry")
    assert len(entries) > 5
    text = " ".join(str(dict(row)) for row in entries).lower()
    assert [word for word in PERSONAL if word in text] == []


async def test_names_of_firms_go_when_they_are_somebodys(books: Books, eraser: Eraser) -> None:
    await live(books)
    await eraser.erase(JANE, actor="mary", names=True)
    assert await books.pool.fetchval("select company_name from sales_order where ref = '1001'") == VOID
    assert "Hartley Joinery" not in await books.pool.fetchval(
        "select document::text from sales_order where ref = '1001'"
    )


async def test_a_document_that_our_key_does_not_open_is_counted(books: Books) -> None:
    await live(books)
    other = Eraser(books.pool, Vault(b"\1" * 32), TENANT)
    assert (await other.erase(JANE, actor="mary", rehearse=True)).unopened == 5


async def test_emptied_mirrors_are_not_taken_for_each_other(books: Books, eraser: Eraser) -> None:
    """A mark as e-mail address would match every erased company with every erased account."""
    await live(books)
    await eraser.erase(JANE, actor="mary")
    for table in ("company where ref = 'c-9'", "account"):
        document = orjson.loads(await books.pool.fetchval(f"select document::text from {table}"))
        assert (document["email"], document["name"]) == ("", "Hartley Joinery")
