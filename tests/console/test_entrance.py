"""Nobody gets in unknown, and no form of another page does anything."""

from collections.abc import AsyncIterator

import pytest

from tests.console.conftest import PASSWORD, Desk
from tests.world import GHOST

PLACES = ["/", "/cases", "/cases/1", "/orders", "/orders/1"]
DEEDS = ["/cases/1/rehearse", "/cases/1/settle", "/sign-out"]


async def test_a_stranger_is_sent_to_sign_in_from_everywhere(desk: Desk) -> None:
    stranger = await desk.browser()
    for place in PLACES:
        assert (await stranger.get(place))[0] == 303, place
    for deed in DEEDS:
        assert await stranger.post(deed, remedy="retry") == (303, "/sign-in"), deed
    status, _ = await stranger.get("/", **{"HX-Request": "true"})
    assert status == 204  # and a header tells the script to leave the page


async def test_a_wrong_password_and_an_unknown_name_are_told_alike(desk: Desk) -> None:
    stranger = await desk.browser()
    wrong = await stranger.post("/sign-in", name="ada", password="not it, not it")
    unknown = await stranger.post("/sign-in", name="nobody", password="not it, not it")
    assert wrong[0] == unknown[0] == 401
    assert wrong[1].replace("ada", "X") == unknown[1].replace("nobody", "X")


async def test_the_cookie_is_for_this_site_alone_and_no_script_reads_it(desk: Desk) -> None:
    someone = await desk.browser()
    async with someone.session.post(
        f"{desk.url}/sign-in", data={"name": "ada", "password": PASSWORD}, allow_redirects=False
    ) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/"))


async def test_a_cookie_that_was_set_before_is_not_the_one_that_is_signed_in(desk: Desk) -> None:
    """No session is given to a person by whoever planted a cookie."""
    someone = await desk.browser()
    planted = {"Cookie": "crossdock_session=planted"}
    assert await someone.post("/sign-in", planted, name="ada", password=PASSWORD) == (303, "/")
    other = await desk.browser()
    assert (await other.get("/", **planted))[0] == 303


async def test_who_signs_out_is_out_though_the_cookie_is_kept(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    kept = {"Cookie": "; ".join(f"{one.key}={one.value}" for one in ada.session.cookie_jar)}
    assert await ada.send("/sign-out") == (303, "/sign-in")
    assert (await (await desk.browser()).get("/", **kept))[0] == 303


@pytest.mark.parametrize(
    ("csrf", "origin"), [("", None), ("another", None), ("own", "http://elsewhere.example"), ("own", "null")]
)
async def test_a_form_of_another_page_settles_nothing(desk: Desk, csrf: str, origin: str | None) -> None:
    await desk.world.sell((GHOST, 1))
    await desk.world.deliver()
    case = await desk.world.the_case("stock-code-unknown")
    ada = await desk.sign_in("ada")
    fields = {"csrf": await ada.csrf() if csrf == "own" else csrf, "remedy": "map-code", "code": "HP-1001"}
    headers = {} if origin is None else {"Origin": origin}
    assert (await ada.post(f"/cases/{case.id}/settle", headers, **fields))[0] == 403
    assert (await desk.world.the_case("stock-code-unknown")).records == 1


async def test_every_page_says_what_a_browser_may_not_do(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    for path in ("/", "/cases", "/orders", "/cases/999", "/static/console.css", "/sign-in"):
        async with ada.session.get(desk.url + path) as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "<script>" not in await answer.text()  # nothing inline: the policy would stop it


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_form_of_any_length_is_turned_away_unread(desk: Desk, chunked: bool) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"name=" + b"x" * 70_000

    stranger = await desk.browser()
    body = endless() if chunked else b"name=" + b"x" * 70_000
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with stranger.session.post(f"{desk.url}/sign-in", data=body, headers=headers) as answer:
        assert answer.status == 413
