"""Settings as YAML with what each one means beside it: made from the settings, so that an example never lags behind."""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from crossdock.settings.reference import default_of
from crossdock.settings.shape import arms, model_of

_WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z$/][\w./:${}@+-]*( [\w./-]+)*\Z")
_TAKEN = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def every_setting(
    model: type[BaseModel],
    values: Mapping[str, Any],
    *,
    shown: bool = True,
    defaults: Mapping[str, Any] | None = None,
) -> Iterator[str]:
    """Lines for a whole group. A setting that `values` does not hold stands behind a # with its default.

    shown: False inside a group that stands behind a # itself. defaults: of this group alone, where it depends on what
    stands elsewhere in the file.
    """
    for name, field in model.model_fields.items():
        given = name in values or not shown
        value = values.get(name, (defaults or {}).get(name, default_of(field)))
        absent = value is None and not field.is_required()  # a group that is not there has no defaults to show
        if (group := model_of(arms(field.annotation))) and not absent:
            inner = [f"{name}:", *indented(every_setting(group, values.get(name, {}), shown=shown and given))]
            yield from ("", *remark(field.description or ""))
        else:
            inner = setting(name, value, field.description or "")
        yield from inner if given else _off(inner)


def used_settings(model: type[BaseModel], values: Mapping[str, Any]) -> Iterator[str]:
    """Lines for what `values` holds, in its order, and the names of the rest."""
    for name, value in values.items():
        field = model.model_fields.get(name)
        yield from setting(name, value, (field.description if field else None) or "")
    if others := [name for name in model.model_fields if name not in values]:
        yield from remark("also: " + ", ".join(others))


def setting(name: str, value: Any, means: str = "") -> list[str]:
    """`name: value  # means`, or as many lines as that takes."""
    if isinstance(value, Mapping) and any(not isinstance(one, Mapping) or one for one in value.values()) and means:
        return [*remark(means), f"{name}:", *(f"  {scalar(str(key))}: {flow(one)}" for key, one in value.items())]
    line = f"{scalar(name)}: {flow(value)}".rstrip()
    if means and len(line) + len(means) > _WIDTH:
        return [*remark(means), line]
    return [f"{line}  # {means}" if means else line]


def remark(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH)]


def indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" if line else "" for line in lines)


def flow(value: Any) -> str:
    """One value on one line."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() | Decimal():
            return f"{value:g}"
        case Mapping():
            return "{" + ", ".join(f"{scalar(str(name))}: {flow(one)}" for name, one in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(flow(one) for one in value) + "]"
        case str():
            return scalar(value)
    return str(value)


def scalar(text: str) -> str:
    """Text, in quotes where YAML would take it for something else."""
    bare = _PLAIN.match(text) and not text.endswith(":") and text.lower() not in _TAKEN
    return text if bare else json.dumps(text, ensure_ascii=False)


def _off(lines: Iterable[str]) -> Iterator[str]:
    return (f"# {line}".rstrip() for line in lines)
