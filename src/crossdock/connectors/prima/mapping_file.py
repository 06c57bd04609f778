"""A mapping file read and checked at start-up: each mistake with its line, its key, and what would be right."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crossdock.connectors.prima.mapping_grammar import Element, MappingFile, Operation, Value, kind_of
from crossdock.connectors.prima.wire_orders import STATUSES
from crossdock.connectors.prima.yaml_lines import Lines, Misread, Place, read_yaml

KEYS = ("native_key.product", "native_key.m1", "native_key.m2", "native_key.m3", "native_key.m4")
ORDER = (
    "source", "external_ref", "account_code", "currency", "prices_include_tax", "ordered_at", "hold", "hold_reason",
    "delivery_address_code", "delivery_address.name", "delivery_address.organisation", "delivery_address.line1",
    "delivery_address.line2", "delivery_address.line3", "delivery_address.line4", "delivery_address.line5",
    "delivery_address.line6", "delivery_address.postcode", "delivery_address.country", "delivery_address.phone",
    "delivery_address.email", "invoice_address_code", "customer_po", "requested_on", "carrier_code", "service_code",
    "payment.method", "payment.reference", "payment.amount", "expected.net", "expected.tax", "expected.gross", "notes",
    "idempotency_number",
)  # fmt: skip
LINE = ("index", "line_ref", "sku", *KEYS, "quantity", "unit_price", "line_net", "price", "discount_amount")
CHARGE = ("index", "code", "amount")

SCOPES: Mapping[str, tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]] = {
    "stock.query": ((), {"skus": ("index", "sku", *KEYS)}),
    "stock.list": (("range.from", "range.to"), {}),
    "orders.status": (("external_ref",), {}),
    "orders.create": (ORDER, {"lines": LINE, "charges": CHARGE}),
    "orders.cancel": (("external_ref", "reason", "idempotency_number"), {}),
    **dict.fromkeys(("customers.list", "items.list", "price_lists.list", "shipments.list", "invoices.list"), ((), {})),
}
"""Operation → the values its request may take, and its lists with theirs."""

READS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "stock.query": (("free",), True),
    "stock.list": (("free",), True),
    "orders.status": (("status",), False),
}
"""Operation → fields its response must read, and whether it has rows with a key."""

Problem = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping file that holds together."""

    file: MappingFile = field(repr=False)
    name: str = ""

    def operation(self, name: str) -> Operation | None:
        """None when the file does not support it."""
        found = self.file.operations.get(name)
        return found if found is not None and found.status == "supported" else None

    @property
    def capabilities(self) -> frozenset[str]:
        """The capability Protocols that the supported operations make up."""
        has = {name for name, operation in self.file.operations.items() if operation.status == "supported"}
        needs = {
            "OrderSink": {"orders.create", "orders.status"},
            "FulfilmentSource": {"orders.status"},
            "StockSource": {"stock.list"},
            "OrderCanceller": {"orders.cancel", "orders.status"},
        }
        return frozenset(name for name, due in needs.items() if due <= has)


def load_mapping(path: Path) -> Mapped:
    """Raises ValueError: every mistake in the file, one a line, each with its line, key and fix."""
    try:
        return _load(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise ValueError(f"mapping_file {path}: cannot be read: {error.strerror or error}") from error


@lru_cache(maxsize=16)
def _load(path: Path, _changed: int) -> Mapped:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"mapping_file {path}: is not UTF-8") from error
    return read_mapping(text, path.name)


def read_mapping(text: str, name: str = "mapping_file") -> Mapped:
    """Raises ValueError, as load_mapping does."""
    try:
        document, lines = read_yaml(text)
    except Misread as error:
        raise ValueError(f"{name}, line {error.line}: {error}") from error
    try:
        file = MappingFile.model_validate(document)
    except ValidationError as error:
        raise ValueError(_told(name, lines, [_from_pydantic(one) for one in error.errors()])) from error
    if problems := list(_check(file)):
        raise ValueError(_told(name, lines, problems))
    return Mapped(file, name)


def _told(name: str, lines: Lines, problems: Iterable[Problem]) -> str:
    rows = sorted((lines.of(place), ".".join(map(str, place)) or "the file", problem) for place, problem in problems)
    return "\n".join(f"{name}, line {line}: {place}: {problem}" for line, place, problem in rows)


def _from_pydantic(error: ErrorDetails) -> Problem:
    place, given, context = tuple(error["loc"]), error["input"], error.get("ctx", {})
    match error["type"]:
        case "missing":
            return place[:-1], f"lacks {place[-1]!r}; add it"
        case "extra_forbidden":
            return place, "is no key of a mapping file; take it out or mend its spelling"
        case "literal_error":
            return place, f"{given!r} is none of {context.get('expected')}"
        case "value_error":
            return place, str(context.get("error"))
        case "string_pattern_mismatch":
            return place, f"{given!r} is no such path or name; it must look like {context.get('pattern')}"
        case "string_type":
            return place, f"must be text, is {kind_of(given)}; put it in quotes"
    return place, f"{error['msg']}; it is {kind_of(given)}"


def _check(file: MappingFile) -> Iterator[Problem]:
    """What no single key can see."""
    for name, operation in file.operations.items():
        place: Place = ("operations", name)
        if name not in SCOPES:
            yield place, f"is no operation of the contract{_nearest(name, SCOPES)}"
            continue
        if operation.precheck is not None and operation.precheck not in file.operations:
            yield (*place, "precheck"), f"names {operation.precheck}, which is no operation of this file"
        if operation.status == "unsupported":
            continue
        if operation.request is not None:
            yield from _check_request(file, name, operation.request, (*place, "request"), ())
        yield from _check_response(file, name, operation, place)
    if file.transport.endpoint is not None and not file.transport.endpoint.startswith("${"):
        yield ("transport", "endpoint"), "an address belongs in the setting base_url; take it out"


def _check_request(
    file: MappingFile, name: str, element: Element, place: Place, inner: tuple[str, ...]
) -> Iterator[Problem]:
    outer, lists = SCOPES[name]
    if element.for_each is not None:
        if element.for_each not in lists:
            yield (*place, "for_each"), f"{element.for_each!r} is no list here{_nearest(element.for_each, lists)}"
        inner = (*inner, *lists.get(element.for_each, ()))
    known = (*inner, *outer)
    for attr, value in element.attrs.items():
        at = (*place, "attrs", attr)
        if value.path is not None:
            yield (*at, "path"), "a request is written from const or from; path is for responses"
        if value.from_ is not None and value.from_ not in known:
            yield (*at, "from"), f"{value.from_!r} is no value of {name}{_nearest(value.from_, known)}"
        yield from _check_lookup(file, value, at)
    for at_child, child in enumerate(element.children):
        yield from _check_request(file, name, child, (*place, "children", at_child), inner)


def _check_response(file: MappingFile, name: str, operation: Operation, place: Place) -> Iterator[Problem]:
    due, has_rows = READS.get(name, ((), False))
    response = operation.response
    if response is None:
        if due:
            yield place, f"lacks 'response'; it must read {', '.join(due)}"
        return
    at = (*place, "response")
    for field_name in due:
        if field_name not in response.fields:
            yield (*at, "fields"), f"lacks {field_name!r}, which {name} is asked for"
    if has_rows and (not response.rows or "product" not in response.key):
        yield at, "needs rows, and a key with at least the part product"
    for part in response.key:
        if f"native_key.{part}" not in KEYS:
            yield (*at, "key", part), "is no part of a native key; they are product, m1, m2, m3 and m4"
    for field_name, value in response.fields.items():
        if value.from_ is not None:
            yield (*at, "fields", field_name, "from"), "a response is read by path; from is for requests"
        yield from _check_lookup(file, value, (*at, "fields", field_name))
    yield from _check_meaning(file, name, response.fields, at)


def _check_meaning(file: MappingFile, name: str, fields: Mapping[str, Value], at: Place) -> Iterator[Problem]:
    """`free` is read from the very field whose meaning is declared, and status words lead to the contract's own."""
    free = fields.get("free")
    if free is not None and free.path != f"@{file.stock_semantics.free_field}":
        yield (*at, "fields", "free"), f"must be read from the declared free_field, @{file.stock_semantics.free_field}"
    status = fields.get("status")
    if name == "orders.status" and status is not None:
        if status.as_ != "enum":
            yield (*at, "fields", "status"), "must be `as: enum`: an unknown word is for a person, never a guess"
        for word, meaning in (status.values or {}).items():
            if meaning not in STATUSES:
                yield (
                    (*at, "fields", "status", "values", word),
                    f"{meaning!r} is no status; they are {', '.join(STATUSES)}",
                )


def _check_lookup(file: MappingFile, value: Value, at: Place) -> Iterator[Problem]:
    if value.lookup is None:
        return
    if value.lookup not in file.tables:
        yield (*at, "lookup"), f"{value.lookup!r} is no table of this file{_nearest(value.lookup, file.tables)}"
    elif len(set(file.tables[value.lookup].values())) < len(file.tables[value.lookup]):
        yield ("tables", value.lookup), "two of ours have the same one of theirs, so it cannot be read backwards"


def _nearest(word: str, words: Iterable[str]) -> str:
    choices: Sequence[str] = list(words)
    near = difflib.get_close_matches(word, choices, 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(choices)}" if choices else ""


def plain(value: Any) -> str:
    """A value as text, the way it stands in the file."""
    return "true" if value is True else "false" if value is False else str(value)
