"""Akeneo with Khaos Control: what the PIM describes becomes a stock item, sold once the ERP has confirmed it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import stamina

from tests.pairings.studio import Studio, open_studio

Opener = Callable[..., AbstractAsyncContextManager[Studio]]


@pytest.fixture
def opened(database: str, tmp_path: Path) -> Opener:
    @asynccontextmanager
    async def open_one(**settings: Any) -> AsyncIterator[Studio]:
        with stamina.set_testing(True, attempts=3, cap=True):
            async with open_studio(database, tmp_path, **settings) as one:
                await one.learn()
                yield one

    return open_one


async def new_product(studio: Studio, sku: str, **more: Any) -> None:
    values = {
        "name": [{"locale": "en_GB", "scope": None, "data": f"Lantern {sku}"}],
        "ean": f"50{abs(hash(sku)):011d}"[:13],
    }
    await studio.pim.act("create_product", {"sku": sku, "values": {**values, **more.pop("values", {})}, **more})


async def test_a_new_product_goes_to_the_erp_and_is_enabled_once_it_is_confirmed_there(opened: Opener) -> None:
    async with opened() as studio:
        await studio.run("net")
        print(await studio.states())
        for case in await studio.cases():
            print(case.kind, case.subject, case.records, case.cause)
        await new_product(studio, "NEW-1")
        await studio.run("products")
        await studio.run("net")
        assert await studio.state("NEW-1") == "put_out"
        assert studio.product("NEW-1")["enabled"] is False
        assert studio.item("NEW-1") == {}
        await studio.fetch()
        assert studio.item("NEW-1")["name"] == "Lantern NEW-1"
        assert studio.product("NEW-1")["enabled"] is False
        await studio.pass_time(10)
        assert await studio.state("NEW-1") == "released"
        assert studio.product("NEW-1")["enabled"] is True
