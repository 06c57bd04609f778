"""A running installation: the database, the live connections, the pairings made of them."""

import asyncio
import contextlib
import os
import socket
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

from crossdock.engine.budget import SharedGate
from crossdock.engine.clock import SystemClock
from crossdock.flows.pairing import CataloguePairing, Erp, Pairing, Pim, RetailPairing, Storefront
from crossdock.model.account import Account
from crossdock.model.code_map import MapKind
from crossdock.ports.systems import Connector, ItemSource, PriceSink, System
from crossdock.settings import pairing as settled
from crossdock.settings.maps import MapSettings
from crossdock.settings.pairing import AnyPairing, Flow
from crossdock.settings.pairing import Pairing as PairingSettings
from crossdock.settings.secrets import secret_texts
from crossdock.settings.tree import Project
from crossdock.store.archive import Vault, open_vault
from crossdock.store.cases import PgCaseBook
from crossdock.store.catalogue import PgCatalogueBook
from crossdock.store.changes import PgChangeBook
from crossdock.store.channels import PgChannelDesk
from crossdock.store.coalesce import Coalesce
from crossdock.store.companies import PgCompanyBook
from crossdock.store.completeness import PgCompletenessBook
from crossdock.store.database import Pool, open_database
from crossdock.store.despatches import PgDespatchBook
from crossdock.store.item_offers import PgOfferBook
from crossdock.store.jobs import PoolJobs
from crossdock.store.openings import PgOpeningBook
from crossdock.store.orders import PgOrderBook
from crossdock.store.prices import PgPriceBook
from crossdock.store.reconciliation import PgReconciliationBook
from crossdock.store.reference import PgReferenceBook
from crossdock.store.refunds import PgRefundBook
from crossdock.store.rehearsal import forgetting
from crossdock.store.retail_despatches import PgRetailDespatchBook
from crossdock.store.retail_drift import PgDriftBook
from crossdock.store.retail_feed import PgFeedBook
from crossdock.store.retail_stock import PgShelfBook
from crossdock.store.runs import RunBook
from crossdock.store.scope import Scope, Seller, UnitRules
from crossdock.store.standing import PgStandingBook
from crossdock.store.stock import PgStockBook
from crossdock.telemetry.hiding import hider
from crossdock.wiring.systems import known_systems

ASKED_TOGETHER = 64  # account codes that the orders of one moment ask for in one call


@dataclass(kw_only=True)
class Installation:
    """What a door works with. connectors: by system name. pairings, catalogues, retail: by name, one kind of pairing
    each. leaving: it was asked to stop."""

    project: Project
    kinds: Mapping[str, System]
    pool: Pool
    vault: Vault
    runs: RunBook
    jobs: PoolJobs
    connectors: dict[str, Connector] = field(default_factory=dict)
    gates: dict[str, SharedGate] = field(default_factory=dict)
    pairings: dict[str, Pairing] = field(default_factory=dict)
    catalogues: dict[str, CataloguePairing] = field(default_factory=dict)
    retail: dict[str, RetailPairing] = field(default_factory=dict)
    leaving: bool = False

    @property
    def tenant(self) -> str:
        return self.project.tenant

    def kind_of(self, system: str) -> System:
        """The kind of a configured system, able to do what its settings switch on."""
        settings = self.project.systems[system]
        return self.kinds[settings.kind].with_settings(settings)


def database_url(project: Project) -> str | None:
    """The setting, else CROSSDOCK_DATABASE_URL, else None for the embedded server."""
    if project.database_url is not None:
        return project.database_url.get_secret_value()
    return os.environ.get("CROSSDOCK_DATABASE_URL") or None


@contextlib.asynccontextmanager
async def open_installation(project: Project) -> AsyncIterator[Installation]:
    """Open the database and connect every configured system; close all of it at the end of the block."""
    kinds = known_systems()
    async with open_database(
        database_url(project), project.data_dir, pool_max=project.workers.database_connections
    ) as pool:
        vault = await asyncio.to_thread(open_vault, project.data_dir)
        here = Installation(
            project=project, kinds=kinds, pool=pool, vault=vault, runs=RunBook(pool, project.tenant),
            jobs=PoolJobs(pool),
        )  # fmt: skip
        try:
            await _connect(here)
            for name, settings in project.sales.items():
                here.pairings[name] = await make_pairing(here, name, settings)
            for name, catalogue in project.catalogues.items():
                here.catalogues[name] = await make_catalogue(here, name, catalogue)
            for name, retail in project.retail.items():
                here.retail[name] = await make_retail(here, name, retail)
            yield here
        finally:
            for connector in here.connectors.values():
                await connector.close()
            for gate in here.gates.values():
                await gate.close()


async def _connect(here: Installation) -> None:
    holder = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
    for name, settings in here.project.systems.items():
        hide = hider(secret_texts(settings))
        gate = SharedGate(
            here.pool, tenant=here.tenant, system=name, budget=settings.budget, holder=holder, hide=hide
        )  # fmt: skip
        here.gates[name] = gate
        here.connectors[name] = await here.kinds[settings.kind].connect(settings, gate, SystemClock())


async def make_pairing(here: Installation, name: str, settings: PairingSettings) -> Pairing:
    """A pairing of the installation's connectors, its maps filled from the settings where they have no entry yet."""
    return _pairing(here, name, settings, await _scope(here, name, settings, settings.maps))


async def make_catalogue(here: Installation, name: str, settings: settled.CataloguePairing) -> CataloguePairing:
    """The same for a PIM and an ERP."""
    scope = await _scope(here, name, settings, settings.maps)
    return CataloguePairing(
        name=name,
        pim_name=settings.pim,
        erp_name=settings.erp,
        pim=cast("Pim", here.connectors[settings.pim]),
        erp=cast("ItemSource", here.connectors[settings.erp]),
        products=PgCatalogueBook(scope, here.vault, template_codes=settings.catalogue.template_codes),
        policy=settings.catalogue.policy(),
        confirm_every_seconds=settings.cadence.confirm_every_seconds,
        confirm_within_seconds=settings.catalogue.release.confirm_within_seconds,
        recheck_every_seconds=settings.cadence.recheck_every_seconds,
        pim_can=here.kind_of(settings.pim).capabilities,
        erp_can=here.kind_of(settings.erp).capabilities,
        cases=PgCaseBook(scope),
        reference=PgReferenceBook(scope),
        jobs=here.jobs,
        clock=SystemClock(),
        flows=frozenset(settings.flows),
        outbox=outbox_of(here, scope),
    )


async def make_retail(here: Installation, name: str, settings: settled.RetailPairing) -> RetailPairing:
    """The same for a retail stock system and an ERP."""
    scope = await _scope(here, name, settings, settings.maps)
    return RetailPairing(
        name=name,
        retail_name=settings.retail_stock,
        erp_name=settings.erp,
        retail=here.connectors[settings.retail_stock],
        erp=here.connectors[settings.erp],
        policy=settings.policy(),
        shelves=PgShelfBook(scope),
        despatches=PgRetailDespatchBook(scope),
        sent=PgFeedBook(scope),
        drift=PgDriftBook(scope),
        recheck_every_seconds=settings.cadence.recheck_every_seconds,
        retail_can=here.kind_of(settings.retail_stock).capabilities,
        erp_can=here.kind_of(settings.erp).capabilities,
        cases=PgCaseBook(scope),
        reference=PgReferenceBook(scope),
        jobs=here.jobs,
        clock=SystemClock(),
        flows=frozenset(settings.flows),
        outbox=outbox_of(here, scope),
    )


async def _scope(here: Installation, name: str, settings: AnyPairing, maps: MapSettings) -> Scope:
    """What the pairing's memory is kept under, with the maps of the settings file in it."""
    far, erp = settings.systems()
    scope = Scope(
        pool=here.pool,
        tenant=here.tenant,
        pairing=name,
        storefront=far,
        erp=erp,
        units=unit_rules(settings) if isinstance(settings, PairingSettings) else UnitRules(),
        others=_other_sellers(here, name, erp),
    )
    await PgReferenceBook(scope).load_maps(first_maps(settings, maps))
    return scope


def _pairing(here: Installation, name: str, settings: PairingSettings, scope: Scope) -> Pairing:
    erp = cast("Erp", here.connectors[settings.erp])

    @contextlib.asynccontextmanager
    async def rehearsal() -> AsyncIterator[Pairing]:
        async with forgetting(here.pool) as pool:
            yield _pairing(here, name, settings, replace(scope, pool=pool))

    can = here.kind_of(settings.storefront).capabilities
    shown = cast("PriceSink", here.connectors[settings.storefront]).price_decimals_max if "PriceSink" in can else 6
    return Pairing(
        name=name,
        storefront_name=settings.storefront,
        erp_name=settings.erp,
        storefront=cast("Storefront", here.connectors[settings.storefront]),
        erp=erp,
        orders=PgOrderBook(
            scope,
            here.vault,
            linked_by_hint=settings.accounts.link_by == "external_id",
            price_lists=settings.orders.price_lists if settings.orders.price_check != "off" else (),
            house=settings.orders.house_accounts(),
            credit=settings.orders.credit == "hold",
            changes=Flow.ORDER_CHANGE in settings.flows,
        ),
        cases=PgCaseBook(scope),
        changes=PgChangeBook(scope),
        refunds=PgRefundBook(scope, here.vault),
        refund_policy=settings.refunds.policy(),
        despatches=PgDespatchBook(scope),
        reference=PgReferenceBook(scope),
        companies=PgCompanyBook(scope),
        openings=PgOpeningBook(scope),
        standing=PgStandingBook(scope),
        rehearsal=rehearsal,
        completeness=PgCompletenessBook(scope),
        stock=PgStockBook(scope),
        prices=PgPriceBook(scope),
        offers=PgOfferBook(scope),
        reconciliations=PgReconciliationBook(scope),
        reconciliation_policy=settings.reconciliation.policy(),
        jobs=here.jobs,
        clock=SystemClock(),
        order_policy=settings.order_policy(erp.price_decimals, shown_decimals=shown),
        stock_policy=settings.stock_policy(here.kind_of(settings.storefront).stock_buffer),
        completeness_policy=settings.completeness.policy(),
        price_policy=settings.prices.policy(shown),
        offer_policy=settings.items.policy(settings.orders.default_tax_code),
        flows=frozenset(settings.flows),
        feeds=feeds(here, settings),
        stock_basis=settings.stock.figure,
        stock_site=settings.stock.site,
        stock_full_every_seconds=settings.stock.full_every_seconds,
        start_from=settings.orders.start_from,
        overlap_seconds=settings.cadence.overlap_seconds,
        attempts_max=settings.orders.attempts_max,
        despatch_every_seconds=settings.cadence.despatch_every_seconds,
        storefront_settle_seconds=settings.cadence.storefront_settle_seconds,
        recheck_every_seconds=settings.cadence.recheck_every_seconds,
        acknowledges=settings.acknowledge,
        price_lists=settings.orders.price_lists if settings.orders.price_check != "off" else (),
        storefront_can=can,
        erp_can=here.kind_of(settings.erp).capabilities,
        outbox=outbox_of(here, scope),
        find_account=Coalesce(partial(_who_carries, erp), batch_max=ASKED_TOGETHER),
        proven_for_seconds=settings.accounts.proven_for_seconds,
        opens_accounts=settings.accounts.new == "create",
        link_by_code=settings.accounts.link_by == "external_id",
        companies_full_every_seconds=settings.cadence.companies_full_every_seconds,
    )


async def _who_carries(erp: Erp, codes: Sequence[str]) -> list[Account | None]:
    """For each code the account that carries it, compared without case; None where the ERP answered that none does."""
    found = {one.code.casefold(): one for one in await erp.find_accounts(list(dict.fromkeys(codes)))}
    return [found.get(code.casefold()) for code in codes]


def outbox_of(here: Installation, scope: Scope) -> PgChannelDesk | None:
    """Where flows lay out documents for the systems of this pairing that fetch them; None when none of them does."""
    callers = [name for name in (scope.erp, scope.storefront) if "Channel" in here.kind_of(name).capabilities]
    if not callers:
        return None
    return PgChannelDesk(
        pool=scope.pool, vault=here.vault, tenant=scope.tenant, pairing=scope.pairing, system=callers[0]
    )


def feeds(here: Installation, settings: PairingSettings) -> frozenset[str]:
    """The reference lists this pairing needs and its systems can give."""
    kinds = {side: here.kind_of(side) for side in settings.systems()}
    can = {"items": "ItemSource", "accounts": "AccountSource", "targets": "StockSink"}
    given = {feed for feed, name in can.items() if any(name in kind.capabilities for kind in kinds.values())}
    if settings.orders.price_check != "off":
        given.add("prices")
    wanted = {"targets"} | ({"accounts"} if Flow.ACCOUNT_MATCHING in settings.flows else set())
    if {Flow.PRICE_PUBLICATION, Flow.PRODUCT_INTRODUCTION} & set(settings.flows):
        wanted |= {"items"}
    return frozenset(given if Flow.ORDER_ENTRY in settings.flows else given & wanted)


def unit_rules(settings: PairingSettings) -> UnitRules:
    """How a pairing counts."""
    orders = settings.orders
    return UnitRules(
        declared=orders.unit_source == "storefront", coded=orders.unit_mode == "unit_sku", codes=orders.unit_skus
    )


def _other_sellers(here: Installation, name: str, erp: str) -> tuple[Seller, ...]:
    """The other pairings that sell from this ERP: one warehouse, several shop windows."""
    return tuple(
        Seller(pairing=other, storefront=one.storefront, units=unit_rules(one))
        for other, one in here.project.sales.items()
        if other != name and one.erp == erp
    )


def first_maps(settings: AnyPairing, maps: MapSettings) -> dict[MapKind, dict[str, dict[str, str]]]:
    """What the settings file says from the start, as entries keep it."""
    rules = settings.promotions.rules() if isinstance(settings, PairingSettings) else {}
    return {
        MapKind.TAX: {key: {"code": one.code, "percent": str(one.percent)} for key, one in maps.tax.items()},
        MapKind.UNIT: {key: {"units": str(one)} for key, one in maps.unit.items()},
        MapKind.SHIPPING: {key: {"code": one} for key, one in maps.shipping.items()},
        MapKind.PAYMENT_TERM: {key: {"code": one} for key, one in maps.payment_term.items()},
        MapKind.COURIER: {key: {"code": one} for key, one in maps.courier.items()},
        MapKind.PRICE_LIST: {key: {"code": one} for key, one in maps.price_list.items()},
        MapKind.ATTRIBUTE: {key: {"code": one} for key, one in maps.attribute.items()},
        MapKind.COMPANY: {key: {"code": one} for key, one in maps.company.items()},
        MapKind.SKU: {key: {"code": one} for key, one in maps.sku.items()},
        MapKind.PROMOTION: {key: {"becomes": str(one.becomes), "reason": one.reason} for key, one in rules.items()},
    }
