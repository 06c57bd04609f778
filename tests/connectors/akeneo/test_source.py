"""Products, models and structure out of the PIM."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson
import pytest
from aiohttp import web

from crossdock.connectors.akeneo.source import filter_time, parts
from crossdock.model.faults import ConfigFault, DataFault, Transient
from tests.connectors.akeneo.bodies import OTHER, UUID, attribute, cell, model, product
from tests.connectors.akeneo.stub import everything, page, pim, refusal
from tests.connectors.stub import Asked

SINCE = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


async def test_all_products_come_page_by_page_and_nothing_is_filtered_away() -> None:
    async with pim(page_size=1) as (connector, stub):
        stub.on("GET", "products-uuid", page([product()], after=UUID), page([product(OTHER, "B")], after=OTHER),
                page([]))  # fmt: skip
        found = await everything(connector.read_products(None))
        assert [(one.ref, one.label, one.value.sku) for one in found] == [(UUID, "NSC-HLM-01-M", "NSC-HLM-01-M"),
                                                                          (OTHER, "B", "B")]  # fmt: skip
        assert found[0].updated_at == datetime(2026, 3, 2, 8, 12, 44, tzinfo=UTC)
        assert orjson.loads(found[0].raw)["uuid"] == UUID
        first = stub.calls("GET", "products-uuid")[0]
        assert first.query == {"pagination_type": "search_after", "limit": "1"}  # `scope` would hide products


async def test_changes_are_asked_for_early_and_in_the_servers_zone() -> None:
    async with pim(server_timezone="Europe/Paris") as (connector, stub):
        stub.on("GET", "products-uuid", page([]))
        stub.on("GET", "product-models", page([]))
        await everything(connector.read_products(SINCE))
        await everything(connector.read_product_models(SINCE))
        wanted = {"updated": [{"operator": ">", "value": "2026-03-02 09:24:59"}]}
        assert stub.calls("GET", "products-uuid")[0].search == wanted
        assert stub.calls("GET", "product-models")[0].search == wanted


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        ("2026-03-02T08:30:00.9+00:00", "UTC", "2026-03-02 08:29:59"),
        ("2026-07-02T08:30:00+02:00", "Europe/Paris", "2026-07-02 08:29:59"),
        ("2026-10-25T00:30:01+00:00", "Europe/Paris", "2026-10-25 01:30:00"),  # 2.30 for the first time
        ("2026-10-25T01:30:01+00:00", "Europe/Paris", "2026-10-25 01:30:00"),  # 2.30 for the second
        ("2026-03-29T01:00:00+00:00", "Europe/Paris", "2026-03-29 01:59:59"),  # the hour that is not there
    ],
)
def test_a_time_is_said_so_that_nothing_falls_between(at: str, zone: str, said: str) -> None:
    assert filter_time(datetime.fromisoformat(at), ZoneInfo(zone)) == said


async def test_one_broken_product_stops_no_other() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([product(enabled="yes"), 7, product(OTHER, "B")]))
        first, second, third = await everything(connector.read_products(None))
        assert (first.ref, first.label, first.fault.place) == (UUID, "NSC-HLM-01-M", "enabled")
        assert (second.ref, second.fault.place, second.raw) == ("", "document", b"7")
        assert third.value.sku == "B"


async def test_unnamed_types_are_learned_from_the_attributes_once() -> None:
    async with pim(read_as={"acme_weight": "number"}) as (connector, stub):
        values = {"moq": [cell("12.5000")], "weight": [cell("3.5")], "ean": [cell("0012")]}
        stub.on("GET", "attributes", page([attribute("moq", "pim_catalog_number"), attribute("weight", "acme_weight"),
                                           attribute("ean", "pim_catalog_text"), {"broken": 1}]))  # fmt: skip
        stub.on("GET", "products-uuid", page([product(values=values)]))
        for _ in range(2):
            (found,) = await everything(connector.read_products(None))
        assert {value.attribute: value.data for value in found.value.values} == {
            "sku": "NSC-HLM-01-M", "moq": Decimal("12.5"), "weight": Decimal("3.5"), "ean": "0012"
        }  # fmt: skip
        assert len(stub.calls("GET", "attributes")) == 1
        connector._session.clock.forward(901)  # type: ignore[attr-defined]
        await everything(connector.read_products(None))
        assert len(stub.calls("GET", "attributes")) == 2


async def test_without_leave_to_read_attributes_shapes_must_do() -> None:
    async with pim() as (connector, stub):
        values = {"price": [cell([{"amount": "50.00", "currency": "EUR"}])]}
        stub.on("GET", "attributes", refusal(403, "Access forbidden."))
        stub.on("GET", "products-uuid", page([product(values=values)]))
        (found,) = await everything(connector.read_products(None))
        assert found.value.values[1].data == ({"amount": Decimal("50.00"), "currency": "EUR"},)


@pytest.mark.parametrize(("status", "path"), [(200, "products-uuid"), (404, "products")])
async def test_products_by_uuid_where_there_is_such_an_address(status: int, path: str) -> None:
    async with pim(product_by="auto") as (connector, stub):
        record = product(identifier="NSC-HLM-01-M")
        stub.on("GET", "products-uuid", page([record]) if status == 200 else refusal(404, "No route found"))
        stub.on("GET", "products", page([record]))
        (found,) = await everything(connector.read_products(None))
        await everything(connector.read_products(None))
        assert found.value.key == (UUID if path == "products-uuid" else "NSC-HLM-01-M")
        asked = [call for call in stub.calls("GET", "products-uuid") if call.query["limit"] == "1"]
        assert len(asked) == 1


async def test_variants_of_changed_models_are_read_too_where_that_is_set() -> None:
    async with pim(follow_models=True) as (connector, stub):
        variants = page([product(), product(OTHER, "B", parent="mdl-aurora")])

        def answer(asked: Asked) -> web.StreamResponse:
            return (variants if "parent" in asked.query["search"] else page([product()]))(asked)

        stub.on("GET", "products-uuid", answer)
        stub.on("GET", "product-models", page([model()]))
        found = await everything(connector.read_products(SINCE))
        assert [one.ref for one in found] == [UUID, OTHER]
        assert stub.calls("GET", "products-uuid")[1].search == {"parent": [{"operator": "=", "value": "mdl-aurora"}]}


async def test_products_are_found_by_sku_a_hundred_at_a_time() -> None:
    async with pim(share_links=True) as (connector, stub):
        stub.on("GET", "products-uuid", page([product(code="nsc-1"), product(OTHER, "NSC-10")]), page([]))
        found = await connector.find_products(["NSC-1", *(f"X-{number}" for number in range(100)), "NSC-1", ""])
        assert [one.key for one in found] == [UUID]
        asked = stub.calls("GET", "products-uuid")
        assert [len(call.search["sku"][0]["value"]) for call in asked] == [100, 1]
        assert asked[0].query["with_asset_share_links"] == "true"


def test_long_values_share_an_address_with_fewer() -> None:
    assert [len(part) for part in parts(f"{number:03}" for number in range(250))] == [100, 100, 50]
    assert [len(part) for part in parts("å" * 500 for _ in range(3))] == [1, 1, 1]
    assert [len(part) for part in parts("a" * 250 for _ in range(50))] == [23, 23, 4]
    assert list(parts([])) == []


async def test_a_sku_attribute_that_is_not_there_is_the_operators() -> None:
    async with pim(sku_attribute="artno") as (connector, stub):
        stub.on("GET", "products-uuid", refusal(422, "artno does not exist or you do not have permission to access it"))
        with pytest.raises(ConfigFault) as caught:
            await connector.find_products(["NSC-1"])
        assert caught.value.setting == "sku_attribute"


async def test_a_found_product_that_cannot_be_read_is_named() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([product(enabled=None)]))
        with pytest.raises(DataFault) as caught:
            await connector.find_products(["NSC-HLM-01-M"])
        assert caught.value.place == "items[0].enabled"


async def test_models_are_read_and_found() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "product-models", page([model(), model("b", family=None)]), page([model()]))
        first, second = await everything(connector.read_product_models(None))
        assert (first.value.code, second.ref, second.fault.place) == ("mdl-aurora", "b", "family")
        (found,) = await connector.find_product_models(["mdl-aurora"])
        assert found.family_variant == "helmets_by_colour_size"
        assert stub.calls("GET", "product-models")[1].search["identifier"][0] == {"operator": "IN",
                                                                                  "value": ["mdl-aurora"]}  # fmt: skip


async def test_structure_is_read() -> None:
    async with pim() as (connector, stub):
        family = {"code": "helmets", "attributes": ["sku"], "attribute_as_label": "name",
                  "attribute_requirements": {"webshop": ["sku", "name"]}}  # fmt: skip
        variant = {
            "code": "by_size",
            "variant_attribute_sets": [{"level": 1, "axes": ["size"], "attributes": ["size"]}],
        }
        stub.on("GET", "families", page([family, {"code": "broken"}]))
        stub.on("GET", "families/helmets/variants", page([variant]))
        stub.on("GET", "categories", page([{"code": "all", "parent": None, "labels": []}]))
        stub.on("GET", "attributes", page([attribute("size", "pim_catalog_simpleselect", labels={"en_GB": "Size"})]))
        stub.on("GET", "attributes/size/options", page([{"code": "m", "attribute": "size", "labels": {"en_GB": "M"}}]))
        good, broken = await everything(connector.read_families())
        assert good.value.required == (("webshop", "sku"), ("webshop", "name"))
        assert (broken.ref, broken.fault.place) == ("broken", "attributes")
        (found,) = await everything(connector.read_family_variants("helmets"))
        assert (found.value.family, found.value.levels) == ("helmets", ((("size",), ("size",)),))
        assert [one.value.parent for one in await everything(connector.read_categories())] == [""]
        assert [one.value.kind for one in await everything(connector.read_attributes())] == ["pim_catalog_simpleselect"]
        assert [one.value.labels for one in await everything(connector.read_attribute_options("size"))] == [
            (("en_GB", "M"),)
        ]


async def test_what_has_no_options_or_variants_has_none_and_what_may_not_be_read_is_no_read() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "attributes/sku/options", refusal(404, 'Attribute "sku" does not support options.'))
        assert await everything(connector.read_attribute_options("sku")) == []
        assert await everything(connector.read_family_variants("nowhere")) == []
        stub.on("GET", "attributes/sku/options", refusal(403, "Access forbidden."))
        with pytest.raises(ConfigFault):
            await everything(connector.read_attribute_options("sku"))


async def test_a_row_that_slid_onto_the_next_page_comes_once() -> None:
    async with pim(page_size=2) as (connector, stub):
        a, b, c = ({"code": code, "parent": None} for code in "abc")
        stub.on("GET", "categories", page([a, b], after="2"), page([b, c], after="3"), page([]))
        assert [one.ref for one in await everything(connector.read_categories())] == ["a", "b", "c"]


async def test_a_read_that_breaks_off_says_so() -> None:
    async with pim(page_size=1) as (connector, stub):
        stub.on("GET", "categories", page([{"code": "a", "parent": None}], after="2"), refusal(500, "oops"))
        with pytest.raises(Transient):
            await everything(connector.read_categories())
