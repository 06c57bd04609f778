"""Shops opened with what they tell read once; or with settings of a test's own."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import stamina

from tests.retail.shops import Shops, open_shops

Opener = Callable[..., AbstractAsyncContextManager[Shops]]


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
