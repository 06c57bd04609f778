"""The bridge door, reading: capabilities, items and units, stock, accounts, price lists; paging and its troubles."""

import pytest

from tests.sandbox.prima_caller import order, prima


async def test_capabilities_say_what_is_played() -> None:
    async with prima(companies={"1": ["MAIN"]}, cancel=False, unsupported=["invoices.list"]) as caller:
        told = (await caller.get("/v1/capabilities")).json
        assert (told["contract_version"], told["companies"]) == ("1.0.0", ["1"])
        assert told["operations"]["orders.cancel"] == told["operations"]["invoices.list"] == "unsupported"
        assert told["operations"]["stock.query"] == "supported"
        assert told["stock"] == {
            "free_field": "AvailableQuantity", "semantics_confirmed": False, "per_warehouse": True, "delta": True,
        }  # fmt: skip
        assert (told["uom_mode"], told["tax_mode"], told["amend"]) == ("unit_sku", "erp_calculates", False)
        assert (await caller.get("/v1/invoices")).refusal == (501, "operation-unsupported")
        assert (await caller.get("/v1/invoices/INV1")).refusal == (404, "not-found")


async def test_without_the_token_nothing_is_told() -> None:
    async with prima() as caller:
        for path in ("/v1/capabilities", "/v1/items", "/v1/orders/1"):
            answer = await caller.call("GET", path, headers={})
            assert answer.refusal == (401, "unauthorised")


async def test_every_saleable_unit_has_its_own_sku_and_key() -> None:
    async with prima() as caller:
        items = {row["sku"]: row for row in await caller.walk("/v1/items")}
        base, case, pallet = items["HP-1000"], items["HP-1000-CASE"], items["HP-1000-PALLET"]
        assert [unit["sku"] for unit in base["units"]] == ["HP-1000", "HP-1000-CASE", "HP-1000-PALLET"]
        assert case["units"] == [base["units"][1]]
        assert pallet["units"][0]["base_sku"] == "HP-1000"
        holds = [int(unit["base_quantity"]) for unit in base["units"]]
        assert holds == [1, holds[1], holds[1] * 40]
        assert base["native_key"] == {"product": "HP1000"}
        assert case["native_key"] == {"product": "HP1000", "m3": "CASE"}
        assert items["OSLO-S-BLK"]["native_key"] == {"product": "OSLO", "m1": "BLK", "m2": "S"}
        assert "GHOST-01" not in items
        assert (await caller.get("/v1/items/HP-1000-CASE")).json == case
        assert (await caller.get("/v1/items/GHOST-01")).refusal == (404, "not-found")


async def test_unit_codes_hang_on_the_base_sku() -> None:
    async with prima(uom_mode="unit_code") as caller:
        items = {row["sku"]: row for row in await caller.walk("/v1/items")}
        assert "HP-1000-CASE" not in items
        assert [unit["unit_code"] for unit in items["HP-1000"]["units"]] == ["each", "case", "pallet"]
        assert "sku" not in items["HP-1000"]["units"][1]
        prices = [row for row in await caller.walk("/v1/price-lists/TRADE/prices") if row["sku"] == "HP-1000"]
        assert [row["unit_code"] for row in prices] == ["case", "each", "pallet"]


async def test_stock_is_told_per_warehouse_and_adds_up() -> None:
    async with prima() as caller:
        on_hand = caller.simulator.estate.item("HP-1001").on_hand
        rows = [row for row in await caller.walk("/v1/stock") if row["sku"] == "HP-1001"]
        assert [row["warehouse_code"] for row in rows] == ["MAIN", "TRADE"]
        assert sum(int(row["free"]) for row in rows) == on_hand
        assert rows[0]["sequence"] == 1
        assert rows[0]["native_key"] == {"product": "HP1001"}
    async with prima(per_warehouse=False, stock_sequence=False) as caller:
        (row,) = [row for row in await caller.walk("/v1/stock") if row["sku"] == "HP-1001"]
        assert (row["warehouse_code"], row["free"]) == ("ALL", str(on_hand))
        assert "sequence" not in row


async def test_a_query_tells_what_it_does_not_know_from_what_is_not_there() -> None:
    async with prima() as caller:
        told = (await caller.post("/v1/stock/query", {"skus": ["GHOST-01", "KIT-DOOR", "HP-1000-CASE"]})).json
        assert told["missing"] == ["GHOST-01", "HP-1000-CASE"]
        assert {row["sku"] for row in told["data"]} == {"KIT-DOOR"}
        assert told["data"][0]["physical"] is None
        one = (await caller.post("/v1/stock/query", {"skus": ["HP-1001"], "warehouse_code": "TRADE"})).json["data"]
        assert [row["warehouse_code"] for row in one] == ["TRADE"]
        many = await caller.post("/v1/stock/query", {"skus": [f"S{number}" for number in range(201)]})
        assert many.refusal == (400, "request-invalid")
        odd = await caller.post("/v1/stock/query", {"skus": ["HP-1001"], "warehouse_code": "MOON"})
        assert odd.json["errors"][0]["pointer"] == "/warehouse_code"
    async with prima(unit_stock="derived") as caller:
        case = caller.simulator.estate.item("HP-1000").units["case"]
        rows = (await caller.post("/v1/stock/query", {"skus": ["HP-1000", "HP-1000-CASE"]})).json["data"]
        free = {(row["sku"], row["warehouse_code"]): int(row["free"]) for row in rows}
        assert free["HP-1000-CASE", "MAIN"] == free["HP-1000", "MAIN"] // case


async def test_a_kit_has_what_its_scarcest_part_makes() -> None:
    async with prima() as caller:
        frees = [await caller.free(sku) for sku in ("HP-1000", "HP-1001")]
        parts = [(await caller.post("/v1/stock/query", {"skus": [sku]})).json["data"] for sku in ("HP-1000", "HP-1001")]
        made = sum(min(int(a["free"]), int(b["free"]) // 3) for a, b in zip(*parts, strict=True))
        assert await caller.free("KIT-DOOR") == made <= min(frees[0], frees[1] // 3)


async def test_only_what_changed_since_and_a_sequence_that_rises() -> None:
    async with prima() as caller:
        since = (await caller.get("/v1/stock?limit=1")).json["data"][0]["as_of"]
        assert (await caller.get(f"/v1/stock?updated_since={since}")).json["data"] == []
        for _ in range(2):
            await caller.act("local_sale", sku="HP-1002", quantity=1, warehouse="TRADE")
        (row,) = await caller.walk(f"/v1/stock?updated_since={since}")
        assert (row["sku"], row["warehouse_code"], row["sequence"]) == ("HP-1002", "TRADE", 3)
    async with prima(stock_delta=False) as caller:
        assert (await caller.get(f"/v1/stock?updated_since={since}")).refusal == (501, "operation-unsupported")


async def test_free_means_free_unless_it_does_not() -> None:
    for net, told in ((True, -2), (False, 0)):
        async with prima(free_is_net=net) as caller:
            before = await caller.free("HP-1001")
            assert (await caller.post("/v1/orders", order(hold=True))).json["status"] == "held"
            assert await caller.free("HP-1001") - before == told


async def test_old_figures_say_so() -> None:
    async with prima(stock_age_seconds=7200) as caller:
        old = (await caller.get("/v1/stock?limit=1")).json["data"][0]["as_of"]
        caller.simulator.store.knobs = type(caller.simulator.store.knobs).read({})
        assert old < (await caller.get("/v1/stock?limit=1")).json["data"][0]["as_of"]


async def test_accounts_and_their_addresses() -> None:
    async with prima() as caller:
        rows = await caller.walk("/v1/customers")
        accounts = {row["account_code"]: row for row in rows}
        assert len(accounts) == 29  # one company of thirty was never linked to an account
        assert accounts["HPT1017"]["status"] == "on_hold"
        assert [one["kind"] for one in accounts["HPT1004"]["addresses"]] == ["both", "delivery"]
        assert accounts["HPT1010"]["price_list_code"] == "KEY"
        assert (await caller.get("/v1/customers/HPT1017")).json == accounts["HPT1017"]
        assert (await caller.get("/v1/customers/nobody")).refusal == (404, "not-found")


async def test_price_lists_and_quantity_breaks() -> None:
    async with prima() as caller:
        lists = {row["code"]: row for row in await caller.walk("/v1/price-lists")}
        assert [lists[code]["prices_include_tax"] for code in ("KEY", "TRADE", "RETAIL")] == [False, False, True]
        breaks = [row for row in await caller.walk("/v1/price-lists/KEY/prices") if row["sku"] == "HP-1001"]
        assert [row["min_quantity"] for row in breaks] == ["1", "10"]
        assert float(breaks[0]["unit_price"]) > float(breaks[1]["unit_price"]) > 0
        assert (await caller.get("/v1/price-lists/MOON/prices")).refusal == (404, "not-found")


async def test_the_zero_price_trap() -> None:
    async with prima(zero_price_trap=True) as caller:
        await caller.act("drop_price", sku="HP-1003")
        zero = {row["sku"] for row in await caller.walk("/v1/price-lists/TRADE/prices") if row["unit_price"] == "0.00"}
        assert zero == {"GHOST-01", "HP-1003"}


@pytest.mark.parametrize("path", ["/v1/items", "/v1/stock", "/v1/customers", "/v1/price-lists/TRADE/prices"])
async def test_feeds_cut_short_and_cursors_expired(path: str) -> None:
    feed = {"/v1/price-lists/TRADE/prices": "price-lists/TRADE"}.get(path, path.removeprefix("/v1/"))
    async with prima() as caller:
        page = (await caller.get(f"{path}?limit=5")).json["page"]
        await caller.act("expire_cursors")
        assert (await caller.get(f"{path}?cursor={page['next_cursor']}")).refusal == (410, "cursor-expired")
        await caller.act("cut_feed_short", feed=feed)
        cut = (await caller.get(f"{path}?limit=5")).json
        assert (cut["page"]["has_more"], len(cut["data"])) == (False, 5)
        assert cut["page"]["total"] == page["total"] > 5


async def test_the_same_seed_and_calls_give_the_same_state() -> None:
    states = []
    for _ in range(2):
        async with prima() as caller:
            for number in range(4):
                await caller.post("/v1/orders", order(external_ref=f"WEB-{number}"))
            await caller.act("work_floor", orders=3, part_rate=0.5)
            states.append(
                [(one["code"], one["status"], one["gross_total"]) for one in caller.simulator.state()["orders"]]
            )
    assert states[0] == states[1]
    assert {status for _, status, _ in states[0]} >= {"accepted", "despatched"}


async def test_a_reset_begins_the_day_again() -> None:
    async with prima() as caller:
        await caller.post("/v1/orders", order())
        async with caller.session.post(f"{caller.url}/_sandbox/reset", json={"settings": {"queue": True}}) as answer:
            assert answer.status == 200
        assert (await caller.get("/v1/orders")).json["page"]["total"] == 0
        assert (await caller.post("/v1/orders", order())).status == 202
