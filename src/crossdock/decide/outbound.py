"""Where a message may go: which hosts, and which addresses behind their names."""

from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

_METADATA = frozenset(ip_address(one) for one in ("169.254.169.254", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"))
"""Where machines of clouds are told their own keys."""


def host_problem(host: str, hosts: Collection[str]) -> str:
    """Why nothing is sent to this host; "" when the settings name it."""
    return "" if _plain(host) in hosts else f"the host {_plain(host)} does not stand in alerts.hosts"


def address_problem(host: str, addresses: Sequence[str], private_hosts: Collection[str]) -> str:
    """Why none of what a name stands for is spoken to; "" when all of it may be. One bad address spoils the name."""
    for one in addresses:
        if problem := _problem(ip_address(one.partition("%")[0]), _plain(host) in private_hosts):
            return f"the host {_plain(host)} stands for {problem}"
    return "" if addresses else f"the host {_plain(host)} stands for no address"


def _plain(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


def _problem(address: IPv4Address | IPv6Address, private: bool) -> str:
    if isinstance(address, IPv6Address) and (inner := _inside(address)) is not None:
        return _problem(inner, private)
    if address in _METADATA or address.is_link_local:
        return "a link-local address, which is never spoken to"
    if address.is_multicast or address.is_unspecified or (address.is_reserved and not address.is_loopback):
        return "an address that is no single host's"
    if not address.is_global and not private:
        return "a private address, and does not stand in alerts.private_hosts"
    return ""


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The old address that a new one leads to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address.packed[:12] == b"\x00\x64\xff\x9b" + bytes(8):
        return IPv4Address(address.packed[12:])
    return None
