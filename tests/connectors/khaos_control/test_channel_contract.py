"""The channel against the simulator's poller: Khaos Control calls, and what it calls is ours."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from crossdock.connectors.khaos_control.channel.door import KhaosChannel
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.model.despatch import FLOOR_BEGAN
from crossdock.model.item_document import Birth, Family, ItemDocument, ItemField
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.ports.channel import ChannelRequest
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from tests.connectors.khaos_control.channel.desk import MemoryDesk, settings
from tests.connectors.khaos_control.support import JOINERS

ESTATE = build_estate(items=20, companies=30)
FORMS = ("JSON", "XML")


class Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Fair:
    """desk: what our side holds. kc: the simulator."""

    desk: MemoryDesk
    kc: KhaosControlSimulator

    async def act(self, name: str, **params: Any) -> Any:
        return await self.kc.act(name, params)

    def orders(self) -> dict[str, Mapping[str, Any]]:
        return {one["associated_ref"]: one for one in self.kc.state()["orders"]}

    def log(self, call: str) -> list[Mapping[str, Any]]:
        return [one for one in self.kc.state()["channel_log"] if one["call"] == call]


@contextlib.asynccontextmanager
async def fair(form: str = "JSON", *, kc: Mapping[str, Any] | None = None, **given: Any) -> AsyncIterator[Fair]:
    """given: our channel's settings. kc: the simulator's `channel` settings."""
    usual = {
        "company_class": "Name=Trade", "site": "Name=Main Warehouse", "sales_source": "Name=Web",
        "return_reason": "Name=Unwanted", "sites": {1: "Main Warehouse", 2: "Trade Counter"},
    }  # fmt: skip
    ours = settings(**{**usual, "format": form, **given})
    channel = KhaosChannel(ours, timezone="Europe/London", clock=Wall())
    desk = MemoryDesk()

    async def answer(request: web.Request) -> web.Response:
        body = await request.read()
        base = f"{request.scheme}://{request.host}/channels/khaos/oro-khaos"
        asked = ChannelRequest(
            method=request.method, tail=request.match_info["tail"], headers=request.headers,
            query=dict(request.query), body=body, base_url=base,
        )  # fmt: skip
        reply = await channel.answer(asked, desk)
        return web.Response(
            status=reply.status, body=reply.body, headers={**reply.headers, "Content-Type": reply.media_type}
        )

    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/channels/khaos/oro-khaos/{tail:.*}", answer)
    server = TestServer(app)
    await server.start_server()
    url = f"http://127.0.0.1:{server.port}/channels/khaos/oro-khaos/config.json"
    simulator = KhaosControlSimulator(
        ESTATE, settings={"channel": {"url": url, "user": "khaos", "password": "control", **(kc or {})}}
    )
    try:
        async with running(simulator):
            yield Fair(desk, simulator)
    finally:
        await server.close()


def an_order(ref: str, *, sku: str = "HP-1001", quantity: int = 2) -> ResolvedOrder:
    price = ESTATE.item(sku).net_price
    net = price * quantity
    tax = (net * Decimal("0.2")).quantize(Decimal("0.01"))
    line = ResolvedLine(
        line_ref=f"{ref}-1",
        stock_code=sku,
        quantity=Decimal(quantity),
        unit_price=price,
        net=net,
        tax_code="1",
        tax=tax,
    )
    return ResolvedOrder(
        ref=ref, placed_at=datetime(2026, 3, 2, 9, tzinfo=UTC), currency="GBP", account_code="HPT1001",
        account_id="50001", lines=(line,), delivery_net=Decimal("7.90"), delivery_tax=Decimal("1.58"),
        total=net + tax + Decimal("9.48"), courier_code="DPD", company_name="", po_number="PO 7",
        invoice_address=JOINERS, delivery_address=JOINERS,
    )  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
async def test_an_order_put_out_is_one_order_there_to_the_penny(form: str) -> None:
    async with fair(form) as market:
        order = an_order("SO-1")
        market.desk.put_out("sales-order", "SO-1", order)
        await market.act("download_orders")
        theirs = market.orders()["SO-1"]
        assert theirs["company_code"] == "HPT1001"
        assert Decimal(str(theirs["gross_total"])) == order.total
        assert [(one["sku"], Decimal(str(one["quantity"]))) for one in theirs["lines"]] == [("HP-1001", 2)]


@pytest.mark.parametrize("form", FORMS)
async def test_a_lost_reply_makes_no_second_order(form: str) -> None:
    async with fair(form) as market:
        market.desk.put_out("sales-order", "SO-1", an_order("SO-1"))
        await market.act("lose_reply", call="OrderDownload")
        await market.act("download_orders")
        await market.act("download_orders")
        await market.act("download_orders")
        assert len(market.kc.state()["orders"]) == 1


async def test_more_orders_than_a_page_all_arrive() -> None:
    async with fair(page=3) as market:
        for at in range(8):
            market.desk.put_out("sales-order", f"SO-{at}", an_order(f"SO-{at}", quantity=1))
        for _ in range(4):
            await market.act("download_orders")
        assert set(market.orders()) == {f"SO-{at}" for at in range(8)}


async def test_an_order_that_failed_is_fetched_again_by_name() -> None:
    async with fair() as market:
        wrong, right = an_order("SO-1", sku="GHOST-01"), an_order("SO-1")  # the ERP never had the lantern
        market.desk.put_out("sales-order", "SO-1", wrong)
        await market.act("download_orders")
        assert market.orders() == {}
        market.desk.out["sales-order"] = [replace(market.desk.out["sales-order"][0], value=right)]
        await market.act("retry_download", refs=["SO-1"])
        await market.act("download_orders")
        assert set(market.orders()) == {"SO-1"}


@pytest.mark.parametrize("form", FORMS)
async def test_where_an_order_stands_comes_back(form: str) -> None:
    async with fair(form) as market:
        market.desk.put_out("sales-order", "SO-1", an_order("SO-1"))
        await market.act("download_orders")
        await market.act("upload_order_status")
        (progress,) = market.desk.held["order-status"].values()
        assert (progress.ref, progress.complete, progress.cancelled) == ("SO-1", False, False)
        await market.act("despatch", ref="SO-1")
        await market.act("upload_order_status")
        (progress,) = market.desk.held["order-status"].values()
        assert progress.complete
        (invoice,) = progress.invoices
        assert invoice.stage in FLOOR_BEGAN
        assert (invoice.shipped, bool(invoice.consignment_ref)) == (True, True)
        assert [(one.stock_code, one.quantity) for one in invoice.lines] == [("HP-1001", 2)]


@pytest.mark.parametrize("form", FORMS)
async def test_stock_levels_and_prices_come_whole(form: str) -> None:
    async with fair(form) as market:
        for call in ("upload_stock", "upload_stock_status", "upload_price_lists"):
            await market.act(call, everything=True)
        refused = [one for one in market.kc.state()["channel_log"] if one["status"] != 200]
        assert refused == []
        held = {one.code: one for one in market.desk.held["stock-item"].values()}
        assert {"HP-1001", "KIT-DOOR"} <= set(held)
        assert "GHOST-01" not in held
        stock = {(one["sku"], one["site"]): one for one in market.kc.state()["stock"]}
        levels = {(one.stock_code, one.site): one for one in market.desk.held["stock-level"].values()}
        for at in (("HP-1001", "Main Warehouse"), ("HP-1001", "Trade Counter")):
            assert levels[at].quantity == Decimal(str(stock[at]["available"]))
        prices = [price for block in market.desk.held["price-list"].values() for price in block]
        assert {price.price_list for price in prices}
        assert all(price.price > 0 for price in prices)


@pytest.mark.parametrize("act", ["upload_twice", "upload_cut_in_half", "lose_reply", "poll_with_wrong_password"])
async def test_whatever_goes_wrong_with_an_upload_it_is_kept_once_in_the_end(act: str) -> None:
    async with fair() as market:
        market.desk.put_out("sales-order", "SO-1", an_order("SO-1"))
        await market.act("download_orders")
        await market.act(act, call="OrderStatusUpload")
        for _ in range(3):
            await market.act("upload_order_status", everything=True)
        assert [one.ref for one in market.desk.held["order-status"].values()] == ["SO-1"]
        assert {one["status"] for one in market.log("OrderStatusUpload")} <= {200, 400, 500, None}


async def test_a_wrong_password_brings_nothing_and_takes_nothing() -> None:
    async with fair(kc={"password": "guess"}) as market:
        market.desk.put_out("sales-order", "SO-1", an_order("SO-1"))
        with contextlib.suppress(Exception):
            await market.act("poll")
        assert market.orders() == {}
        assert market.desk.uploads == []
        assert {one["status"] for one in market.kc.state()["channel_log"]} == {400}


async def test_while_our_store_is_away_nothing_is_lost() -> None:
    async with fair() as market:
        market.desk.put_out("sales-order", "SO-1", an_order("SO-1"))
        market.desk.away = True
        await market.act("download_orders")
        await market.act("upload_stock_status", everything=True)
        assert (market.orders(), market.desk.held["stock-level"]) == ({}, {})
        market.desk.away = False
        await market.act("download_orders")
        await market.act("upload_stock_status")
        assert set(market.orders()) == {"SO-1"}
        assert market.desk.held["stock-level"]


@pytest.mark.parametrize("form", FORMS)
async def test_goods_that_came_back_are_one_return_there(form: str) -> None:
    async with fair(form) as market:
        market.desk.put_out("sales-order", "SO-1", an_order("SO-1"))
        await market.act("download_orders")
        await market.act("despatch", ref="SO-1")
        line = ReturnLine(sku="HP-1001", quantity=Decimal(1), reason="too small")
        back = SalesReturn(ref="RMA-1", order_ref="SO-1", lines=(line,), account_code="HPT1001", address=JOINERS)
        market.desk.put_out("return", "RMA-1", back)
        for _ in range(3):
            await market.act("download_returns")
        (found,) = market.kc.state()["channel"]["returns"]
        (sent,) = market.orders().values()
        assert found["associated_ref"] == "RMA-1"
        assert [one["source_order"] for one in found["lines"]] == [sent["code"]]


@pytest.mark.parametrize("form", FORMS)
async def test_an_item_put_out_is_made_there(form: str) -> None:
    provided = {
        "stock_type1": "ID=1", "stock_type2": "ID=1", "tax_rates": {20: "Code=1"}, "commodity_code_field": "Tariff",
    }  # fmt: skip
    async with fair(form, provided=provided) as market:
        birth = Birth(tax_percent=Decimal(20))
        texts = ((ItemField.DESCRIPTION, "Lantern"), (ItemField.SUPPLIER, "ACM"), (ItemField.COMMODITY_CODE, "8302"))
        measures = ((ItemField.WEIGHT, Decimal("1.5")),)
        item = ItemDocument(ref="PIM-1", code="NEW-1", texts=texts, measures=measures, birth=birth)
        market.desk.put_out("stock-item", "NEW-1", item)
        await market.act("download_provided_stock")
        await market.act("download_provided_stock")
        made = [one for one in market.kc.state()["stock"] if one["sku"] == "NEW-1"]
        assert len({one["stock_id"] for one in made}) == 1
        assert {one["on_hand"] for one in made} == {0}
        (told,) = [one for one in market.kc.state()["items"] if one["sku"] == "NEW-1"]
        assert (told["name"], told["details"]["AverageWeight"]) == ("Lantern", "1.5")
        assert str(told["details"]["UserDefinedFields"]).count("8302") == 1


@pytest.mark.parametrize("form", FORMS)
async def test_an_item_changes_and_joins_a_family_with_its_stock(form: str) -> None:
    """The existing item is linked: it keeps its key, its stock, its price, its tax and its orders."""
    provided = {"stock_type1": "ID=1", "stock_type2": "ID=1", "tax_rates": {20: "Code=1"}}
    async with fair(form, provided=provided) as market:
        (before,) = [one for one in market.kc.state()["items"] if one["sku"] == "HP-1002"]
        stock = [one for one in market.kc.state()["stock"] if one["sku"] == "HP-1002"]
        family = ItemDocument(
            ref="m", code="RIGA", headings=("Size",), birth=Birth(tax_percent=Decimal(20), stock_controlled=False)
        )
        market.desk.put_out("stock-item", "m", family)
        await market.act("download_provided_stock")
        (template,) = [one for one in market.kc.state()["items"] if one["sku"] == "RIGA"]
        assert (template["controlled"], template["headings"]) == (False, ["Size"])
        below = Family(code="RIGA", item_id=str(template["stock_id"]), values=("Small",))
        texts = ((ItemField.DESCRIPTION, "Riga, small"),)
        child = ItemDocument(ref="u", code="HP-1002", item_id=str(before["stock_id"]), texts=texts, family=below)
        market.desk.put_out("stock-item", "u", child)
        await market.act("download_provided_stock")
        (after,) = [one for one in market.kc.state()["items"] if one["sku"] == "HP-1002"]
        assert after == {**before, "name": "Riga, small", "parent": "RIGA", "option": ["Small"]}
        assert [one for one in market.kc.state()["stock"] if one["sku"] == "HP-1002"] == stock


@pytest.mark.parametrize(
    "spelling",
    [{"order_status": "OrderStatus"}, {"stock_name": "StockDescription"}, {"line_web_ref": "WebItemRef"},
     {"package_courier": "code"}, {"specific_ids": "whole"}, {"specific_ids": "bare"}],
)  # fmt: skip
async def test_every_spelling_of_the_readme_is_understood(spelling: Mapping[str, str]) -> None:
    async with fair(kc=spelling) as market:
        market.desk.put_out("sales-order", "SO-1", an_order("SO-1"))
        await market.act("download_orders", refs=["SO-1"])
        await market.act("poll", rounds=2)
        assert {one["status"] for one in market.kc.state()["channel_log"]} == {200}
        assert set(market.orders()) == {"SO-1"}
        assert market.desk.held["order-status"]
        assert all(one.description for one in market.desk.held["stock-item"].values())


async def test_an_order_without_an_account_makes_none() -> None:
    async with fair() as market:
        before = len(market.kc.state()["companies"])
        market.desk.put_out("sales-order", "SO-1", replace(an_order("SO-1"), account_code="NOBODY"))
        await market.act("download_orders")
        assert (market.orders(), len(market.kc.state()["companies"])) == ({}, before)
