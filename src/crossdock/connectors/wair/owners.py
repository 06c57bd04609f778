"""Whose word counts at a location. A figure is never written to the side that owns it: two systems that correct each
other never come to rest."""

from collections.abc import Sequence

from crossdock.connectors.wair.config import WairSettings
from crossdock.model.faults import ConfigFault, Unsupported
from crossdock.model.retail import Location, RetailStock


def check_levels(settings: WairSettings, levels: Sequence[RetailStock], *, retail: Sequence[str] = ()) -> None:
    """retail: locations that the other side claims. Raises Unsupported: a level of one that is not ours to tell."""
    for level in levels:
        if settings.owner_of(level.location) == "retail" or level.location in retail:
            problem = "is owned by the retail system; its stock is read from there, never told to it"
            raise Unsupported(f"location {level.location}", problem)


def check_claims(settings: WairSettings, claimed: Sequence[str]) -> None:
    """claimed: locations that the other side says it owns. Raises ConfigFault: the settings say that the ERP does."""
    disputed = [code for code in claimed if settings.owner_of(code) == "erp"]
    if disputed:
        text = f"two owners of {', '.join(disputed)}: the settings say erp, the retail system says that it is"
        raise ConfigFault(text, setting="locations")


def dispute(settings: WairSettings, location: Location) -> str:
    """Why the location cannot be taken as it is told; "" when it can."""
    ours = settings.owner_of(location.code)
    if ours is None or not location.owner or ours == location.owner:
        return ""
    return f"is {location.owner!r}, and setting locations says {ours!r}; a location has one owner"
