"""Every page, as people see it: nothing that axe objects to, no page wider than its screen, no error of a script."""

import re
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.browser.conftest import SCHEMES, SIZES, picture, sign_in, window
from tests.console.conftest import Desk
from tests.console.test_pages import WHO, addresses

AXE = Axe()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_every_page_can_be_used_by_everybody(desk: Desk, browser: Browser, size: str, scheme: str) -> None:
    where = await addresses(desk)
    assert set(where) == set(WHO)
    wrong: dict[str, Any] = {}
    async with window(browser, size=size, scheme=scheme) as context:
        page = await context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        wrong["/sign-in"] = await _wrong(page, desk.url + "/sign-in", f"{size}-{scheme}-sign-in")
        await sign_in(page, desk, "ada")
        for name, path in where.items():
            if name != "/sign-in" and not _is_file(name):
                wrong[name] = await _wrong(page, desk.url + path, f"{size}-{scheme}-{_word(name)}")
        for name, path in (("empty", "/orders?q=nothing"), ("nothing there", "/cases/999999")):
            wrong[name] = await _wrong(page, desk.url + path, f"{size}-{scheme}-{_word(name)}")
        told = [one for one in said if "404" not in one]  # the browser itself notes a page that is not there
    assert {name: found for name, found in wrong.items() if found} == {}
    assert told == []


async def _wrong(page: Page, url: str, name: str) -> list[str]:
    await page.goto(url)
    await picture(page, name)
    found = await AXE.run(page)
    wrong = [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found.response["violations"]
    ]
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*wrong, *([f"wider than the screen by {wide} px"] if wide > 0 else [])]


def _is_file(name: str) -> bool:
    """Answers with a file to keep, or a picture, instead of a page."""
    return bool(re.search(r"\.(csv|svg|jsonl|\{form\}|\{kind\})|/(export|download)", name))


def _word(name: str) -> str:
    return re.sub(r"\W+", "-", name).strip("-") or "overview"
