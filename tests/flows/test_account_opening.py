"""Accounts opened in the ERP: only by a named person's word, each once, whatever is lost on the way (laws L7, L10)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.account_opening import REF_MAX, reference_of
from crossdock.flows.remedies import apply, rehearse
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.wiring.installation import open_installation
from tests.flows.conftest import Opener
from tests.world import NAME, PLENTY, UNLINKED, World

REASON = "credit application of 12 March"


@pytest.fixture
async def world(opened: Opener) -> AsyncIterator[World]:
    async with opened(pairing={"accounts": {"new": "create"}}) as one:
        await one.run("companies")
        yield one


def made(world: World) -> list[dict[str, Any]]:
    return [one for one in world.erp.state()["companies"] if one["origin"] == "import"]


async def waiting(world: World) -> CaseRow:
    return await world.the_case("account-unmatched")


async def test_a_named_person_has_an_account_opened_and_the_orders_go_on_it(world: World) -> None:
    refs = [await world.sell((PLENTY, 1), customer=UNLINKED) for _ in range(3)]
    await world.deliver()
    case = await waiting(world)
    rehearsal = await world.settle(case, Remedy.OPEN_ACCOUNT, reason=REASON)
    assert str(rehearsal) == "Of 4 held: 3 would post, 1 would be given an account of its own."
    await world.work()
    (account,) = made(world)
    assert (account["other_ref"], account["class"], account["currency"]) == (f"{NAME}/{UNLINKED}", "Trade", "GBP")
    assert {world.posted(ref)[0]["company_code"] for ref in refs} == {account["code"]}
    assert await world.cases() == []
    assert await world.broken_laws() == {}
    await world.run("companies")
    held = next(one for one in world.shop.state()["customers"] if one["id"] == UNLINKED)
    assert held["external_id"] == account["code"]


async def test_a_rehearsal_opens_nothing(world: World) -> None:
    wish = Wish(remedy=Remedy.OPEN_ACCOUNT, reason=REASON, actor="mary")
    assert (await rehearse(world.pairing, await waiting(world), wish)).would == {"be given an account of its own": 1}
    assert made(world) == []
    assert await world.pairing.openings.under_way(9) == []


async def test_it_takes_a_reason(world: World) -> None:
    with pytest.raises(RemedyRefused, match="needs a reason"):
        await world.settle(await waiting(world), Remedy.OPEN_ACCOUNT)


async def test_where_the_policy_is_review_it_is_done_by_hand(opened: Opener) -> None:
    async with opened() as world:
        await world.run("companies")
        with pytest.raises(RemedyRefused, match="opens no accounts .*: open it in the ERP, then link it"):
            await world.settle(await waiting(world), Remedy.OPEN_ACCOUNT, reason=REASON)
        assert made(world) == []


async def test_an_erp_that_cannot_says_so(world: World) -> None:
    """A plug-in's, say; the settings refuse it for those we know of."""
    case, mute = await waiting(world), replace(world.pairing, erp_can=frozenset())
    wish = Wish(remedy=Remedy.OPEN_ACCOUNT, reason=REASON, actor="mary")
    from crossdock.flows.account_opening import check_opening

    with pytest.raises(RemedyRefused, match="khaos cannot open accounts through us"):
        await check_opening(mute, case, wish)


@pytest.mark.parametrize("kind", ["lost_reply", "lost_request", "truncated_body", "html_page"])
async def test_whatever_reply_is_lost_there_is_one_account_in_the_end(world: World, kind: str) -> None:
    ref = await world.sell((PLENTY, 1), customer=UNLINKED)
    await world.deliver()
    world.erp.faults.set([{"kind": kind, "match": "ImportCompany", "count": 1}])
    await world.settle(await waiting(world), Remedy.OPEN_ACCOUNT, reason=REASON)
    for _ in range(3):
        await world.pass_time(60)
        await world.run("companies")
        await world.work()
    assert len(made(world)) == 1
    assert await world.state(ref) == "posted"
    assert await world.cases() == []
    assert await world.broken_laws() == {}


async def test_killed_between_the_wish_and_the_send_it_is_brought_to_its_end(world: World) -> None:
    """The wish is in the book; whoever comes next looks, and then sends."""
    from crossdock.ports.opening_book import Opening

    ref = reference_of(NAME, UNLINKED)
    opening = Opening(company_ref=UNLINKED, ref=ref, currency="GBP", actor="mary@harbour.example")
    assert await world.pairing.openings.begin(opening, reason=REASON)
    await world.run("companies")
    (account,) = made(world)
    assert account["other_ref"] == ref
    assert await world.cases() == []


async def test_killed_after_the_send_it_is_found_and_not_sent_again(world: World) -> None:
    world.erp.faults.set([{"kind": "lost_reply", "match": "ImportCompany", "count": 1}])
    await world.settle(await waiting(world), Remedy.OPEN_ACCOUNT, reason=REASON)
    async with open_installation(world.project) as other:
        await world.run("companies", other.pairings[NAME])
    assert world.erp.calls["SOAP ImportCompany"] == 1
    assert len(made(world)) == 1
    assert await world.cases() == []


async def test_two_people_at_once_open_one(world: World) -> None:
    world.erp.faults.set([{"kind": "lost_reply", "match": "ImportCompany", "count": 1}])
    await world.settle(await waiting(world), Remedy.OPEN_ACCOUNT, reason=REASON)
    with pytest.raises(RemedyRefused, match="is being opened"):
        await apply(
            world.pairing, await waiting(world), Wish(remedy=Remedy.OPEN_ACCOUNT, reason="me too", actor="john")
        )


async def test_what_the_erp_refuses_is_told_and_may_be_tried_again(opened: Opener) -> None:
    wrong = {"accounts": {"new": "create"}, "orders": {"company_class": "Trade"}}
    async with opened(pairing=wrong) as world:
        made_up = {"name": "Nowhere Ltd", "email": "a.b@nowhere.example", "street": "x" * 200}
        company = await world.shop.act("register_company", made_up)
        await world.run("companies")
        case = next(one for one in await world.cases("account-unmatched") if one.subject == company["id"])
        with pytest.raises(RemedyRefused, match="did not open the account: unsayable: COMPANY/ADDRESSES/ADDRESS/ADDR1"):
            await world.settle(case, Remedy.OPEN_ACCOUNT, reason=REASON)
        assert world.erp.calls["SOAP ImportCompany"] == 0
        await world.shop.act("link_customer", {"customer": company["id"], "external_id": "HPT9001"})
        with pytest.raises(RemedyRefused, match="unsayable"):  # the wish before is over; this is another one
            await world.settle(case, Remedy.OPEN_ACCOUNT, reason=REASON)


async def test_a_company_linked_by_hand_meanwhile_gets_no_account_any_more(world: World) -> None:
    world.erp.faults.set([{"kind": "lost_request", "match": "ImportCompany", "count": 1}])
    await world.settle(await waiting(world), Remedy.OPEN_ACCOUNT, reason=REASON)
    await world.settle(await waiting(world), Remedy.LINK_ACCOUNT, account="HPT1003")
    for _ in range(3):
        await world.pass_time(60)
        await world.run("companies")
    assert made(world) == []
    assert await world.pairing.openings.under_way(9) == []


async def test_a_company_that_is_linked_needs_none(world: World) -> None:
    case = await waiting(world)
    await world.settle(case, Remedy.LINK_ACCOUNT, account="HPT1003")
    with pytest.raises(RemedyRefused):
        await world.settle(replace(case, state="open"), Remedy.OPEN_ACCOUNT, reason=REASON)


@pytest.mark.parametrize("company", ["129", "a,b", "x" * 40])
def test_our_reference_fits_and_stays(company: str) -> None:
    ref = reference_of("oro-khaos", company)
    assert ref == reference_of("oro-khaos", company)
    assert len(ref) <= REF_MAX
    assert "," not in ref
    assert ref != reference_of("oro-prima", company)
