"""What people do from a case, and what it does to the orders held."""

import pytest

from crossdock.cases.kind import Remedy
from crossdock.cases.kinds import ACCOUNT_ON_STOP, STOCK_CODE_UNKNOWN
from crossdock.flows.wish import RemedyRefused
from tests.flows.conftest import Opener
from tests.world import GHOST, LINKED, ON_STOP, PLENTY, UNLINKED, World


async def test_a_company_without_an_account_waits_and_a_person_links_it_for_good(world: World) -> None:
    ref = await world.sell(customer=UNLINKED)
    await world.deliver()
    case = await world.the_case("account-unmatched")
    with pytest.raises(RemedyRefused, match="no account 'NOBODY'"):
        await world.settle(case, Remedy.LINK_ACCOUNT, account="NOBODY")
    rehearsal = await world.settle(case, Remedy.LINK_ACCOUNT, account="HPT1002")
    await world.work()
    assert (rehearsal.would_post, await world.state(ref)) == (1, "posted")
    again = await world.sell(customer=UNLINKED)
    await world.deliver()
    assert {world.posted(one)[0]["company_code"] for one in (ref, again)} == {"HPT1002"}
    assert await world.broken_laws() == {}


async def test_no_hint_of_the_storefront_moves_a_company_that_a_person_linked(world: World) -> None:
    await world.sell(customer=UNLINKED)
    await world.deliver()
    await world.settle(await world.the_case("account-unmatched"), Remedy.LINK_ACCOUNT, account="HPT1002")
    await world.erp.act("create_company", {"name": "Somebody else", "code": "HPT9000"})
    await world.shop.act("link_customer", {"customer": UNLINKED, "external_id": "HPT9000"})
    ref = await world.sell(customer=UNLINKED)
    await world.deliver()
    assert world.posted(ref)[0]["company_code"] == "HPT1002"


async def test_a_wrong_total_waits_for_finance_and_is_posted_at_what_it_adds_up_to_once_accepted(world: World) -> None:
    ref = await world.sell(price_conflict=True)
    await world.deliver()
    case = await world.the_case("total-conflict")
    with pytest.raises(RemedyRefused, match="needs a reason"):
        await world.settle(case, Remedy.ACCEPT)
    await world.settle(case, Remedy.ACCEPT, "0.37 of goodwill, agreed with the customer")
    await world.work()
    assert (await world.state(ref), await world.cases()) == ("posted", [])
    assert await world.broken_laws() == {}


async def test_what_is_accepted_for_one_order_is_not_accepted_for_the_next(world: World) -> None:
    await world.sell(price_conflict=True)
    await world.deliver()
    await world.settle(await world.the_case("total-conflict"), Remedy.ACCEPT, "once")
    await world.work()
    later = await world.sell(price_conflict=True)
    await world.deliver()
    assert (await world.state(later), (await world.the_case("total-conflict")).subject) == ("waiting", later)


async def test_an_order_changed_after_it_was_accepted_must_be_accepted_anew(world: World) -> None:
    ref = await world.sell(price_conflict=True)
    await world.deliver()
    await world.pairing.orders.waive([(await world.order(ref))["id"]], kind="total-conflict", subject=ref)
    await world.shop.act("change_order", {"order": ref, "po_number": "NEW"})
    await world.deliver()
    assert (await world.state(ref), (await world.the_case("total-conflict")).records) == ("waiting", 1)


async def test_a_stop_lifted_in_the_erp_frees_the_orders_by_themselves(world: World) -> None:
    ref = await world.sell(customer=ON_STOP)
    await world.deliver()
    case = await world.the_case("account-on-stop")
    await world.erp.act("unlock_company", {"code": case.subject})
    await world.pass_time(3600)
    await world.run("recheck")
    await world.work()
    assert (await world.state(ref), await world.cases()) == ("posted", [])


async def test_an_order_set_aside_needs_no_erp_order_and_says_who_and_why(world: World) -> None:
    ref = await world.sell(customer=ON_STOP)
    await world.deliver()
    rehearsal = await world.settle(await world.the_case("account-on-stop"), Remedy.SET_ASIDE, "customer in liquidation")
    assert (rehearsal.would_leave, await world.state(ref), world.posted(ref)) == (1, "set_aside", [])
    entry = await world.here.pool.fetchrow("select actor, detail from audit_entry where action = 'set_aside' limit 1")
    assert (entry["actor"], "customer in liquidation" in entry["detail"]) == ("mary@harbour.example", True)
    await world.deliver()
    await world.pass_time(3600)
    assert await world.state(ref) == "set_aside"
    assert await world.broken_laws() == {}


async def test_what_the_erp_refuses_waits_for_a_person_and_a_re_check_alone_does_not_send_it(world: World) -> None:
    refused = await world.sell((PLENTY, 1))
    # Our memory is older than the item's new code: it is the ERP itself that says no.
    await world.erp.act("rename_item", {"sku": PLENTY, "new_code": "HP-NEW"})
    await world.deliver()
    case = await world.the_case("order-refused-by-erp")
    before = world.erp.calls["SOAP ImportOrders"]
    await world.pass_time(3600)
    await world.run("recheck")
    await world.work()
    assert (await world.state(refused), world.erp.calls["SOAP ImportOrders"]) == ("waiting", before)
    await world.erp.act("rename_item", {"sku": "HP-NEW", "new_code": PLENTY})
    await world.settle(case, Remedy.RETRY)
    await world.work()
    assert (await world.state(refused), await world.cases()) == ("posted", [])


async def test_a_re_check_frees_those_that_may_go_and_leaves_those_that_wait_for_a_person(world: World) -> None:
    refs = [await world.sell((GHOST, 1)) for _ in range(2)]
    await world.deliver()
    await world.erp.act("create_item", {"sku": GHOST, "name": "Lantern", "net_price": "24", "on_hand": 50})
    finding = STOCK_CODE_UNKNOWN.about(GHOST, sku=GHOST)
    stays = (await world.order(refs[0]))["id"]
    await world.pairing.cases.raise_case(finding, record="order", record_id=stays, sticky=True)
    await world.pass_time(3600)
    await world.run("recheck")
    await world.work()
    assert [await world.state(ref) for ref in refs] == ["waiting", "posted"]


async def test_two_orders_refused_for_the_same_reason_are_one_case(world: World) -> None:
    await world.erp.act("rename_item", {"sku": PLENTY, "new_code": "HP-NEW"})
    for _ in range(2):
        await world.sell((PLENTY, 1))
    await world.deliver()
    assert (await world.the_case("order-refused-by-erp")).records == 2


async def test_a_retry_uses_the_mappings_of_today(opened: Opener) -> None:
    async with opened(pairing={"maps": {"shipping": {"flat_rate_1": "DPD"}}}) as world:
        ref = await world.sell(shipping_method="flat_rate_2")
        await world.deliver()
        case = await world.the_case("shipping-method-unmapped")
        await world.settle(case, Remedy.MAP_CODE, code="PAL")
        await world.work()
        assert (await world.state(ref), world.posted(ref)[0]["courier"]) == ("posted", "PAL")


@pytest.mark.parametrize(
    ("percent", "complaint"), [("a lot", "is no number"), ("1/5", "is no number"), ("-1", "zero or more")]
)
async def test_a_tax_percent_that_is_none_is_refused_before_it_can_poison_every_decision(
    opened: Opener, percent: str, complaint: str
) -> None:
    tax = {"tax": {"RED": {"code": "4", "percent": 5}, "ZER": {"code": "2", "percent": 0}}}
    async with opened(pairing={"maps": tax}) as world:
        await world.here.pool.execute("delete from code_map where kind = 'tax' and key = 'STD'")
        await world.sell()
        await world.deliver()
        case = await world.the_case("tax-code-unmapped")
        with pytest.raises(RemedyRefused, match=complaint):
            await world.settle(case, Remedy.MAP_CODE, code="1", percent=percent)


async def test_a_unit_is_mapped_for_all_items_as_an_exact_fraction(world: World) -> None:
    await world.here.pool.execute("delete from code_map where kind = 'unit'")
    await world.here.pool.execute("delete from stock_target where unit = 'each'")
    ref = await world.sell((PLENTY, 2))
    await world.deliver()
    case = await world.the_case("unit-unmapped")
    await world.settle(case, Remedy.MAP_CODE, units="6/6", for_all="yes")
    await world.work()
    row = await world.here.pool.fetchrow("select key, value ->> 'units' as units from code_map where kind = 'unit'")
    assert (tuple(row), await world.state(ref)) == (("each", "1"), "posted")


async def test_a_remedy_the_kind_does_not_take_is_refused_and_names_those_it_takes(world: World) -> None:
    await world.sell(customer=ON_STOP)
    await world.deliver()
    with pytest.raises(RemedyRefused, match="it takes: retry, set-aside"):
        await world.settle(await world.the_case("account-on-stop"), Remedy.ACCEPT, "please")


async def test_a_closed_case_takes_no_remedy(world: World) -> None:
    await world.sell(customer=ON_STOP)
    await world.deliver()
    case = await world.the_case("account-on-stop")
    await world.settle(case, Remedy.SET_ASIDE, "gone")
    with pytest.raises(RemedyRefused, match="closed already"):
        await world.settle(await world.the_case("account-on-stop", "closed"), Remedy.RETRY)


async def test_an_order_posted_meanwhile_is_let_go_by_the_re_check(world: World) -> None:
    ref = await world.sell(customer=LINKED)
    await world.deliver()
    row = await world.order(ref)
    await world.pairing.cases.raise_case(
        ACCOUNT_ON_STOP.about("HPT1001", account="HPT1001"), record="order", record_id=row["id"]
    )
    await world.pass_time(3600)
    await world.run("recheck")
    assert await world.cases() == []
