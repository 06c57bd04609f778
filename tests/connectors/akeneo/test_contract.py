"""The connector against the simulator: reading, signing in, and what goes wrong on the way."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from crossdock.model.faults import ConfigFault, ReadIncomplete, Transient
from tests.connectors.akeneo.estate import LOGIN, Estate, estate
from tests.connectors.akeneo.stub import everything

MATCH = r"GET /api/rest/v1/products-uuid$"


async def skus(one: Estate, since: Any = None) -> list[str]:
    return [found.value.sku for found in await everything(one.pim.read_products(since))]


# --- ProductSource


@pytest.mark.parametrize("edition", ["saas", "paas", "ce"])
@pytest.mark.parametrize("by", ["uuid", "identifier"])
async def test_every_product_is_read_once_whatever_the_edition_and_the_key(edition: str, by: str) -> None:
    async with estate({"edition": edition}, product_by=by, page_size=7, locales=["en_GB", "de_DE"]) as one:
        found = await everything(one.pim.read_products(None))
        assert [document.fault for document in found if document.fault] == []
        rows = one.simulator.state()["products"]
        assert sorted(document.ref for document in found) == sorted(row[by] for row in rows)
        by_sku = {document.value.sku: document.value for document in found}
        values = {(value.attribute, value.locale): value.data for value in by_sku["HP-1000"].values}
        (price,) = values["price", ""]
        assert (price["amount"], price["currency"]) == (one.simulator.estate.item("HP-1000").net_price, "GBP")
        assert values["weight", ""] == {"amount": Decimal(120), "unit": "GRAM"}
        assert values["available_from", ""] == "2025-01-06"
        assert values["hazardous", ""] is False
        assert values["certifications", ""] == ("ce",)
        assert values["image", ""].startswith(f"{one.simulator.base_url}/api/rest/v1/media-files/")
        assert by_sku["OSLO-S-BLK"].parent == "OSLO"
        assert by_sku["HP-1000"].name == values["name", "en_GB"]


async def test_a_product_without_a_sku_is_read_by_uuid() -> None:
    async with estate() as one:
        made = await one.act("create_product", sku=None)
        assert next(found.value.sku for found in await everything(one.pim.read_products(None))
                    if found.ref == made["uuid"]) == ""  # fmt: skip


async def test_a_list_that_is_exactly_full_ends_in_an_empty_page() -> None:
    async with estate(items=13) as one:
        one.pim._session.settings.__dict__["page_size"] = len(one.simulator.state()["products"])
        assert len(await skus(one)) == one.pim._session.settings.page_size
        assert one.simulator.calls["GET /api/rest/v1/products-uuid"] == 3  # one to learn the key


async def test_changes_are_found_and_so_are_variants_of_changed_models() -> None:
    async with estate() as one:
        await one.act("pass_time", seconds=60)
        since = one.now
        assert await skus(one, since) == []
        await one.act("edit_value", product="HP-1003", attribute="ean", value="5012345678900")
        assert await skus(one, since) == ["HP-1003"]
        await one.act("edit_model_value", model="OSLO", attribute="country_of_origin", value="SE")
        assert sorted(await skus(one, since)) == ["HP-1003", "OSLO-L-BLK", "OSLO-L-WHT", "OSLO-S-BLK", "OSLO-S-WHT"]
        (model,) = await everything(one.pim.read_product_models(since))
        assert model.value.code == "OSLO"


async def test_an_index_that_lags_is_caught_up_with_by_the_overlap() -> None:
    async with estate({"index_delay_seconds": 120}, overlap_seconds=300) as one:
        await one.act("pass_time", seconds=3600)
        since = one.now
        await one.act("edit_value", product="HP-1003", attribute="ean", value="5012345678900")
        assert await skus(one, since) == []
        await one.act("pass_time", seconds=121)
        assert await skus(one, since + timedelta(seconds=200)) == ["HP-1003"]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
async def test_a_server_in_another_zone(zone: str) -> None:
    async with estate({"server_timezone": zone}, server_timezone=zone) as one:
        await one.act("pass_time", seconds=60)
        since = one.now
        await one.act("edit_value", product="HP-1003", attribute="ean", value="5012345678900")
        assert await skus(one, since) == ["HP-1003"]


async def test_products_and_models_are_found() -> None:
    async with estate() as one:
        found = await one.pim.find_products(["hp-1001", "GHOST-01", "NOT-THERE"])
        assert sorted(product.sku for product in found) == ["GHOST-01", "HP-1001"]
        (model,) = await one.pim.find_product_models(["OSLO", "nowhere"])
        assert (model.family, model.family_variant != "") == ("handles", True)


async def test_share_links_of_assets() -> None:
    async with estate(share_links=True) as one:
        (found,) = await one.pim.find_products(["OSLO-S-BLK"])
        (gallery,) = [value.data for value in found.values if value.attribute == "gallery"]
        assert gallery[0]["urls"][0].startswith(f"{one.simulator.base_url}/share/")


# --- StructureSource


async def test_structure_is_read_whole() -> None:
    async with estate({"variant_levels": 2, "empty_map_as_list": ["channels", "categories"]}, page_size=3) as one:
        held = one.simulator.state()["structure"]
        families = await everything(one.pim.read_families())
        assert {found.value.code for found in families} == {row["code"] for row in held["families"]}
        assert ("ecommerce", "price") in {found.value.code: found.value.required for found in families}["trade_goods"]
        variants = await everything(one.pim.read_family_variants("handles"))
        assert {len(found.value.levels) for found in variants} >= {2}
        assert await everything(one.pim.read_family_variants("nowhere")) == []
        categories = await everything(one.pim.read_categories())
        assert {found.value.code: found.value.parent for found in categories}["handles"] == "hardware"
        attributes = await everything(one.pim.read_attributes())
        assert len(attributes) == len(held["attributes"])
        options = await everything(one.pim.read_attribute_options("colour"))
        assert {found.value.code for found in options} == {row["code"] for row in held["options/colour"]}
        assert await everything(one.pim.read_attribute_options("sku")) == []
        assert not [found for found in (*families, *variants, *categories, *attributes, *options) if found.fault]


# --- signing in


async def test_tokens_that_expire_are_renewed_and_a_read_goes_on() -> None:
    async with estate(page_size=5) as one:
        pages = one.pim.read_products(None)
        await anext(pages)
        await one.act("expire_tokens")
        assert len(await everything(pages)) > 10
        await one.act("expire_tokens", refresh_too=True)
        assert len(await skus(one)) > 10
        one.trouble("expired_token", MATCH, count=1)
        assert len(await skus(one)) > 10
        await one.act("pass_time", seconds=4000)
        assert len(await skus(one)) > 10


@dataclass
class Wrong:
    settings: dict[str, Any]
    setting: str


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong({"client_secret": "x"}, "client_secret"),
        Wrong({"password": "x"}, "password"),
        Wrong({"username": "x"}, "password"),
        Wrong({"auth": "app", "app_token": "x"}, "app_token"),
    ],
)
async def test_wrong_credentials_name_their_setting(wrong: Wrong) -> None:
    async with estate(**wrong.settings) as one:
        with pytest.raises(ConfigFault) as caught:
            await skus(one)
        assert caught.value.setting == wrong.setting
        assert LOGIN["password"] not in str(caught.value) + caught.value.evidence


async def test_a_secret_made_anew_ends_it() -> None:
    async with estate() as one:
        await skus(one)
        await one.act("regenerate_secret", secret="another")
        with pytest.raises(ConfigFault) as caught:
            await skus(one)
        assert caught.value.setting == "client_secret"


async def test_an_app_reads_until_it_is_disconnected() -> None:
    async with estate(auth="app", app_token="sandbox-app-token") as one:
        assert len(await skus(one)) > 10
        await one.act("disconnect_app")
        with pytest.raises(ConfigFault) as caught:
            await skus(one)
        assert caught.value.setting == "app_token"


# --- what goes wrong on the way


@pytest.mark.parametrize(
    "knobs",
    [
        {"kind": "lost_request", "rate": 0.3},
        {"kind": "lost_reply", "rate": 0.3},
        {"kind": "truncated_body", "count": 2},
        {"kind": "html_page", "count": 2},
        {"kind": "wrong_media_type"},
        {"kind": "status", "status": 503, "count": 2},
        {"kind": "status", "status": 429, "retry_after": 0.05, "count": 2},
        {"kind": "status", "status": 429, "count": 2},
        {"kind": "duplicate_row"},
        {"kind": "short_list", "count": 1},
    ],
    ids=lambda knobs: str(knobs["kind"]),
)
async def test_trouble_that_passes_leaves_a_whole_read(knobs: dict[str, Any]) -> None:
    async with estate(page_size=9) as one:
        one.simulator.faults.set([{"match": MATCH, **knobs}], seed=3)
        found = await skus(one)
        assert sorted(found) == sorted(row["identifier"] for row in one.simulator.state()["products"])


@pytest.mark.parametrize(
    ("knobs", "fault"),
    [
        ({"kind": "short_list"}, ReadIncomplete),
        ({"kind": "html_page"}, ReadIncomplete),
        ({"kind": "status", "status": 503}, Transient),
        ({"kind": "status", "status": 429, "retry_after": 60}, Transient),
    ],
)
async def test_trouble_that_stays_is_no_read(knobs: dict[str, Any], fault: type[Exception]) -> None:
    async with estate(page_size=9, product_by="uuid") as one:
        one.simulator.faults.set([{"match": MATCH, **knobs}])
        with pytest.raises(fault):
            await skus(one)


async def test_limits_are_kept_to_when_they_are_told() -> None:
    async with estate({"calls_per_second": 3, "retry_after": 1}, page_size=3) as one:
        assert len(await skus(one)) > 10
        assert 1.0 in one.gate.waits


async def test_a_probe_says_what_may_be_read_and_what_not() -> None:
    async with estate() as one:
        lines = {line.what.partition(" (")[0]: line for line in await one.pim.probe()}
        assert not [line for line in lines.values() if line.problem or line.denied]
        assert "Serenity" in (await one.pim.probe())[0].what
        assert lines["products"].read == 10
        await one.act("set_rights", denied=["list families", "list attribute options"])
        lines = {line.what: line for line in await one.pim.probe()}
        assert {what for what, line in lines.items() if line.denied} == {"families", "attribute options"}
        await one.act("set_rights", web_api=False)
        denied = {line.what for line in await one.pim.probe() if line.denied}
        assert denied == {"products", "product models", "families", "categories", "attributes"}
