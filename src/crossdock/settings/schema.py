"""JSON Schema of `crossdock.yaml`, for editors that complete and check while one types."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from crossdock.ports.systems import System
from crossdock.settings.pairing import PAIRINGS
from crossdock.settings.tree import Project

Json = dict[str, Any]

_REFERENCE: Json = {"type": "string", "pattern": r"\$\{"}
_NUMBERS = ("integer", "number", "boolean")
_CLOSED = ("enum", "const", "pattern", "format")


def settings_schema(systems: Mapping[str, System]) -> Json:
    """The schema for these kinds of system. The same kinds give the same schema, key for key."""
    kinds = {name: systems[name] for name in sorted(systems)}
    grouped = (Project, *(system.settings for system in kinds.values()), *PAIRINGS)
    models = [(model, "validation") for model in grouped]
    refs, shared = models_json_schema(models, ref_template="#/$defs/{model}")  # type: ignore[arg-type]
    definitions: Json = shared["$defs"]
    project = definitions.pop(refs[Project, "validation"]["$ref"].rpartition("/")[2])
    by_kind = {kind: refs[system.settings, "validation"] for kind, system in kinds.items()}
    named = project["properties"]["systems"]["patternProperties"]
    project["properties"]["systems"]["patternProperties"] = dict.fromkeys(named, _one_of(by_kind))
    named = project["properties"]["pairings"]["patternProperties"]
    of_pairings = {kind.ROLES[0]: refs[kind, "validation"] for kind in PAIRINGS}
    project["properties"]["pairings"]["patternProperties"] = dict.fromkeys(named, _first_of(of_pairings))
    for kind, schema in by_kind.items():
        _name_the_kind(definitions[schema["$ref"].rpartition("/")[2]], kind)
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "crossdock.yaml",
        **{name: value for name, value in project.items() if name != "title"},
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }
    written: Json = _as_written(whole)
    return written


def schema_text(systems: Mapping[str, System]) -> str:
    return json.dumps(settings_schema(systems), indent=2, ensure_ascii=False) + "\n"


def _one_of(kinds: Mapping[str, Json]) -> Json:
    """A system's schema goes by its kind; `if` and `then` let editors complain of that kind's settings alone."""
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(kinds), "description": "which connector speaks to it"}},
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": schema}
            for kind, schema in kinds.items()
        ],
    }


def _first_of(kinds: Mapping[str, Json]) -> Json:
    """A pairing's schema goes by the first of these roles that it names; by the first of all when it names none."""
    (_, otherwise), *others = kinds.items()
    for role, schema in reversed(others):
        otherwise = {"if": {"type": "object", "required": [role]}, "then": schema, "else": otherwise}
    first, schema = next(iter(kinds.items()))
    return {"if": {"type": "object", "required": [first]}, "then": schema, "else": otherwise}


def _name_the_kind(schema: Json, kind: str) -> None:
    own = schema["properties"]["kind"]
    schema["properties"]["kind"] = {"const": kind, "description": own.get("description", "")}


def _numeric(schema: Json) -> Json:
    """pydantic takes a decimal as text too; left so, any text would do in the editor."""
    either = schema.get("anyOf", ())
    if not any(one.get("type") == "number" for one in either):
        return schema
    return {**schema, "anyOf": [one for one in either if one.get("type") != "string"]}


def _part(name: str, value: Any) -> Any:
    if name in ("properties", "patternProperties", "$defs"):
        return {one: _as_written(schema) for one, schema in value.items()}
    return value if name in ("default", "enum", "const") else _as_written(value)


def _as_written(schema: Any) -> Any:
    """What people may write: text that YAML takes for a number, `${NAME}` in place of a number, no secret in clear."""
    if isinstance(schema, list):
        return [_as_written(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _part(name, value) for name, value in _numeric(schema).items()}
    for pattern, value in inner.pop("patternProperties", {}).items():
        inner |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}
    if inner.get("format") == "password":
        return {**{k: v for k, v in inner.items() if k not in ("format", "writeOnly")}, "pattern": r"^$|^file:|\$\{"}
    if inner.get("type") == "string" and not any(word in inner for word in _CLOSED):
        return {**inner, "type": ["string", "number", "boolean"]}
    if inner.get("type") in _NUMBERS:
        kept = {name: inner.pop(name) for name in ("title", "description", "default") if name in inner}
        return {**kept, "anyOf": [inner, _REFERENCE]}
    return inner
