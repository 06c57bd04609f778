"""pydantic's findings in plain words."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

_SAID: Mapping[str, str] = {
    "string_type": "must be text",
    "bool": "must be true or false",
    "int": "must be a whole number",
    "float": "must be a number",
    "decimal": "must be a number",
    "datetime": "must be a time, like 2026-01-31T09:00:00Z",
    "timezone_aware": "must have a time zone, like 2026-01-31T09:00:00Z",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "set_type": "must be a list",
    "frozen_set_type": "must be a list",
    "dict_type": "must be a group of names and values",
    "mapping_type": "must be a group of names and values",
    "model_type": "must be a group of settings",
    "model_attributes_type": "must be a group of settings",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must hold at least {min_length}",
    "too_long": "must hold at most {max_length}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
}
_QUOTED = re.compile(r"'([^']*)'")


def message_of(kind: str, context: Mapping[str, Any], fallback: str) -> str:
    """kind, context, fallback: an error's `type`, `ctx` and `msg`. Never shows what was written."""
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", fallback))
    template = _SAID.get(kind) or _SAID.get(kind.partition("_")[0])
    if template is None:
        return _lowered(fallback)
    return template.format_map({name: _unquoted(value) for name, value in context.items()})


def choices_of(context: Mapping[str, Any]) -> list[str]:
    """The words a closed list allows."""
    return _QUOTED.findall(str(context.get("expected", "")))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean "shop"?`, or "" when nothing known comes near."""
    near = nearest(word, known)
    return f'Did you mean "{near}"?' if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is most likely a slip of."""
    folded = {one.casefold().replace("-", "_"): one for one in sorted(known, reverse=True)}
    found = difflib.get_close_matches(word.casefold().replace("-", "_"), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def listed(words: Iterable[str]) -> str:
    """b, a → "a, b"."""
    return ", ".join(sorted(words)) or "none"


def _unquoted(value: object) -> str:
    return str(value).replace("'", "")


def _lowered(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}".removesuffix(".")
