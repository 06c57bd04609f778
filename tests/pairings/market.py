"""Two simulated systems and an installation that pairs them. Nothing happens by itself: a test runs flows by name."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.runner import run_flow
from crossdock.sandbox.kernel import Simulator, running
from crossdock.settings.load import load
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL, SYSTEMS, samples
from crossdock.store.cases import list_cases
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.systems import known_systems
from crossdock.wiring.work import FLOWS, handlers
from tests.world import TAKE_JOBS, TIMES

Tree = Mapping[str, Any]


@dataclass(kw_only=True)
class Market:
    name: str
    shop: Simulator
    erp: Simulator
    here: Installation

    @property
    def pairing(self) -> Pairing:
        return self.here.pairings[self.name]

    async def run(self, flow: str) -> Result:
        await self.here.runs.ensure(self.name, flow)
        result = await run_flow(self.pairing, flow, FLOWS[flow], self.here.runs)
        assert "problem" not in result, result
        return result

    async def learn(self) -> None:
        for flow in ("items", "accounts", "targets", "stock"):
            await self.run(flow)

    async def work(self) -> None:
        """Every job that is due, and what it asks for, until there is none."""
        means = handlers(self.here)
        while jobs := await self.here.pool.fetch(TAKE_JOBS):
            await asyncio.gather(*(means[job["entrypoint"]](job["payload"].decode()) for job in jobs))

    async def deliver(self) -> None:
        await self.run("orders")
        await self.work()

    async def pass_time(self, seconds: float) -> None:
        await self.grow_older(seconds)
        await self.run("net")
        await self.work()

    async def grow_older(self, seconds: float) -> None:
        """Everything remembered; nobody looks at it."""
        for table, columns in TIMES.items():
            moves = ", ".join(f"{column} = {column} - $1::float8 * interval '1 second'" for column in columns)
            await self.here.pool.execute(f"update {table} set {moves}", seconds)
        self.pairing.recent.at.clear()

    async def orders(self) -> dict[str, dict[str, Any]]:
        rows = await self.here.pool.fetch("select * from sales_order")
        return {row["ref"]: dict(row) for row in rows}

    async def causes(self) -> list[str]:
        """What waits, in the words the desk reads."""
        cases = await list_cases(self.here.pool, self.here.tenant, kind=None, state="open")
        return [f"{case.kind}: {case.cause}" for case in cases]


BRISK: Tree = {"concurrency": 8, "requests_per_second": 400}  # simulators need no rest between two calls


def system(name: str, base_url: str, **more: Any) -> dict[str, Any]:
    """A system's settings as `crossdock init` writes them, at this address."""
    known = samples(known_systems())
    if name in SYSTEMS:
        given = {**SYSTEMS[name], "client_secret": "${SECRET}"} if name == "shop" else dict(SYSTEMS[name])
    else:
        kind, sample = known[name]
        given = {"kind": kind.kind, **sample.settings}
    return {"budget": BRISK, **given, "base_url": base_url, **more}


@contextlib.asynccontextmanager
async def open_market(
    database: str, folder: Path, *, shop: tuple[str, Simulator, Tree], erp: tuple[str, Simulator, Tree], pairing: Tree
) -> AsyncIterator[Market]:
    """shop, erp: name of the sample, its simulator, settings of ours over the sample's; pairing: its settings."""
    async with running(shop[1]) as shop_url, running(erp[1]) as erp_url:
        name = f"{shop[0]}-{erp[0]}"
        tree = {
            "database_url": "${DATABASE}",
            "systems": {
                shop[0]: system(shop[0], shop_url, **shop[2]),
                erp[0]: system(erp[0], erp_url, **erp[2]),
            },
            "pairings": {name: {"storefront": shop[0], "erp": erp[0], **pairing}},
        }
        path = folder / "crossdock.yaml"
        path.write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")
        environ = {"SECRET": SANDBOX_CREDENTIAL, "TOKEN": "sandbox-token", "DATABASE": database}
        project = load(path, systems=known_systems(), environ=environ)
        async with open_installation(project) as here:
            yield Market(name=name, shop=shop[1], erp=erp[1], here=here)
