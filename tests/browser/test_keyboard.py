"""All of it without a mouse."""

from playwright.async_api import Browser, Page

from tests.browser.conftest import window
from tests.console.conftest import PASSWORD, Desk
from tests.console.test_pages import addresses
from tests.world import GHOST, PLENTY

TABS_MAX = 200
FOCUSED = """() => { const e = document.activeElement; if (!e || e === document.body) return null;
  const s = getComputedStyle(e), r = e.getBoundingClientRect();
  return {name: (e.getAttribute('aria-label') || e.innerText || e.name || e.id || e.tagName).trim(), tag: e.tagName,
          seen: r.width > 0 && r.height > 0 && (s.outlineStyle !== 'none' && s.outlineWidth !== '0px')}; }"""
REACHABLE = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary')].filter(e => e.checkVisibility()).length"""


async def tab_to(page: Page, name: str, tag: str = "") -> None:
    """Press Tab until the thing of that name has the focus, and its focus can be seen."""
    for _ in range(TABS_MAX):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED)
        if focused and focused["name"].startswith(name) and focused["tag"].lower() == (tag or focused["tag"].lower()):
            assert focused["seen"], f"{name}: the focus cannot be seen"
            return
    raise AssertionError(f"{name} is not reached by Tab on {page.url}")


async def test_a_case_is_settled_by_the_keyboard_alone(desk: Desk, browser: Browser) -> None:
    for _ in range(2):
        await desk.world.sell((GHOST, 1))
    await desk.world.deliver()
    async with window(browser) as context:
        page = await context.new_page()
        await page.goto(desk.url + "/sign-in")
        await tab_to(page, "name", "input")
        await page.keyboard.type("ada")
        await tab_to(page, "password", "input")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(desk.url + "/")
        await tab_to(page, "To the content", "a")
        await page.keyboard.press("Enter")
        await tab_to(page, "1", "a")  # the first desk's tile: one case
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/cases?desk=*")
        await tab_to(page, "The ERP holds no stock item", "a")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/cases/*")
        await tab_to(page, "code", "input")
        await page.keyboard.press("Control+A")
        await page.keyboard.type(PLENTY)
        await page.keyboard.press("Escape")  # the list of what is likely
        await tab_to(page, "What would happen?", "button")
        await page.keyboard.press("Enter")
        await page.get_by_text("Of 2 held: 2 would post.").wait_for()
        await tab_to(page, "Do it", "button")
        await page.keyboard.press("Enter")
        await page.get_by_text("Nothing any more.").or_(page.get_by_text("closed")).first.wait_for()
    await desk.world.work()
    assert await desk.world.cases("stock-code-unknown") == []


async def test_nothing_is_out_of_the_keyboards_reach(desk: Desk, browser: Browser) -> None:
    """Each page: as many stops of Tab as there are things to use, at least, and no trap."""
    where = await addresses(desk)
    async with window(browser) as context:
        page = await context.new_page()
        await page.goto(desk.url + "/sign-in")
        await page.get_by_label("Name").fill("ada")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(desk.url + "/")
        for name in ("/", "/cases", "/cases/{case_id}", "/orders", "/orders/{order_id}", "/systems", "/audit"):
            await page.goto(desk.url + where[name])
            wanted, stops = await page.evaluate(REACHABLE), set()
            for _ in range(wanted + 20):
                await page.keyboard.press("Tab")
                stops.add(
                    await page.evaluate("() => [...document.querySelectorAll('*')].indexOf(document.activeElement)")
                )
            assert len(stops) >= wanted, (name, len(stops), wanted)
