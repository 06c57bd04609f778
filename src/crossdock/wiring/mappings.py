"""The code maps of a pairing, as people look at them: entries, versions, and what the settings file says beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crossdock.decide.mappings import MapChange, key_problem, map_value, value_problem
from crossdock.flows.pairing import Pairing
from crossdock.flows.wish import RemedyRefused
from crossdock.model.code_map import MapKind
from crossdock.settings.maps import MapSettings
from crossdock.settings.pairing import AnyPairing
from crossdock.store import mappings as store
from crossdock.store.mappings import MapRow, MapState, Version
from crossdock.store.reference import SETTINGS
from crossdock.store.sorting import ByNameOrAge
from crossdock.wiring.installation import Installation, first_maps
from crossdock.wiring.map_changes import ground_of, scope_of

BESIDE: Mapping[MapKind, Sequence[str]] = {
    MapKind.SKU: ("orders.unit_mode", "orders.unit_skus"),
    MapKind.UNIT: ("orders.unit_source", "orders.unit_mode", "orders.whole_stock_units"),
    MapKind.TAX: ("orders.default_tax_code", "orders.shipping_tax_code"),
    MapKind.PRICE_LIST: ("prices.lists", "prices.unknown"),
    MapKind.COMPANY: ("orders.companies",),
    MapKind.PROMOTION: ("promotions.stacked_max", "promotions.share_max"),
}
"""Settings that decide together with a map, and are changed in the settings file alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting as it stands in the settings file. place: its path there."""

    place: str
    means: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPage:
    """following: where the next page begins, "" after the last."""

    rows: Sequence[MapRow]
    following: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEntry:
    """One entry. current: None where there is none now. in_file: what the settings file says, None when nothing; place:
    where it says so. by_file: what counts now is the file's word. older: where the next page of versions begins."""

    kind: MapKind
    key: str
    current: Version | None
    versions: Sequence[Version]
    in_file: Mapping[str, str] | None
    place: str
    by_file: bool
    older: int | None

    @property
    def expected(self) -> int:
        """The number of the version that a change of what is seen here replaces."""
        return self.current.id if self.current else 0


async def list_mappings(
    here: Installation, pairing: str, kind: MapKind, *, words: str = "", state: MapState = MapState.CURRENT,
    sort: ByNameOrAge = ByNameOrAge.A_TO_Z, after: str = "", limit: int = 50,
) -> MapPage:  # fmt: skip
    """Entries of one map. after: the `following` of the page before."""
    scope = scope_of(ground_of(here, pairing).pairing)
    rows = await store.list_maps(scope, kind, words=words, state=state, sort=sort, after=after, limit=limit)
    return MapPage(rows=rows, following=store.place_of(rows[-1], sort) if len(rows) == limit else "")


async def count_mappings(here: Installation, pairing: str) -> Mapping[MapKind, int]:
    """Entries of each map of the pairing, of those that have any."""
    return await store.count_maps(scope_of(ground_of(here, pairing).pairing))


async def read_mapping(
    here: Installation, pairing: str, kind: MapKind, key: str, *, before: int | None = None, limit: int = 50
) -> MapEntry:
    """One entry with its versions; an entry that never was has none. before: only versions older than this number."""
    scope = scope_of(ground_of(here, pairing).pairing)
    found = await store.versions(scope, kind, key, before=before, limit=limit)
    newest = found[:1] if before is None else await store.versions(scope, kind, key, limit=1)
    current = newest[0] if newest and newest[0].until is None else None
    settings = here.project.pairings[pairing]
    in_file = in_settings(settings).get(kind, {}).get(key)
    return MapEntry(
        kind=kind, key=key, current=current, versions=found, in_file=in_file, place=place_of(pairing, kind, key),
        by_file=current is not None and current.actor == SETTINGS and in_file is not None,
        older=found[-1].id if len(found) == limit else None,
    )  # fmt: skip


def in_settings(settings: AnyPairing) -> Mapping[MapKind, Mapping[str, Mapping[str, str]]]:
    """What the settings file says from the start."""
    maps = getattr(settings, "maps", None)
    return first_maps(settings, maps) if isinstance(maps, MapSettings) else {}


def place_of(pairing: str, kind: MapKind, key: str) -> str:
    """Where in the settings file such an entry stands."""
    group = "promotions.map" if kind is MapKind.PROMOTION else f"maps.{kind}"
    return f"pairings.{pairing}.{group}.{key}"


def settings_beside(here: Installation, pairing: str, kind: MapKind) -> Sequence[Setting]:
    """What else decides, and cannot be changed but in the settings file."""
    found = []
    for path in BESIDE.get(kind, ()):
        group, name = path.split(".")
        if (within := getattr(here.project.pairings[pairing], group, None)) is not None:
            means = type(within).model_fields[name].description or ""
            found.append(Setting(place=f"pairings.{pairing}.{path}", means=means, value=_plain(getattr(within, name))))
    return found


def change_entry(
    here: Installation, pairing: str, kind: MapKind, key: str, params: Mapping[str, str], *, expected: int
) -> MapChange:
    """Add an entry, or have it say something else. params: as a person typed them. expected: the number of the version
    they saw, 0 for a new entry. Raises RemedyRefused, with what is wrong and the fix."""
    key = key if expected else key.strip()
    problem = "" if expected else key_problem(kind, key)
    if problem := problem or value_problem(kind, params, companies=company_names(here, pairing)):
        raise RemedyRefused(problem)
    return MapChange(kind=kind, key=key, value=map_value(kind, params), expected=expected)


def retire_entry(here: Installation, pairing: str, kind: MapKind, key: str, *, expected: int) -> MapChange:
    """Take an entry away; one that the settings file has goes back to what the file says."""
    in_file = in_settings(here.project.pairings[pairing]).get(kind, {}).get(key)
    return MapChange(kind=kind, key=key, value=in_file, expected=expected, by_file=in_file is not None)


def company_names(here: Installation, pairing: str) -> Sequence[str] | None:
    """Names of the pairing's company map; None where it has no such thing."""
    ground = ground_of(here, pairing).pairing
    return [one.name for one in ground.order_policy.companies] if isinstance(ground, Pairing) else None


def _plain(value: Any) -> str:
    match value:
        case dict():
            return ", ".join(f"{name}: {one}" for name, one in value.items()) or "(none)"
        case tuple():
            return ", ".join(str(getattr(one, "name", one)) for one in value) or "(none)"
    return str(value) if str(value) else "(none)"
