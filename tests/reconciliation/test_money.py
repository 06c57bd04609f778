"""A month's money, from the storefront to the ledger, over real simulators."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from crossdock.cases.kind import Remedy
from crossdock.model.reconciliation import PaperKind, Subject
from crossdock.ports.busy import Busy
from crossdock.store.reconciliation import PgReconciliationBook
from tests.pairings.market import Market
from tests.reconciliation.conftest import MARY, bills, causes, lately, look, month, sell, settle


async def test_a_month_that_is_right_has_no_difference(market: Market) -> None:
    await month(market, orders=5)
    run, found = await look(market)
    assert (found, run.counts["orders"], run.ended) == ([], 5, True)
    columns = {one.kind: one for one in await market.pairing.reconciliations.columns(run.id)}
    worth = sum(Decimal(one["total"]) for one in market.shop.state()["orders"])
    assert {kind: columns[kind].amounts.gross for kind in columns} == dict.fromkeys(
        (PaperKind.ORDER, PaperKind.ERP_ORDER, PaperKind.INVOICE, PaperKind.DESPATCHED), worth
    )
    assert columns[PaperKind.INVOICE].amounts.net is not None


async def test_injected_differences_are_each_found_and_nothing_else(market: Market) -> None:
    """The issue's proof: a penny of VAT, a missing credit note, a doubled invoice, a wrong company; and each is gone
    from its case once it is put right."""
    refs = await month(market, orders=7)
    bill = bills(market)
    drifted, doubled, strayed, cancelled, returned = refs[:5]
    await market.erp.act("drift_vat", {"document": bill[drifted]})
    twin = (await market.erp.act("double_invoice", {"document": bill[doubled]}))["number"]
    await market.erp.act("rebook_document", {"document": bill[strayed], "account": "HPT1009"})
    await market.shop.act("cancel_order", {"order": cancelled})
    _, found = await look(market)
    assert causes(found) == {
        ("vat-rounding", f"vat-rounding {bill[drifted]}"),
        ("doubled-invoice", f"doubled-invoice {twin}"),
        ("wrong-account", f"wrong-account {bill[strayed]}"),
        ("missing-credit-note", f"missing-credit-note {cancelled}"),
    }
    assert {one.cause for one in found if not one.case_kind} == {"cancelled-after-invoice"}
    told = [cause for cause in await market.causes() if cause.startswith("reconciliation-difference")]
    assert len(told) == 4
    assert returned not in " ".join(told)

    await market.erp.act("drift_vat", {"document": bill[drifted], "pence": -1})
    await market.erp.act("credit_invoice", {"invoice": twin})
    await market.erp.act("credit_invoice", {"invoice": bill[strayed]})
    anew = (await market.erp.act("double_invoice", {"document": bill[strayed]}))["number"]
    await market.erp.act("rebook_document", {"document": anew, "account": "HPT1002"})
    await market.erp.act("credit_invoice", {"invoice": bill[cancelled]})
    _, found = await look(market)
    assert causes(found) == set()
    assert {one.cause for one in found} == {"corrected", "cancelled-after-invoice"}
    assert not any(cause.startswith("reconciliation") for cause in await market.causes())


async def test_a_run_that_finds_the_same_again_opens_no_second_case(market: Market) -> None:
    (ref,) = await month(market, orders=1)
    await market.erp.act("double_invoice", {"document": bills(market)[ref]})
    first, _ = await look(market)
    again, _ = await look(market)
    assert first.id != again.id
    assert len(await market.causes()) == 1


async def test_an_accepted_difference_is_told_with_who_and_why_until_it_moves(market: Market) -> None:
    (ref,) = await month(market, orders=1)
    await market.erp.act("drift_vat", {"document": bills(market)[ref]})
    await look(market)
    await settle(market, Remedy.ACCEPT, reason="a penny is a penny")
    assert await market.causes() == []
    _, (accepted,) = await look(market)
    assert accepted.waiver is not None
    assert (accepted.waiver.actor, accepted.waiver.reason) == ("mary@harbour.example", "a penny is a penny")
    assert await market.causes() == []
    await market.erp.act("drift_vat", {"document": bills(market)[ref]})
    await look(market)
    assert len(await market.causes()) == 1


async def test_a_retry_looks_again_at_the_very_period(market: Market) -> None:
    (ref,) = await month(market, orders=1)
    await market.erp.act("drift_vat", {"document": bills(market)[ref]})
    await look(market)
    await market.erp.act("drift_vat", {"document": bills(market)[ref], "pence": -1})
    told = await settle(market, Remedy.RETRY)
    assert str(told) == "Of 1 held: 1 would be compared again."
    await market.work()
    assert await market.causes() == []


async def test_an_order_the_storefront_lost_is_asked_for_by_its_key_first(market: Market) -> None:
    kept, lost = await month(market, orders=2)
    await market.shop.act("delete_order", {"order": lost})
    run, found = await look(market)
    assert causes(found) == {("gone-from-storefront", f"gone-from-storefront {lost}")}
    assert run.counts["orders"] == 2
    assert kept not in {one.ref for one in found}


async def test_an_order_the_erp_lost_is_asked_for_twice_and_then_missing(market: Market) -> None:
    (ref,) = await month(market, orders=1, sent=False)
    order: Any = next(one for one in market.erp.store.orders.values() if one.intent.external_ref == ref)
    order.intent = order.intent.__class__(**{name: getattr(order.intent, name) for name in order.intent.__slots__}
                                          | {"external_ref": "somebody-else"})  # fmt: skip
    asked = market.erp.calls["GET /v1/orders"]
    _, found = await look(market)
    assert causes(found) == {("not-in-erp", f"not-in-erp {ref}")}
    assert market.erp.calls["GET /v1/orders"] == asked + 2


async def test_what_is_too_young_is_left_alone(market: Market) -> None:
    await month(market, orders=1)
    market.shop.skew = market.erp.skew = timedelta()
    await sell(market)
    run, found = await look(market, settle_seconds=60)
    assert (found, run.counts["orders"], run.counts["too_recent"]) == ([], 1, 1)


async def test_an_order_on_its_way_is_explained_and_needs_nobody(market: Market) -> None:
    await month(market, orders=1)
    ref = await sell(market, ("GHOST-01", 1), force=True)
    await market.deliver()
    _, (one,) = await look(market)
    assert (one.ref, one.cause, one.case_kind, one.gap and one.gap.gross < 0) == (ref, "on-its-way", "", True)


async def test_an_order_that_was_not_sent_is_not_invoiced_yet(market: Market) -> None:
    (ref,) = await month(market, orders=1, sent=False)
    _, (one,) = await look(market)
    assert (one.ref, one.cause, one.case_kind) == (ref, "not-invoiced-yet", "")


async def test_what_was_sent_and_never_invoiced_is_a_case(market: Market) -> None:
    (ref,) = await month(market, orders=1, sent=False)
    await market.erp.act("despatch_order", {"order": ref, "invoice": False})
    _, found = await look(market)
    assert causes(found) == {("invoice-overdue", f"invoice-overdue {ref}")}


async def test_a_ledger_that_was_not_read_whole_makes_nothing_missing(market: Market) -> None:
    """Unknown, never nothing; and somebody is told of the list until it is read whole."""
    refs = await month(market, orders=4, sent=False)
    for ref in refs:
        await market.erp.act("despatch_order", {"order": ref, "invoice": ref != refs[0]})
    market.erp.faults.set([{"kind": "short_list", "match": "/v1/invoices"}])
    run, found = await look(market)
    assert refs[0] in {one.ref for one in found}
    assert {one.cause for one in found} == {"unreadable-paper"}
    assert any("were not read whole" in text for text in run.unknowns)
    assert [cause.partition(":")[0] for cause in await market.causes()] == ["read-incomplete"]
    market.erp.faults.reset()
    _, found = await look(market)
    assert causes(found) == {("invoice-overdue", f"invoice-overdue {refs[0]}")}
    assert [cause.partition(":")[0] for cause in await market.causes()] == ["reconciliation-difference"]


async def test_an_erp_that_tells_no_ledger_says_so_and_shows_no_nought(market: Market) -> None:
    await month(market, orders=1)
    market.erp.store.knobs = replace(market.erp.store.knobs, unsupported=("invoices.list",))
    market.erp.bridge.unsupported = {"invoices.list"}
    run, found = await look(market)
    assert found == []
    assert "invoices and credit notes: prima-bridge does not tell them" in run.unknowns
    columns = {one.kind for one in await market.pairing.reconciliations.columns(run.id)}
    assert PaperKind.INVOICE not in columns


async def test_a_run_that_was_killed_goes_on_where_it_was(market: Market, monkeypatch: Any) -> None:
    """Between any two pages: what was read is not read again, and what is found is the same."""
    refs = await month(market, orders=3)
    await market.erp.act("double_invoice", {"document": bills(market)[refs[0]]})

    async def lights_out(*_: Any, **__: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dark:
        dark.setattr(market.pairing.erp, "read_fulfilments", lights_out)
        with pytest.raises(asyncio.CancelledError):
            await look(market)
    asked = market.shop.calls["GET /admin/api/orders"], market.erp.calls["GET /v1/invoices"]
    run, found = await look(market)
    assert (market.shop.calls["GET /admin/api/orders"], market.erp.calls["GET /v1/invoices"]) == asked
    assert (len(causes(found)), run.counts["orders"]) == (1, 3)


async def test_a_run_killed_after_it_found_opens_its_cases_when_taken_up(market: Market, monkeypatch: Any) -> None:
    (ref,) = await month(market, orders=1)
    await market.erp.act("double_invoice", {"document": bills(market)[ref]})

    async def lights_out(*_: Any, **__: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dark:
        dark.setattr(PgReconciliationBook, "hold", lights_out)
        with pytest.raises(asyncio.CancelledError):
            await look(market)
    assert await market.causes() == []
    await look(market)
    assert len(await market.causes()) == 1
    assert await market.here.pool.fetchval("select count(*) from reconciliation_run") == 1


async def test_a_run_that_ended_is_never_edited(market: Market) -> None:
    (ref,) = await month(market, orders=1)
    await market.erp.act("double_invoice", {"document": bills(market)[ref]})
    await look(market)
    for table in ("reconciliation_run set actor", "reconciliation_difference set cause"):
        with pytest.raises(asyncpg.RaiseError, match="never edited"):
            await market.here.pool.execute(f"update {table} = 'nobody'")


async def test_two_runs_of_one_period_are_never_at_it_together(market: Market) -> None:
    async with market.pairing.reconciliations.open(Subject.MONEY, lately(market), actor=MARY):
        with pytest.raises(Busy):
            await look(market)


async def test_orders_alone_are_compared_without_their_papers(market: Market) -> None:
    refs = await month(market, orders=2, sent=False)
    line = next(one for one in market.erp.state()["orders"] if one["associated_ref"] == refs[0])["lines"][0]["line_ref"]
    await market.erp.act("reprice_line", {"order": refs[0], "line_ref": line, "price": "1.00"})
    run, found = await look(market, Subject.ORDERS)
    assert causes(found) == {("order-total", f"order-total {refs[0]}")}
    assert run.unknowns == ()


async def test_a_total_that_stands_in_its_own_case_gets_no_second_one(market: Market) -> None:
    """And once a named person accepted it there, the pack says who."""
    (ref,) = await month(market, orders=1, sent=False)
    line = next(one for one in market.erp.state()["orders"])["lines"][0]["line_ref"]
    await market.erp.act("reprice_line", {"order": ref, "line_ref": line, "price": "1.00"})
    await market.run("despatches")
    _, (one, *_) = await look(market)
    assert [cause.partition(":")[0] for cause in await market.causes()] == ["total-conflict"]
    assert (one.cause, one.case_kind, one.case_subject) == ("order-total", "total-conflict", ref)
    await settle(market, Remedy.ACCEPT, reason="agreed by telephone")
    _, (one, *_) = await look(market)
    assert one.waiver is not None
    assert (one.case_kind, one.waiver.actor, one.waiver.reason) == ("", MARY, "agreed by telephone")
