"""The query of a request: filters, paging, sorting, includes and sparse fields, read and checked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote_plus

from crossdock.sandbox.orocommerce.documents import Tree
from crossdock.sandbox.orocommerce.errors import bad_filter

PAGE_SIZE = 10
ALL = -1

SYMBOLS = {
    "=": "eq", "!=": "neq", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "*": "exists", "!*": "neq_or_null",
    "~": "contains", "!~": "not_contains", "^": "starts_with", "!^": "not_starts_with",
    "$": "ends_with", "!$": "not_ends_with",
}  # fmt: skip
OPERATORS = frozenset({*SYMBOLS.values(), "empty"})

_PARAMETER = re.compile(
    r"^(?P<name>[A-Za-z]+)(?:\[(?P<path>[^\]]*)\])?(?:\[(?P<op>[^\]]*)\])?"
    r"(?:(?P<symbol>!=|>=|<=|!\*|!~|!\^|!\$|=|>|<|\*|~|\^|\$)(?P<value>.*))?$",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition. key: how the caller wrote it, for `source.parameter`."""

    path: tuple[str, ...]
    op: str
    value: str
    key: str


@dataclass(slots=True, kw_only=True)
class Query:
    """A checked query. size -1 asks for everything. pairs: the parameters as given, for the paging links."""

    filters: list[Filter] = field(default_factory=list)
    number: int = 1
    size: int = PAGE_SIZE
    sort: tuple[str, ...] = ()
    include: Tree = field(default_factory=dict)
    fields: dict[str, frozenset[str]] = field(default_factory=dict)
    title: bool = False
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def link(self, number: int) -> str:
        """The query string of another page of the same list. Page 1 has no page number."""
        pairs = [(key, value) for key, value in self.pairs if key != "page[number]"]
        if number > 1:
            pairs.append(("page[number]", str(number)))
        text = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in sorted(pairs))
        return f"?{text}" if text else ""


def parse(query_string: str, extra: Iterable[tuple[str, str]] = ()) -> Query:
    """Read a raw query string. extra: parameters that came in a body (X-HTTP-Method-Override: GET)."""
    parameters = [unquote_plus(part, errors="replace") for part in query_string.split("&") if part]
    parameters.extend(f"{key}={value}" for key, value in extra)
    query = Query()
    for parameter in parameters:
        _read(query, parameter)
    return query


def _read(query: Query, parameter: str) -> None:
    found = _PARAMETER.match(parameter)
    if not found:
        raise bad_filter("The filter is not supported.", parameter.split("=", 1)[0])
    name, path, op = found["name"], found["path"], found["op"]
    symbol, value = found["symbol"] or "=", found["value"] or ""
    key = name + (f"[{path}]" if path is not None else "") + (f"[{op}]" if op is not None else "")
    query.pairs.append((key, value))
    match name, path:
        case "filter", str():
            operator = op if op is not None else SYMBOLS[symbol]
            if operator not in OPERATORS:
                raise bad_filter(f'The operator "{operator}" is not supported.', key)
            query.filters.append(Filter(tuple(path.split(".")), operator, value, f"filter[{path}]"))
        case "page", "number":
            query.number = _whole(value, key, least=1)
        case "page", "size":
            query.size = _whole(value, key, least=ALL)
        case "sort", None:
            query.sort = tuple(part.strip() for part in value.split(",") if part.strip())
        case "include", None:
            query.include = _tree(value)
        case "fields", str():
            query.fields[path] = frozenset(part.strip() for part in value.split(","))
        case "meta", None:
            query.title = "title" in value.split(",")
        case _:
            raise bad_filter("The filter is not supported.", key)


def _whole(text: str, key: str, *, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        raise bad_filter(f'Expected integer value. Given "{text}".', key) from None
    if number < least:
        raise bad_filter(f"The value should be greater than or equals to {least}.", key)
    return number


def _tree(value: str) -> Tree:
    tree: Tree = {}
    for path in value.split(","):
        branch = tree
        for name in path.strip().split("."):
            if name:
                branch = branch.setdefault(name, {})
    return tree


def from_body(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Parameters sent as a JSON body: flat ({"filter[sku]": "A"}) or nested ({"filter": {"sku": ["A", "B"]}})."""
    pairs: list[tuple[str, str]] = []
    for key, value in body.items():
        _flatten(key, value, pairs)
    return pairs


def _flatten(key: str, value: Any, pairs: list[tuple[str, str]]) -> None:
    if isinstance(value, Mapping):
        for inner, deeper in value.items():
            _flatten(f"{key}[{inner}]", deeper, pairs)
    elif isinstance(value, list):
        pairs.append((key, ",".join(str(part) for part in value)))
    else:
        pairs.append((key, str(value).lower() if isinstance(value, bool) else str(value)))
