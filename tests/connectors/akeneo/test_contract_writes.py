"""The connector against the simulator: writing, and events."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from crossdock.model.catalogue import AttributeValue, ProductChange, ProductModelChange
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, Refused, Transient, Unknown
from crossdock.ports.systems import WebhookEvent
from tests.connectors.akeneo.estate import Estate, estate
from tests.connectors.akeneo.stub import everything
from tests.serving import served

PATCHES = r"PATCH /api/rest/v1/products-uuid$"


def value(attribute: str, data: Any, locale: str = "", channel: str = "") -> AttributeValue:
    return AttributeValue(attribute=attribute, data=data, locale=locale, channel=channel)


def change(sku: str, *values: AttributeValue, **more: Any) -> ProductChange:
    return ProductChange(sku=sku, values=values, **more)


def said(outcomes: Sequence[Outcome]) -> list[str]:
    return [one.code if isinstance(one, Refused) else type(one).__name__ for one in outcomes]


NEW = change(
    "HP-NEW-1",
    value("name", "New hinge", "en_GB"),
    value("price", ({"amount": Decimal("12.50"), "currency": "GBP"},)),
    value("weight", {"amount": Decimal("120.5"), "unit": "GRAM"}),
    value("max_load", Decimal("12.5")),
    value("case_quantity", Decimal(6)),
    value("certifications", ("ukca", "ce")),
    value("hazardous", False),
    value("available_from", "2026-04-01"),
    value("description", "<p>New</p>", "en_GB", "ecommerce"),
    family="trade_goods",
    categories=("fixings", "tools"),
)


@pytest.mark.parametrize("edition", ["saas", "paas"])
@pytest.mark.parametrize("by", ["uuid", "identifier"])
async def test_a_product_is_made_once_and_changed_cell_by_cell(edition: str, by: str) -> None:
    async with estate({"edition": edition}, product_by=by) as one:
        before = len(one.simulator.state()["products"])
        for _ in range(2):
            assert said(await one.pim.write_products([NEW])) == ["Accepted"]
        assert len(one.simulator.state()["products"]) == before + 1
        more = change("HP-NEW-1", value("name", "Neues Band", "de_DE"), value("max_load", None), enabled=False)
        assert said(await one.pim.write_products([more])) == ["Accepted"]
        assert one.data("HP-NEW-1", "name", "en_GB") == "New hinge"
        assert one.data("HP-NEW-1", "name", "de_DE") == "Neues Band"
        assert one.data("HP-NEW-1", "max_load") is None
        assert one.product("HP-NEW-1")["enabled"] is False


async def test_what_was_read_is_written_back_and_changes_nothing() -> None:
    async with estate() as one:
        found = await one.pim.find_products(["HP-1000", "HP-1007"])
        before = [one.product(product.sku) for product in found]
        back = [ProductChange(key=product.key, sku=product.sku, enabled=product.enabled, family=product.family,
                              categories=product.categories, values=product.values) for product in found]  # fmt: skip
        assert said(await one.pim.write_products(back)) == ["Accepted", "Accepted"]
        assert [one.product(product.sku) for product in found] == before


async def test_a_made_product_is_found_although_the_index_lags() -> None:
    async with estate({"index_delay_seconds": 60}) as one:
        before = len(one.simulator.state()["products"])
        for _ in range(3):
            assert said(await one.pim.write_products([NEW])) == ["Accepted"]
        assert len(one.simulator.state()["products"]) == before + 1


async def test_a_product_made_by_an_editor_meanwhile_is_met_after_the_index_has_it() -> None:
    async with estate({"index_delay_seconds": 60}) as one:
        await one.act("create_product", sku="HP-NEW-1")
        assert said(await one.pim.write_products([NEW])) == ["identifier"]
        await one.act("pass_time", seconds=61)
        assert said(await one.pim.write_products([NEW])) == ["Accepted"]


async def test_a_renamed_product_is_left_alone() -> None:
    async with estate() as one:
        await one.pim.write_products([NEW])
        await one.act("rename_sku", product="HP-NEW-1", sku="HP-OTHER")
        assert said(await one.pim.write_products([NEW])) == ["Accepted"]
        assert one.product("HP-OTHER")["uuid"] != one.product("HP-NEW-1")["uuid"]


async def test_each_line_ends_by_itself() -> None:
    async with estate() as one:
        changes = [
            change("HP-1000", value("name", "Drill", "en_GB")),
            change("HP-1001", value("supplier", "NOBODY")),
            change("HP-1002", family="nowhere"),
            change("HP-1003", categories=("nowhere",)),
            change("HP-1004", value("no_such_attribute", "x")),
            change("HP-1005", value("case_quantity", Decimal("1.5"))),
            change("HP-1006", value("name", "x", "sv_SE")),
            change("", value("name", "x", "en_GB"), key="00000000-0000-0000-0000-000000000000"),
            change("OSLO-S-BLK", value("size", None)),
            change("HP-1007", value("name", "Last", "en_GB")),
        ]
        outcomes = await one.pim.write_products(changes)
        kinds = [type(outcome) for outcome in outcomes]
        assert kinds == [Accepted, *[Refused] * 8, Accepted], said(outcomes)
        assert said(outcomes)[7] == "not-found"
        assert one.data("HP-1007", "name", "en_GB") == "Last"


async def test_a_value_of_the_model_is_ignored_unless_that_is_asked_for() -> None:
    wish = change("OSLO-S-BLK", value("name", "Oslo, small", "en_GB"), value("ean", "5012345678900"))
    async with estate() as one:
        assert said(await one.pim.write_products([wish])) == ["ignored"]
        assert one.data("OSLO-S-BLK", "ean") == "5012345678900"
    async with estate(update_parent_values=True) as one:
        assert said(await one.pim.write_products([wish])) == ["Accepted"]
        assert one.data("OSLO-L-WHT", "name", "en_GB") == "Oslo, small"


async def test_a_draft_is_not_taken_for_a_change() -> None:
    async with estate({"owns_products": False}) as one:
        assert said(await one.pim.write_products([change("HP-1000", enabled=False)])) == ["ignored"]


@pytest.mark.parametrize(("leftover", "by"), [("refuse", "uuid"), ("drop", "uuid"), ("refuse", "identifier")])
async def test_a_simple_product_becomes_a_variant_and_back(leftover: str, by: str) -> None:
    async with estate({"leftover_values": leftover, "uuid_conversion_status": 201}, product_by=by) as one:
        values = {"size": "XL", "colour": "BLK"}
        options = {row["code"] for row in one.simulator.state()["structure"]["options/size"]}
        if "XL" not in options:
            await one.act("add_option", attribute="size", option="XL")
        await one.act("set_family", product="HP-1000", family="handles")
        axes = [value(name, data) for name, data in values.items()]
        outcomes = await one.pim.write_products([change("HP-1000", *axes, parent="OSLO")])
        if leftover == "refuse" and by == "uuid":
            assert said(outcomes) == ["attribute"]
            return
        assert said(outcomes) == ["Accepted"]
        assert said(await one.pim.write_products([change("HP-1000", parent="")])) == ["Accepted"]
        assert one.product("HP-1000")["parent"] is None


async def test_options_are_made_on_the_way_where_that_is_set() -> None:
    wish = change("HP-1000", value("supplier", "NEW_SUPPLIER"))
    async with estate(create_missing_options=True) as one:
        assert said(await one.pim.write_products([wish])) == ["Accepted"]
    async with estate() as one:
        assert said(await one.pim.write_products([wish])) == ["value"]


async def test_models_are_made_and_changed_and_their_variant_is_immutable() -> None:
    async with estate() as one:
        (known,) = await one.pim.find_product_models(["OSLO"])
        name = (value("name", "Bergen handle", "en_GB"),)
        make = ProductModelChange(
            code="BERGEN", family_variant=known.family_variant, parent="", categories=("handles",), values=name
        )
        for _ in range(2):
            assert said(await one.pim.write_product_models([make])) == ["Accepted"]
        outcomes = await one.pim.write_product_models([
            ProductModelChange(code="BERGEN", values=(value("name", "Bergen", "en_GB"),)),
            ProductModelChange(code="BERGEN", parent="OSLO"),
            ProductModelChange(code="NEW", family_variant="nowhere"),
            ProductModelChange(code="OSLO", values=(value("ean", "5012345678900"),)),
        ])  # fmt: skip
        assert said(outcomes)[0] == "Accepted"
        assert all(isinstance(outcome, Refused) for outcome in outcomes[1:]), said(outcomes)
        made = change("BERGEN-S", value("size", "S"), value("colour", "BLK"), parent="BERGEN")
        assert said(await one.pim.write_products([made])) == ["Accepted"]
        assert one.product("BERGEN-S")["family"] == "handles"


# --- lost replies, cut answers, limits


@pytest.mark.parametrize("kind", ["lost_reply", "lost_request", "truncated_body", "html_page"])
async def test_after_a_lost_reply_the_look_decides_and_twice_is_once(kind: str) -> None:
    async with estate() as one:
        before = len(one.simulator.state()["products"])
        one.trouble(kind, PATCHES, count=1)
        (outcome,) = await one.pim.write_products([NEW])
        assert isinstance(outcome, Accepted | Unknown)
        if isinstance(outcome, Accepted):
            assert one.product("HP-NEW-1")["enabled"] is True
        assert said(await one.pim.write_products([NEW])) == ["Accepted"]
        assert len(one.simulator.state()["products"]) == before + 1


async def test_a_slow_reply_is_looked_up() -> None:
    async with estate(timeout_seconds=0.5) as one:
        one.trouble("slow_reply", PATCHES, count=1, seconds=2)
        assert said(await one.pim.write_products([NEW])) == ["Accepted"]


async def test_an_answer_cut_short_is_completed() -> None:
    async with estate() as one:
        await one.act("cut_bulk", after=2)
        wishes = [change(f"HP-100{number}", value("name", f"N{number}", "en_GB")) for number in range(6)]
        outcomes = await one.pim.write_products(wishes)
        assert set(said(outcomes)) <= {"Accepted", "Unknown"}
        again = await one.pim.write_products(wishes)
        assert said(again) == ["Accepted"] * 6
        assert [one.data(f"HP-100{number}", "name", "en_GB") for number in range(6)] == [f"N{n}" for n in range(6)]


async def test_a_hundred_and_a_body_too_large() -> None:
    async with estate({"payload_max_bytes": 2000}, items=130) as one:
        wishes = [change(f"HP-{1000 + number}", value("ean", f"60{number:011d}")) for number in range(100)]
        assert set(said(await one.pim.write_products(wishes))) == {"Accepted"}
        more = [change(f"HP-{1000 + number}", value("ean", f"61{number:011d}")) for number in range(120)]
        assert set(said(await one.pim.write_products(more))) == {"Accepted"}


async def test_what_cannot_be_sent_is_transient_and_without_rights_the_operators() -> None:
    async with estate() as one:
        wish = [change("HP-1000", enabled=False)]
        one.trouble("status", PATCHES, status=429)
        with pytest.raises(Transient):
            await one.pim.write_products(wish)
        one.simulator.faults.set([])
        assert one.product("HP-1000")["enabled"] is True
        await one.act("set_rights", denied=["create or update products"])
        with pytest.raises(ConfigFault) as caught:
            await one.pim.write_products(wish)
        assert caught.value.setting == "username"


# --- WebhookReceiver


@asynccontextmanager
async def receiver(one: Estate) -> AsyncIterator[tuple[str, list[WebhookEvent], list[DataFault]]]:
    """A server that lets the connector read what is posted to it."""
    taken: list[WebhookEvent] = []
    turned_away: list[DataFault] = []

    async def take(request: web.Request) -> web.Response:
        try:
            taken.append(one.pim.read_webhook(request.headers, await request.read()))
        except DataFault as fault:
            turned_away.append(fault)
            return web.Response(status=400)
        return web.Response()

    async with served(take) as base:
        yield f"{base}/hook", taken, turned_away


async def until(found: list[Any], count: int = 1) -> None:
    async with asyncio.timeout(10):
        while len(found) < count:
            await asyncio.sleep(0.01)


async def test_events_of_the_platform_under_either_secret_and_again() -> None:
    async with estate(event_secret="new", event_secret_secondary="old") as one, receiver(one) as (url, taken, away):
        made = await one.act("subscribe", url=url, primary="old")
        uuid = one.product("HP-1000")["uuid"]
        await one.act("edit_value", product="HP-1000", attribute="ean", value="5012345678900")
        await until(taken)
        assert taken[0].subjects == (("product", uuid),)
        await one.act("rotate_secrets", subscription=made["subscription"], primary="new", secondary="old")
        await one.act("redeliver", event_id=taken[0].key)
        await until(taken, 2)
        assert taken[1] == taken[0]
        await one.act("rotate_secrets", subscription=made["subscription"], primary="unknown")
        await one.act("edit_value", product="HP-1000", attribute="ean", value="5012345678917")
        await until(away)
        assert away[0].place == "X-AKENEO-SIGNATURE-PRIMARY"


async def test_our_own_writes_come_back_and_name_nothing() -> None:
    setup, ours = {"api_author": "connection_code"}, {"event_secret": "s", "connection_code": "crossdock"}
    async with estate(setup, **ours) as one, receiver(one) as (url, taken, _):
        await one.act("subscribe", url=url, primary="s")
        await one.pim.write_products([change("HP-1000", value("ean", "5012345678900"))])
        await until(taken)
        assert {event.subjects for event in taken} == {()}


async def test_events_of_the_legacy_api_and_its_test() -> None:
    async with estate({"edition": "paas"}, event_secret="s") as one, receiver(one) as (url, taken, away):
        await one.act("register_events_api", url=url, secret="s")
        await one.act("test_events_api")
        await until(taken)
        assert (taken[0].topic, taken[0].subjects) == ("test", ())
        await one.act("delete_product", product="HP-1001")
        await one.act("edit_model_value", model="OSLO", attribute="country_of_origin", value="SE")
        async with asyncio.timeout(10):
            while len([subject for event in taken for subject in event.subjects]) < 2:
                await asyncio.sleep(0.01)
        kinds = [subject[0] for event in taken for subject in event.subjects]
        assert sorted(kinds) == ["product", "product-model"]
        assert away == []


async def test_what_an_event_names_can_be_read() -> None:
    async with estate(event_secret="s") as one, receiver(one) as (url, taken, _):
        await one.act("subscribe", url=url, primary="s")
        await one.act("create_product", sku="HP-NEW-9")
        await until(taken)
        documents = await everything(one.pim.read_products(None))
        assert taken[0].subjects[0][1] in {document.ref for document in documents}
