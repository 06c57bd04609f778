"""The connector against the simulator, which was written from the same contract by somebody else."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.khaos_control import SYSTEM
from crossdock.connectors.khaos_control.connector import KhaosControl
from crossdock.model.despatch import Fulfilment, Stage
from crossdock.model.faults import Accepted, ConfigFault, DataFault, ReadIncomplete, Refused, Transient, Unknown
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.stock import StockFigure
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from tests.connectors.gate import FreeGate
from tests.connectors.khaos_control.support import JOINERS, PAID_ORDER, everything, settings

EXE = "KHAOSHPT.exe"


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Estate:
    khaos: KhaosControl
    simulator: KhaosControlSimulator
    gate: FreeGate

    async def act(self, name: str, **params: Any) -> Any:
        return await self.simulator.act(name, params)

    def trouble(self, kind: str, match: str, **knobs: Any) -> None:
        self.simulator.faults.set([{"kind": kind, "match": match, **knobs}])

    async def figure(self, code: str) -> StockFigure:
        return {one.stock_code: one for one in await everything(self.khaos.read_stock(None))}[code]


@contextlib.asynccontextmanager
async def estate(setup: Mapping[str, Any] | None = None, **more: Any) -> AsyncIterator[Estate]:
    """setup: the simulator's settings. more: the connector's."""
    simulator = KhaosControlSimulator(build_estate(items=20, companies=30), settings=setup)
    gate = FreeGate()
    async with running(simulator) as url:
        khaos = await SYSTEM.connect(settings(url, **{"exe": EXE, "read_wsdl": True, **more}), gate, RealClock())
        assert isinstance(khaos, KhaosControl)
        try:
            yield Estate(khaos, simulator, gate)
        finally:
            await khaos.close()


def line(code: str = "HP-1001", quantity: str = "3", *, ref: str = "1") -> ResolvedLine:
    """At ten pounds each and 20 % tax."""
    net = Decimal(quantity) * 10
    return ResolvedLine(
        line_ref=ref,
        stock_code=code,
        quantity=Decimal(quantity),
        unit_price=Decimal("10.00"),
        net=net,
        tax_code="1",
        tax=net / 5,
    )


def order(ref: str = "SO-1", *lines: ResolvedLine, **changes: Any) -> ResolvedOrder:
    wanted = lines or (line(),)
    total = sum((one.net + one.tax for one in wanted), Decimal("9.48"))
    plain = replace(PAID_ORDER, ref=ref, lines=wanted, total=total, sales_source="Web", site="Main Warehouse")
    return replace(plain, **changes)


async def test_an_order_is_placed_once_and_found() -> None:
    async with estate() as world:
        placed = await world.khaos.create_order(order())
        assert isinstance(placed, Accepted)
        found = await world.khaos.find_order("SO-1")
        assert found is not None
        assert (found.erp_code, found.gross_total, found.currency) == (placed.their_ref, Decimal("45.48"), "GBP")
        assert (found.account_code, found.quantity_sold, found.complete) == ("HPT1001", 3, False)
        assert await world.khaos.find_order("SO-2") is None


async def test_a_second_import_is_a_duplicate_and_no_second_order() -> None:
    async with estate() as world:
        await world.khaos.create_order(order())
        again = await world.khaos.create_order(order())
        assert isinstance(again, Refused)
        assert again.duplicate
        assert len(world.simulator.state()["orders"]) == 1


@pytest.mark.parametrize("kind", ["lost_reply", "truncated_body", "wrong_media_type"])
async def test_a_lost_reply_is_unknown_and_then_found(kind: str) -> None:
    async with estate() as world:
        world.trouble(kind, "ImportOrders", count=1)
        assert isinstance(await world.khaos.create_order(order()), Unknown)
        assert await world.khaos.find_order("SO-1") is not None
        assert len(world.simulator.state()["orders"]) == 1


async def test_a_reply_that_comes_too_late_is_unknown_and_then_found() -> None:
    async with estate(timeout_seconds=0.3) as world:
        world.trouble("slow_reply", "ImportOrders", count=1, seconds=1.0)
        assert isinstance(await world.khaos.create_order(order()), Unknown)
        assert await world.khaos.find_order("SO-1") is not None


@pytest.mark.parametrize("knobs", [{"kind": "lost_request"}, {"kind": "html_page"}, {"kind": "status", "status": 502}])
async def test_a_lost_request_is_unknown_and_then_absent(knobs: dict[str, Any]) -> None:
    async with estate() as world:
        world.trouble(knobs.pop("kind"), "ImportOrders", count=1, **knobs)
        assert isinstance(await world.khaos.create_order(order()), Unknown)
        assert await world.khaos.find_order("SO-1") is None


async def test_throttling_is_obeyed_and_certainly_did_nothing() -> None:
    async with estate() as world:
        world.trouble("status", "ImportOrders", count=1, status=429, retry_after=3)
        with pytest.raises(Transient) as caught:
            await world.khaos.create_order(order())
        assert caught.value.throttled
        assert world.gate.waits == [3.0]
        assert not world.simulator.state()["orders"]


async def test_a_read_outlives_passing_trouble() -> None:
    async with estate() as world:
        for kind in ("html_page", "truncated_body", "wrong_media_type", "lost_reply"):
            world.trouble(kind, "ExportOrderStatusEx", count=1)
            assert await world.khaos.find_order("SO-1") is None


@pytest.mark.parametrize("kind", ["html_page", "truncated_body", "wrong_media_type"])
async def test_half_an_answer_for_ever_is_a_read_that_is_incomplete(kind: str) -> None:
    async with estate() as world:
        world.trouble(kind, "SOAP")
        with pytest.raises(ReadIncomplete):
            await world.khaos.find_order("SO-1")
        with pytest.raises(ReadIncomplete):
            await everything(world.khaos.read_items(None))


async def test_what_khaos_does_not_take_is_refused_in_its_own_words() -> None:
    async with estate() as world:
        await world.act("discontinue", sku="HP-1002")
        await world.act("adjust", sku="HP-1003", on_hand=0)
        await world.act("run_to_zero", sku="HP-1003")
        await world.act("lock_company", code="HPT1002")
        cases = {
            "GHOST-01": order("SO-2", line("GHOST-01")),
            "HP-1002": order("SO-3", line("HP-1002")),
            "HP-1003": order("SO-4", line("HP-1003")),
            "SITE": order("SO-5", site="Moon"),
            "COMPANY": order("SO-6", account_code="HPT1002"),
            "NOBODY": order("SO-7", account_code="HPT9999", buyer_email="nobody@nowhere.example"),
        }
        for name, one in cases.items():
            outcome = await world.khaos.create_order(one)
            if name == "NOBODY" and isinstance(outcome, Accepted):
                continue  # a server may open an account for an unknown code: IS_NEW_CUSTOMER 0 allows it
            assert isinstance(outcome, Refused), (name, outcome)
            assert not outcome.duplicate


async def test_one_bad_line_refuses_the_whole_order() -> None:
    async with estate() as world:
        outcome = await world.khaos.create_order(order("SO-1", line(ref="1"), line("GHOST-01", ref="2")))
        assert isinstance(outcome, Refused)
        assert await world.khaos.find_order("SO-1") is None


@pytest.mark.parametrize("name", ["Brontë & <Sons>", "𠮷野家 🛒 Trading", "a > b & c"])
async def test_odd_characters_arrive(name: str) -> None:
    async with estate() as world:
        outcome = await world.khaos.create_order(
            order(notes=name, delivery_address=replace(JOINERS, organisation=name, surname=name, line1=name))
        )
        assert isinstance(outcome, Accepted)
        assert name in repr(world.simulator.state()["orders"])


async def test_several_invoices_and_boxes() -> None:
    async with estate() as world:
        await world.act("adjust", sku="HP-1001", on_hand=5, site="Main Warehouse")
        await world.khaos.create_order(order("SO-1", line(quantity="8")))
        await world.act("despatch", ref="SO-1", boxes=2)
        part = (await world.khaos.read_fulfilments(["SO-1"]))["SO-1"]
        assert isinstance(part, Fulfilment)
        assert not part.complete
        assert sorted(one.stage for one in part.invoices) == [Stage.AWAITING_STOCK, Stage.ISSUED]
        await world.act("goods_in", sku="HP-1001", quantity=10, site="Main Warehouse")
        await world.act("despatch", ref="SO-1")
        whole = (await world.khaos.read_fulfilments(["SO-1"]))["SO-1"]
        assert isinstance(whole, Fulfilment)
        assert whole.complete
        assert [len(one.parcels) for one in whole.invoices] == [2, 1]
        assert all(one.shipped for one in whole.invoices)
        sent = sum(item.quantity for one in whole.invoices for box in one.parcels for item in box.lines)
        assert sent == 8


async def test_a_cancelled_order_says_so() -> None:
    async with estate({"null_date": ""}) as world:
        await world.khaos.create_order(order())
        await world.act("cancel", ref="SO-1", reason="Wrong colour & size")
        found = await world.khaos.find_order("SO-1")
        assert found is not None
        assert found.cancelled
        assert found.cancel_reason == "Wrong colour & size"


async def test_a_stage_nobody_mapped_fails_that_order_alone() -> None:
    for more, stage in (({}, None), ({"stages": {4711: "held"}}, Stage.HELD)):
        async with estate(**more) as world:
            await world.khaos.create_order(order("SO-1"))
            await world.khaos.create_order(order("SO-2"))
            await world.act("stage", ref="SO-1", stage_id=4711)
            found = await world.khaos.read_fulfilments(["SO-1", "SO-2", "SO-3"])
            assert isinstance(found["SO-2"], Fulfilment)
            assert "SO-3" not in found
            strange = found["SO-1"]
            if stage is None:
                assert isinstance(strange, DataFault)
                assert "4711" in strange.problem
            else:
                assert isinstance(strange, Fulfilment)
                assert strange.invoices[0].stage is stage


async def test_every_documented_stage_is_known() -> None:
    async with estate() as world:
        await world.khaos.create_order(order())
        for stage in (9, 10, 11, 12, 13, 14, 15, 20, 16, 17, 18, 19, 21, 70):
            await world.act("stage", ref="SO-1", stage_id=stage)
            assert await world.khaos.find_order("SO-1") is not None


async def test_an_invoice_code_that_changes_changes_nothing_else() -> None:
    async with estate() as world:
        await world.khaos.create_order(order())
        await world.act("despatch", ref="SO-1", boxes=2)
        before = await world.khaos.find_order("SO-1")
        await world.act("rename_invoice", ref="SO-1", code="INV-NEW")
        after = await world.khaos.find_order("SO-1")
        assert before is not None
        assert after is not None
        assert before.invoices[0].code != after.invoices[0].code
        assert before.invoices[0].parcels == after.invoices[0].parcels


async def test_stock_falls_when_ordered_and_not_when_issued() -> None:
    async with estate(site="main warehouse") as world:
        before = (await world.figure("HP-1001")).quantity
        await world.khaos.create_order(order())
        assert (await world.figure("HP-1001")).quantity == before - 3
        await world.act("despatch", ref="SO-1")
        assert (await world.figure("HP-1001")).quantity == before - 3
        assert (await world.figure("HP-1001")).site == "Main Warehouse"


async def test_figures_hold_children_packs_and_builds_and_no_template() -> None:
    async with estate() as world:
        await world.act("adjust", sku="HP-1000", on_hand=14)
        figures = {one.stock_code: one for one in await everything(world.khaos.read_stock(None))}
        assert "OSLO" not in figures
        assert {code for code in figures if code.startswith("OSLO-")} == {
            "OSLO-S-BLK", "OSLO-S-WHT", "OSLO-L-BLK", "OSLO-L-WHT",
        }  # fmt: skip
        assert not any(one.unlimited for one in figures.values())
        assert figures["KIT-DOOR"].quantity == figures["HP-1000"].quantity  # one HP-1000 in each
        assert figures["BLD-SHELF"].quantity == 15


@pytest.mark.parametrize("mode", ["sum", "default_site", "rows"])
async def test_without_a_site_the_server_decides_what_all_sites_are(mode: str) -> None:
    async with estate({"all_sites": mode}) as world:
        figures = await everything(world.khaos.read_stock(None))
        assert len({(one.stock_code, one.site) for one in figures}) == len(figures)


@pytest.mark.parametrize("variants", ["nested", "flat"])
@pytest.mark.parametrize("compressed", [False, True])
async def test_items_are_the_same_however_they_are_exported(variants: str, compressed: bool) -> None:
    async with estate({"variants": variants}, compressed=compressed, batches={"export_stock": 4}) as world:
        documents = await everything(world.khaos.read_items(None))
        codes = [one.ref for one in documents]
        assert not [one for one in documents if one.fault]
        assert len(codes) == len(set(codes))
        assert {"HP-1000", "OSLO-L-BLK", "KIT-DOOR"} <= set(codes)
        found = await world.khaos.find_items(["hp-1000", "oslo-l-blk", "GHOST-01"])
        assert {one.code for one in found} == {"HP-1000", "OSLO-L-BLK"}


async def test_an_item_keeps_its_id_under_a_new_code() -> None:
    async with estate() as world:
        [before] = await world.khaos.find_items(["HP-1004"])
        await world.act("rename_item", sku="HP-1004", new_code="HP-1004-B")
        [after] = await world.khaos.find_items(["HP-1004-B", "HP-1004"])
        assert before.item_id == after.item_id


async def test_only_what_changed_comes_back() -> None:
    async with estate() as world:
        world.simulator.skew = timedelta(hours=6)
        await world.act("goods_in", sku="HP-1005", quantity=7, site="Main Warehouse")
        since = datetime.now(UTC) + timedelta(hours=5)
        assert {one.stock_code for one in await everything(world.khaos.read_stock(since))} == {"HP-1005"}
        await world.act("discontinue", sku="OSLO-S-BLK")
        assert "OSLO-S-BLK" in {one.ref for one in await everything(world.khaos.read_items(since))}


@pytest.mark.parametrize("method", ["GetStockList", "ExportStockStatus"])
async def test_a_list_that_stays_short_is_incomplete(method: str) -> None:
    async with estate() as world:
        world.trouble("short_list", method)
        with pytest.raises(ReadIncomplete):
            await everything(world.khaos.read_stock(None))


async def test_a_list_that_is_short_once_is_read_to_its_end_all_the_same() -> None:
    async with estate() as world:
        whole = {one.stock_code for one in await everything(world.khaos.read_stock(None))}
        world.trouble("short_list", "ExportStockStatus", count=1)
        assert {one.stock_code for one in await everything(world.khaos.read_stock(None))} == whole


async def test_accounts_keep_their_id_and_say_when_they_are_on_stop() -> None:
    async with estate() as world:
        [before] = await world.khaos.find_accounts(["hpt1003"])
        await world.act("recode_company", code="HPT1003", new_code="HPT2003")
        await world.act("lock_company", code="HPT2003")
        [after] = await world.khaos.find_accounts(["HPT2003", "HPT1003"])
        assert (before.account_id, before.on_stop) == (after.account_id, False)
        assert after.on_stop
        everyone = await everything(world.khaos.read_accounts(None))
        assert len(everyone) == len({one.ref for one in everyone}) > 20
        assert [one for one in everyone if one.value and one.value.po_required]


@pytest.mark.parametrize("setup", [{}, {"price_wrapper": True, "price_attribute": "PriceListNet"}])
async def test_prices_come_with_their_breaks(setup: dict[str, Any]) -> None:
    async with estate(setup) as world:
        found = [one for one in await everything(world.khaos.read_prices(["Trade"])) if one.stock_code == "HP-1000"]
        assert [one.quantity_from for one in found] == [1, 10]
        assert found[0].price > found[1].price
        with pytest.raises(ConfigFault):
            await everything(world.khaos.read_prices(["Wholesale"]))


@pytest.mark.parametrize("auth", ["http_basic", "soap_header"])
async def test_credentials_are_shown_and_wrong_ones_are_a_setting(auth: str) -> None:
    setup = {"auth": auth, "username": "ida", "password": "s&cret"}
    async with estate(setup, auth=auth, username="ida", password="s&cret") as world:
        assert isinstance(await world.khaos.create_order(order()), Accepted)
    async with estate(setup, auth=auth, username="ida", password="wrong") as world:
        with pytest.raises(ConfigFault) as caught:
            await world.khaos.create_order(order())
        assert caught.value.setting == "auth"


async def test_a_wrong_executable_is_a_setting() -> None:
    async with estate(exe="KhaosNOBODY.exe") as world:
        with pytest.raises(ConfigFault) as caught:
            await world.khaos.find_order("SO-1")
        assert caught.value.setting == "exe"


async def test_the_probe_is_content() -> None:
    async with estate(site="Main Warehouse") as world:
        lines = await world.khaos.probe()
        assert {line.what for line in lines} == {
            "operations", "order status", "sites", "stock items", "stock levels", "companies", "price lists",
        }  # fmt: skip
        assert not [line for line in lines if line.problem or line.unreadable]


async def test_soap_1_2_is_understood_too() -> None:
    async with estate(soap_version="1.2") as world:
        assert await world.khaos.find_order("SO-1") is None


@pytest.mark.parametrize("pounds", ["20.00", "0.03", "9.99", "123.45"])
async def test_gross_prices_come_to_what_the_shopper_pays(pounds: str) -> None:
    """0.03 is a sum that no net and its tax, each in whole pence, would come to."""
    async with estate() as there:
        gross = Decimal(pounds)
        tax = gross - (gross / Decimal("1.2")).quantize(Decimal("0.01"))
        line = replace(PAID_ORDER.lines[0], quantity=Decimal(1), unit_price=gross, net=gross - tax, tax=tax)
        order = replace(PAID_ORDER, lines=(line,), total=gross + Decimal("9.48"), prices_include_tax=True)
        assert isinstance(await there.khaos.create_order(order), Accepted)
        found = await there.khaos.find_order(order.ref)
        assert found is not None
        assert found.gross_total == order.total
