"""The pairings that ship ready made. They are data: one YAML file each, in the folder `pairings` beside this module."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

FOLDER = "pairings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """systems: role → the system's name in the settings file, which is also the name of its sample. settings: of the
    pairing, without its systems. switched_on: system → what its sample needs besides, for the flows of this pairing.
    files: path beside the settings file → what it holds, for secrets that `switched_on` names.
    """

    name: str
    title: str
    systems: Mapping[str, str]
    settings: Mapping[str, Any]
    switched_on: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def pairing(self) -> dict[str, Any]:
        """The pairing as it stands in a settings file."""
        return {**self.systems, **self.settings}


@cache
def presets() -> Mapping[str, Preset]:
    """By name, sorted."""
    files = [one for one in (resources.files(__package__) / FOLDER).iterdir() if one.name.endswith(".yaml")]
    read = {one.name.removesuffix(".yaml"): yaml.safe_load(one.read_text("utf-8")) for one in files}
    return {name: Preset(name=name, **read[name]) for name in sorted(read)}


def switched_on(system: str, names: Iterable[str]) -> dict[str, Any]:
    """What these pairings need of a system besides its sample, all of it together."""
    found: dict[str, Any] = {}
    for name in names:
        _put(found, presets()[name].switched_on.get(system, {}))
    return found


def _put(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, Mapping):
            _put(into.setdefault(key, {}), value)
        else:
            into[key] = value
