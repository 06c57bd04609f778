"""`crossdock load`, as a person types it before a pairing goes live."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL
from crossdock.wiring.loading import BY_THEMSELVES, ORDER
from crossdock.wiring.work import CATALOGUE_FLOWS, FLOWS, RETAIL_FLOWS
from tests.cli.world import Cli
from tests.world import NAME, SEED, settings_tree

ESTATE = build_estate(seed=SEED, items=12, companies=10)


Trial = tuple[Path, Any, Any]


@pytest.fixture
async def folder(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Trial]:
    shop, erp = OroCommerceSimulator(ESTATE, seed=SEED), KhaosControlSimulator(ESTATE, seed=SEED)
    async with running(shop) as shop_url, running(erp) as erp_url:
        tree = {**settings_tree(shop_url, erp_url), "database_url": "${DATABASE}"}
        (tmp_path / "crossdock.yaml").write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")
        monkeypatch.setenv("DATABASE", database)
        monkeypatch.setenv("SHOP_SECRET", SANDBOX_CREDENTIAL)
        yield tmp_path, shop, erp


async def call(folder: Path, *words: str) -> Any:
    return await asyncio.to_thread(Cli(), "load", NAME, *words, "--config", str(folder / "crossdock.yaml"))


def off_sale(shop: Any) -> set[str]:
    return {one["sku"] for one in shop.state()["products"] if one["status"] != "enabled"}


async def test_it_rehearses_then_does_each_step_and_does_none_twice(folder: Trial) -> None:
    path, shop, _ = folder
    first = (await call(path, "--json")).json
    assert [(one["name"], one["outcome"]) for one in first["steps"]] == [
        (name, "done")
        for name in (
            "items", "accounts", "companies", "targets", "price-publication", "product-introduction", "stock",
        )
    ]  # fmt: skip
    assert first["rehearsal"]["stock items"] >= len(ESTATE.items)
    assert first["rehearsal"]["places where the storefront shows stock"] == len(shop.state()["inventory"])
    assert first["rehearsal"]["stock levels that would be written"] > 0
    assert first["rehearsal"]["products that would be taken off sale"] == 1
    assert off_sale(shop) == {"GHOST-01"}
    second = (await call(path, "--json")).json
    assert {one["outcome"] for one in second["steps"]} == {"before"}
    assert second["rehearsal"]["stock levels that would be written"] == 0
    assert second["rehearsal"]["products that would be taken off sale"] == 0
    third = (await call(path, "--again", "--json")).json
    assert {one["outcome"] for one in third["steps"]} == {"done"}


async def test_a_dry_run_writes_nothing(folder: Trial) -> None:
    path, shop, _ = folder
    said = await call(path, "--dry-run")
    assert said.code == 0
    assert "stock levels that would be written" in said.out
    assert "Nothing was written." in said.err
    assert (await call(path, "--dry-run", "--json")).json["steps"] == []
    assert off_sale(shop) == set()


async def test_a_step_that_fails_stops_the_load_and_the_next_one_begins_there(folder: Trial) -> None:
    path, shop, _ = folder
    shop.faults.set([{"kind": "status", "status": 500, "match": "^(PATCH|POST) /admin", "rate": 1.0}])
    broken = await call(path, "--json")
    assert broken.code == 3
    assert [one["outcome"] for one in broken.json["steps"]] == [*["done"] * 5, "failed"]
    shop.faults.reset()
    mended = await call(path, "--json")
    assert mended.code == 0
    assert [one["outcome"] for one in mended.json["steps"]] == [*["before"] * 5, "done", "done"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--post-missing",), "say which with --orders-from"),
        (("--orders-to", "2026-01-01"), "--orders-to needs --orders-from"),
        (("--orders-from", "2026-02-01", "--orders-to", "2026-01-01"), "must lie before"),
    ],
)
async def test_a_period_that_makes_no_sense_is_refused(folder: Trial, words: tuple[str, ...], says: str) -> None:
    said = await call(folder[0], *words)
    assert said.code == 2
    assert says in said.err


async def test_past_orders_that_the_erp_has_not_are_told_of(folder: Trial) -> None:
    said = await call(folder[0], "--orders-from", "2020-01-01", "--json")
    assert said.code in (0, 1)
    orders = said.json["orders"]
    ends = ("outside", "known", "taken", "withdrawn", "missing", "unreadable")
    assert orders["read"] == sum(orders[end] for end in ends)
    assert said.code == (1 if orders["missing"] or orders["unreadable"] else 0)


async def test_companies_are_rehearsed_and_then_matched_by_the_load(folder: Trial) -> None:
    path, shop, _ = folder
    await shop.act("link_customer", {"customer": "101", "external_id": None})
    words = (NAME, "account-matching", "--json", "--config", str(path / "crossdock.yaml"))
    before = shop.state()["customers"]
    said = await asyncio.to_thread(Cli(), "rehearse", *words)
    assert said.code == 1
    lines = {one["ref"]: one for one in said.json["companies"]}
    assert lines["101"]["outcome"] == "wait"
    assert lines["101"]["reasons"][0].startswith("HPT1001 ")
    assert lines["102"] == {"ref": "102", "name": lines["102"]["name"], "outcome": "linked", "account": "HPT1002",
                            "reasons": []}  # fmt: skip
    assert shop.state()["customers"] == before
    loaded = (await call(path, "--json")).json
    waiting = sum(1 for one in lines.values() if one["outcome"] == "wait")
    assert loaded["rehearsal"]["companies that would wait for a person"] == waiting
    assert loaded["rehearsal"]["companies that have their account"] == len(lines) - waiting
    step = next(one for one in loaded["steps"] if one["name"] == "companies")
    assert (step["outcome"], step["result"]["review"]) == ("done", waiting)


async def test_what_would_go_off_sale_is_rehearsed_with_what_it_lacks(folder: Trial) -> None:
    path, shop, erp = folder
    config = path / "crossdock.yaml"
    words = (NAME, "product-introduction", "--config", str(config))
    await erp.act("discontinue", {"sku": "HP-1001"})
    said = await asyncio.to_thread(Cli(), "rehearse", *words, "--json")
    ended, unknown = "the ERP has discontinued it", "the ERP does not hold it"
    assert said.json["items"][:2] == [
        {"sku": "GHOST-01", "outcome": "take_off", "missing": [unknown]},
        {"sku": "HP-1001", "outcome": "take_off", "missing": [ended]},
    ]
    assert said.code == 0
    told = await asyncio.to_thread(Cli(), "rehearse", *words)
    assert f"~ HP-1001  off sale:  {ended}" in told.out
    many = config.read_text("utf-8").replace("blocked: hide", "blocked: hide\n      hide_max: 1")
    config.write_text(many, "utf-8")
    refused = await asyncio.to_thread(Cli(), "rehearse", *words)
    assert (refused.code, f"! GHOST-01  stays on sale:  {unknown}" in refused.out) == (1, True), refused.out
    assert "at once are too many (items.hide_max), and none goes off." in refused.out
    assert off_sale(shop) == set()


def test_every_flow_is_a_step_of_a_load_or_belongs_to_the_daily_work() -> None:
    assert {*FLOWS, *CATALOGUE_FLOWS, *RETAIL_FLOWS} == set(ORDER) | BY_THEMSELVES
