"""The simulator, which was written from the same contract by somebody else, and a connector that speaks to it."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crossdock.connectors.akeneo import SYSTEM
from crossdock.connectors.akeneo.connector import Akeneo
from crossdock.sandbox.akeneo import AkeneoSimulator
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from tests.connectors.akeneo.stub import settings_for
from tests.connectors.gate import FreeGate

LOGIN = {
    "client_id": "crossdock",
    "client_secret": "sandbox-secret",
    "username": "crossdock",
    "password": "sandbox-password",
}


class SkewedClock:
    """The real time, moved with the simulator's."""

    def __init__(self, simulator: AkeneoSimulator) -> None:
        self._simulator = simulator

    def now(self) -> datetime:
        return datetime.now(UTC) + self._simulator.skew


@dataclass
class Estate:
    pim: Akeneo
    simulator: AkeneoSimulator
    gate: FreeGate

    async def act(self, name: str, **params: Any) -> Any:
        return await self.simulator.act(name, params)

    def trouble(self, kind: str, match: str, **knobs: Any) -> None:
        self.simulator.faults.set([{"kind": kind, "match": match, **knobs}])

    def product(self, sku: str) -> dict[str, Any]:
        """What the PIM itself holds."""
        rows = self.simulator.state()["products"]
        return next(row for row in rows if row.get("identifier") == sku)

    def data(self, sku: str, attribute: str, locale: str | None = None) -> Any:
        cells = self.product(sku)["values"].get(attribute, [])
        return next((one["data"] for one in cells if one["locale"] == locale), None)

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.simulator.skew - timedelta(seconds=1)


@contextlib.asynccontextmanager
async def estate(setup: Mapping[str, Any] | None = None, *, items: int = 20, **more: Any) -> AsyncIterator[Estate]:
    """setup: the simulator's settings. more: the connector's."""
    simulator = AkeneoSimulator(build_estate(items=items, companies=30), settings=setup)
    gate = FreeGate()
    async with running(simulator) as url:
        settings = settings_for(url, **{**LOGIN, "product_by": "auto", "overlap_seconds": 0, **more})
        pim = await SYSTEM.connect(settings, gate, SkewedClock(simulator))
        assert isinstance(pim, Akeneo)
        try:
            yield Estate(pim, simulator, gate)
        finally:
            await pim.close()
