"""The SOAP profile against the simulated Prima: in order, and under fire."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.connectors.prima.config import MAPPING_FILE
from crossdock.model.despatch import Stage
from crossdock.model.faults import Accepted, ConfigFault, DataFault, ReadIncomplete, Refused, Transient, Unknown
from crossdock.model.stock import StockFigure
from tests.connectors.prima.market import order_for, soaped, strike
from tests.connectors.prima.support import gathered


async def test_a_probe_of_a_healthy_service_finds_no_problem(tmp_path: Path) -> None:
    async with soaped(tmp_path) as (connector, _):
        lines = await connector.probe()
        assert {one.what: one.problem for one in lines if one.problem and one.what != "stock levels"} == {}


async def test_stock_is_what_prima_holds(tmp_path: Path) -> None:
    async with soaped(tmp_path) as (connector, prima):
        figures = await gathered(connector.read_stock(None))
        held: dict[str, Decimal] = {}
        for (sku, _), level in prima.store.levels.items():
            held[sku] = held.get(sku, Decimal(0)) + level.free
        told = {one.stock_code: one.quantity for one in figures if isinstance(one, StockFigure)}
        assert {sku: told[sku] for sku in held} == held
        assert {one.site for one in figures if isinstance(one, StockFigure)} == {"ALL"}


async def test_an_order_goes_in_with_every_character(tmp_path: Path) -> None:
    async with soaped(tmp_path) as (connector, prima):
        order = order_for(prima)
        assert await connector.create_order(order) == Accepted("B2B-1")
        (held,) = prima.state()["orders"]
        assert Decimal(held["gross_total"]) == order.total
        assert held["delivery_address"]["AddrLine1"] == 'Smith & "Sons" <Ltd>'
        assert held["sent"]["Data"]["DeliveryFAO"] == "Łukasz Ångström"
        again = await connector.create_order(order)
        assert isinstance(again, Refused)
        assert again.duplicate
        assert len(prima.state()["orders"]) == 1


@pytest.mark.parametrize("means", ["unit", "line"])
async def test_the_price_arrives_as_it_is_meant(tmp_path: Path, means: str) -> None:
    async with soaped(tmp_path, {"price_means": means}, price_meaning=means) as (connector, prima):
        order = order_for(prima)
        await connector.create_order(order)
        assert Decimal(prima.state()["orders"][0]["gross_total"]) == order.total


async def test_a_blank_price_is_priced_over_there(tmp_path: Path) -> None:
    settings = {"pricing_mode": "erp_prices", "blank_price": "erp_prices", "price_meaning": None}
    async with soaped(tmp_path, **settings) as (connector, prima):
        order = order_for(prima)
        line = replace(order.lines[0], unit_price=Decimal(0))
        assert isinstance(await connector.create_order(replace(order, lines=(line,))), Accepted)
        assert Decimal(prima.state()["orders"][0]["gross_total"]) == order.total


@pytest.mark.parametrize("repeated", ["rejected", "duplicated", "ignored"])
async def test_a_lost_reply_makes_one_order_whatever_prima_does_with_repeats(tmp_path: Path, repeated: str) -> None:
    async with soaped(tmp_path, {"repeated_order_number": repeated}) as (connector, prima):
        strike(prima, {"kind": "lost_reply", "match": "SOAP MultiNewOrder", "count": 1})
        order = order_for(prima)
        assert isinstance(await connector.create_order(order), Unknown)
        assert await connector.find_order("B2B-1") is not None
        again = await connector.create_order(order)
        assert isinstance(again, Refused)
        assert again.duplicate
        assert len(prima.state()["orders"]) == 1


async def test_a_lost_request_is_sent_again_once_it_is_proven_absent(tmp_path: Path) -> None:
    async with soaped(tmp_path) as (connector, prima):
        strike(prima, {"kind": "lost_request", "match": "SOAP MultiNewOrder", "count": 1})
        order = order_for(prima)
        assert isinstance(await connector.create_order(order), Unknown)
        assert await connector.find_order("B2B-1") is None
        assert isinstance(await connector.create_order(order), Accepted)


async def test_a_service_that_is_down(tmp_path: Path) -> None:
    async with soaped(tmp_path) as (connector, prima):
        order = order_for(prima)
        await prima.act("break_down_soap", {"count": 1, "request_type": "MultiNewOrder"})
        assert isinstance(await connector.create_order(order), Unknown)
        await prima.act("break_down_soap", {"count": 2})
        assert await connector.find_order("B2B-1") is None  # a read is tried again
        await prima.act("break_down_soap", {"count": 3})
        with pytest.raises(Transient, match="10921"):
            await connector.find_order("B2B-1")


@pytest.mark.parametrize(
    ("knobs", "kind"),
    [
        ({"kind": "truncated_body"}, ReadIncomplete),
        ({"kind": "html_page"}, ReadIncomplete),
        ({"kind": "status", "status": 503}, Transient),
        ({"kind": "status", "status": 404}, ConfigFault),
    ],
)
async def test_an_answer_that_is_none_is_no_read(tmp_path: Path, knobs: dict[str, Any], kind: type) -> None:
    async with soaped(tmp_path) as (connector, prima):
        assert await connector.find_order("B2B-1") is None
        strike(prima, {**knobs, "match": "POST /wsa/prima"})
        with pytest.raises(kind):
            await gathered(connector.read_stock(None))


async def test_a_refusal_is_told_word_for_word(tmp_path: Path) -> None:
    async with soaped(tmp_path) as (connector, prima):
        order = order_for(prima)
        refused = await connector.create_order(replace(order, account_code="NOBODY"))
        assert isinstance(refused, Refused)
        assert (refused.code, refused.text) == ("vendor-rejected", "Customer NOBODY not on file")
        with pytest.raises(DataFault):
            await connector.create_order(replace(order, lines=(replace(order.lines[0], stock_code="X"),)))


async def test_status_words_follow_the_order(tmp_path: Path) -> None:
    async with soaped(tmp_path, hold_orders=True) as (connector, prima):
        await connector.create_order(order_for(prima))

        async def stage() -> Stage:
            found = (await connector.read_fulfilments(["B2B-1", "NONE"]))["B2B-1"]
            assert not isinstance(found, DataFault), found
            return found.invoices[0].stage

        assert await stage() is Stage.HELD
        await prima.act("release_order", {"order": "B2B-1"})
        assert await stage() is Stage.RELEASED
        await prima.act("despatch_order", {"order": "B2B-1", "lines": {"1": "1"}})
        assert await stage() is Stage.SHIPPING
        await prima.act("despatch_order", {"order": "B2B-1"})
        assert await stage() is Stage.ISSUED


async def test_a_word_nobody_mapped_is_for_a_person(tmp_path: Path) -> None:
    async with soaped(tmp_path, {"status_words": {"accepted": "Confirmed"}}) as (connector, prima):
        await connector.create_order(order_for(prima))
        found = (await connector.read_fulfilments(["B2B-1"]))["B2B-1"]
        assert isinstance(found, DataFault)
        assert "Confirmed" in found.problem


async def test_a_company_counts_its_own(tmp_path: Path) -> None:
    companies = {"companies": {"01": ["MAIN"], "02": ["TRADE"]}}
    async with soaped(tmp_path, companies, company_id="02") as (connector, prima):
        figures = await gathered(connector.read_stock(None))
        trade = {sku: level.free for (sku, site), level in prima.store.levels.items() if site == "TRADE"}
        told = {one.stock_code: one.quantity for one in figures if isinstance(one, StockFigure)}
        assert {sku: told[sku] for sku in trade} == trade


async def test_slices_of_the_products_make_the_whole(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    ranges = 'ranges: [{from: "", to: "M"}, {from: "M", to: "zzzz"}]'
    mine.write_text(MAPPING_FILE.read_text().replace("ranges: []", ranges))
    async with soaped(tmp_path) as (connector, _):
        whole = await gathered(connector.read_stock(None))
    async with soaped(tmp_path, mapping_file=str(mine)) as (connector, _):
        sliced = await gathered(connector.read_stock(None))
    amounts = [
        {one.stock_code: one.quantity for one in some if isinstance(one, StockFigure)} for some in (whole, sliced)
    ]
    assert amounts[0] == amounts[1]
