"""A mapping file at work: values → the vendor's request, the vendor's answer → values. Pure, and knows no vendor."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from crossdock.connectors.bridge.wire import DEC, read_day, read_ts
from crossdock.connectors.prima.mapping_file import Mapped, plain
from crossdock.connectors.prima.mapping_grammar import Element, ErrorCode, Response, Value
from crossdock.connectors.prima.xmldoc import Element as Xml
from crossdock.connectors.prima.xmldoc import place, value_at
from crossdock.model.faults import DataFault

Scope = Mapping[str, Any]
DATE_FORMAT, TS_FORMAT = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class VendorError:
    """An answer that says no. text: word for word."""

    text: str
    error: ErrorCode


# writing


def write_request(mapped: Mapped, operation: str, values: Scope) -> str:
    """The operation's request as an XML string with its declaration. Raises DataFault naming the attribute that has no
    value, or one that XML cannot hold."""
    found = mapped.operation(operation)
    assert found is not None
    assert found.request is not None
    (root,) = _elements(mapped, found.request, (values,), found.request.element)
    encoding = mapped.file.transport.encoding
    # lxml writes what the encoding cannot hold as numeric references, and line ends in attributes too.
    raw = etree.tostring(root, encoding=encoding, xml_declaration=True)
    return raw if isinstance(raw, str) else raw.decode(encoding)


def _elements(mapped: Mapped, spec: Element, scopes: tuple[Scope, ...], at: str) -> Iterator[Xml]:
    if spec.for_each is None:
        yield _element(mapped, spec, scopes, at)
        return
    entries = _resolve(spec.for_each, scopes) or ()
    for index, entry in enumerate(entries, 1):
        yield _element(mapped, spec, (*scopes, {**entry, "index": index}), f"{at}[{index}]")


def _element(mapped: Mapped, spec: Element, scopes: tuple[Scope, ...], at: str) -> Xml:
    element = etree.Element(spec.element)
    for name, value in spec.attrs.items():
        text = _written(mapped, value, scopes, f"{at}/@{name}")
        if text is not None:
            try:
                element.set(name, text)
            except ValueError:
                raise DataFault(f"{at}/@{name}", f"{text!r:.80} holds a character that XML cannot") from None
    for child in spec.children:
        element.extend(list(_elements(mapped, child, scopes, f"{at}/{child.element}")))
    return element


def _written(mapped: Mapped, value: Value, scopes: tuple[Scope, ...], at: str) -> str | None:
    """None: the attribute is left out."""
    if value.const is not None:
        return value.const
    assert value.from_ is not None
    found = _resolve(value.from_, scopes)
    if found is None or found == "":
        if value.required:
            raise DataFault(at, f"{value.from_} is not given, and the mapping file requires it")
        return value.default
    if value.lookup is not None:
        table = mapped.file.tables[value.lookup]
        if str(found) not in table:
            raise DataFault(at, f"{found!r:.80} is not in the table {value.lookup} of the mapping file")
        return table[str(found)]
    if value.values is not None:
        if plain(found) not in value.values:
            raise DataFault(at, f"{plain(found)!r:.80} is none of the mapping file's {', '.join(value.values)}")
        return value.values[plain(found)]
    return _formatted(value, found, at)


def _formatted(value: Value, found: Any, at: str) -> str:
    try:
        match value.as_:
            case "decimal":
                return format(Decimal(str(found)), "f")
            case "int":
                return str(int(str(found)))
            case "date":
                return _as_day(found).strftime(value.format or DATE_FORMAT)
            case "ts":
                return _as_moment(found).strftime(value.format or TS_FORMAT)
    except (ValueError, ArithmeticError):
        raise DataFault(at, f"{found!r:.80} cannot be written as {value.as_}") from None
    return plain(found)


def _as_day(found: Any) -> date:
    return found if isinstance(found, date) else date.fromisoformat(str(found)[:10])


def _as_moment(found: Any) -> datetime:
    return found if isinstance(found, datetime) else datetime.fromisoformat(str(found))


def _resolve(path: str, scopes: Sequence[Scope]) -> Any:
    """A dotted path, its first step looked up in the innermost scope that has it. None when it leads nowhere."""
    first, *rest = path.split(".")
    found: Any = next((scope[first] for scope in reversed(scopes) if first in scope), None)
    for step in rest:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


# reading


def read_request(mapped: Mapped, operation: str, root: Xml) -> dict[str, Any]:
    """A request read backwards, into the values it was written from, all of them text. What the file writes from
    nowhere (const) is passed over. Raises DataFault: another request."""
    found = mapped.operation(operation)
    assert found is not None
    assert found.request is not None
    if root.tag != found.request.element:
        raise DataFault(f"/{root.tag}", f"this is no {found.request.element}")
    for name, value in found.request.attrs.items():
        if value.const is not None and root.get(name) != value.const:
            raise DataFault(f"/{root.tag}/@{name}", f"must be {value.const}, was {root.get(name)!r:.80}")
    values: dict[str, Any] = {}
    _take_back(mapped, found.request, root, values)
    return values


def _take_back(mapped: Mapped, spec: Element, element: Xml, into: dict[str, Any]) -> None:
    for name, value in spec.attrs.items():
        said = element.get(name)
        if value.from_ is not None and said is not None:
            _put(into, value.from_, _backwards(mapped, value, str(said), place(element, f"@{name}")))
    for child in spec.children:
        if child.for_each is None:
            for one in element.findall(child.element)[:1]:
                _take_back(mapped, child, one, into)
            continue
        entries: list[dict[str, Any]] = []
        for one in element.findall(child.element):
            entries.append({})
            _take_back(mapped, child, one, entries[-1])
        into[child.for_each] = entries


def _backwards(mapped: Mapped, value: Value, said: str, at: str) -> str:
    table = mapped.file.tables[value.lookup] if value.lookup is not None else value.values
    if table is None:
        return said
    ours = {theirs: one for one, theirs in table.items()}
    if said not in ours:
        raise DataFault(at, f"{said!r:.80} is none of {', '.join(ours)}")
    return ours[said]


def _put(into: dict[str, Any], path: str, said: str) -> None:
    *steps, last = path.split(".")
    for step in steps:
        into = into.setdefault(step, {})
    into[last] = said


def read_status(mapped: Mapped, root: Xml) -> VendorError | None:
    """None: the answer says that all is well. Raises DataFault when it says neither."""
    reply = mapped.file.reply
    said = value_at(root, reply.ok_when.path)
    if said == reply.ok_when.equals:
        return None
    if not said:
        raise DataFault(place(root, reply.ok_when.path), "is missing; the answer says neither yes nor no")
    text = value_at(root, reply.error_text) or said
    return VendorError(text, reply.error(text))


def rows_of(response: Response, root: Xml) -> list[tuple[str, Xml]]:
    """Every record with its place, whichever spelling it comes in, in the order they stand."""
    found = {id(row): row for path in response.rows for row in root.iterfind(path)}
    counts: dict[tuple[Xml, str], int] = {}
    rows = []
    for element in root.iter() if len(response.rows) > 1 else found.values():
        if id(element) in found and (parent := element.getparent()) is not None:
            alike = (parent, str(element.tag))
            counts[alike] = counts.get(alike, 0) + 1
            rows.append((f"{place(parent)}/{element.tag}[{counts[alike]}]", element))
    return rows


def read_key(response: Response, row: Xml) -> dict[str, str]:
    return {name: value_at(row, path) or "" for name, path in response.key.items()}


def read_field(mapped: Mapped, value: Value, element: Xml, at: str = "") -> Any:
    """One value of an answer; None when it is not there. at: the element's place, where it is known already.

    Raises DataFault naming the place.
    """
    if value.const is not None:
        return value.const
    assert value.path is not None
    said = value_at(element, value.path)
    try:
        return _read(mapped, value, said)
    except ValueError as error:
        raise DataFault(f"{at}/{value.path}" if at else place(element, value.path), str(error)) from None


def _read(mapped: Mapped, value: Value, said: str | None) -> Any:
    """Raises ValueError saying what is wrong with it."""
    if said is None or not said.strip():
        if value.required or value.as_ == "enum":
            raise ValueError("is missing or empty")
        return value.default
    if value.lookup is not None:
        backwards = {theirs: ours for ours, theirs in mapped.file.tables[value.lookup].items()}
        if said not in backwards:
            raise ValueError(f"{said!r:.80} is not in the table {value.lookup} of the mapping file")
        return backwards[said]
    if value.values is not None:
        if said not in value.values:
            raise ValueError(f"{said!r:.80} is no word we know; known are {', '.join(value.values)}")
        return value.values[said] if value.as_ == "enum" else value.values[said] == "true"
    return _parsed(value, said.strip())


def _parsed(value: Value, said: str) -> Any:
    try:
        match value.as_:
            case "decimal":
                if not DEC.fullmatch(said):
                    raise ValueError
                return Decimal(said)
            case "int":
                return int(said)
            case "date":
                return datetime.strptime(said, value.format).date() if value.format else read_day(said)  # noqa: DTZ007
            case "ts":
                return read_ts(said)
            case "bool":
                return {"true": True, "false": False}[said]
    except (ValueError, KeyError):
        raise ValueError(f"{said!r:.80} is no {value.as_}") from None
    return said
