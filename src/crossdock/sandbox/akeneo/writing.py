"""One write: through which door it came, and the checks of form every body goes through."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crossdock.sandbox.akeneo.errors import Json, misfit, php_type
from crossdock.sandbox.akeneo.model import Entity


@dataclass(slots=True)
class Writing:
    """How a body is read. anchor: the operation in the API reference. by_identifier: products are named by
    identifier, not uuid. touched: ancestors written along (clone by key), found: what may not stand."""

    anchor: str
    by_identifier: bool = False
    create_options: bool = False
    update_parents: bool = False
    touched: dict[str, Entity] = field(default_factory=dict)
    found: list[Json] = field(default_factory=list)


FORMS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "scalar": ((str, int, Decimal), "a scalar"),
    "boolean": (bool, "a boolean"),
    "integer": (int, "an integer"),
    "array": (list, "an array"),
    "map": (dict, "an array"),
}


def check_form(name: str, value: Any, form: str, anchor: str, *, nullable: bool = False) -> None:
    """Raises the 422 for a property of the wrong type; an empty list passes for an empty map, as in PHP."""
    if value is None and nullable:
        return
    kind, words = FORMS[form]
    fits = isinstance(value, kind) and not (isinstance(value, bool) and form != "boolean")
    if not fits and not (form in ("map", "array") and value in ([], {}) and value is not None):
        raise misfit(f'Property "{name}" expects {words} as data, "{php_type(value)}" given.', anchor)


def check_scalars(name: str, value: Any, anchor: str) -> None:
    """A list, or a map, of scalars."""
    inner = value.values() if isinstance(value, dict) else value
    if any(isinstance(one, list | dict) for one in inner):
        text = f'Property "{name}" expects an array with valid data, one of the "{name}" values is not a scalar.'
        raise misfit(text, anchor)


def unknown_property(name: str, anchor: str) -> Exception:
    return misfit(f'Property "{name}" does not exist.', anchor)


def unknown_code(name: str, what: str, code: object, anchor: str, *, kind: str = "code") -> Exception:
    """A reference to something that is not there."""
    noun = f"{what} {kind}" if what else kind
    known_as = {"category": "category", "family": "family"}.get(what, what)
    return misfit(f'Property "{name}" expects a valid {noun}. The {known_as} does not exist, "{code}" given.', anchor)


def is_uuid(text: object) -> bool:
    if not isinstance(text, str):
        return False
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
