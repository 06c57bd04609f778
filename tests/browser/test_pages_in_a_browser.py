"""Every page, as people see it: nothing that axe objects to, no page wider than its screen, no error of a script."""

import re
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from crossdock.ports.runtime import Priority
from crossdock.ports.systems import ProbeLine
from tests.browser.conftest import SCHEMES, SIZES, picture, sign_in, window
from tests.console.conftest import Desk
from tests.console.test_pages import WHO, addresses
from tests.wiring.probes import Told, instead

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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_system_that_fails_and_what_a_probe_tells_can_be_read_by_everybody(
    desk: Desk, browser: Browser, size: str, scheme: str
) -> None:
    for name in ("khaos", "shop"):
        for _ in range(2):
            async with desk.world.here.gates[name].call(Priority.READ) as permit:
                permit.failed("GET http://erp.example/" + "x" * 90, "could not be reached")
    await desk.world.here.pool.execute("update remote_budget set open_until = now() + interval '9 minutes'")
    instead(desk.world.here, "khaos", Told(lines=[
        ProbeLine(what="orders", read=3),
        ProbeLine(what="companies", denied="you may not"),
        ProbeLine(what="stock levels", read=1, unreadable=2, problem="http://erp.example/" + "x" * 90),
    ]))  # fmt: skip
    async with window(browser, size=size, scheme=scheme) as context:
        page = await context.new_page()
        await sign_in(page, desk, "ada")
        wrong = await _wrong(page, desk.url + "/systems", f"{size}-{scheme}-systems-amiss")
        await page.get_by_role("button", name="Probe khaos").click()
        await page.get_by_role("heading", name="Probe of khaos").wait_for()
        wrong += await _found(page, f"{size}-{scheme}-system-probed")
        assert wrong == []
        assert [await page.get_by_text(one, exact=True).count() for one in ("passed", "not allowed", "not passed")] == [
            1, 1, 1,
        ]  # fmt: skip


async def _wrong(page: Page, url: str, name: str) -> list[str]:
    await page.goto(url)
    return await _found(page, name)


async def _found(page: Page, name: str) -> list[str]:
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
