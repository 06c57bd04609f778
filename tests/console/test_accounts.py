"""Accounts: who waits for one and why, linked with what it would do told before, and seen by those who answer."""

import json

import pytest

from crossdock.decide.rights import Grant, Role
from crossdock.wiring.people import People
from tests.console.conftest import GRANTS, PASSWORD, Browser, Desk
from tests.world import LINKED, NAME, PLENTY, UNLINKED

ACCOUNT = "HPT1002"
SALES_OPS = Grant(role=Role.OPERATOR, desk="sales-ops", pairing=NAME)


async def matched(desk: Desk) -> None:
    assert "problem" not in await desk.world.run("companies")


async def number_of(desk: Desk, ref: str) -> int:
    found: int = await desk.world.here.pool.fetchval("select id from company where ref = $1", ref)
    return found


async def sam(desk: Desk) -> Browser:
    """Of the desk that owns the companies' cases."""
    people = People(desk.world.here.pool, desk.world.here.tenant)
    await people.add("sam", display="Sam", password=PASSWORD, grants=(SALES_OPS,), actor="test")
    return await desk.sign_in("sam")


async def test_a_company_is_linked_after_it_was_told_what_that_frees(desk: Desk) -> None:
    await matched(desk)
    for _ in range(2):
        await desk.world.sell((PLENTY, 1), customer=UNLINKED)
    await desk.world.deliver()
    someone, number = await sam(desk), await number_of(desk, UNLINKED)
    _, queue = await someone.get("/accounts")
    assert f'href="/accounts/{number}"' in queue
    _, text = await someone.get(f"/accounts/{number}")
    assert ("waits for its account, and 2 orders with it" in text, "It was never linked" in text) == (True, True)
    status, told = await someone.send(f"/accounts/{number}/rehearse", remedy="link-account", account=ACCOUNT)
    assert (status, "Of 3 held: 2 would post, 1 would be linked." in told) == (200, True)
    assert (await desk.world.the_case("account-unmatched")).records == 3
    done = await someone.send(f"/accounts/{number}/settle", remedy="link-account", account=ACCOUNT)
    assert done == (303, f"/accounts/{number}")
    await desk.world.work()
    await matched(desk)
    assert await desk.world.cases("account-unmatched") == []
    _, text = await someone.get(f"/accounts/{number}")
    assert ("buys on account" in text, ACCOUNT in text, "<td>sam</td>" in text) == (True, True, True)


async def test_a_score_says_what_it_is_made_of(desk: Desk) -> None:
    await desk.world.shop.act("link_customer", {"customer": LINKED, "external_id": None})
    await matched(desk)
    vera, number = await desk.sign_in("vera"), await number_of(desk, LINKED)
    _, text = await vera.get(f"/accounts/{number}")
    assert ("same name <b>+25</b>" in text, "of 100" in text, "Operators of the sales-ops desk" in text) == (
        True, True, True,
    )  # fmt: skip


async def test_linked_accounts_are_found_with_what_the_erp_says_of_them(desk: Desk) -> None:
    await matched(desk)
    number = await number_of(desk, LINKED)
    row = await desk.world.here.pool.fetchrow(
        "select c.document ->> 'name' as name, a.code_key from company c "
        "join account_link k on k.company_ref = c.ref join account a using (account_id) where c.id = $1", number,
    )  # fmt: skip
    await desk.world.here.pool.execute(
        "update account set document = document || $2::jsonb where code_key = $1", row["code_key"],
        '{"on_stop": true, "credit_limit": "5000.00", "balance": "1234.50", "currency": "GBP"}',
    )  # fmt: skip
    fred = await desk.sign_in("fred")
    for words in (row["name"][:6].lower(), row["code_key"].upper(), LINKED):
        _, text = await fred.get(f"/accounts?state=linked&q={words.replace(' ', '+')}")
        assert all(one in text for one in (f'href="/accounts/{number}"', "5,000.00 GBP", "1,234.50 GBP", "on stop")), (
            words
        )
    assert "No company here goes by" in (await fred.get("/accounts?state=linked&q=%25"))[1]
    _, text = await fred.get(f"/accounts/{number}")
    assert ("5,000.00 GBP" in text, "<td>crossdock</td>" in text) == (True, True)


async def test_a_company_that_will_not_buy_is_taken_out(desk: Desk) -> None:
    await matched(desk)
    someone, number = await sam(desk), await number_of(desk, UNLINKED)
    status, _ = await someone.send(f"/accounts/{number}/settle", remedy="set-aside")
    assert status == 422  # without a reason
    assert (await someone.send(f"/accounts/{number}/settle", remedy="set-aside", reason="a competitor"))[0] == 303
    assert await desk.world.cases("account-unmatched") == []
    assert f'href="/accounts/{number}"' in (await someone.get("/accounts?state=set_aside"))[1]


@pytest.mark.parametrize("name", GRANTS)
async def test_accounts_are_seen_by_the_desks_that_answer_for_them_and_linked_by_one(desk: Desk, name: str) -> None:
    await matched(desk)
    someone, number = await desk.sign_in(name), await number_of(desk, UNLINKED)
    hidden = name in ("dora", "olga")
    _, queue = await someone.get("/accounts")
    assert (f'href="/accounts/{number}"' in queue) is not hidden
    assert (await someone.get(f"/accounts/{number}"))[0] == (404 if hidden else 200)
    refused = 404 if hidden else 403
    for remedy, fields in (
        ("link-account", {"account": ACCOUNT}),
        ("set-aside", {"reason": "x"}),
        ("open-account", {}),
    ):
        for deed in ("rehearse", "settle"):
            status, _ = await someone.send(f"/accounts/{number}/{deed}", remedy=remedy, **fields)
            if name != "ada":
                assert status == refused, (remedy, deed)
    assert bool(await desk.world.cases("account-unmatched")) == (name != "ada")


async def test_what_will_not_do_says_why(desk: Desk) -> None:
    await matched(desk)
    ada, number, linked = await desk.sign_in("ada"), await number_of(desk, UNLINKED), await number_of(desk, LINKED)
    wrong = [
        (number, {"remedy": "link-account", "account": "NOBODY"}, "the ERP holds no account"),
        (number, {"remedy": "link-account"}, "needs account=..."),
        (number, {"remedy": "open-account", "reason": "x"}, "opens no accounts"),
        (number, {"remedy": "retry"}, "choose one of the remedies"),
        (linked, {"remedy": "link-account", "account": ACCOUNT}, "nothing is open about"),
    ]
    for company, fields, said in wrong:
        status, text = await ada.send(f"/accounts/{company}/rehearse", **fields)
        assert (status, said in text, 'role="alert"' in text) == (422, True, True), said
    assert (await ada.get("/accounts/99999"))[0] == 404
    assert (await ada.get("/accounts?state=magic"))[0] == 422


async def test_names_full_of_markup_are_shown_as_they_are_and_do_nothing(desk: Desk) -> None:
    await matched(desk)
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    number = await number_of(desk, UNLINKED)
    await desk.world.here.pool.execute(
        "update company set document = jsonb_set(document, '{name}', to_jsonb($1::text)), candidates = $2::jsonb",
        evil,
        json.dumps([{"code": evil, "name": evil, "score": 5, "reasons": [f"{evil} +5"]}]),
    )
    ada = await desk.sign_in("ada")
    for path in ("/accounts", "/accounts?state=linked", f"/accounts/{number}"):
        _, text = await ada.get(path)
        assert ("<script>alert" in text, "<img src=x" in text) == (False, False), path
        assert "&lt;script&gt;alert(1)" in text


async def test_a_list_is_paged_by_key_and_every_company_is_on_one_page(desk: Desk) -> None:
    await desk.world.here.pool.execute(
        "insert into company (tenant, pairing, ref, document, state) "
        "select 'main', $1, 'p' || n, jsonb_build_object('ref', 'p' || n, 'name', 'Paged ' || n), 'review' "
        "from generate_series(1, 120) n", NAME,
    )  # fmt: skip
    vera, seen = await desk.sign_in("vera"), list[str]()
    path = "/accounts?q=paged"
    while path:
        _, text = await vera.get(path)
        seen += [part.split("<")[0] for part in text.split(">Paged ")[1:]]
        path = text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&") if "Next page" in text else ""
    assert (len(seen), len(set(seen))) == (120, 120)
