"""One installation, set up as a merchant would: `crossdock init`, then budgets that hold nothing back."""

import os
from pathlib import Path
from typing import Any

import yaml

from crossdock.settings.load import load
from crossdock.settings.scaffold import create
from crossdock.settings.tree import Project
from crossdock.wiring.systems import known_systems

PAIRING = "oro-khaos"
NO_LIMIT = 1_000_000  # calls a second
SELDOM = 86_400  # seconds; for what the loop beside us does not do either


def set_up(folder: Path, *, shop: str, erp: str, concurrency: int, in_flight: int = 0) -> Path:
    """Write the installation; returns its settings file.

    concurrency: calls under way at once, to each system. in_flight: orders one worker holds at once; unless given,
    twice as many, for an order is in a call for half of its time.
    """
    create(folder, known_systems())
    path = folder / "crossdock.yaml"
    settings: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    for name, url in (("shop", shop), ("khaos", erp)):
        settings["systems"][name]["base_url"] = url
        settings["systems"][name]["budget"] = {"concurrency": concurrency, "requests_per_second": NO_LIMIT}
    settings["workers"] = {"orders_in_flight": in_flight or 2 * concurrency}
    pairing = settings["pairings"][PAIRING]
    pairing["flows"] = ["order-entry"]
    pairing["cadence"] = {
        "orders_every_seconds": 60,
        "recheck_every_seconds": SELDOM,
        "items_every_seconds": SELDOM,
        "accounts_every_seconds": SELDOM,
        "targets_every_seconds": SELDOM,
    }
    path.write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")
    return path


def read(path: Path) -> Project:
    return load(path, systems=known_systems(), environ=os.environ)
