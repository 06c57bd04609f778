"""SCAYLE with Khaos Control: a shop whose numbers cannot be asked for, and whose keys other countries share."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.completeness import run_completeness
from crossdock.flows.remedies import apply
from crossdock.flows.wish import Wish
from crossdock.ports.systems import WebhookEvent
from crossdock.store.cases import list_cases
from crossdock.store.webhooks import take_event
from crossdock.wiring.auditing import run_audit
from crossdock.wiring.throw_away import kept
from tests.conftest import throwaway_folder
from tests.pairings import test_scayle_khaos as scayle_khaos
from tests.pairings.market import Market

market = scayle_khaos.market  # the fixture
ROW = 24


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is too young to be missing."""
    monkeypatch.setitem(scayle_khaos.PAIRING, "completeness", {"settle_seconds": 0})


async def sell(market: Market, count: int, country: str = "GB", **more: Any) -> list[dict[str, Any]]:
    lines = [{"sku": "HP-1001", "quantity": 1}]
    given = {"country": country, "lines": lines, "customer": 102 if country == "GB" else None, "force": True, **more}
    return [await market.shop.act("place_order", given) for _ in range(count)]


async def count(market: Market) -> Mapping[str, Any]:
    report = await run_completeness(market.pairing)
    assert report is not None
    return report


async def never_arrived(market: Market, state: str = "open") -> list[Any]:
    found = await list_cases(market.here.pool, market.here.tenant, kind="record-never-arrived", state=state)
    return list(found)


async def test_every_order_of_the_shop_country_is_accounted_for(market: Market) -> None:
    await sell(market, 3)
    await sell(market, 2, country="DE")
    await sell(market, 2, until="pended")
    await market.deliver()
    report = await count(market)
    assert report["green"], report
    assert (report["storefront"]["listed"], report["storefront"]["left_out"]) == (5, 2)
    assert report["left_out"] == [{"setting": "systems.scayle.take_unconfirmed", "orders": 2}]


async def test_an_order_deleted_before_it_was_read_is_found_by_the_keys_of_its_neighbours(market: Market) -> None:
    await sell(market, ROW // 2)
    (gone,) = await sell(market, 1)
    await market.shop.act("delete_order", {"order": gone["id"]})
    await sell(market, ROW // 2)
    await market.deliver()
    for _ in range(2):
        report = await count(market)
        assert (report["green"], report["missing"]) == (False, [gone["public_key"]])
    (case,) = await never_arrived(market)
    assert case.subject == f"scayle {gone['public_key']}"
    assert case.cause.endswith("and scayle has no such order now.")
    await apply(market.pairing, case, Wish(remedy=Remedy.ACCEPT, reason="the agency's test", actor="ann"))
    assert (await count(market))["green"]
    assert await never_arrived(market) == []


async def test_orders_of_other_countries_are_no_holes_but_left_out_by_a_setting(market: Market) -> None:
    await sell(market, ROW // 2)
    await sell(market, 2, country="DE")
    await sell(market, ROW // 2)
    await market.deliver()
    report = await count(market)
    assert (report["green"], report["missing"], report["taken"]) == (True, [], [])
    listed = [one.left_out for one in await market.pairing.completeness.left_out(10)]
    assert listed == ["systems.scayle.country_code"] * 2


async def test_an_event_of_an_order_of_another_country_is_no_alarm(market: Market) -> None:
    (other,) = await sell(market, 1, country="DE")
    await sell(market, 1)
    await market.deliver()
    await market.pairing.completeness.hear([str(other["id"])], topic="order-confirmed")
    report = await count(market)
    assert (report["green"], report["events_asked_for"]) == (True, 1)


async def test_what_the_shop_tells_of_and_then_deletes_is_told_to_somebody(market: Market) -> None:
    await sell(market, 1)
    await market.deliver()
    (gone,) = await sell(market, 1)
    await market.shop.act("delete_order", {"order": gone["id"]})
    event = WebhookEvent(key="k-1", topic="order-confirmed", order_refs=(str(gone["id"]),))
    await take_event(
        market.here.pool, tenant=market.here.tenant, system="scayle", event=event, jobs=[], due=[], hears=[market.name]
    )
    await count(market)
    (case,) = await never_arrived(market)
    assert case.subject == f"scayle order key {gone['id']}"


async def test_a_feed_that_goes_quiet_raises_one_case_and_the_next_order_closes_it(market: Market) -> None:
    """The past is what the shop sold and we read; today the last order came five hours ago."""
    for week in range(1, 5):
        for order in await sell(market, 10):
            await market.shop.act("age", {"order": order["id"], "days": 7 * week + 2.5 / 24})
    for days in (29.0, 5 / 24):
        (order,) = await sell(market, 1)
        await market.shop.act("age", {"order": order["id"], "days": days})
    await market.run("orders")
    for _ in range(2):
        assert (await market.run("silence"))["silent"] == 1
    (case,) = await list_cases(market.here.pool, market.here.tenant, kind="feed-silent")
    assert case.cause.startswith("No orders from scayle since ")
    await sell(market, 1)
    await market.run("orders")
    assert (await market.run("silence"))["silent"] == 0
    (case,) = await list_cases(market.here.pool, market.here.tenant, kind="feed-silent")
    assert case.state == "closed"


async def test_an_audit_of_a_shop_that_lists_no_order_of_changes_tells_the_gaps_worst_first(market: Market) -> None:
    orders = await sell(market, 3)
    ghost = next(one["sku"] for one in market.shop.state()["stock"] if one["sku"].startswith("GHOST"))
    await sell(market, 1, lines=[{"sku": ghost, "quantity": 1}])
    await market.shop.act("cancel_units", {"order": orders[0]["id"]})
    with throwaway_folder() as folder:
        async with kept(market.here.project, market.here.kinds, market.name, folder / "audit") as stage:
            since = datetime.now(UTC) - timedelta(days=2)
            found = await run_audit(stage, since=since, limit=100, tell=lambda *_: None)
    assert (found.orders, found.cancelled, found.stopped) == (4, 1, 1)
    assert (found.gaps[0].subject, found.gaps[0].orders) == (ghost, 1)
    assert found.gaps[0].setting == f"pairings.{market.name}.maps.sku.{ghost}: ERP-CODE"
