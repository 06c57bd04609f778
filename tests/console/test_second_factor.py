"""The second factor in the browser, and where the door leads on to."""

import contextlib
import re

import pyotp
import pytest

from crossdock.api.server import HttpDoor, listen
from crossdock.decide.second_factor import FactorPolicy
from crossdock.settings.sign_in import SignIn
from crossdock.wiring import second_factor
from tests.api.calling import serving
from tests.console.conftest import PASSWORD, Browser, Desk

PAGE = "/account/second-factor"


async def set_up(someone: Browser) -> tuple[pyotp.TOTP, list[str]]:
    assert (await someone.post(f"{PAGE}/begin", csrf=await csrf(someone), password=PASSWORD))[0] == 303
    _, text = await someone.get(PAGE)
    found = re.search(r'class="secret">([A-Z2-7]{32})<', text)
    assert found, text
    app = pyotp.TOTP(found[1])
    _, text = await someone.post(f"{PAGE}/confirm", csrf=await csrf(someone), code=app.now())
    codes = re.findall(r"<li>([a-z0-9-]{14})</li>", text)
    assert len(codes) == 10, text
    return app, codes


async def csrf(someone: Browser) -> str:
    _, text = await someone.get(PAGE)
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found, text
    return found[1]


async def test_it_is_set_up_asked_for_and_leads_on_to_the_page_that_was_wanted(desk: Desk) -> None:
    vera = await desk.sign_in("vera")
    app, codes = await set_up(vera)
    _, shown = await vera.get(PAGE)
    assert not any(one in shown for one in (app.secret, *codes))
    assert (await vera.get(f"{PAGE}/picture.svg"))[0] == 404
    again = await desk.browser()
    assert await again.post("/sign-in", name="vera", password=PASSWORD, next="/cases") == (303, "/sign-in/code")
    assert (await again.get("/"))[0] == 303  # half-way is not in
    assert (await again.post("/sign-in/code", code="no code"))[0] == 401
    assert await again.post("/sign-in/code", code=codes[0]) == (303, "/cases")
    assert (await again.get("/cases"))[0] == 200
    assert (await again.get("/sign-in/code"))[0] == 303
    assert "9 recovery codes left" in (await again.get(PAGE))[1]


async def test_half_way_is_one_browsers_own_and_another_sites_form_goes_no_further(desk: Desk) -> None:
    _, codes = await set_up(await desk.sign_in("vera"))
    someone, other = await desk.browser(), await desk.browser()
    assert (await someone.post("/sign-in", name="vera", password=PASSWORD))[0] == 303
    status, text = await other.post("/sign-in/code", code=codes[0])
    assert (status, "Sign in again" in text) == (401, True)
    assert (await someone.post("/sign-in/code", {"Origin": "http://elsewhere.example"}, code=codes[0]))[0] == 403
    assert await someone.post("/sign-in/code", code=codes[0]) == (303, "/")


async def test_whoever_must_have_one_sees_nothing_else_before(desk: Desk) -> None:
    here = desk.world.here
    here.project = here.project.model_copy(update={"sign_in": SignIn(second_factor=FactorPolicy.ADMINS)})
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(HttpDoor(here, listen("127.0.0.1", 0))))
        strict = Desk(desk.world, url, desk.stack)
        ada, vera = await strict.sign_in("ada"), await strict.sign_in("vera")
        assert (await vera.get("/"))[0] == 200
        for path in ("/", "/cases", "/settings/people", "/account", "/audit"):
            async with ada.session.get(url + path, allow_redirects=False) as answer:
                assert (path, answer.status, answer.headers.get("Location")) == (path, 303, PAGE)
        assert await ada.post("/settings/people", csrf=await csrf(ada), name="newt", role="admin") == (303, PAGE)
        assert await here.pool.fetchval("select count(*) from person where name = 'newt'") == 0
        assert "asked to set up" in (await ada.get(PAGE))[1]
        _, codes = await set_up(ada)
        assert (await ada.get("/settings/people"))[0] == 200
        assert (await ada.post(f"{PAGE}/off", csrf=await csrf(ada), code=codes[0]))[0] == 422


async def test_an_administrator_forgets_it_for_somebody(desk: Desk) -> None:
    await set_up(await desk.sign_in("vera"))
    ada = await desk.sign_in("ada")
    number = await desk.world.here.pool.fetchval("select id from person where name = 'vera'")
    assert "Forget the second factor" in (await ada.get(f"/settings/people/{number}"))[1]
    fred = await desk.sign_in("fred")
    assert (await fred.send(f"/settings/people/{number}/reset-factor"))[0] == 403
    assert (await ada.send(f"/settings/people/{number}/reset-factor"))[0] == 303
    await desk.sign_in("vera")
    assert (await ada.send(f"/settings/people/{number}/reset-factor"))[0] == 422


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "/sign-out", "x"])
async def test_the_door_leads_to_no_other_site(desk: Desk, wanted: str) -> None:
    someone = await desk.browser()
    _, text = await someone.get(f"/sign-in?next={wanted}")
    assert "evil" not in text
    assert await someone.post("/sign-in", name="vera", password=PASSWORD, next=wanted) == (303, "/")


async def test_who_is_sent_to_the_door_comes_back_to_the_page(desk: Desk) -> None:
    someone = await desk.browser()
    path = "/cases?desk=finance"
    async with someone.session.get(desk.url + path, allow_redirects=False) as answer:
        door = answer.headers["Location"]
    assert door == "/sign-in?next=%2Fcases%3Fdesk%3Dfinance"
    _, text = await someone.get(door)
    found = re.search(r'name="next" value="([^"]+)"', text)
    assert found
    assert await someone.post("/sign-in", name="vera", password=PASSWORD, next=found[1]) == (303, path)


async def test_the_picture_is_our_own_and_for_its_person_alone(desk: Desk) -> None:
    vera, fred = await desk.sign_in("vera"), await desk.sign_in("fred")
    await vera.post(f"{PAGE}/begin", csrf=await csrf(vera), password=PASSWORD)
    async with vera.session.get(f"{desk.url}{PAGE}/picture.svg") as answer:
        assert (answer.status, answer.content_type) == (200, "image/svg+xml")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert (await fred.get(f"{PAGE}/picture.svg"))[0] == 404
    assert second_factor.RECOVERY_CODES == 10
