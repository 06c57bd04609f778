"""Storefront companies and their ERP accounts: linked by the exact code alone, else before a person (law L7)."""

from collections.abc import Mapping
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.wish import RemedyRefused
from crossdock.store.accounts import CompanyLine, list_companies
from tests.flows.conftest import Opener
from tests.world import LINKED, NAME, PLENTY, UNLINKED, World

ACCOUNT = "HPT1001"  # of company 101


async def companies(world: World) -> dict[str, CompanyLine]:
    rows = await list_companies(world.here.pool, world.here.tenant, {NAME: "khaos"}, limit=200)
    return {row.ref: row for row in rows}


async def matched(world: World) -> Mapping[str, Any]:
    result = await world.run("companies")
    assert "problem" not in result, result
    return result


def held(world: World, company: str) -> str | None:
    """The account code the shop holds for a company."""
    found: str | None = next(one["external_id"] for one in world.shop.state()["customers"] if one["id"] == company)
    return found


async def opens(world: World, code: str) -> None:
    """Somebody opens an account in the ERP, and we learn of it."""
    await world.erp.act("create_company", {"name": "Dales Interiors", "code": code})
    await world.run("accounts")


async def test_the_exact_code_links_and_everything_else_waits_for_a_person(world: World) -> None:
    result = await matched(world)
    found = await companies(world)
    assert result["linked"] == len(found) - 1
    assert found[LINKED].account
    case = await world.the_case("account-unmatched")
    assert (case.subject, case.records) == (UNLINKED, 1)
    assert (await matched(world))["linked"] == 0  # whoever was looked at is not looked at again


async def test_a_company_is_in_the_queue_with_ranked_reasons_before_it_buys(world: World) -> None:
    await world.shop.act("link_customer", {"customer": LINKED, "external_id": None})
    await matched(world)
    row = (await companies(world))[LINKED]
    assert row.state == "review"
    best = row.candidates[0]
    assert best["code"] == ACCOUNT
    assert any("same name" in one for one in best["reasons"])
    assert any("same e-mail address" in one for one in best["reasons"])
    case = next(one for one in await world.cases("account-unmatched") if one.subject == LINKED)
    assert f"most likely it is {ACCOUNT}" in case.cause
    assert world.erp.calls["SOAP ImportCompany"] == 0


async def test_a_persons_link_is_told_to_the_storefront_and_stands(world: World) -> None:
    await world.shop.act("link_customer", {"customer": LINKED, "external_id": None})
    await matched(world)
    case = next(one for one in await world.cases("account-unmatched") if one.subject == LINKED)
    rehearsal = await world.settle(case, Remedy.LINK_ACCOUNT, account=ACCOUNT)
    assert rehearsal.would == {"be linked": 1}
    await matched(world)
    assert held(world, LINKED) == ACCOUNT
    assert LINKED not in {one.subject for one in await world.cases("account-unmatched")}
    row = (await companies(world))[LINKED]
    assert (row.state, row.linked_by) == ("linked", "mary@harbour.example")


async def test_three_hundred_orders_of_one_company_are_one_case_and_a_link_frees_them_all(world: World) -> None:
    await world.shop.act("set_stock", {"sku": PLENTY, "quantity": 100_000})
    await matched(world)
    for _ in range(300):
        await world.sell((PLENTY, 1), customer=UNLINKED)
    await world.deliver()
    case = await world.the_case("account-unmatched")
    assert case.records == 301  # the company, and its orders
    rehearsal = await world.settle(case, Remedy.LINK_ACCOUNT, account="HPT1002")
    assert (rehearsal.would_post, rehearsal.would) == (300, {"be linked": 1})
    assert str(rehearsal) == "Of 301 held: 300 would post, 1 would be linked."
    await world.work()
    assert await world.cases("account-unmatched") == []
    posted = [one for one in world.erp.state()["orders"] if one["company_code"] == "HPT1002"]
    assert len(posted) == 300


async def test_a_code_typed_at_the_storefront_frees_the_company_and_its_orders(world: World) -> None:
    await matched(world)
    ref = await world.sell((PLENTY, 1), customer=UNLINKED)
    await world.deliver()
    assert await world.state(ref) == "waiting"
    await opens(world, "HPT9001")
    await world.shop.act("link_customer", {"customer": UNLINKED, "external_id": "HPT9001"})
    await matched(world)
    await world.work()
    assert await world.cases("account-unmatched") == []
    assert [one["company_code"] for one in world.posted(ref)] == ["HPT9001"]


async def test_an_account_opened_later_is_found_by_the_code_the_storefront_holds_already(world: World) -> None:
    await world.shop.act("link_customer", {"customer": UNLINKED, "external_id": "HPT9001"})
    await matched(world)
    assert "the storefront holds code HPT9001" in (await world.the_case("account-unmatched")).cause
    await opens(world, "HPT9001")
    await matched(world)
    assert await world.cases("account-unmatched") == []


async def test_with_review_nobody_is_linked_without_a_person(opened: Opener) -> None:
    async with opened(pairing={"accounts": {"link_by": "review"}}) as world:
        assert (await matched(world))["linked"] == 0
        found = await companies(world)
        assert {row.state for row in found.values()} == {"review"}
        assert found[LINKED].candidates[0]["code"] == ACCOUNT
        assert found[LINKED].candidates[0]["score"] == 100


async def test_a_storefront_that_changes_its_mind_about_a_linked_company_is_a_question(world: World) -> None:
    await matched(world)
    await world.shop.act("link_customer", {"customer": "102", "external_id": None})
    await world.shop.act("link_customer", {"customer": LINKED, "external_id": "HPT1002"})
    await matched(world)
    case = await world.the_case("account-ambiguous")
    assert case.subject == LINKED
    assert "linked to HPT1001, and the storefront says HPT1002 now" in case.cause
    assert held(world, LINKED) == "HPT1002"  # nobody overwrites what is in question
    ref = await world.sell((PLENTY, 1), customer=LINKED)
    await world.deliver()
    assert [one["company_code"] for one in world.posted(ref)] == [ACCOUNT]
    await world.settle(case, Remedy.LINK_ACCOUNT, account=ACCOUNT)
    await matched(world)
    assert await world.cases("account-ambiguous") == []
    assert held(world, LINKED) == ACCOUNT


async def test_a_company_set_aside_stays_out_until_it_changes(world: World) -> None:
    await matched(world)
    await world.settle(await world.the_case("account-unmatched"), Remedy.SET_ASIDE, reason="a competitor looking round")
    assert await world.cases("account-unmatched") == []
    await matched(world)
    assert await world.cases("account-unmatched") == []
    await world.shop.act("link_customer", {"customer": UNLINKED, "external_id": "NOBODY"})
    await matched(world)
    assert (await world.the_case("account-unmatched")).subject == UNLINKED


async def test_a_link_the_storefront_cannot_hold_stands_all_the_same(world: World) -> None:
    await matched(world)
    case = await world.the_case("account-unmatched")
    await world.settle(case, Remedy.LINK_ACCOUNT, account=ACCOUNT)  # the shop holds that code for another company
    await matched(world)
    row = (await companies(world))[UNLINKED]
    assert row.state == "linked"
    assert row.told_problem.startswith("not-unique")
    before = world.shop.calls["PATCH /admin/api/customers/129"]
    await matched(world)
    assert world.shop.calls["PATCH /admin/api/customers/129"] == before  # said once, not for ever


async def test_a_link_to_no_account_is_refused(world: World) -> None:
    await matched(world)
    case = await world.the_case("account-unmatched")
    with pytest.raises(RemedyRefused, match="no account 'NOBODY'"):
        await world.settle(case, Remedy.LINK_ACCOUNT, account="NOBODY")


@pytest.mark.parametrize("fault", ["lost_reply", "lost_request", "truncated_body", "status"])
async def test_whatever_is_lost_on_the_way_the_storefront_ends_with_the_code(world: World, fault: str) -> None:
    await matched(world)
    await opens(world, "HPT9001")
    await world.settle(await world.the_case("account-unmatched"), Remedy.LINK_ACCOUNT, account="HPT9001")
    world.shop.faults.set([{"kind": fault, "match": "PATCH /admin/api/customers", "count": 1}])
    await world.run("companies")
    await matched(world)
    assert held(world, UNLINKED) == "HPT9001"
    assert (await companies(world))[UNLINKED].told_problem == ""
