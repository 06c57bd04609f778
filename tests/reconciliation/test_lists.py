"""Items, accounts and prices: what the storefront works with against what the ERP holds."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.model.reconciliation import Subject
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.sandbox.prima import PrimaSimulator
from tests.pairings.market import Market, open_market
from tests.pairings.test_oro_prima import PAIRING
from tests.reconciliation.conftest import ESTATE, settle
from tests.reconciliation.conftest import look as look_at_market
from tests.reconciliation.shop import causes, look, open_cases, open_shop
from tests.world import BY_CASE, GHOST, LINKED, PLENTY, World

CODE = "HPT1001"  # of company 101


@pytest.fixture
async def world(database: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_shop(database, tmp_path) as one:
        yield one


# items


async def test_what_is_sold_and_not_in_the_erp_is_a_case_until_it_is(world: World) -> None:
    _, found = await look(world, Subject.ITEMS)
    assert causes(found) == {("item-not-in-erp", GHOST)}
    assert await open_cases(world) == {("stock-code-unknown", GHOST)}
    await world.erp.act("create_item", {"sku": GHOST, "name": "Not a ghost", "net_price": "4.00"})
    _, found = await look(world, Subject.ITEMS)
    assert (causes(found), await open_cases(world)) == (set(), set())


async def test_what_is_sold_and_no_longer_sold_in_the_erp_is_told_with_why(world: World) -> None:
    await world.erp.act("create_item", {"sku": GHOST, "name": "Not a ghost", "net_price": "4.00"})
    await world.erp.act("discontinue", {"sku": PLENTY})
    _, found = await look(world, Subject.ITEMS)
    (one,) = found
    assert (one.case_kind, one.case_subject, one.cause) == ("item-invalid-for-erp", PLENTY, "item-not-sellable")
    assert "discontinued" in one.theirs


async def test_an_item_that_was_renamed_is_missing_until_a_person_maps_its_code(world: World) -> None:
    await world.erp.act("create_item", {"sku": GHOST, "name": "Not a ghost", "net_price": "4.00"})
    await world.erp.act("rename_item", {"sku": PLENTY, "new_code": "HP-NEW"})
    await look(world, Subject.ITEMS)
    case = await world.the_case("stock-code-unknown")
    assert case.subject == PLENTY
    await world.settle(case, Remedy.MAP_CODE, code="HP-NEW")
    await world.work()
    assert await open_cases(world) == set()


async def test_an_item_a_list_leaves_out_is_asked_for_by_name_before_it_is_missing(
    world: World, monkeypatch: Any
) -> None:
    await world.erp.act("create_item", {"sku": GHOST, "name": "Not a ghost", "net_price": "4.00"})
    whole = world.pairing.erp.read_items

    async def forgetful(since: Any) -> Any:
        async for page in whole(since):
            yield [
                one for one in page if one.ref.lower() != PLENTY.lower() and getattr(one.value, "code", "") != PLENTY
            ]

    monkeypatch.setattr(world.pairing.erp, "read_items", forgetful)
    asked = world.pairing.erp.find_items
    names: list[str] = []

    async def find(codes: Any) -> Any:
        names.extend(codes)
        return await asked(codes)

    monkeypatch.setattr(world.pairing.erp, "find_items", find)
    _, found = await look(world, Subject.ITEMS)
    assert (found, names) == ([], [PLENTY.lower()])


# accounts


async def bought(world: World) -> None:
    """A first order, so that the company's link stands."""
    await world.sell((PLENTY, 1))
    await world.deliver()
    assert await open_cases(world) == set()


async def test_links_that_lead_where_they_did_are_no_difference(world: World) -> None:
    await bought(world)
    _, found = await look(world, Subject.ACCOUNTS)
    assert [one.cause for one in found if one.ref == LINKED] == []


async def test_an_account_merged_away_is_a_case_and_one_renamed_is_only_told(world: World) -> None:
    await bought(world)
    await world.erp.act("recode_company", {"code": CODE, "new_code": "HPT-NEW"})
    _, found = await look(world, Subject.ACCOUNTS)
    assert {(one.cause, one.theirs) for one in found if one.cause == "account-code-changed"} == {
        ("account-code-changed", "hpt-new")
    }
    await world.erp.act("create_company", {"name": "Somebody Bigger", "code": "BIGGER"})
    await world.erp.act("merge_company", {"code": "HPT-NEW", "into": "BIGGER"})
    _, found = await look(world, Subject.ACCOUNTS)
    assert ("account-gone", LINKED) in causes(found)
    case = await world.the_case("account-unmatched")
    await world.settle(case, Remedy.LINK_ACCOUNT, account="BIGGER")
    await world.work()
    assert ("account-unmatched", LINKED) not in await open_cases(world)


async def test_an_account_code_somebody_wrote_on_a_company_is_told_until_it_is_put_right(world: World) -> None:
    await bought(world)
    await world.shop.act("link_customer", {"customer": LINKED, "external_id": "HPT-ODD"})
    _, found = await look(world, Subject.ACCOUNTS)
    (one,) = (one for one in found if one.case_kind)
    assert (one.cause, one.ref, one.ours, one.theirs) == ("account-code-shown", LINKED, CODE, "hpt-odd")
    await world.shop.act("link_customer", {"customer": LINKED, "external_id": CODE})
    await look(world, Subject.ACCOUNTS)
    assert await open_cases(world) == set()


async def test_a_list_of_accounts_that_breaks_off_says_nothing_is_gone(world: World) -> None:
    await bought(world)
    world.erp.faults.set([{"kind": "truncated_body", "match": "CompanyList|ExportCompan|Compan"}])
    with pytest.raises(Exception, match=r".+"):
        await look(world, Subject.ACCOUNTS)
    assert await open_cases(world) == set()
    world.erp.faults.reset()
    run, _ = await look(world, Subject.ACCOUNTS)
    assert (run.ended, await open_cases(world)) == (True, set())


# prices


@pytest.fixture
async def priced(database: str, tmp_path: Path) -> AsyncIterator[Market]:
    shop = OroCommerceSimulator(ESTATE, seed=5)
    erp = PrimaSimulator(ESTATE, seed=5, settings={"semantics_confirmed": True})
    ours = {"bearer_token": "${TOKEN}", "settle_seconds": 1, "delivery_charge_code": "CARR"}
    pairing = {**PAIRING, "maps": {**PAIRING["maps"], "price_list": {"TRADE": "Trade"}}}
    async with open_market(
        database, tmp_path, shop=("shop", shop, {}), erp=("prima-bridge", erp, ours), pairing=pairing
    ) as opened:
        await opened.learn()
        await opened.run("price-publication")
        yield opened


async def test_prices_that_are_shown_as_published_are_no_difference(priced: Market) -> None:
    run, found = await look_at_market(priced, Subject.PRICES)
    assert (found, run.counts["prices"] > 0) == ([], True)


async def test_a_price_somebody_typed_is_drift_and_one_the_erp_just_changed_is_due(priced: Market) -> None:
    await priced.shop.act("set_price", {"sku": PLENTY, "value": "0.99"})
    await priced.erp.act("set_price", {"sku": BY_CASE, "price": "7.77"})
    _, found = await look_at_market(priced, Subject.PRICES)
    told = {one.cause: one for one in found}
    assert set(told) == {"price-drift", "price-due"}, found
    assert (told["price-drift"].ref, told["price-drift"].theirs) == (PLENTY, "0.99 GBP")
    assert (told["price-due"].ref, told["price-due"].case_kind) == (BY_CASE, "")
    assert [cause.partition(":")[0] for cause in await priced.causes()] == ["reconciliation-difference"]
    await settle(priced, Remedy.ACCEPT, "an offer for the fair")
    assert await priced.causes() == []
    await priced.shop.act("set_price", {"sku": PLENTY, "value": "0.98"})
    await look_at_market(priced, Subject.PRICES)
    assert len(await priced.causes()) == 1  # another price than the one that was accepted
    await priced.run("price-publication")
    _, found = await look_at_market(priced, Subject.PRICES)
    assert (found, await priced.causes()) == ([], [])


async def test_a_list_of_prices_that_breaks_off_is_unknown(priced: Market) -> None:
    priced.erp.faults.set([{"kind": "short_list", "match": "/v1/price-lists/TRADE"}])
    run, found = await look_at_market(priced, Subject.PRICES)
    assert found == []
    assert ["price list TRADE" in text for text in run.unknowns] == [True]
