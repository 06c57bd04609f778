"""As much of JSON Schema (draft 2020-12) as our own schema uses. A keyword nobody taught it is an error."""

import re
from collections.abc import Iterator
from typing import Any

ANNOTATIONS = {"$schema", "$defs", "title", "description", "default", "format"}
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int,
    "number": (int, float),
}  # fmt: skip


def errors(schema: Any, value: Any, *, whole: dict[str, Any], at: str = "") -> list[str]:
    """What the schema says against the value; nothing when it fits."""
    found: list[str] = []
    for word, rule in schema.items():
        if word not in ANNOTATIONS:
            found += [
                one if one.startswith("/") else f"{at or '/'}: {one}"
                for one in _judge(word, rule, value, schema, whole, at)
            ]
    return found


def _judge(word: str, rule: Any, value: Any, schema: Any, whole: Any, at: str) -> Iterator[str]:
    def fits(one: Any, inner: Any = value) -> bool:
        return not errors(one, inner, whole=whole, at=at)

    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match word:
        case "$ref":
            yield from errors(whole["$defs"][rule.rpartition("/")[2]], value, whole=whole, at=at)
        case "type":
            kinds = [rule] if isinstance(rule, str) else rule
            if not any(_is(value, one) for one in kinds):
                yield f"{value!r} is not {kinds}"
        case "enum" if value not in rule:
            yield f"{value!r} is none of {rule}"
        case "const" if value != rule:
            yield f"{value!r} is not {rule!r}"
        case "pattern" if isinstance(value, str) and not re.search(rule, value):
            yield f"{value!r} does not match {rule}"
        case "anyOf" if not any(fits(one) for one in rule):
            yield f"{value!r} fits none of {rule}"
        case "allOf":
            for one in rule:
                yield from errors(one, value, whole=whole, at=at)
        case "if":
            yield from errors(schema["then"] if fits(rule) else schema.get("else", {}), value, whole=whole, at=at)
        case "properties" if isinstance(value, dict):
            for name in value:
                if name in rule:
                    yield from errors(rule[name], value[name], whole=whole, at=f"{at}/{name}")
        case "additionalProperties" if isinstance(value, dict):
            for name in value:
                if name not in schema.get("properties", {}):
                    inner = {"not known": True} if rule is False else rule
                    yield from errors(inner, value[name], whole=whole, at=f"{at}/{name}")
        case "not known":
            yield "is not known"
        case "propertyNames" if isinstance(value, dict):
            yield from (f"{name} is a wrong name" for name in value if not fits(rule, name))
        case "required" if isinstance(value, dict):
            yield from (f"{name} is missing" for name in rule if name not in value)
        case "items" if isinstance(value, list):
            for index, one in enumerate(value):
                yield from errors(rule, one, whole=whole, at=f"{at}/{index}")
        case "minProperties" | "minItems" | "minLength" if hasattr(value, "__len__") and len(value) < rule:
            yield f"holds fewer than {rule}"
        case "minimum" if is_number and value < rule:
            yield f"{value} is below {rule}"
        case "maximum" if is_number and value > rule:
            yield f"{value} is above {rule}"
        case "exclusiveMinimum" if is_number and value <= rule:
            yield f"{value} is not above {rule}"
        case _ if word not in KNOWN:
            raise AssertionError(f"{at}: the schema says {word!r}, which is not checked here: add it")


KNOWN = {
    "$ref", "type", "enum", "const", "pattern", "anyOf", "allOf", "if", "properties", "propertyNames", "required",
    "items", "then", "else", "additionalProperties", "minProperties", "minItems", "minLength",
    "minimum", "maximum", "exclusiveMinimum",
}  # fmt: skip


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, TYPES[kind]) or (kind == "integer" and isinstance(value, float) and value.is_integer())
