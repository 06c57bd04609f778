"""Cases are taken, put off, talked about, and settled several at once; views of the lists are kept."""

import re

import pytest

from tests.console.conftest import Browser, Desk
from tests.world import GHOST, PLENTY, UNLINKED


async def a_case(desk: Desk) -> int:
    await desk.world.sell((GHOST, 1))
    await desk.world.deliver()
    return (await desk.world.the_case("stock-code-unknown")).id


async def two_totals(desk: Desk) -> list[int]:
    """Two cases of one kind, each about an order of its own."""
    for _ in range(2):
        await desk.world.sell((PLENTY, 1), price_conflict=True)
    await desk.world.deliver()
    return [one.id for one in await desk.world.cases("total-conflict")]


async def test_a_case_is_taken_given_and_found_by_whose_it_is(desk: Desk) -> None:
    case = await a_case(desk)
    dora = await desk.sign_in("dora")
    assert await dora.send(f"/cases/{case}/assign", me="1") == (303, f"/cases/{case}")
    assert f'href="/cases/{case}"' in (await dora.get("/cases?assignee=dora"))[1]
    assert f'href="/cases/{case}"' not in (await dora.get("/cases?assignee=ada"))[1]
    assert (await dora.send(f"/cases/{case}/assign", to="ada"))[0] == 303
    assert "Taken by <b>ada</b>" in (await dora.get(f"/cases/{case}"))[1]
    for nobody in ("fred", "vera", "nobody"):  # another desk's, one who may not settle, no person at all
        status, text = await dora.send(f"/cases/{case}/assign", to=nobody)
        assert (status, f"{nobody} does not settle" in text) == (422, True)
    assert (await dora.send(f"/cases/{case}/assign", to=""))[0] == 303
    assert "Nobody has taken it" in (await dora.get(f"/cases/{case}"))[1]


async def test_a_case_that_is_put_off_leaves_the_queue_and_comes_back(desk: Desk) -> None:
    case = await a_case(desk)
    dora = await desk.sign_in("dora")
    assert (await dora.send(f"/cases/{case}/snooze", hours="4", reason=""))[0] == 422
    assert (await dora.send(f"/cases/{case}/snooze", hours="9999", reason="never"))[0] == 422
    assert (await dora.send(f"/cases/{case}/snooze", hours="soon", reason="soon"))[0] == 422
    assert f'href="/cases/{case}"' in (await dora.get("/cases"))[1]
    assert (await dora.send(f"/cases/{case}/snooze", hours="4", reason="the supplier rings at noon"))[0] == 303
    assert f'href="/cases/{case}"' not in (await dora.get("/cases"))[1]
    assert f'href="/cases/{case}"' in (await dora.get("/cases?state=snoozed"))[1]
    assert "the supplier rings at noon" in (await dora.get(f"/cases/{case}"))[1]
    await desk.world.here.pool.execute("update desk_case set snoozed_until = now() where id = $1", case)
    assert f'href="/cases/{case}"' in (await dora.get("/cases"))[1]
    await dora.send(f"/cases/{case}/snooze", hours="4", reason="again")
    assert (await dora.send(f"/cases/{case}/wake"))[0] == 303
    assert f'href="/cases/{case}"' in (await dora.get("/cases"))[1]


async def test_whoever_sees_a_case_may_say_something_to_it(desk: Desk) -> None:
    case = await a_case(desk)
    vera = await desk.sign_in("vera")
    assert (await vera.send(f"/cases/{case}/comment", text="<b>rang</b> them"))[0] == 303
    assert "&lt;b&gt;rang&lt;/b&gt; them" in (await vera.get(f"/cases/{case}"))[1]
    assert (await vera.send(f"/cases/{case}/comment", text=" "))[0] == 422


DEEDS = ("assign", "snooze", "wake", "comment")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ada", (303, 303, 303, 303)), ("dora", (303, 303, 303, 303)), ("fred", (404, 404, 404, 404)),
        ("vera", (403, 403, 403, 303)), ("audra", (403, 403, 403, 303)), ("olga", (404, 404, 404, 404)),
    ],
)  # fmt: skip
async def test_handling_is_for_those_it_is_for(desk: Desk, name: str, expected: tuple[int, ...]) -> None:
    case = await a_case(desk)
    someone = await desk.sign_in(name)
    fields = {"me": "1", "hours": "4", "reason": "later", "text": "said"}
    got = [(await someone.send(f"/cases/{case}/{deed}", **fields))[0] for deed in DEEDS]
    assert tuple(got) == expected
    together = {"ada": 303, "dora": 303, "fred": 422, "vera": 403, "audra": 403, "olga": 422}
    assert (await someone.send("/cases/together/take", **{f"case-{case}": "on"}))[0] == together[name]


async def test_several_cases_are_rehearsed_and_settled_by_one_remedy(desk: Desk) -> None:
    cases = await two_totals(desk)
    fields = {f"case-{one}": "on" for one in cases}
    ada = await desk.sign_in("ada")
    status, text = await ada.send("/cases/together", **fields)
    assert (status, "2 cases at once" in text, 'value="accept"' in text) == (200, True, True)
    wish = {"remedy": "accept", "reason": "agreed"}
    status, text = await ada.send("/cases/together/rehearse", **fields, **wish)
    assert (status, text.count("Of 1 held: 1 would post.")) == (200, 2)
    assert len(await desk.world.cases("total-conflict")) == 2  # nothing was changed
    status, text = await ada.send("/cases/together/settle", **fields, **wish)
    assert (status, "What came of it" in text) == (200, True)
    await desk.world.work()
    assert await desk.world.cases("total-conflict") == []


async def test_a_refusal_of_one_stops_none_of_its_neighbours(desk: Desk) -> None:
    cases = await two_totals(desk)
    ada = await desk.sign_in("ada")
    status, text = await ada.send("/cases/together/settle", **{f"case-{one}": "on" for one in cases}, remedy="accept")
    assert (status, text.count("Refused: ")) == (200, 2)  # each asks for the reason
    assert len(await desk.world.cases("total-conflict")) == 2


async def test_together_needs_a_choice_and_a_remedy_they_have_in_common(desk: Desk) -> None:
    await desk.world.sell((GHOST, 1))
    await desk.world.sell((PLENTY, 1), customer=UNLINKED)
    await desk.world.deliver()
    cases = [one.id for one in await desk.world.cases()]
    ada = await desk.sign_in("ada")
    for fields in ({}, {"case-99999": "on"}, {"case-": "on"}, {f"case-{10**30}": "on"}):
        status, text = await ada.send("/cases/together", **fields)
        assert (status, "Choose cases first" in text) == (422, True)
    chosen = {f"case-{one}": "on" for one in cases}
    assert (await ada.send("/cases/together/settle", **chosen, remedy="map-code"))[0] == 422
    status, text = await ada.send("/cases/together", **{f"case-{number}": "on" for number in range(101)})
    assert (status, "At most 100" in text) == (422, True)


async def test_a_view_is_kept_by_the_person_who_made_it(desk: Desk) -> None:
    dora = await desk.sign_in("dora")
    kept = await dora.send("/views", place="cases", name="Mine <b>", query="desk=data&sort=newest")
    assert kept == (303, "/cases?desk=data&sort=newest")
    _, text = await dora.get("/cases")
    assert ('href="/cases?desk=data&amp;sort=newest">Mine &lt;b&gt;</a>' in text) is True
    ada = await desk.sign_in("ada")
    assert "Mine" not in (await ada.get("/cases"))[1]
    number = re.search(r'action="/views/(\d+)/drop"', text)
    assert number
    await ada.send(f"/views/{number[1]}/drop", place="cases")  # not hers
    assert "Mine" in (await dora.get("/cases"))[1]
    assert await dora.send(f"/views/{number[1]}/drop", place="cases") == (303, "/cases")
    assert "Mine" not in (await dora.get("/cases"))[1]


@pytest.mark.parametrize(
    "fields",
    [{"place": "people", "name": "x"}, {"place": "cases", "name": ""}, {"place": "cases", "name": "x" * 81}],
)
async def test_a_view_that_cannot_be_kept_is_told(desk: Desk, fields: dict[str, str]) -> None:
    assert (await (await desk.sign_in("dora")).send("/views", **fields))[0] == 422


@pytest.mark.parametrize("sort", ["due", "newest", "oldest"])
async def test_every_order_of_the_queue_is_paged_to_its_end(desk: Desk, sort: str) -> None:
    await desk.world.here.pool.execute(
        "insert into desk_case (tenant, pairing, kind, subject, desk, severity, cause, due_at) "
        "select 'main', 'oro-khaos', 'stock-code-unknown', 'S-' || n, case n % 2 when 0 then 'data' else 'finance' end,"
        " 'high', 'cause', now() + n / 7 * interval '1 minute' from generate_series(1, 120) n"
    )
    ada = await desk.sign_in("ada")
    seen = await _walk(ada, f"/cases?sort={sort}")
    assert (len(seen), len(set(seen))) == (120, 120)
    assert seen == sorted(seen, reverse=sort == "newest")


async def _walk(someone: Browser, path: str) -> list[int]:
    seen: list[int] = []
    while path:
        _, text = await someone.get(path)
        seen += [int(one) for one in re.findall(r'class="cause" href="/cases/(\d+)"', text)]
        following = re.search(r'class="button" href="([^"]+)">Next page', text)
        path = following[1].replace("&amp;", "&") if following else ""
    return seen
