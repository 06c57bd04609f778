"""The demo's little world: seven simulators loaded with one merchant, and an installation with all five pairings."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from crossdock.api.server import HttpDoor, listen
from crossdock.engine.worker import Worker
from crossdock.sandbox.akeneo import AkeneoSimulator
from crossdock.sandbox.estate import Estate, build_estate
from crossdock.sandbox.kernel import Simulator, running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.sandbox.prima import PrimaSimulator
from crossdock.sandbox.retail_stock import RetailStockSimulator
from crossdock.sandbox.scayle import ScayleSimulator
from crossdock.settings.load import load
from crossdock.settings.presets import presets, switched_on
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL, SYSTEMS, samples
from crossdock.store.database import remove_embedded
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.systems import known_systems
from crossdock.wiring.work import worker

HOOK_SECRET = "demo-webhook-secret"  # noqa: S105 - opens nothing but the demo's own simulators
# The shop sells at the Trade list, so a price that differs from it is a conflict and not a discount.
TRADE_LIST = {"Trade": {"discount": 0, "break_quantity": 1_000_000, "break_discount": 0}}
# Khaos Control with the shops' sites, and with the developments a merchant has it extended by.
ERP_CAN: Mapping[str, Any] = {
    "more_sites": ("York", "Leeds", "Hull", "Web"),
    "optional_operations": ("ImportStockStatus", "AmendOrder", "CancelOrder", "ExportOrders", "ImportDespatches"),
}  # fmt: skip
CHANNEL_PASSWORD = "sandbox-channel-password"  # noqa: S105 - what the ready-made pairing writes into its secrets
AT_ONCE = {"processing_seconds": 0, "bulk_seconds": 0, "delegation_delay_seconds": 0, "rate_limits": {}}
BRISK = {"concurrency": 8, "requests_per_second": 400}  # simulators need no rest between two calls
QUICK = {
    "orders_every_seconds": 1, "despatch_every_seconds": 1, "recheck_every_seconds": 5, "items_every_seconds": 10,
    "accounts_every_seconds": 10, "targets_every_seconds": 30, "prices_every_seconds": 600,
    "returns_every_seconds": 2, "storefront_settle_seconds": 1, "overlap_seconds": 60,
}  # fmt: skip


@dataclass(kw_only=True)
class DemoEstate:
    """Everything that runs during the demo. simulators, urls: by the system's name in the settings."""

    simulators: Mapping[str, Simulator]
    urls: Mapping[str, str]
    here: Installation
    worker: Worker
    _fetching: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def fetch(self, pairing: str, act: str) -> None:
        """The ERP calls at a pairing's door, as it does every few minutes; at one door at a time."""
        url = f"{self.urls['crossdock']}/channels/khaos/{pairing}/config.json"
        async with self._fetching:
            erp = self.simulators["khaos"]
            await erp.act("set_channel", {"url": url, "user": "khaos", "password": CHANNEL_PASSWORD})
            await erp.act(act, {})

    def fresh_worker(self) -> Worker:
        """Another one, after the day's own has stopped."""
        return worker(self.here)


@contextlib.asynccontextmanager
async def demo_estate(seed: int) -> AsyncIterator[DemoEstate]:
    """Simulators, embedded database, worker and inbound door, all in one process and a temporary folder."""
    simulators = _simulators(seed)
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="crossdock-demo-", ignore_cleanup_errors=True))
        urls = {name: await stack.enter_async_context(running(one)) for name, one in simulators.items()}
        project = load(_settings(Path(folder), urls), systems=known_systems(), environ={"HOOK_SECRET": HOOK_SECRET})
        stack.callback(remove_embedded, project.data_dir)  # before its folder goes, or it would run for ever
        here = await stack.enter_async_context(open_installation(project))
        door = await stack.enter_async_context(_serving(here))
        urls["crossdock"] = door
        yield DemoEstate(simulators=simulators, urls=urls, here=here, worker=worker(here))


def _simulators(seed: int) -> dict[str, Simulator]:
    """One merchant with two trades: the first sells trade and home, keeps shops and a PIM, and accounts in one ERP; the
    second one sells in a shop of its own and accounts in another."""
    main, other = build_estate(seed=seed), build_estate(seed=seed + 1)
    return {
        "shop": OroCommerceSimulator(main, seed=seed),
        "khaos": KhaosControlSimulator(main, seed=seed, settings={"price_lists": TRADE_LIST, **ERP_CAN}),
        "scayle": ScayleSimulator(main, seed=seed, settings=AT_ONCE),
        "akeneo": AkeneoSimulator(_in_range(main), seed=seed),
        "retail-stock": RetailStockSimulator(main, seed=seed),
        "outlet": OroCommerceSimulator(other, seed=seed + 1),
        "prima-bridge": PrimaSimulator(other, seed=seed + 1, settings={"semantics_confirmed": True}),
    }


def _in_range(estate: Estate) -> Estate:
    """What the PIM describes: not the lantern that left the range, or it would be made in the ERP again."""
    return replace(estate, items=tuple(one for one in estate.items if one.in_erp))


@contextlib.asynccontextmanager
async def _serving(here: Installation) -> AsyncIterator[str]:
    """The inbound door on any free port; yields its URL."""
    door = HttpDoor(here, listen("127.0.0.1", 0))
    serving = asyncio.create_task(door.run())
    try:
        await door.started()
        yield door.url
    finally:
        door.stop()
        await serving


def _settings(folder: Path, urls: Mapping[str, str]) -> Path:
    """The ready-made pairings with the demo's addresses and a quicker pace; secrets in files, as `init` writes them."""
    systems = {name: _system(folder, name, url) for name, url in urls.items()}
    tree = {"systems": systems, "pairings": {name: _pairing(name) for name in presets()}}
    path = folder / "crossdock.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")
    return path


OURS: Mapping[str, Mapping[str, Any]] = {
    "shop": {"webhook_secret": "${HOOK_SECRET}"},
    "khaos": {
        "settle_seconds": 1.0,
        "timeout_seconds": 5,
        "optional": {
            "import_stock_status": True,
            "cancel_order": True,
            "amend_order": True,
            "list_open_orders": True,
            "export_orders": True,
            "book_despatch": "ImportDespatches",
        },
    },
    "scayle": {"fulfilment_wait_seconds": 2, "fulfilment_poll_seconds": 0.05, "fulfilment_settle_seconds": 1},
    "prima-bridge": {"settle_seconds": 1, "delivery_charge_code": "CARR"},
}
"""What differs from the samples, by system."""


def _system(folder: Path, name: str, url: str) -> dict[str, Any]:
    if name in ("shop", "outlet"):
        given = {**SYSTEMS["shop"]}
        files = {"secrets/oro-client-secret": SANDBOX_CREDENTIAL}
    elif name in SYSTEMS:
        given, files = dict(SYSTEMS[name]), {}
    else:
        kind, sample = samples(known_systems())[name]
        given, files = {"kind": kind.kind, **sample.settings}, dict(sample.files)
    for preset in presets().values():
        files.update(preset.files)
    given |= switched_on(name, presets())
    for file, text in files.items():
        (folder / file).parent.mkdir(mode=0o700, exist_ok=True)
        (folder / file).write_text(text + "\n", "utf-8")
    return {"budget": BRISK, **given, "base_url": url, **OURS.get(name, {})}


def _pairing(name: str) -> dict[str, Any]:
    """A ready-made pairing, for a merchant who has not mapped everything yet."""
    pairing = {**presets()[name].pairing}
    if "storefront" not in pairing:
        return pairing
    pairing["cadence"] = QUICK
    pairing["stock"] = {**pairing.get("stock", {}), "every_seconds": 1, "stale_after_seconds": 6}
    pairing["completeness"] = {"settle_seconds": 0}  # a day here is a few minutes: nothing is too young to be counted
    match name:
        case "oro-khaos":
            pairing["stock"]["buffer"] = 24
            pairing["items"] = {"unknown": "report", "blocked": "report"}  # shoppers buy what nobody should sell
            checked = {"price_check": "hold", "price_lists": ["Trade"], "price_tolerance": "0.01", "credit": "hold"}
            pairing["orders"] = {**pairing["orders"], **checked, "attempts_max": 3}
            pairing["prices"] = {"lists": ["Trade"]}
            pairing["reconciliation"] = {"settle_seconds": 4}
            pairing["maps"] = _unfinished(pairing["maps"], tax="ZER", shipping="flat_rate_2", payment_term="net 60")
        case "oro-prima":
            pairing["storefront"] = "outlet"
            pairing["items"] = {"unknown": "report", "blocked": "hide"}
            pairing["orders"] = {**pairing["orders"], "credit": "hold"}
            pairing["reconciliation"] = {"settle_seconds": 0}
        case "scayle-khaos":
            pairing["maps"] = _unfinished(pairing["maps"], courier="Parcelforce 24")
    return pairing


def _unfinished(maps: Mapping[str, Mapping[str, Any]], **without: str) -> dict[str, dict[str, Any]]:
    """Maps that lack one entry each: somebody will have to say what it is."""
    return {kind: {key: one for key, one in of.items() if key != without.get(kind)} for kind, of in maps.items()}
