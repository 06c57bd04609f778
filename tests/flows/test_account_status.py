"""How an account stands, shown in the storefront: what changed, once; and a field that is dropped is one case."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.store.accounts import companies_of_ref, list_companies
from crossdock.wiring.installation import open_installation
from tests.flows.conftest import Opener
from tests.world import LINKED, NAME, ON_STOP, UNLINKED, World

SHOP_HAS = {"customer_fields": {"creditLimit": "money", "owes": "money", "onStop": "boolean", "priceList": "string"}}
NAMED = {"credit_limit": "creditLimit", "balance": "owes", "on_stop": "onStop", "price_list": "priceList"}
OURS = {"shop": {"account_fields": NAMED}}
ACCOUNT = "HPT1001"


@pytest.fixture
async def world(opened: Opener) -> AsyncIterator[World]:
    async with opened(shop=SHOP_HAS, system=OURS) as one:
        await one.run("companies")
        yield one


def shown(world: World, company: str = LINKED) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(one["fields"] for one in world.shop.state()["customers"] if one["id"] == company)
    return found


async def show(world: World) -> Mapping[str, Any]:
    result = await world.run("account-status")
    assert "problem" not in result, result
    return result


def writes(world: World) -> int:
    return sum(count for label, count in world.shop.calls.items() if label.startswith("PATCH /admin/api/customers"))


async def test_each_linked_account_is_shown_as_it_stands_and_only_what_changed_is_written_again(world: World) -> None:
    assert (await show(world))["shown"] == 29
    assert shown(world) == {"creditLimit": None, "owes": None, "onStop": False, "priceList": "Trade"}
    assert shown(world, ON_STOP)["onStop"] is True
    assert shown(world, UNLINKED)["onStop"] is None
    before = writes(world)
    await world.erp.act("lock_company", {"code": ACCOUNT})
    await world.run("accounts")
    assert (await show(world))["shown"] == 1
    assert shown(world)["onStop"] is True
    await show(world)
    assert writes(world) == before + 1


async def test_figures_the_erp_tells_are_shown_to_the_penny_and_blank_again_when_it_does_not(world: World) -> None:
    account = await world.pairing.reference.find_account(ACCOUNT)
    assert account is not None
    clock = world.pairing.clock
    told = replace(account, credit_limit=Decimal("2500.5"), balance=Decimal("-12.34"))
    await world.pairing.reference.store_accounts([told], as_of=clock.now())
    await show(world)
    assert (shown(world)["creditLimit"], shown(world)["owes"]) == ("2500.5000", "-12.3400")
    await world.pairing.reference.store_accounts([account], as_of=clock.now())
    await show(world)
    assert (shown(world)["creditLimit"], shown(world)["owes"]) == (None, None)


async def test_a_company_linked_later_is_shown_then(world: World) -> None:
    await show(world)
    await world.settle(await world.the_case("account-unmatched"), Remedy.LINK_ACCOUNT, account="HPT1017")
    await show(world)
    assert shown(world, UNLINKED)["onStop"] is True


@pytest.mark.parametrize(
    ("shop", "said"),
    [
        ({**SHOP_HAS, "read_only_fields": ["onStop"]}, "left onStop at None"),
        ({"customer_fields": {"priceList": "string"}}, "extra fields"),
    ],
)
async def test_a_field_the_shop_drops_or_has_not_is_one_case_that_names_the_setting(
    opened: Opener, shop: Mapping[str, Any], said: str
) -> None:
    async with opened(shop=shop, system=OURS) as world:
        await world.run("companies")
        for _ in range(3):
            assert said in (await world.run("account-status"))["problem"]
        case = await world.the_case("credentials-rejected")
        assert (case.subject, case.records) == ("shop", 1)
        assert said in case.cause
        assert "account_fields" in case.cause


@pytest.mark.parametrize("kind", ["lost_reply", "lost_request", "truncated_body"])
async def test_whatever_reply_is_lost_the_shop_ends_with_what_stands(world: World, kind: str) -> None:
    world.shop.faults.set([{"kind": kind, "match": "PATCH /admin/api/customers", "count": 1}])
    await world.run("account-status")
    await show(world)
    assert {shown(world, one)["priceList"] for one in (LINKED, ON_STOP)} == {"Trade"}
    rows = await list_companies(world.here.pool, world.here.tenant, {NAME: "khaos"}, limit=200)
    assert {row.shown_problem for row in rows} == {""}


async def test_what_nobody_can_answer_for_is_not_written_for_ever(world: World) -> None:
    world.shop.faults.set([{"kind": "lost_reply", "match": "PATCH /admin/api/customers"}])
    for _ in range(8):
        await world.run("account-status")
    after = writes(world)
    await world.run("account-status")
    assert writes(world) == after
    rows = await companies_of_ref(world.here.pool, world.here.tenant, {NAME: "khaos"}, LINKED)
    assert "nobody can say" in rows[0].shown_problem


async def test_without_named_fields_the_flow_is_not_there(opened: Opener) -> None:
    async with opened() as world:
        assert "account-status" not in world.project.sales[NAME].flows


async def test_a_field_named_later_is_shown_for_all(opened: Opener) -> None:
    async with opened(shop=SHOP_HAS, system={"shop": {"account_fields": {"on_stop": "onStop"}}}) as world:
        await world.run("companies")
        await show(world)
        assert shown(world)["priceList"] is None
        narrow: Any = world.project.systems["shop"]
        named = narrow.account_fields.model_copy(update={"price_list": "priceList"})
        systems = {**world.project.systems, "shop": narrow.model_copy(update={"account_fields": named})}
        async with open_installation(world.project.model_copy(update={"systems": systems})) as other:
            await world.run("account-status", other.pairings[NAME])
        assert shown(world)["priceList"] == "Trade"
