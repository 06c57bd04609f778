"""The reference page of every setting, and the plain words for their types. Made from the settings themselves."""

import types
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from crossdock.ports.config import Secret
from crossdock.ports.systems import System
from crossdock.settings.pairing import PAIRINGS
from crossdock.settings.shape import arms, model_of
from crossdock.settings.tree import Project

_HEAD = """# Settings

Everything `crossdock.yaml` may say. This page is made from the settings themselves.

* Any text may hold `${NAME}`, which stands for the environment variable of that name; `$${` writes a plain `${`.
* A secret is never written in clear: write `${NAME}`, `file:PATH` for a file that holds it and nothing else, or
  `db:NAME` for one that [the database keeps](../how-to/keep-secrets.md). A relative path is taken from the folder of
  `crossdock.yaml`.
* `crossdock check` names every mistake at once, with its line and the way to mend it.
"""

_WORDS: Sequence[tuple[Any, str]] = (
    (Secret, "secret"),
    (bool, "true or false"),
    (int, "whole number"),
    (float, "number"),
    (Decimal, "number"),
    (Fraction, "exact number"),
    (AwareDatetime, "time with zone"),
    (Path, "path"),
)


def reference_page(systems: Mapping[str, System]) -> str:
    """Markdown, ending in a newline. systems: the kinds to describe."""
    parts = [_HEAD, *_group("The whole file", Project, "")]
    for pairing in PAIRINGS:
        far = pairing.ROLES[0]
        path = "pairings.NAME" if far == "storefront" else f"{far}:"
        parts += _group(f"`pairings.NAME` with a `{far}`", pairing, path)
    for kind in sorted(systems):
        parts += _group(f"Systems of kind `{kind}`: {systems[kind].title}", systems[kind].settings, f"{kind}:")
    return "\n".join(parts).rstrip("\n") + "\n"


def fields_of(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting below a group with its dotted path, down to the last; NAME stands for a name of your own."""
    for name, field in model.model_fields.items():
        below = f"{path}.{name}" if path else name
        yield below, field
        inner, step = _inner(field)
        if inner:
            yield from fields_of(inner, below + step)


def plain_type(kind: Any) -> str:
    """What to write for a setting: "whole number", "one of storefront, erp", "list of text"."""
    alternatives = [one for one in arms(kind) if one is not types.NoneType]
    return " or ".join(dict.fromkeys(_plain(one) for one in alternatives))


def default_of(field: FieldInfo) -> Any:
    """As it would be written: text, numbers, lists and maps; of a group, what it holds unlike the group's own defaults.
    None when there is none."""
    if field.is_required():
        return None
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, BaseModel):
        own = type(value).model_fields
        return {name: one for name in own if (one := getattr(value, name)) != default_of(own[name])}
    return value.get_secret_value() if isinstance(value, Secret) else value


def _group(title: str, model: type[BaseModel], path: str) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"{_first_paragraph(model)}\n"
    yield "| setting | what to write | default | what it is |"
    yield "|---|---|---|---|"
    for name, field in model.model_fields.items():
        kind = plain_type(field.annotation) + _bounds(field)
        yield f"| `{name}` | {kind} | {_default_text(field)} | {_cell(field.description or '')} |"
    yield ""
    for name, field in model.model_fields.items():
        inner, step = _inner(field)
        if inner and name not in ("systems", "pairings"):
            below = f"{path}.{name}{step}".lstrip(".").replace(":.", ": ")
            yield from _group(f"`{below}`", inner, below)


def _inner(field: FieldInfo) -> tuple[type[BaseModel] | None, str]:
    """The group of settings a field holds, and how one gets from the field to it."""
    alternatives = arms(field.annotation)
    if group := model_of(alternatives):
        return group, ""
    for one in alternatives:
        if get_args(one) and (group := model_of(arms(get_args(one)[-1]))):
            return group, ".NAME" if _is_map(one) else "[]"
    return None, ""


def _plain(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return "one of " + ", ".join(f"`{one}`" for one in arguments)
    if isinstance(origin, type):
        if _is_map(kind):
            return f"{plain_type(arguments[0])} → {plain_type(arguments[1])}"
        return f"list of {plain_type(arguments[0])}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(f"`{one.value}`" for one in kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "group"
    return next((word for known, word in _WORDS if isinstance(kind, type) and issubclass(kind, known)), "text")


def _is_map(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _default_text(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = default_of(field)
    match value:
        case None | "" | () | []:
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case list() | tuple() | set() | frozenset():
            return ", ".join(f"`{one}`" for one in value)
        case float() | Decimal():
            return f"`{value:g}`"
        case Mapping():
            return ", ".join(f"`{_cell(str(name))}` → `{one}`" for name, one in value.items())
    return f"`{value}`"


def _bounds(field: FieldInfo) -> str:
    said = []
    for rule in field.metadata:
        match rule:
            case Ge(ge=limit):
                said.append(f"{limit} or more")
            case Gt(gt=limit):
                said.append(f"above {limit}")
            case Le(le=limit):
                said.append(f"at most {limit}")
            case Lt(lt=limit):
                said.append(f"below {limit}")
    return "".join(f", {one}" for one in said)


def _first_paragraph(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split("\n\n")[0].split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
