"""The shop and the ERP, in a process of their own; and the parent's way of working them."""

import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import psutil

from benchmarks.child import child, heard, run_child, say

SEED = 7
ORDERS_A_MOMENT = 10
MOMENT_SECONDS = 2


@dataclass(frozen=True)
class Simulators:
    """shop, erp: their base URLs. process: theirs, to read its CPU from."""

    shop: str
    erp: str
    process: psutil.Process
    session: aiohttp.ClientSession

    def cpu(self) -> float:
        used = self.process.cpu_times()
        return used.user + used.system

    async def reset(self, *, orders: int, seed: int, erp_latency: float = 0.0) -> None:
        """Both as they were made, and then `orders` placed in the shop, spread over the minutes before now.

        erp_latency: seconds before each ImportOrders.
        """
        for url in (self.shop, self.erp):
            await self._post(f"{url}/_sandbox/reset", {"seed": SEED})
        moments = range(0, orders, ORDERS_A_MOMENT)
        for number, start in enumerate(moments):
            back = (len(moments) - number) * MOMENT_SECONDS
            await self._post(f"{self.shop}/_sandbox/faults", {"clock_skew_seconds": -back})
            count = min(ORDERS_A_MOMENT, orders - start)
            placing = {"act": "place_orders", "count": count, "seed": seed * 10_000 + number, "force": True}
            placed = await self._post(f"{self.shop}/_sandbox/act", placing)
            if placed["placed"] != count:
                raise RuntimeError(f"the shop took {placed['placed']} orders of {count}")
        await self._post(f"{self.shop}/_sandbox/faults", {})
        if erp_latency:
            slow = {"kind": "latency", "match": "ImportOrders", "seconds": erp_latency}
            await self._post(f"{self.erp}/_sandbox/faults", {"faults": [slow]})

    async def orders_in_erp(self) -> list[str]:
        """Our reference of every order the ERP holds, twice if it holds it twice."""
        async with self.session.get(f"{self.erp}/_sandbox/state") as answer:
            state = await answer.json()
        return [str(order["associated_ref"]) for order in state["orders"]]

    async def told(self) -> int:
        """How many orders in the shop carry the ERP's number."""
        async with self.session.get(f"{self.shop}/_sandbox/state") as answer:
            state = await answer.json()
        return sum(1 for order in state["orders"] if order.get("external_id"))

    async def _post(self, url: str, body: dict[str, Any]) -> Any:
        async with self.session.post(url, json=body) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{url}: HTTP {answer.status} {await answer.text()}")
            return await answer.json()


@contextlib.asynccontextmanager
async def simulators() -> AsyncIterator[Simulators]:
    timeout = aiohttp.ClientTimeout(total=600)
    async with child("simulators") as served, aiohttp.ClientSession(timeout=timeout) as session:
        urls = await served.line()
        yield Simulators(urls["shop"], urls["erp"], psutil.Process(served.pid), session)


async def _serve() -> None:
    from crossdock.sandbox.estate import build_estate
    from crossdock.sandbox.kernel import running
    from crossdock.sandbox.khaos_control import KhaosControlSimulator
    from crossdock.sandbox.orocommerce import OroCommerceSimulator

    estate = build_estate(seed=SEED)
    shop, erp = OroCommerceSimulator(estate, seed=SEED), KhaosControlSimulator(estate, seed=SEED)
    async with running(shop) as shop_url, running(erp) as erp_url:
        say({"shop": shop_url, "erp": erp_url})
        while await heard():
            pass


if __name__ == "__main__":
    run_child(_serve())
    sys.exit(0)
