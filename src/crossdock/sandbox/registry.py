"""Every simulator there is, by the kind of system it stands in for."""

import gc
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from crossdock.sandbox.estate import Estate
from crossdock.sandbox.kernel import Simulator, running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.orocommerce import OroCommerceSimulator

SIMULATORS: Mapping[str, type[Simulator]] = {
    one.kind: one for one in (OroCommerceSimulator, KhaosControlSimulator)
}  # fmt: skip

SERVED: Mapping[str, Mapping[str, Any]] = {"orocommerce": {"initial_stock": "estate"}}
"""Settings of simulators that stand alone: a shop that has something to sell before anybody feeds it."""


@asynccontextmanager
async def serving(
    estate: Estate, ports: Sequence[tuple[str, int]], *, host: str = "127.0.0.1", seed: int = 0
) -> AsyncIterator[list[tuple[str, str]]]:
    """Serve simulators of one merchant for the length of the block. ports: (kind, port); yields (kind, base URL).

    Raises OSError, with the address in its text, when one cannot listen there.
    """
    async with AsyncExitStack() as stack:
        urls = []
        for kind, port in ports:
            simulator = SIMULATORS[kind](estate, seed=seed, settings=SERVED.get(kind))
            urls.append((kind, await stack.enter_async_context(running(simulator, host=host, port=port))))
        gc.freeze()  # what was just loaded stays: nothing of it is worth looking through again
        yield urls
