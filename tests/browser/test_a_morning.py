"""A desk's morning, as a new person goes through it: every step by what stands on the page."""

import zipfile
from datetime import UTC, datetime

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import picture, sign_in, window
from tests.console.conftest import Desk
from tests.world import BY_CASE, GHOST, PLENTY


async def test_a_new_person_settles_what_waits_and_follows_it_to_its_despatch(desk: Desk, browser: Browser) -> None:
    world = desk.world
    for _ in range(3):
        await world.sell((GHOST, 1), (PLENTY, 1))
    await world.deliver()
    async with window(browser) as context:
        page = await context.new_page()
        await sign_in(page, desk, "ada")
        await expect(page.get_by_role("heading", name="What waits for whom")).to_be_visible()
        await picture(page, "morning-1-overview")
        await _open_the_oldest_case(page)
        await _map_by_a_suggestion(page)
        await world.work()
        await page.get_by_role("link", name="Orders", exact=True).click()
        await page.get_by_label("Number, ERP number").fill(PLENTY)
        await page.get_by_role("button", name="Find").click()
        await expect(page.get_by_role("cell", name="posted", exact=True)).to_have_count(3)
        await picture(page, "morning-4-orders-on-their-way")
        await world.erp.act("despatch_some", {"seed": 1, "share": 1, "partial_share": 0, "boxes": 1})
        await world.run("despatches")
        await world.work()
        await page.get_by_role("row").nth(1).get_by_role("link").click()
        await expect(page.get_by_role("heading", name="Despatches")).to_be_visible()
        await expect(page.get_by_text("despatched").first).to_be_visible()
        await picture(page, "morning-5-one-order")
        await _edit_the_mapping(page)
        await _reconcile_a_day(page)
        await world.work()
        await _download_the_pack(page)
        await page.get_by_role("link", name="Audit trail").click()
        await expect(page.get_by_text("ada").first).to_be_visible()
        await picture(page, "morning-9-audit-trail")


async def _open_the_oldest_case(page: Page) -> None:
    await page.get_by_role("link", name="Cases", exact=True).click()
    await page.get_by_role("link", name="opened").click()
    await page.get_by_role("row").nth(1).get_by_role("link", name="The ERP holds no stock item").click()
    await expect(page.get_by_role("heading", name="What it holds")).to_be_visible()
    await picture(page, "morning-2-the-case")


async def _map_by_a_suggestion(page: Page) -> None:
    """The likeliest item stands in the field already; whoever knows better writes over it."""
    code = page.get_by_label("code")
    await code.fill(PLENTY)
    await page.get_by_role("button", name="What would happen?").first.click()
    await expect(page.get_by_text("Of 3 held: 3 would post.")).to_be_visible()
    await picture(page, "morning-3-what-would-happen")
    await page.get_by_role("button", name="Do it").click()
    await expect(page.get_by_role("heading", name="History")).to_be_visible()


async def _edit_the_mapping(page: Page) -> None:
    """It was another item after all: the effect is shown before the new version is saved."""
    await page.get_by_role("link", name="Mappings").click()
    await page.get_by_role("link", name=GHOST).click()
    await page.get_by_label("stands for").fill(BY_CASE)
    await page.locator("#why").fill("the label was read wrongly")
    await page.get_by_role("button", name="What would happen?").first.click()
    await expect(page.locator("#rehearsal")).to_be_visible()
    await picture(page, "morning-6-what-the-mapping-would-do")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text(f"stands for {BY_CASE}").first).to_be_visible()
    await expect(page.get_by_text("the label was read wrongly").first).to_be_visible()


async def _reconcile_a_day(page: Page) -> None:
    await page.get_by_role("link", name="Reconciliation").click()
    form = page.locator('form[action="/reconciliation/start"]')
    if not await form.is_visible():
        await page.get_by_text("Reconcile now", exact=True).click()
    await page.get_by_label("What to compare").select_option("money")
    await page.get_by_label("A day").fill(datetime.now(UTC).date().isoformat())
    await page.get_by_role("button", name="Reconcile", exact=True).click()
    await expect(page.get_by_text("waits for a worker", exact=True)).to_be_visible()
    await picture(page, "morning-7-asked-for-a-day")


async def _download_the_pack(page: Page) -> None:
    await page.reload()
    await picture(page, "morning-8-a-day-reconciled")
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="workbook (XLSX)").click()
    kept = await begun.value
    assert kept.suggested_filename.endswith(".xlsx")
    with zipfile.ZipFile(await kept.path()) as book:
        assert "xl/workbook.xml" in book.namelist()
