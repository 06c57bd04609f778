"""The demo's little world: simulators loaded with one merchant, and an installation pointed at them."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from crossdock.api.server import HttpDoor, listen
from crossdock.engine.worker import Worker
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import Simulator, running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.settings.load import load
from crossdock.settings.scaffold import PAIRING, SANDBOX_CREDENTIAL, SYSTEMS
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.systems import known_systems
from crossdock.wiring.work import worker

PAIRING_NAME = "oro-khaos"
HOOK_SECRET = "demo-webhook-secret"  # noqa: S105 - opens nothing but the demo's own simulator
BUFFER = 24
# The shop sells at the Trade list, so a price that differs from it is a conflict and not a discount.
TRADE_LIST = {"Trade": {"discount": 0, "break_quantity": 1_000_000, "break_discount": 0}}


@dataclass(kw_only=True)
class DemoEstate:
    """Everything that runs during the demo."""

    shop: Simulator
    erp: Simulator
    here: Installation
    worker: Worker
    urls: Mapping[str, str]

    def fresh_worker(self) -> Worker:
        """Another one, after the day's own has stopped."""
        return worker(self.here)


@contextlib.asynccontextmanager
async def demo_estate(seed: int) -> AsyncIterator[DemoEstate]:
    """Simulators, embedded database, worker and inbound door, all in one process and a temporary folder."""
    estate = build_estate(seed=seed)
    shop = OroCommerceSimulator(estate, seed=seed)
    erp = KhaosControlSimulator(estate, seed=seed, settings={"price_lists": TRADE_LIST})
    with tempfile.TemporaryDirectory(prefix="crossdock-demo-", ignore_cleanup_errors=True) as folder:
        async with running(shop) as shop_url, running(erp) as erp_url:
            project_file = _settings(Path(folder), shop_url, erp_url)
            environ = {"SHOP_SECRET": SANDBOX_CREDENTIAL, "HOOK_SECRET": HOOK_SECRET}
            project = load(project_file, systems=known_systems(), environ=environ)
            async with open_installation(project) as here, _serving(here) as door:
                urls = {"shop": shop_url, "khaos": erp_url, "crossdock": door}
                yield DemoEstate(shop=shop, erp=erp, here=here, worker=worker(here), urls=urls)


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


def _settings(folder: Path, shop_url: str, erp_url: str) -> Path:
    """The scaffold's own settings, with the demo's addresses, secrets, buffer and price check."""
    shop: dict[str, Any] = {**SYSTEMS["shop"], "base_url": shop_url, "client_secret": "${SHOP_SECRET}"}
    shop["webhook_secret"] = "${HOOK_SECRET}"  # noqa: S105 - a reference
    erp = {**SYSTEMS["khaos"], "base_url": erp_url, "settle_seconds": 1.0, "timeout_seconds": 5}
    pairing = {
        **PAIRING,
        "orders": {**PAIRING["orders"], "price_check": "hold", "price_lists": ["Trade"], "price_tolerance": "0.01"},
        "stock": {"every_seconds": 1, "buffer": BUFFER},
        "cadence": {
            **PAIRING["cadence"], "orders_every_seconds": 1, "despatch_every_seconds": 1, "recheck_every_seconds": 5,
            "prices_every_seconds": 600, "storefront_settle_seconds": 1, "overlap_seconds": 60,
        },
    }  # fmt: skip
    tree = {"systems": {"shop": shop, "khaos": erp}, "pairings": {PAIRING_NAME: pairing}}
    path = folder / "crossdock.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")
    return path
