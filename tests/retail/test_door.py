"""`crossdock retail` and the checks: what a person sees of the shops, and of what was told to them."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from crossdock.cli.shops import retail
from crossdock.decide.checks import Answer
from crossdock.wiring.checks import checks_of, run_checks
from tests.retail.shops import MAIN, PLENTY, SIZED, YORK, Shops


class Door:
    """The command as it is typed beside the settings file of a test."""

    def __init__(self, shops: Shops, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.shops = shops
        self.config = config
        self.capsys = capsys
        print()  # so that the document begins a line

    async def says(self, *, sweep: bool = False) -> tuple[int, str]:
        code = await retail(self.shops.name, sweep=sweep, config=self.config, as_json=False)
        return code, " ".join(self.capsys.readouterr().out.split())

    async def document(self, *, sweep: bool = False) -> dict[str, Any]:
        await retail(self.shops.name, sweep=sweep, config=self.config, as_json=True)
        out = self.capsys.readouterr().out
        found: dict[str, Any] = orjson.loads(out[out.index("\n{") :])  # the log of a test goes to the same place
        return found


@pytest.fixture
def door(
    bridged: Shops, tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Door:
    monkeypatch.setenv("DATABASE", database)
    monkeypatch.setenv("TOKEN", "sandbox-token")
    monkeypatch.setenv("COLUMNS", "250")
    return Door(bridged, tmp_path / "crossdock.yaml", capsys)


async def test_whose_each_place_is_and_how_much_of_it_is_held(bridged: Shops, door: Door) -> None:
    await bridged.book_all()
    document = await door.document()
    places = {one["location"]: one for one in document["locations"]}
    assert {code: one["owner"] for code, one in places.items()} == {
        code: place.owner for code, place in bridged.pairing.policy.places.items()
    }
    assert (places[YORK]["shelves"] > 0, places[MAIN]["shelves"] > 0) == (True, True)
    assert {one["state"] for one in document["told"]} == {"sent"}


async def test_an_item_that_is_not_ready_is_listed_with_what_is_missing(bridged: Shops, door: Door) -> None:
    await bridged.retail.act("set_body_map", {"sku": SIZED, "body_map_id": None, "missing_attributes": ["chest"]})
    await bridged.well("retail-items")
    document = await door.document()
    assert SIZED in {one["sku"] for one in document["not_ready"]}
    (cause,) = [one["cause"] for one in document["not_ready"] if one["sku"] == SIZED]
    assert "the sizing layer lacks chest" in cause
    _, said = await door.says()
    assert f"{SIZED} │ {cause}" in said or (SIZED in said and "the sizing layer lacks chest" in said)


async def test_orders_that_are_no_trade_are_counted_and_listed_by_number(bridged: Shops, door: Door) -> None:
    company = await bridged.erp.act("create_company", {"name": "Own house", "class_name": "Internal"})
    order = await bridged.erp.act("sell", {"sku": PLENTY, "quantity": 1, "company_code": company["code"]})
    await bridged.erp.act("despatch", {"ref": order["code"]})
    await bridged.well("accounts")
    await bridged.well("retail-sales")
    document = await door.document()
    why = f"pairings.{bridged.name}.non_commercial_classes: Internal"
    assert [(one["number"], one["setting"]) for one in document["left_out_orders"]] == [(order["code"], why)]
    assert document["flows"]["retail-sales"]["left_out"] == {"Internal": 1}
    code, said = await door.says()
    assert (code, order["code"] in said, "no trade" in said) == (0, True, True)


async def test_an_order_that_becomes_trade_is_listed_no_more(bridged: Shops, door: Door) -> None:
    company = await bridged.erp.act("create_company", {"name": "Own house", "class_name": "Internal"})
    order = await bridged.erp.act("sell", {"sku": PLENTY, "quantity": 1, "company_code": company["code"]})
    await bridged.erp.act("despatch", {"ref": order["code"]})
    await bridged.well("accounts")
    await bridged.well("retail-sales")
    await bridged.here.pool.execute(
        "update account set document = jsonb_set(document, '{company_class}', '\"Consumer\"')"
    )
    await bridged.well("retail-sales")
    assert ((await door.document())["left_out_orders"], len(bridged.retail.state()["sales"])) == ([], 1)


async def test_figures_that_take_too_long_are_said_and_the_command_exits_1(bridged: Shops, door: Door) -> None:
    await bridged.book_all()
    await bridged.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 1})
    bridged.erp.faults.set([{"kind": "status", "match": "ImportStockStatus"}])
    await bridged.run("retail-stock")
    bridged.erp.faults.set([])
    await bridged.pass_time(700)
    code, said = await door.says()
    assert (code, "wait to be booked" in said) == (1, True)


async def test_a_sweep_compares_both_sides_first(bridged: Shops, door: Door) -> None:
    await bridged.book_all()
    flows = (await door.document(sweep=True))["flows"]
    assert flows["retail-drift"]["same"] > 0
    assert "missed" in flows["retail-missed"]


async def test_transfers_that_are_recommended_are_shown(bridged: Shops, door: Door) -> None:
    move = {"count": 1, "from_location": MAIN, "to_location": "Trade Counter", "sku": PLENTY}
    await bridged.retail.act("recommend_transfers", move)
    await bridged.well("retail-proposals")
    (proposal,) = (await door.document())["proposals"]
    assert (proposal["sku"], proposal["from_location"]) == (PLENTY, MAIN)
    assert proposal["ref"] in (await door.says())[1]


async def answers(shops: Shops) -> dict[str, Answer]:
    found = checks_of(shops.here.project.pairings[shops.name])
    return {check.name: answer async for check, answer in run_checks(shops.here, shops.name, found)}


OURS = ("shop-figures", "shop-despatches", "told-to-shops", "no-trade")


async def test_shops_in_which_all_is_well_are_said_to_be_so(bridged: Shops) -> None:
    await bridged.book_all()
    found = await answers(bridged)
    assert {name: str(found[name].result) for name in OURS} == dict.fromkeys(OURS, "ok")


async def test_what_nobody_knows_the_shops_to_have_is_told_by_the_daily_check(bridged: Shops) -> None:
    bridged.retail.faults.set([{"kind": "lost_request", "match": "PUT /v1/stock-levels:batch"}])
    await bridged.erp.act("adjust", {"sku": PLENTY, "on_hand": 10})
    await bridged.run("retail-levels")
    assert (await answers(bridged))["told-to-shops"].result == "ok"
    await bridged.pass_time(3 * 3600)
    found = (await answers(bridged))["told-to-shops"]
    assert (found.result, found.go) == ("act", f"crossdock retail {bridged.name}")


async def test_a_figure_and_a_despatch_that_wait_too_long_are_told_by_the_daily_check(bridged: Shops) -> None:
    await bridged.book_all()
    order = await bridged.erp.act("sell", {"sku": PLENTY, "quantity": 1})
    line = {"sku": PLENTY, "quantity": 1}
    await bridged.retail.act("dispatch_order", {"order_ref": order["code"], "location": YORK, "lines": [line]})
    await bridged.well("retail-despatches")
    await bridged.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 9})
    bridged.erp.faults.set([{"kind": "status", "match": "ImportStockStatus"}])
    await bridged.run("retail-stock")
    await bridged.pass_time(3 * 3600)
    found = await answers(bridged)
    assert {name: str(found[name].result) for name in OURS[:2]} == dict.fromkeys(OURS[:2], "act")


async def test_orders_that_are_no_trade_are_told_by_the_weekly_check(bridged: Shops) -> None:
    company = await bridged.erp.act("create_company", {"name": "Own house", "class_name": "Internal"})
    await bridged.erp.act("sell", {"sku": PLENTY, "quantity": 1, "company_code": company["code"]})
    await bridged.well("accounts")
    await bridged.well("retail-missed")
    found = (await answers(bridged))["no-trade"]
    assert (found.result, "non_commercial_classes: Internal 1" in found.says) == ("look", True)
