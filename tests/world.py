"""A whole little world in one process: both simulators, a project from the scaffold's own settings, an installation.

Nothing happens in it by itself. A test runs flows by name, does the work that was asked for, and lets time pass; so
what is proved does not hang on how fast anything is. `worker()` gives the real one to those who want it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from crossdock.cases.kind import Remedy
from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.remedies import apply
from crossdock.flows.runner import run_flow
from crossdock.flows.wish import Rehearsal, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.laws import check_laws
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.settings.load import load
from crossdock.settings.scaffold import PAIRING, SANDBOX_CREDENTIAL, SYSTEMS
from crossdock.settings.tree import Project
from crossdock.store.audit import seal_all, verify
from crossdock.store.cases import list_cases
from crossdock.store.runs import read_book
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.systems import known_systems
from crossdock.wiring.work import FLOWS, handlers

NAME = "oro-khaos"
SEED = 7
# What the estate of this seed and size holds, by what makes it useful here.
PLENTY, BY_CASE, UNTAXED, SCARCE, GHOST = "HP-1001", "HP-1003", "HP-1005", "HP-1014", "GHOST-01"
LINKED, UNLINKED, ON_STOP = "101", "129", "117"  # companies, by their id in the shop
Tree = Mapping[str, Any]


@dataclass(kw_only=True)
class World:
    """shop, erp: the simulators themselves. here: the installation, the only one unless a test opens another."""

    shop: OroCommerceSimulator
    erp: KhaosControlSimulator
    project: Project
    here: Installation

    @property
    def pairing(self) -> Pairing:
        return self.here.pairings[NAME]

    async def learn(self) -> None:
        """What a worker learns in its first seconds: items, accounts, where stock is shown, and how much there is."""
        for flow in ("items", "accounts", "targets", "stock"):
            result = await self.run(flow)
            assert "problem" not in result, result

    async def run(self, flow: str, pairing: Pairing | None = None) -> Result:
        """One run of a flow, as its cadence would start it."""
        await self.here.runs.ensure(NAME, flow)
        return await run_flow(pairing or self.pairing, flow, FLOWS[flow], self.here.runs)

    async def work(self, here: Installation | None = None) -> int:
        """Do every job that was asked for and is due, and what those ask for, until nothing is; returns how many.

        As in a worker, a job that fails stops no other.
        """
        means = handlers(here or self.here)
        done = 0
        while jobs := await self.here.pool.fetch(TAKE_JOBS):
            await asyncio.gather(
                *(means[job["entrypoint"]](job["payload"].decode()) for job in jobs),
                return_exceptions=True,
            )
            done += len(jobs)
        return done

    async def deliver(self) -> None:
        """Everything the shop sold goes as far as it will go now."""
        await self.run("orders")
        await self.work()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass by moving what is remembered into the past; then let the net ask for whatever is overdue."""
        for table, columns in TIMES.items():
            moves = ", ".join(f"{column} = {column} - $1::float8 * interval '1 second'" for column in columns)
            await self.here.pool.execute(f"update {table} set {moves}", seconds)
        self.pairing.recent.at.clear()
        await self.run("net")
        await self.work()

    async def sell(self, *lines: tuple[str, int] | tuple[str, int, str], **more: Any) -> str:
        """A shopper orders (sku, quantity[, unit]); returns the order's number."""
        wanted = [
            {"sku": sku, "quantity": count, "unit": unit[0] if unit else "each"}
            for sku, count, *unit in lines or [(PLENTY, 1)]
        ]
        placed = await self.shop.act("place_order", {"customer": LINKED, "lines": wanted, **more})
        return str(placed["identifier"])

    async def cases(self, kind: str | None = None, state: str | None = "open") -> Sequence[CaseRow]:
        return await list_cases(self.here.pool, self.here.tenant, kind=kind, state=state)

    async def the_case(self, kind: str, state: str = "open") -> CaseRow:
        (case,) = await self.cases(kind, state)
        return case

    async def settle(self, case: CaseRow, remedy: Remedy, reason: str = "", **params: str) -> Rehearsal:
        """A person applies a remedy from the case."""
        return await apply(
            self.pairing, case, Wish(remedy=remedy, params=params, reason=reason, actor="mary@harbour.example")
        )

    async def order(self, ref: str) -> dict[str, Any]:
        """The order's row in our book."""
        row = await self.here.pool.fetchrow("select * from sales_order where ref = $1", ref)
        return dict(row) if row is not None else {}

    async def state(self, ref: str) -> str:
        return str((await self.order(ref)).get("state"))

    async def actions(self, ref: str) -> list[str]:
        """What happened to the order, by the audit trail."""
        rows = await self.here.pool.fetch(
            "select action from audit_entry where subject = 'order' and subject_id = $1 order by id",
            (await self.order(ref))["id"],
        )
        return [row["action"] for row in rows]

    def posted(self, ref: str) -> list[dict[str, Any]]:
        """What the ERP holds under our reference."""
        return [one for one in self.erp.state()["orders"] if one["associated_ref"] == ref]

    def sold(self, ref: str) -> dict[str, Any]:
        """What the shop holds of the order."""
        return next(one for one in self.shop.state()["orders"] if one["identifier"] == ref)

    def shown(self, sku: str, unit: str = "each") -> Decimal:
        levels = {(one["sku"], one["unit"]): one["quantity"] for one in self.shop.state()["inventory"]}
        return Decimal(levels[sku, unit])

    def available(self, sku: str) -> Decimal:
        return sum((Decimal(one["available"]) for one in self.erp.state()["stock"] if one["sku"] == sku), Decimal(0))

    async def broken_laws(self) -> dict[str, str]:
        """Law → evidence of those that do not hold at a moment of rest, judged from what the simulators hold."""
        await self.run("stock")
        return broken_laws(self.shop, self.erp, await book(self.here))


async def book(here: Installation) -> dict[str, Any]:
    """What we believe, with the verdict on the audit trail."""
    await seal_all(here.pool, here.tenant)
    return {**await read_book(here.pool, here.tenant), "audit": asdict(await verify(here.pool, here.tenant))}


def broken_laws(shop: Any, erp: Any, believed: Mapping[str, Any]) -> dict[str, str]:
    states = [{**one.state(), "calls": dict(one.calls)} for one in (shop, erp)]
    return {law: one["evidence"] for law, one in check_laws(*states, believed).items() if not one["pass"]}


TAKE_JOBS = """
delete from pgqueuer where status = 'queued' and execute_after <= now() returning entrypoint, payload
"""
TIMES: Mapping[str, Sequence[str]] = {
    "sales_order": ("look_at", "sent_at", "posted_at", "checked_at"),
    "despatch": ("look_at",),
    "order_change": ("look_at", "asked_at", "sent_at"),
    "refund": ("look_at", "found_at", "sent_at"),
    "desk_case": ("checked_at",),
    "cadence": ("next_at",),
    "account_opening": ("sent_at",),
    "pgqueuer": ("execute_after",),
}


def settings_tree(shop_url: str, erp_url: str, *, system: Tree | None = None, pairing: Tree | None = None) -> Tree:
    """The scaffold's settings with these addresses, and with what else is given: system by name, pairing by group."""
    more = {"shop": {}, "khaos": {}, **(system or {})}
    shop = {**SYSTEMS["shop"], "base_url": shop_url, "client_secret": "${SHOP_SECRET}", **more["shop"]}
    erp = {**SYSTEMS["khaos"], "base_url": erp_url, "settle_seconds": 2, **more["khaos"]}
    wanted = {**PAIRING, "cadence": {**PAIRING["cadence"], "storefront_settle_seconds": 2}}
    for name, value in (pairing or {}).items():
        wanted[name] = {**wanted.get(name, {}), **value} if isinstance(value, Mapping) else value
    return {"systems": {"shop": shop, "khaos": erp}, "pairings": {NAME: wanted}}


def load_project(folder: Path, tree: Tree, *, database: str) -> Project:
    path = folder / "crossdock.yaml"
    path.write_text(yaml.safe_dump({**tree, "database_url": "${DATABASE}"}, sort_keys=False), "utf-8")
    return load(path, systems=known_systems(), environ={"SHOP_SECRET": SANDBOX_CREDENTIAL, "DATABASE": database})


@contextlib.asynccontextmanager
async def open_world(
    database: str,
    folder: Path,
    *,
    shop: Tree | None = None,
    erp: Tree | None = None,
    system: Tree | None = None,
    pairing: Tree | None = None,
    items: int = 24,
    erp_class: type[KhaosControlSimulator] = KhaosControlSimulator,
) -> AsyncIterator[World]:
    """shop, erp: settings of the simulators. system, pairing: settings of ours."""
    estate = build_estate(seed=SEED, items=items, companies=30)
    till, ledger = (
        OroCommerceSimulator(estate, seed=SEED, settings=shop),
        erp_class(estate, seed=SEED, settings=erp),
    )
    async with running(till) as till_url, running(ledger) as ledger_url:
        tree = settings_tree(till_url, ledger_url, system=system, pairing=pairing)
        project = load_project(folder, tree, database=database)
        async with open_installation(project) as here:
            yield World(shop=till, erp=ledger, project=project, here=here)
