"""A PIM and an ERP whose channel fetches items from a real door; an installation between them.

Nothing happens by itself: a test edits products, runs flows by name, and has the ERP fetch.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from crossdock.api.server import HttpDoor, listen
from crossdock.cases.kind import Remedy
from crossdock.flows.pairing import CataloguePairing, Result
from crossdock.flows.runner import run_flow
from crossdock.flows.wish import Rehearsal, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.sandbox.akeneo import AkeneoSimulator
from crossdock.sandbox.estate import Estate, build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.settings.load import load
from crossdock.settings.scaffold import SYSTEMS, samples
from crossdock.settings.tree import Project
from crossdock.store.cases import list_cases
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.settling import settler
from crossdock.wiring.systems import known_systems
from crossdock.wiring.work import CATALOGUE_FLOWS
from tests.api.calling import serving

Tree = Mapping[str, Any]
NAME, SECRET = "akeneo-khaos", "both-know-it"
TAX = {"tax_class/STD": "20", "tax_class/RED": "5", "tax_class/ZER": "0"}
PROVIDED = {
    "stock_type1": "ID=1", "stock_type2": "ID=11", "tax_rates": {20: "Code=1", 5: "Code=4", 0: "Code=2"},
    "commodity_code_field": "Tariff", "country_field": "Origin",
}  # fmt: skip
CHANNEL: Tree = {"username": "khaos", "password": "${SECRET}", "provided": PROVIDED}
CATALOGUE: Tree = {
    "locale": "en_GB",
    "channel": "ecommerce",
    "attributes": {"name": "description", "ean": "barcode"},
    "new_items": {"tax_attribute": "tax_class", "tax_percent": 20},
}
QUICK: Tree = {"confirm_every_seconds": 5, "recheck_every_seconds": 5}


@dataclass(kw_only=True)
class Studio:
    """pim, erp: the simulators themselves. here: the installation, until a test opens another one. fetches: whether the
    ERP was given the address of our items."""

    fetches: bool = True
    pim: AkeneoSimulator
    erp: KhaosControlSimulator
    project: Project
    here: Installation

    @property
    def pairing(self) -> CataloguePairing:
        return self.here.catalogues[NAME]

    async def learn(self) -> None:
        """What a worker learns in its first seconds."""
        for flow in ("items", "shapes", "products"):
            await self.run(flow)

    async def run(self, flow: str, *, well: bool = True) -> Result:
        await self.here.runs.ensure(NAME, flow)
        result = await run_flow(self.pairing, flow, CATALOGUE_FLOWS[flow], self.here.runs)
        assert not well or "problem" not in result, result
        return result

    async def fetch(self) -> Any:
        """The ERP fetches the items that are laid out for it."""
        return await self.erp.act("download_provided_stock", {})

    async def round(self) -> None:
        """Changes are read, whatever is due is done, the ERP fetches, and time passes."""
        await self.run("products")
        await self.run("net")
        if self.fetches:
            await self.fetch()
        await self.pass_time(10)

    async def pass_time(self, seconds: float) -> None:
        """Then whatever is due is done."""
        await self.shift(seconds)
        await self.run("net")

    async def shift(self, seconds: float) -> None:
        """Time passes: what is remembered moves into the past."""
        for table, columns in TIMES.items():
            moves = ", ".join(f"{column} = {column} - $1::float8 * interval '1 second'" for column in columns)
            await self.here.pool.execute(f"update {table} set {moves}", seconds)

    async def row(self, code: str, kind: str = "product") -> dict[str, Any]:
        found = await self.here.pool.fetchrow(
            "select * from catalogue_product where code = $1 and kind = $2", code, kind
        )
        return dict(found) if found is not None else {}

    async def state(self, code: str, kind: str = "product") -> str:
        return str((await self.row(code, kind)).get("state"))

    async def states(self) -> dict[str, int]:
        rows = await self.here.pool.fetch("select state, count(*) as count from catalogue_product group by 1")
        return {row["state"]: row["count"] for row in rows}

    async def change(self, code: str) -> dict[str, Any]:
        found = await self.here.pool.fetchrow("select * from structure_change where old_key = lower($1)", code)
        return dict(found) if found is not None else {}

    async def cases(self, kind: str | None = None, state: str | None = "open") -> Sequence[CaseRow]:
        return await list_cases(self.here.pool, self.here.tenant, kind=kind, state=state)

    async def the_case(self, kind: str, state: str = "open") -> CaseRow:
        (case,) = await self.cases(kind, state)
        return case

    async def settle(self, case: CaseRow, remedy: Remedy, reason: str = "", **params: str) -> Rehearsal:
        """A person applies a remedy from the case."""
        at = settler(self.here, NAME)
        assert at is not None
        return await at.apply(case, Wish(remedy=remedy, params=params, reason=reason, actor="mary@harbour.example"))

    async def rehearse(self, case: CaseRow, remedy: Remedy, reason: str = "", **params: str) -> Rehearsal:
        at = settler(self.here, NAME)
        assert at is not None
        return await at.rehearse(case, Wish(remedy=remedy, params=params, reason=reason, actor="mary@harbour.example"))

    def product(self, sku: str) -> dict[str, Any]:
        """What the PIM holds."""
        return next(one for one in self.pim.state()["products"] if one["identifier"] == sku)

    def item(self, sku: str) -> dict[str, Any]:
        """What the ERP holds; {} when it has no such item. More than one of a code would be a mistake."""
        found = [one for one in self.erp.state()["items"] if one["sku"].casefold() == sku.casefold()]
        assert len(found) <= 1, found
        return found[0] if found else {}

    def stock(self, sku: str) -> dict[str, Any]:
        """Site → on hand and assigned."""
        rows = [one for one in self.erp.state()["stock"] if one["sku"] == sku]
        return {one["site"]: (one["on_hand"], one["assigned"]) for one in rows}


Opener = Callable[..., AbstractAsyncContextManager[Studio]]
SMALL = build_estate(items=4, companies=2)


async def new_product(studio: Studio, sku: str, **more: Any) -> None:
    """An editor creates a product that is fit for the ERP, but for what is given otherwise."""
    values = {"name": [{"locale": "en_GB", "scope": None, "data": f"Lantern {sku}"}], **more.pop("values", {})}
    await studio.pim.act("create_product", {"sku": sku, "values": values, **more})


async def rest(studio: Studio) -> None:
    """What is there is taken over: templates first, then their items."""
    for attribute in ("erp_status", "erp_reasons"):
        families = ["trade_goods", "handles"]
        await studio.pim.act("create_attribute", {"attribute": attribute, "families": families})
    await studio.learn()
    for _ in range(2):
        await studio.round()


TIMES: Mapping[str, Sequence[str]] = {
    "catalogue_product": ("look_at", "tell_at", "put_out_at"),
    "structure_change": ("look_at", "began_at"),
    "desk_case": ("checked_at",),
    "cadence": ("next_at",),
}


def settings_tree(pim_url: str, erp_url: str, *, pim: Tree, khaos: Tree, pairing: Tree) -> Tree:
    sample = samples(known_systems())["akeneo"][1].settings
    quick = {"budget": {"concurrency": 4, "requests_per_second": 400}}
    return {
        "database_url": "${DATABASE}",
        "systems": {
            "pim": {
                **sample, "kind": "akeneo", "base_url": pim_url, "client_secret": "${PIM_SECRET}",
                "password": "${PIM_PASSWORD}", **quick, **pim,
            },
            "khaos": {**SYSTEMS["khaos"], "base_url": erp_url, "channel": CHANNEL, **khaos},
        },
        "pairings": {
            NAME: {
                "pim": "pim", "erp": "khaos", "cadence": QUICK, "maps": {"attribute": TAX},
                **pairing, "catalogue": {**CATALOGUE, **pairing.get("catalogue", {})},
            }
        },
    }  # fmt: skip


@contextlib.asynccontextmanager
async def open_studio(
    database: str,
    folder: Path,
    *,
    estate: Estate | None = None,
    pim_knobs: Tree | None = None,
    erp_knobs: Tree | None = None,
    pim: Tree | None = None,
    khaos: Tree | None = None,
    pairing: Tree | None = None,
    fetches: bool = True,
) -> AsyncIterator[Studio]:
    """pim_knobs, erp_knobs: settings of the simulators. pim, khaos, pairing: settings of ours."""
    async with AsyncExitStack() as stack:
        held = estate or SMALL
        studio_pim = AkeneoSimulator(held, seed=7, settings=pim_knobs)
        studio_erp = KhaosControlSimulator(held, seed=7, settings=erp_knobs)
        urls = [await stack.enter_async_context(running(one)) for one in (studio_pim, studio_erp)]
        tree = settings_tree(*urls, pim=pim or {}, khaos=khaos or {}, pairing=pairing or {})
        path = folder / "crossdock.yaml"
        path.write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")
        environ = {
            "SECRET": SECRET, "DATABASE": database, "PIM_SECRET": "sandbox-secret", "PIM_PASSWORD": "sandbox-password",
        }  # fmt: skip
        project = load(path, systems=known_systems(), environ=environ)
        here = await stack.enter_async_context(open_installation(project))
        url = await stack.enter_async_context(serving(HttpDoor(here, listen("127.0.0.1", 0))))
        if fetches:
            config = f"{url}/channels/khaos/{NAME}/config.json"
            await studio_erp.act("set_channel", {"url": config, "user": "khaos", "password": SECRET})
        yield Studio(pim=studio_pim, erp=studio_erp, project=project, here=here, fetches=fetches)
