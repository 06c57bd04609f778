"""The rules of a pairing in words: one sentence for each setting that decides something.

A sentence holds the value, or there is one for each value that a closed list allows. `NOT_SET` is said of a setting
that is empty. A test fails for a setting without words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from crossdock.settings.pairing import AnyPairing
from crossdock.settings.shape import arms, is_secret, model_of
from crossdock.wiring.handbook.policy_words import NOT_SET, SAID
from crossdock.wiring.handbook.words import is_empty, length, value_text

APART = frozenset({"cadence", "flows", "maps", "owners"})
"""Groups that other chapters tell: when, what, codes, whose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """path: with dots, below the pairing. means: what it is, as the reference says it."""

    path: str
    value: Any
    means: str


def settings_of(settings: BaseModel, path: str = "") -> Iterator[Setting]:
    """Every setting of a pairing, down to the last group; a map or a list is one."""
    for name, field in type(settings).model_fields.items():
        value, below = getattr(settings, name), f"{path}.{name}".lstrip(".")
        if isinstance(value, BaseModel):
            yield from settings_of(value, below)
        elif not is_secret(arms(field.annotation)):
            yield Setting(path=below, value=value, means=field.description or "")


def policy_paths(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """The settings that decide something, whatever their values."""
    for name, field in model.model_fields.items():
        below = f"{path}.{name}".lstrip(".")
        if below in APART or below in getattr(model, "ROLES", ()):
            continue
        group = _group(field)
        if group is not None:
            yield from policy_paths(group, below)
        else:
            yield below


def rules_of(settings: AnyPairing) -> list[tuple[Setting, str]]:
    """Each setting that decides something here, with what it means as it stands."""
    wanted = set(policy_paths(type(settings)))
    return [(one, sentence(one)) for one in settings_of(settings) if one.path in wanted]


def sentence(one: Setting) -> str:
    said = SAID.get(one.path)
    if is_empty(one.value) and (empty := NOT_SET.get(one.path)):
        return empty
    if isinstance(said, Mapping):
        return said[one.value.value if isinstance(one.value, Enum) else one.value]
    shown = length(one.value) if one.path.endswith("_seconds") and one.value else value_text(one.value)
    return (said or f"{one.means}: {{}}").format(shown)


def _group(field: FieldInfo) -> type[BaseModel] | None:
    return model_of(arms(field.annotation))
