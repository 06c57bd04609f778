"""Where a call may go: to the configured address and nowhere else, whatever a document or a name server says.

What a machine tells about itself (the metadata of a cloud, link-local neighbours) is reached only when the setting
names that very address in figures: a name that leads there is somebody's trick, or a mistake.
"""

import ipaddress
import socket
from collections.abc import Sequence

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from crossdock.model.faults import ConfigFault

METADATA = tuple(
    ipaddress.ip_network(one)
    for one in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32", "192.0.0.192/32")
)
"""Link-local of both families; then where AWS, Alibaba and Oracle answer besides."""


def joined(base_url: str, path: str) -> str:
    """path: joined to the base URL, or a whole URL under it. Raises ConfigFault when that leads to another server."""
    url = path if path.startswith(base_url) else base_url + path
    try:
        here, there = URL(base_url).origin(), URL(url)
        if there.origin() == here and there.user is None:
            return url
        where = str(there.origin())
    except ValueError:
        where = "an address that is none"
    raise ConfigFault(f"a call to {where} is refused: only {base_url} is configured", setting="base_url")


def is_metadata(address: str) -> bool:
    """Whether an address in figures is link-local, or where a cloud tells a machine its secrets."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in network for network in METADATA if network.version == mapped.version)


class GuardedResolver(AbstractResolver):
    """Asks the machine's resolver. Literal addresses never come here: aiohttp resolves names alone."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises ConfigFault when any of the addresses is not for us."""
        found = await self._inner.resolve(host, port, family)
        if bad := _bad(found):
            problem = (
                f"{host} leads to {bad}, a link-local or metadata address; write the address itself if you mean it"
            )
            raise ConfigFault(problem, setting="base_url")
        return found

    async def close(self) -> None:
        await self._inner.close()


def _bad(found: Sequence[ResolveResult]) -> str:
    return next((one["host"] for one in found if is_metadata(one["host"])), "")
