"""Each order's account is proven in the ERP by its immutable id before it is sent, whatever became of its code."""

from typing import Any

import pytest

from tests.flows.conftest import Opener
from tests.world import LINKED, PLENTY, World

CODE, ID = "HPT1001", "50001"  # of company 101


async def linked(world: World) -> None:
    """A first order, so that the company's link stands."""
    await world.sell((PLENTY, 1))
    await world.deliver()
    assert await world.cases() == []


async def given_away(world: World) -> None:
    """The account gets a new code, and its old one goes to another account; nobody tells us."""
    await world.erp.act("recode_company", {"code": CODE, "new_code": "HPT-NEW"})
    await world.erp.act("create_company", {"name": "Somebody Else", "code": CODE})


def on_account(world: World, ref: str) -> list[str]:
    return [str(one["company_id"]) for one in world.posted(ref)]


async def test_an_account_with_a_new_code_is_still_the_same(world: World) -> None:
    await linked(world)
    await world.erp.act("recode_company", {"code": CODE, "new_code": "HPT-NEW"})
    ref = await world.sell((PLENTY, 1))
    await world.deliver()
    assert on_account(world, ref) == [ID]
    assert await world.cases() == []


async def test_a_code_given_to_another_account_takes_no_order_there(world: World) -> None:
    await linked(world)
    await given_away(world)
    ref = await world.sell((PLENTY, 1))
    await world.deliver()
    assert on_account(world, ref) == [ID]  # found by its id under its new code
    assert world.posted(ref)[0]["company_code"] == "HPT-NEW"
    assert await world.cases() == []


async def test_while_nobody_can_tell_its_new_code_the_order_waits_as_ambiguous(world: World) -> None:
    await linked(world)
    await given_away(world)
    world.erp.faults.set([{"kind": "status", "status": 500, "match": "GetCompanyList"}])
    ref = await world.sell((PLENTY, 1))
    await world.deliver()
    case = await world.the_case("account-ambiguous")
    assert f"it is linked to id {ID}, known as {CODE}, and Somebody Else" in case.cause
    assert world.posted(ref) == []
    world.erp.faults.reset()
    await world.run("accounts")
    await world.pass_time(3600)
    await world.run("recheck")
    await world.work()
    assert on_account(world, ref) == [ID]
    assert await world.cases() == []


async def test_an_account_that_is_gone_from_the_erp_takes_no_order(world: World) -> None:
    await linked(world)
    await world.erp.act("merge_company", {"code": CODE, "into": "HPT1002"})
    ref = await world.sell((PLENTY, 1))
    await world.deliver()
    case = await world.the_case("account-unmatched")
    assert f"{CODE}, which it is linked to, is not there under that code" in case.cause
    assert world.posted(ref) == []


async def test_an_account_put_on_stop_a_moment_ago_takes_no_order(world: World) -> None:
    await linked(world)
    await world.erp.act("lock_company", {"code": CODE})
    ref = await world.sell((PLENTY, 1))
    await world.deliver()
    assert (await world.the_case("account-on-stop")).subject == CODE
    assert world.posted(ref) == []
    assert world.erp.calls["SOAP ImportOrders"] == 1  # of the order before


async def test_many_orders_are_proven_with_few_calls(world: World) -> None:
    await linked(world)
    before = world.erp.calls["SOAP ExportCompany"]
    await world.shop.act("place_orders", {"count": 40, "seed": 5})
    await world.deliver()
    assert world.erp.calls["SOAP ImportOrders"] == 41
    assert world.erp.calls["SOAP ExportCompany"] - before <= 10


async def test_a_word_that_still_counts_is_not_asked_for_again(opened: Opener) -> None:
    async with opened(pairing={"accounts": {"proven_for_seconds": 600}}) as world:
        await linked(world)
        before = world.erp.calls["SOAP ExportCompany"]
        for _ in range(3):
            await world.sell((PLENTY, 1))
            await world.deliver()
        assert world.erp.calls["SOAP ExportCompany"] == before


@pytest.mark.parametrize("kind", ["lost_request", "status", "truncated_body"])
async def test_an_order_that_cannot_be_proven_is_not_sent_and_goes_later(world: World, kind: str) -> None:
    await linked(world)
    fault: dict[str, Any] = {"kind": kind, "match": "ExportCompany"}
    world.erp.faults.set([fault])
    ref = await world.sell((PLENTY, 1))
    await world.deliver()
    assert (await world.state(ref), world.erp.calls["SOAP ImportOrders"]) == ("captured", 1)
    world.erp.faults.reset()
    for _ in range(3):
        await world.pass_time(60)
    assert await world.state(ref) == "posted"
    assert len(world.posted(ref)) == 1


async def test_an_older_answer_never_overwrites_a_newer_one(world: World) -> None:
    book, clock = world.pairing.reference, world.pairing.clock
    account = await book.find_account(CODE)
    assert account is not None
    asked_at = clock.now()
    await world.erp.act("recode_company", {"code": CODE, "new_code": "HPT-NEW"})
    await world.run("accounts")
    await book.store_accounts([account], as_of=asked_at)
    assert await book.find_account(CODE) is None
    assert await book.find_account("HPT-NEW") is not None


async def test_one_company_two_orders_one_account(world: World) -> None:
    """Law L7 over a recode in between."""
    await linked(world)
    await world.erp.act("recode_company", {"code": CODE, "new_code": "HPT-NEW"})
    await world.sell((PLENTY, 1), customer=LINKED)
    await world.deliver()
    ids = {one["company_id"] for one in world.erp.state()["orders"]}
    assert ids == {int(ID)}
