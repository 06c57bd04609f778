"""A look at a PIM ends in lines, whatever it meets."""

from typing import Any

import pytest
from aiohttp import web

from tests.connectors.akeneo.bodies import attribute, model, product
from tests.connectors.akeneo.stub import Stub, page, pim, refusal


def all_is_well(stub: Stub) -> None:
    family = {"code": "helmets", "attributes": ["sku"], "labels": []}
    stub.on("GET", "system-information", {"version": "20261103", "edition": "Serenity"})
    stub.on("GET", "products-uuid", page([product()]))
    stub.on("GET", "product-models", page([model()]))
    stub.on("GET", "families", page([family]))
    stub.on("GET", "families/helmets/variants", page([]))
    stub.on("GET", "categories", page([{"code": "all", "parent": None}]))
    stub.on("GET", "attributes", page([attribute("colour", "pim_catalog_simpleselect")]))
    stub.on("GET", "attributes/colour/options", page([{"code": "red"}]))


async def test_a_probe_reads_a_page_of_each() -> None:
    async with pim() as (connector, stub):
        all_is_well(stub)
        lines = await connector.probe()
        assert [(line.what, line.read) for line in lines] == [
            ("sign-in (Akeneo Serenity 20261103, products by uuid)", 1), ("products", 1), ("product models", 1),
            ("families", 1), ("family variants", 0), ("categories", 1), ("attributes", 1), ("attribute options", 1),
        ]  # fmt: skip
        assert not any(line.problem or line.denied or line.unreadable for line in lines)


async def test_a_probe_says_what_is_wrong_and_what_is_denied() -> None:
    async with pim() as (connector, stub):
        all_is_well(stub)
        stub.on("GET", "system-information", refusal(403, "no"))
        stub.on("GET", "products-uuid", page([product(), product(enabled=None)]))
        stub.on("GET", "product-models", refusal(403, "Access forbidden. You are not allowed to list product models."))
        stub.on("GET", "families", web.Response(body=b"<html>", content_type="text/html"))
        stub.on("GET", "categories", refusal(500, "x"))
        said = {line.what: line for line in await connector.probe()}
        assert (said["products"].read, said["products"].unreadable) == (2, 1)
        assert "enabled: must be true or false" in said["products"].problem
        assert "not allowed to list product models" in said["product models"].denied
        assert said["product models"].problem == ""
        assert said["families"].problem
        assert said["categories"].problem
        assert said["family variants"].read == 0
        assert said["attributes"].read == 1


async def test_a_probe_notices_that_nothing_has_a_sku() -> None:
    async with pim(sku_attribute="artno") as (connector, stub):
        all_is_well(stub)
        lines = {line.what: line.problem for line in await connector.probe()}
        assert "sku_attribute" in lines["products"]


@pytest.mark.parametrize("answer", [{}, [], {"_embedded": {"items": [None, [], "x", 3]}, "_links": {}}, "x"])
async def test_a_system_that_is_none_of_ours_yields_lines(answer: Any) -> None:
    async with pim(product_by="auto") as (connector, stub):
        all_is_well(stub)
        for method, path in list(stub.answers):
            stub.on(method, path, web.json_response(answer))
        lines = await connector.probe()
        assert len(lines) == 8
        assert any(line.problem for line in lines)


async def test_a_sign_in_that_fails_ends_it() -> None:
    async with pim() as (connector, stub):
        stub.token_answers.append(refusal(422, "No user found for the given username and password"))
        (line,) = await connector.probe()
        assert "No user found" in line.problem
