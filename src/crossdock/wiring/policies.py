"""The live policies of a pairing, in the words of the settings themselves: what holds, by which key, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel, SecretStr

ELSEWHERE = ("maps",)  # people change these while it runs: the file has only their first word
NAMED_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """key: where it stands in crossdock.yaml. stated: it is written there; else it is what holds where nothing is."""

    key: str
    means: str
    value: str
    stated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyGroup:
    key: str
    means: str
    policies: Sequence[Policy]


def policies_of(pairing: str, settings: BaseModel) -> Sequence[PolicyGroup]:
    """Every policy of a pairing by its group, in the order of the settings; groups without any are left out."""
    return [one for one in _groups(f"pairings.{pairing}", "which systems, and what they do", settings) if one.policies]


def _groups(key: str, means: str, group: BaseModel) -> Iterator[PolicyGroup]:
    fields = type(group).model_fields
    inner = [name for name in fields if isinstance(getattr(group, name), BaseModel) and name not in ELSEWHERE]
    plain = [name for name in fields if not isinstance(getattr(group, name), BaseModel) and name not in ELSEWHERE]
    yield PolicyGroup(
        key=key, means=means,
        policies=[
            Policy(
                key=f"{key}.{name}", means=fields[name].description or "", value=said(getattr(group, name)),
                stated=name in group.model_fields_set,
            )
            for name in plain
        ],
    )  # fmt: skip
    for name in inner:
        yield from _groups(f"{key}.{name}", fields[name].description or "", getattr(group, name))


def said(value: Any) -> str:
    """A value in words. A secret is never said."""
    match value:
        case None | "" | () | []:
            return "–"
        case bool():
            return "yes" if value else "no"
        case SecretStr():
            return "kept secret"
        case Enum():
            return str(value.value)
        case BaseModel():
            return _pairs({name: getattr(value, name) for name in value.model_fields_set}) or "as by default"
        case Mapping():
            return _pairs(value) or "–"
        case list() | tuple() | set() | frozenset():
            return _some([said(one) for one in value], ", ")
        case float():
            return f"{value:g}"
    return str(value)


def _pairs(values: Mapping[Any, Any]) -> str:
    return _some([f"{said(name)}: {said(one)}" for name, one in values.items()], "; ")


def _some(parts: Sequence[str], between: str) -> str:
    more = f"{between}and {len(parts) - NAMED_MAX} more" if len(parts) > NAMED_MAX else ""
    return between.join(parts[:NAMED_MAX]) + more
