"""A merchant with shops in one process: a retail stock system and an ERP, both simulated, and an installation between.

Nothing happens by itself: a test runs flows by name, does the work that was asked for, and lets time pass.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from crossdock.cases.kind import Remedy
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.runner import run_flow
from crossdock.flows.wish import Rehearsal, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import Simulator, running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.retail_stock import RetailStockSimulator
from crossdock.sandbox.wair import WairSimulator
from crossdock.settings.load import load
from crossdock.store.cases import list_cases
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.settling import settler
from crossdock.wiring.systems import known_systems
from crossdock.wiring.work import RETAIL_FLOWS, handlers
from tests.pairings.market import system
from tests.world import TAKE_JOBS, TIMES

Tree = Mapping[str, Any]
YORK, LEEDS, HULL, MAIN = "STORE-YORK", "STORE-LEEDS", "STORE-HULL", "Main Warehouse"
SITES = {YORK: "York", LEEDS: "Leeds", HULL: "Hull"}
PLENTY, OTHER, THIRD, SIZED = "HP-1001", "HP-1002", "HP-1003", "OSLO-S-BLK"
LOCATIONS: Tree = {
    **{code: {"owner": "retail", "site": site} for code, site in SITES.items()},
    MAIN: {"owner": "erp", "site": MAIN},
    "Trade Counter": {"owner": "erp", "site": "Trade Counter"},
    "WEB-SHOP": {"owner": "erp", "site": "Web", "kind": "webshop"},
}
ERP_CAN: Tree = {"more_sites": (*SITES.values(), "Web"), "optional_operations": ("ImportStockStatus",)}
ERP_SETTINGS: Tree = {"settle_seconds": 2, "optional": {"import_stock_status": True}}
BRISK: Tree = {"budget": {"requests_per_second": 1000, "concurrency": 2}}  # simulators need no rest between two calls
RETAIL_TIMES: Mapping[str, Sequence[str]] = {
    "retail_level": ("waiting_since", "booked_at"),
    "retail_despatch": ("look_at", "found_at", "closed_at"),
    "retail_lag": ("minute",),
    "retail_sent": ("told_at", "taken_at"),
    "watermark": ("at",),
}


@dataclass(kw_only=True)
class Shops:
    """retail, erp: the simulators. here: the installation."""

    name: str
    retail: Simulator
    erp: KhaosControlSimulator
    here: Installation

    @property
    def pairing(self) -> RetailPairing:
        return self.here.retail[self.name]

    async def run(self, flow: str, pairing: RetailPairing | None = None) -> Result:
        """One run of a flow, as its cadence would start it. Trouble is in the result."""
        await self.here.runs.ensure(self.name, flow)
        return await run_flow(pairing or self.pairing, flow, RETAIL_FLOWS[flow], self.here.runs)

    async def well(self, flow: str) -> Result:
        """One run that must go well."""
        result = await self.run(flow)
        assert "problem" not in result, result
        return result

    async def work(self) -> int:
        """Every job that is due, and what it asks for, until there is none."""
        means, done = handlers(self.here), 0
        while jobs := await self.here.pool.fetch(TAKE_JOBS):
            await asyncio.gather(*(means[job["entrypoint"]](job["payload"].decode()) for job in jobs))
            done += len(jobs)
        return done

    async def pass_time(self, seconds: float) -> None:
        """Let time pass by moving what is remembered into the past."""
        for table, columns in {**TIMES, **RETAIL_TIMES}.items():
            moves = ", ".join(f"{column} = {column} - $1::float8 * interval '1 second'" for column in columns)
            await self.here.pool.execute(f"update {table} set {moves}", seconds)

    async def book(self) -> Result:
        """A look and a batch, whenever the last one was."""
        await self.pass_time(60)
        return await self.well("retail-stock")

    async def book_all(self) -> None:
        """Batch after batch until nothing waits outside a case."""
        for _ in range(100):
            await self.book()
            if not await self.here.pool.fetchval(
                "select count(*) from retail_level where waiting_since is not null and problem = ''"
            ):
                return
        raise AssertionError("some figure is never booked")

    async def cases(self, kind: str | None = None, state: str | None = "open") -> Sequence[CaseRow]:
        return await list_cases(self.here.pool, self.here.tenant, kind=kind, state=state)

    async def the_case(self, kind: str, state: str = "open") -> CaseRow:
        (case,) = await self.cases(kind, state)
        return case

    async def kinds(self) -> dict[str, int]:
        """Open case kind → records held."""
        found: dict[str, int] = {}
        for case in await self.cases():
            found[case.kind] = found.get(case.kind, 0) + case.records
        return found

    async def settle(self, case: CaseRow, remedy: Remedy, reason: str = "", **params: str) -> Rehearsal:
        """A person applies a remedy from the case."""
        at = settler(self.here, self.name)
        assert at is not None
        return await at.apply(case, Wish(remedy=remedy, params=params, reason=reason, actor="mary@harbour.example"))

    def on_shelf(self, location: str = YORK, sku: str = PLENTY) -> Decimal:
        """What the shop knows to be there."""
        levels = {(one["location_code"], one["sku"]): one["physical"] for one in self.retail.state()["levels"]}
        return Decimal(levels[location, sku])

    def in_ledger(self, location: str = YORK, sku: str = PLENTY) -> Decimal:
        """What the ERP has on hand at the location's site."""
        sites = {**SITES, MAIN: MAIN}
        return Decimal(next(
            str(one["on_hand"]) for one in self.erp.state()["stock"]
            if one["sku"] == sku and one["site"] == sites[location]
        ))  # fmt: skip

    def booked_as_told(self) -> bool:
        """Whether every shelf of the shops stands in the ERP's ledger as the shop has it."""
        ledger = {(one["site"], one["sku"]): Decimal(str(one["on_hand"])) for one in self.erp.state()["stock"]}
        return all(
            ledger[SITES[one["location_code"]], one["sku"]] == Decimal(one["physical"])
            for one in self.retail.state()["levels"]
        )

    def writes(self) -> int:
        """How many batches of counts the ERP was sent."""
        return self.erp.calls["SOAP ImportStockStatus"]


@contextlib.asynccontextmanager
async def open_shops(
    database: str,
    folder: Path,
    *,
    profile: str = "retail-stock",
    retail: Tree | None = None,
    erp: Tree | None = None,
    system_of: Tree | None = None,
    pairing: Tree | None = None,
    items: int = 12,
) -> AsyncIterator[Shops]:
    """retail, erp: settings of the simulators. system_of: settings of ours, by system name. pairing: of the pairing."""
    estate = build_estate(seed=7, items=items, companies=30)
    far = RetailStockSimulator if profile == "retail-stock" else WairSimulator
    shops, ledger = far(estate, seed=7, settings=retail), KhaosControlSimulator(
        estate, seed=7, settings={**ERP_CAN, **(erp or {})}
    )  # fmt: skip
    more = system_of or {}
    async with running(shops) as retail_url, running(ledger) as erp_url:
        name = "shops-khaos"
        far_name = "retail-stock" if profile == "retail-stock" else "wair"
        secret = "bearer_token" if profile == "retail-stock" else "password"
        tree = {
            "database_url": "${DATABASE}",
            "systems": {
                far_name: system(far_name, retail_url, **{secret: "${TOKEN}", **BRISK, **more.get(far_name, {})}),
                "khaos": system("khaos", erp_url, **{**BRISK, **ERP_SETTINGS, **more.get("khaos", {})}),
            },
            "pairings": {
                name: {
                    "retail_stock": far_name, "erp": "khaos", "locations": LOCATIONS,
                    "non_commercial_classes": ["Internal", "Test"], **(pairing or {}),
                }
            },
        }  # fmt: skip
        path = folder / "crossdock.yaml"
        path.write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")
        token = "sandbox-token" if profile == "retail-stock" else "sandbox-password"
        project = load(path, systems=known_systems(), environ={"TOKEN": token, "DATABASE": database})
        async with open_installation(project) as here:
            yield Shops(name=name, retail=shops, erp=ledger, here=here)


def now() -> datetime:
    return datetime.now(UTC)
