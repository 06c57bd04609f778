"""A real browser before the console. Its pictures are kept in the folder that SCREENSHOTS names, for people to look at.

Where BROWSER_TESTS is "required" a machine without Chromium fails; elsewhere these tests are left out and say so.
"""

import contextlib
import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.console.conftest import PASSWORD, Desk, desk

__all__ = ["desk"]

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SIZES = {"desktop": (1280, 900), "phone": (375, 812)}
SCHEMES = ("light", "dark")


def chromium() -> str:
    """Where it is; leaves the test out, or fails it, where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("BROWSER_TESTS") == "required":
        pytest.fail("no Chromium on this machine, and here it is required: install Debian's package chromium")
    pytest.skip("no Chromium on this machine")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as made:
        launched = await made.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        await launched.close()


@contextlib.asynccontextmanager
async def window(browser: Browser, *, size: str = "desktop", scheme: str = "light") -> AsyncIterator[BrowserContext]:
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light",
        accept_downloads=True,
    )  # fmt: skip
    context.set_default_timeout(60_000)
    yield context
    await context.close()


async def sign_in(page: Page, desk: Desk, name: str) -> None:
    await page.goto(desk.url + "/sign-in")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").first.click()
    await page.wait_for_url(desk.url + "/")


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)
