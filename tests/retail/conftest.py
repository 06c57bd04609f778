"""Shops opened with what they tell read once; or with settings of a test's own."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import stamina

from tests.retail.shops import Shops, open_shops

Opener = Callable[..., AbstractAsyncContextManager[Shops]]
OPTIONAL = {"import_stock_status": True, "list_open_orders": True, "export_orders": True}
FEEDING: Mapping[str, Any] = {
    "system_of": {"khaos": {"optional": OPTIONAL}},
    "erp": {"optional_operations": ("ImportStockStatus", "ExportOrders")},
    "pairing": {"feed": {"consumer_classes": ["Consumer"]}},
}


async def fill(shops: Shops) -> None:
    """Read the ERP's lists and tell the retail system of everything once."""
    for flow in ("items", "accounts", "retail-places", "retail-items", "retail-levels"):
        await shops.well(flow)


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """A read is tried as often as ever, without waiting in between."""
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def opened(database: str, tmp_path: Path) -> Opener:
    """Opens shops with settings of the test's own; nothing is read yet."""

    @asynccontextmanager
    async def open_one(**settings: Any) -> AsyncIterator[Shops]:
        async with open_shops(database, tmp_path, **settings) as one:
            yield one

    return open_one


@pytest.fixture
async def shops(opened: Opener) -> AsyncIterator[Shops]:
    """Items read and every shelf booked."""
    async with opened() as one:
        await one.well("items")
        await one.book_all()
        yield one


@pytest.fixture
async def desks(opened: Opener) -> AsyncIterator[Shops]:
    """The same, with an ERP that takes despatches and lists its open orders, and a map of couriers."""
    optional = {"import_stock_status": True, "book_despatch": "ImportDespatches", "list_open_orders": True}
    async with opened(
        system_of={"khaos": {"optional": optional}},
        erp={"optional_operations": ("ImportStockStatus", "ImportDespatches")},
        pairing={"maps": {"courier": {"dpd/next-day": "DPD"}}},
    ) as one:
        await one.well("items")
        await one.book_all()
        yield one


@pytest.fixture(params=["retail-stock", "wair-ai"])
async def feeding(opened: Opener, request: pytest.FixtureRequest) -> AsyncIterator[Shops]:
    """Shops of either kind and an ERP that tells of its open orders; places, items and stock told once."""
    plain = {"retail": {"sizing": False}} if request.param == "retail-stock" else {}
    async with opened(profile=request.param, **plain, **FEEDING) as one:
        await fill(one)
        yield one


@pytest.fixture
async def bridged(opened: Opener) -> AsyncIterator[Shops]:
    """The same, with the kind of shops that tells of items, places and refusals."""
    async with opened(**FEEDING) as one:
        await fill(one)
        yield one
