"""Every simulator there is, by the kind of system it stands in for: ours, and those that other packages bring."""

import gc
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from importlib.metadata import entry_points

from crossdock.sandbox.estate import Estate
from crossdock.sandbox.kernel import Simulator, running

GROUP = "crossdock.simulators"


class BadSimulator(RuntimeError):
    """An entry point in `crossdock.simulators` that does not lead to a Simulator; the text names it."""


@cache
def simulators() -> Mapping[str, type[Simulator]]:
    """Kind → simulator, by their default ports. Raises BadSimulator."""
    found = []
    for point in entry_points(group=GROUP):
        try:
            one = point.load()
        except ImportError as error:
            raise BadSimulator(f"simulator {point.name!r} ({point.value}) cannot be imported: {error}") from error
        if not (isinstance(one, type) and issubclass(one, Simulator)):
            raise BadSimulator(f"simulator {point.name!r} ({point.value}) is no crossdock Simulator")
        found.append(one)
    return {one.kind: one for one in sorted(found, key=lambda one: (one.default_port, one.kind))}


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
            one = simulators()[kind]
            simulator = one(estate, seed=seed, settings=one.served)
            urls.append((kind, await stack.enter_async_context(running(simulator, host=host, port=port))))
        gc.freeze()  # what was just loaded stays: nothing of it is worth looking through again
        yield urls
