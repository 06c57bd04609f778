"""Whether an address can only be reached inside a network of our own, told from its name alone."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

PRIVATE_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


def is_private(url: str, vouched: Sequence[str] = ()) -> bool:
    """A private or loopback number, a name without a dot, a name that no public registry can give out (RFC 6762, RFC
    8375, the `internal` reservation of ICANN), or one that the operator vouches for. No name is looked up."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if not host:
        return False
    if host in {name.strip().rstrip(".").lower() for name in vouched}:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        numeric = all(part.isdecimal() or part.startswith("0x") for part in host.split("."))
        return not numeric and ("." not in host or host.endswith(PRIVATE_ENDINGS))
    address = getattr(address, "ipv4_mapped", None) or address
    return (address.is_private or address.is_loopback or address.is_link_local) and not address.is_unspecified
