"""What there is to do: the flows of every pairing with their cadences, and what each kind of job means."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from crossdock.cases.kinds import CROSSDOCK_DEFECT
from crossdock.engine.clock import SystemClock
from crossdock.engine.worker import Cadence, Handler, Worker
from crossdock.flows.account_matching import match_accounts
from crossdock.flows.account_status import show_accounts
from crossdock.flows.acknowledge import acknowledge_orders
from crossdock.flows.capture import capture_one, capture_orders
from crossdock.flows.catalogue import capture_products, learn_items, learn_shapes
from crossdock.flows.catalogue_compare import compare_catalogue
from crossdock.flows.catalogue_items import settle
from crossdock.flows.completeness import check_completeness
from crossdock.flows.despatch import publish_despatch, sweep_despatches
from crossdock.flows.order_change import look_at_change, take_wishes
from crossdock.flows.order_entry import look_at_order
from crossdock.flows.order_states import show_order_states
from crossdock.flows.pairing import CataloguePairing, Pairing, Result, RetailPairing
from crossdock.flows.price_lists import refresh_prices
from crossdock.flows.price_publication import publish_prices
from crossdock.flows.product_introduction import introduce_products
from crossdock.flows.reconciliation import reconcile_nightly
from crossdock.flows.reference import refresh_accounts, refresh_items, refresh_targets
from crossdock.flows.refund import look_at_refund, read_returns
from crossdock.flows.remedies import recheck_due
from crossdock.flows.retail_despatch import look_at_despatch, take_despatches
from crossdock.flows.retail_drift import compare_shelves
from crossdock.flows.retail_items import tell_items
from crossdock.flows.retail_levels import tell_levels
from crossdock.flows.retail_missed import sweep_missed
from crossdock.flows.retail_places import read_proposals, tell_places
from crossdock.flows.retail_sales import tell_sales
from crossdock.flows.retail_stock import receive_stock
from crossdock.flows.runner import Flow, run_flow
from crossdock.flows.silence import watch_feeds
from crossdock.flows.stock_publication import publish_stock
from crossdock.settings.pairing import CataloguePairing as CatalogueSettings
from crossdock.settings.pairing import Flow as FlowName
from crossdock.settings.pairing import RetailPairing as RetailSettings
from crossdock.store.alerts import PgAlerts
from crossdock.store.audit import seal_all
from crossdock.wiring.alerts import ROUND_SECONDS, Alerts
from crossdock.wiring.alive import LivingWorker
from crossdock.wiring.compare_asked import compare_asked
from crossdock.wiring.installation import Installation, feeds
from crossdock.wiring.retention import nightly, prune_job_log
from crossdock.wiring.settling import CATALOGUE, RETAIL

NET_EVERY_SECONDS = 1.0
NIGHT_EVERY_SECONDS = 300.0  # between two looks at the clock
ACKNOWLEDGE_EVERY_SECONDS = 1.0
HOUSE_EVERY_SECONDS = 2.0
RETENTION_EVERY_SECONDS = 900.0  # a few looks in the hour of the night: each does so much and the next goes on
DEFECTS_MAX = 5
DEFECT_WAIT_SECONDS = 5.0
HOUSE = "house"
HOUSE_FLOWS = ("audit", "prune", "alerts", "retention")


async def catch_lost_looks(pairing: Pairing) -> Result:
    """The net under the queue: whatever should have been looked at by now and was not."""
    jobs = [*await pairing.orders.due(500), *await pairing.changes.due(500), *await pairing.despatches.due(500)]
    jobs += await pairing.refunds.due(500)
    await pairing.jobs.ask(jobs)
    return {"asked": len(jobs)}


async def catch_lost_despatches(pairing: RetailPairing) -> Result:
    """The same for what left the shops."""
    jobs = await pairing.despatches.due(500)
    await pairing.jobs.ask(jobs)
    return {"asked": len(jobs)}


CATALOGUE_FLOWS: Mapping[str, Callable[[CataloguePairing], Awaitable[Result]]] = {
    "products": capture_products,
    "shapes": learn_shapes,
    "items": learn_items,
    "compare": compare_catalogue,
    "recheck": CATALOGUE.recheck_due,
    "net": settle,
}
RETAIL_FLOWS: Mapping[str, Callable[[RetailPairing], Awaitable[Result]]] = {
    "items": refresh_items,
    "accounts": refresh_accounts,
    "retail-stock": receive_stock,
    "retail-drift": compare_shelves,
    "retail-despatches": take_despatches,
    "retail-missed": sweep_missed,
    "retail-items": tell_items,
    "retail-places": tell_places,
    "retail-levels": tell_levels,
    "retail-sales": tell_sales,
    "retail-proposals": read_proposals,
    "recheck": RETAIL.recheck_due,
    "net": catch_lost_despatches,
}
FLOWS: Mapping[str, Flow] = {
    "orders": capture_orders,
    "items": refresh_items,
    "accounts": refresh_accounts,
    "prices": refresh_prices,
    "targets": refresh_targets,
    "stock": publish_stock,
    "price-publication": publish_prices,
    "product-introduction": introduce_products,
    "despatches": sweep_despatches,
    "acknowledge": acknowledge_orders,
    "reconciliation": reconcile_nightly,
    "changes": take_wishes,
    "returns": read_returns,
    "recheck": recheck_due,
    "net": catch_lost_looks,
    "companies": match_accounts,
    "account-status": show_accounts,
    "order-states": show_order_states,
    "completeness": check_completeness,
    "silence": watch_feeds,
}


def cadences(here: Installation) -> list[Cadence]:
    """Every flow that runs by the clock, with how often."""
    found = [Cadence(pairing=HOUSE, flow="audit", every_seconds=HOUSE_EVERY_SECONDS)]
    found.append(Cadence(pairing=HOUSE, flow="prune", every_seconds=3600.0))
    if here.project.alerts.rules or here.project.alerts.digests:
        found.append(Cadence(pairing=HOUSE, flow="alerts", every_seconds=ROUND_SECONDS))
    found.append(Cadence(pairing=HOUSE, flow="retention", every_seconds=RETENTION_EVERY_SECONDS))
    for name, settings in here.project.sales.items():
        often, flows = settings.cadence, set(settings.flows)
        lists = {
            "items": often.items_every_seconds, "accounts": often.accounts_every_seconds,
            "targets": often.targets_every_seconds, "prices": often.prices_every_seconds,
        }  # fmt: skip
        every: dict[str, float] = {feed: lists[feed] for feed in sorted(feeds(here, settings))}
        every |= {"recheck": often.recheck_every_seconds, "net": NET_EVERY_SECONDS}
        if FlowName.ORDER_ENTRY in flows:
            every["orders"] = often.orders_every_seconds
            if settings.acknowledge:
                every["acknowledge"] = ACKNOWLEDGE_EVERY_SECONDS
        if FlowName.ACCOUNT_MATCHING in flows:
            every["companies"] = often.companies_every_seconds
        if FlowName.ACCOUNT_STATUS in flows:
            every["account-status"] = often.status_every_seconds
        if FlowName.ORDER_STATE in flows:
            every["order-states"] = often.status_every_seconds
        if FlowName.STOCK_PUBLICATION in flows:
            every["stock"] = settings.stock.every_seconds
        if FlowName.PRICE_PUBLICATION in flows:  # it reads the lists itself
            every.pop("prices", None)
            every["price-publication"] = often.prices_every_seconds
        if FlowName.PRODUCT_INTRODUCTION in flows:
            every["product-introduction"] = often.offers_every_seconds
        if FlowName.DESPATCH in flows:
            every["despatches"] = often.despatch_every_seconds
        if FlowName.COMPLETENESS in flows:
            every["completeness"] = often.completeness_every_seconds
            every["silence"] = often.silence_every_seconds
        if FlowName.RECONCILIATION in flows:
            every["reconciliation"] = NIGHT_EVERY_SECONDS
        if FlowName.ORDER_CHANGE in flows:
            every["changes"] = often.changes_every_seconds
        if FlowName.REFUND in flows:
            every["returns"] = often.returns_every_seconds
        found += [Cadence(pairing=name, flow=flow, every_seconds=seconds) for flow, seconds in every.items()]
    for name, retail in here.project.retail.items():
        found += [Cadence(pairing=name, flow=flow, every_seconds=seconds) for flow, seconds in _retail(retail).items()]
    for name, one in here.project.catalogues.items():
        found += [Cadence(pairing=name, flow=flow, every_seconds=seconds) for flow, seconds in _catalogue(one).items()]
    return found


def _retail(settings: RetailSettings) -> dict[str, float]:
    """Flow of a pairing with shops → how often it runs."""
    often = settings.cadence
    every = {"items": often.items_every_seconds, "recheck": often.recheck_every_seconds}
    if FlowName.RETAIL_STOCK_INTAKE in settings.flows:
        every["retail-stock"] = settings.intake.every_seconds
        every["retail-drift"] = settings.intake.drift_again_seconds
    if FlowName.RETAIL_DESPATCH in settings.flows:
        every["retail-despatches"] = settings.despatch.every_seconds
        every["retail-missed"] = settings.despatch.missed_every_seconds
        every["net"] = NET_EVERY_SECONDS
    if FlowName.RETAIL_FEED in settings.flows:
        feed = settings.feed
        every |= {"retail-items": feed.every_seconds, "retail-places": feed.every_seconds}
        every |= {"retail-levels": feed.levels_every_seconds, "retail-sales": feed.sales_every_seconds}
        every["retail-proposals"] = feed.proposals_every_seconds
    if settings.non_commercial_classes or settings.feed.consumer_classes:
        every["accounts"] = often.accounts_every_seconds
    return every


def _catalogue(settings: CatalogueSettings) -> dict[str, float]:
    """The same with a PIM: the lists first; `net` does what is due from them once each was read."""
    often = settings.cadence
    return {
        "items": often.items_every_seconds, "shapes": often.shapes_every_seconds,
        "products": often.products_every_seconds, "compare": often.compare_every_seconds,
        "recheck": often.recheck_every_seconds, "net": often.net_every_seconds,
    }  # fmt: skip


def handlers(here: Installation) -> dict[str, Handler]:
    """Entrypoint → what its jobs mean."""
    return {
        "order": _order(here),
        "despatch": _of_pairing(here, lambda pairing, key: publish_despatch(pairing, int(key))),
        "change": _of_pairing(here, lambda pairing, key: look_at_change(pairing, int(key))),
        "refund": _of_pairing(here, lambda pairing, key: look_at_refund(pairing, int(key))),
        "fetch": _of_pairing(here, capture_one),
        "reconcile": _of_pairing(here, lambda pairing, key: compare_asked(here, pairing, key)),
        "retail-despatch": _of_retail(here, lambda pairing, key: look_at_despatch(pairing, int(key))),
        "alert": _alert(here),
        "flow": _flow(here),
    }


def worker(here: Installation) -> Worker:
    made = LivingWorker(
        here.pool, handlers=handlers(here), cadences=cadences(here), book=here.runs, jobs=here.jobs,
        in_flight=here.project.workers.orders_in_flight,
    )  # fmt: skip
    made.alerts = PgAlerts(here.pool, here.tenant)
    return made


def _of_pairing(here: Installation, do: Callable[[Pairing, str], Awaitable[Any]]) -> Handler:
    async def handle(subject: str) -> None:
        name, _, key = subject.partition("/")
        if (pairing := here.pairings.get(name)) is not None:  # a pairing taken out of the settings has no work left
            await do(pairing, key)

    return handle


def _of_retail(here: Installation, do: Callable[[RetailPairing, str], Awaitable[Any]]) -> Handler:
    async def handle(subject: str) -> None:
        name, _, key = subject.partition("/")
        if (pairing := here.retail.get(name)) is not None:
            await do(pairing, key)

    return handle


def _order(here: Installation) -> Handler:
    async def look(pairing: Pairing, key: str) -> None:
        order_id = int(key)
        try:
            await look_at_order(pairing, order_id)
        except Exception as error:
            await _defect(pairing, order_id, error)
            raise

    return _of_pairing(here, look)


async def _defect(pairing: Pairing, order_id: int, error: Exception) -> None:
    """Our own mistake: tried again a few times, in case it was the moment's; then somebody must know."""
    times = await pairing.orders.defect(order_id, look_in_seconds=DEFECT_WAIT_SECONDS)
    file = await pairing.orders.load(order_id)
    if times < DEFECTS_MAX or file is None:
        return
    problem = f"{type(error).__name__}: {error}"[:200]
    finding = CROSSDOCK_DEFECT.about(type(error).__name__, what=f"order {file.ref}", problem=problem)
    await pairing.cases.raise_case(finding, record="order", record_id=file.id, ref=file.ref)
    await pairing.orders.look_later(order_id, None)


def _flow(here: Installation) -> Handler:
    async def run(subject: str) -> None:
        name, _, flow = subject.partition("/")
        if name == HOUSE:
            await _house(here, flow)
        else:
            await run_now(here, name, flow)

    return run


async def _house(here: Installation, flow: str) -> None:
    """What belongs to no pairing."""
    match flow:
        case "audit":
            await seal_all(here.pool, here.tenant)
        case "alerts":
            await Alerts(here.pool, here.project).round()
        case "retention":
            await nightly(here.pool, here.tenant, here.project.retention, SystemClock().now())
        case _:
            await prune_job_log(here.pool, here.project.retention)
            await Alerts(here.pool, here.project).forget()


def _alert(here: Installation) -> Handler:
    async def send(subject: str) -> None:
        await Alerts(here.pool, here.project).delivery.deliver(int(subject))

    return send


async def run_now(here: Installation, name: str, flow: str) -> Result:
    """One run of a pairing's flow, as its cadence would start it; nothing for a pairing that is not there any more."""
    if (pairing := here.pairings.get(name)) is not None:
        return await run_flow(pairing, flow, FLOWS[flow], here.runs)
    if (catalogue := here.catalogues.get(name)) is not None:
        return await run_flow(catalogue, flow, CATALOGUE_FLOWS[flow], here.runs)
    if (retail := here.retail.get(name)) is not None:
        return await run_flow(retail, flow, RETAIL_FLOWS[flow], here.runs)
    return {}
