"""The kinds of system there are: ours, and those that other packages bring through the same entry point."""

from collections.abc import Mapping
from importlib.metadata import entry_points

from crossdock.ports.systems import System

GROUP = "crossdock.systems"


class BadPlugin(RuntimeError):
    """An entry point in `crossdock.systems` that does not lead to a System; the text names it."""


def known_systems() -> Mapping[str, System]:
    """Kind → System. Raises BadPlugin."""
    found: dict[str, System] = {}
    for point in entry_points(group=GROUP):
        try:
            system = point.load()
        except ImportError as error:
            raise BadPlugin(f"system {point.name!r} ({point.value}) cannot be imported: {error}") from error
        if not isinstance(system, System):
            raise BadPlugin(f"system {point.name!r} ({point.value}) is no crossdock System")
        found[system.kind] = system
    return dict(sorted(found.items()))
