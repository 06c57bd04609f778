"""Which rows a list answers, in which order: filters, indexes, sorting and paging."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crossdock.sandbox.orocommerce.errors import bad_filter, fail
from crossdock.sandbox.orocommerce.query import ALL, Filter, Query
from crossdock.sandbox.orocommerce.store import Row, Store, Table
from crossdock.sandbox.orocommerce.values import DECIMAL_KINDS, ORDERED_KINDS, BadValueError, number, period

NOT_SUPPORTED = "The filter is not supported."
SIMPLE = frozenset({"eq", "neq", "exists", "neq_or_null"})
COMPARISONS = frozenset({"gt", "gte", "lt", "lte"})

Test = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. more: rows follow it. total: all rows the filters let through."""

    rows: list[Row]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter made ready. test judges a row; candidates gives ids from an index, or None when there is none."""

    test: Test
    candidates: Callable[[], Iterable[str] | None]


class Selector:
    """Answers queries against one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def page(self, table: Table, query: Query, among: Sequence[Row] | None = None) -> Page:
        """One page. among: the rows of a subresource; None means the whole table."""
        self._check_sort(table, query.sort)
        if among is None and not query.filters and not query.sort:
            keys = _cut(table.keys, query)
            return _page([table.rows[str(key)] for key in keys], len(table.keys), query)
        if among is None and query.sort == ("updatedAt", "id") and table.timed:
            window = self._window(table, query.filters)
            if window is not None:
                low, high = window
                start, stop = _bounds(high - low, query)
                moved = table.moved[low + start : low + stop]
                return _page([table.rows[str(key)] for _, key in moved], high - low, query)
        rows = self.rows(table, query.filters, among)
        self._sort(table, rows, query.sort)
        return _page(_cut(rows, query), len(rows), query)

    def rows(self, table: Table, filters: Sequence[Filter], among: Sequence[Row] | None = None) -> list[Row]:
        """Every row the filters let through, by id."""
        conditions = [self.condition(table, one) for one in filters]
        if among is None:
            among = self._narrowest(table, conditions)
        tests = [condition.test for condition in conditions]
        return [row for row in among if all(test(row) for test in tests)]

    def _narrowest(self, table: Table, conditions: Sequence[Condition]) -> list[Row]:
        found = [ids for condition in conditions if (ids := condition.candidates()) is not None]
        if not found:
            return [table.rows[str(key)] for key in table.keys]
        smallest = min((set(ids) for ids in found), key=len)
        return sorted((table.rows[id_] for id_ in smallest if id_ in table.rows), key=lambda row: row.key)

    def condition(self, table: Table, one: Filter) -> Condition:
        """Raises the 400 for a filter that is not declared, or an operator or value it does not take."""
        head, rest = one.path[0], one.path[1:]
        resource = table.resource
        if head == "id" and not rest:
            return self._by_id(table, one)
        attribute = resource.attributes.get(head)
        if attribute is not None and attribute.find and not rest:
            return self._by_attribute(table, one)
        relation = resource.relations.get(head)
        if relation is None or not (relation.find or (rest and not relation.many and relation.target)):
            raise bad_filter(NOT_SUPPORTED, one.key)
        if rest and rest != ("id",):
            return self._by_association(table, one)
        test = matcher("ref", one)
        candidates = self._indexed(table, head, one)
        if relation.many:
            return Condition(lambda row: any(test(ref["id"]) for ref in row.many(head)), candidates)
        return Condition(lambda row: test(row.target(head)), candidates)

    def _by_id(self, table: Table, one: Filter) -> Condition:
        kind = "id" if table.resource.numeric else "ref"
        test = matcher(kind, one)
        ids = _listed(one.value) if one.op == "eq" and ".." not in one.value else None
        return Condition(lambda row: test(row.id), lambda: ids)

    def _by_attribute(self, table: Table, one: Filter) -> Condition:
        name = one.path[0]
        attribute = table.resource.attributes[name]
        test = matcher(attribute.kind, one, fold=attribute.fold)
        return Condition(lambda row: test(row.attributes[name]), self._indexed(table, name, one))

    def _by_association(self, table: Table, one: Filter) -> Condition:
        """`filter[product.sku]=A,B`: find the products first, then the rows that point at them."""
        head = one.path[0]
        relation = table.resource.relations[head]
        target = self.store.tables.get(relation.target)
        if target is None:
            raise bad_filter(NOT_SUPPORTED, one.key)
        inner = Filter(one.path[1:], one.op, one.value, one.key)
        ids = {row.id for row in self.rows(target, [inner])}

        def candidates() -> Iterable[str] | None:
            return _from_index(table, head, ids) if head in table.indexes else None

        if relation.many:
            return Condition(lambda row: any(ref["id"] in ids for ref in row.many(head)), candidates)
        return Condition(lambda row: row.target(head) in ids, candidates)

    def _indexed(self, table: Table, name: str, one: Filter) -> Callable[[], Iterable[str] | None]:
        def candidates() -> Iterable[str] | None:
            if name == "updatedAt" and table.timed:
                window = self._window(table, [one])
                return None if window is None else [str(key) for _, key in table.moved[slice(*window)]]
            if one.op != "eq" or name not in table.indexes or ".." in one.value:
                return None
            return _from_index(table, name, {table.fold(name, value) for value in _listed(one.value)})

        return candidates

    def _window(self, table: Table, filters: Sequence[Filter]) -> tuple[int, int] | None:
        """The slice of `table.moved` that updatedAt bounds allow; None when a filter needs more than bounds."""
        low, high = 0, len(table.moved)
        for one in filters:
            if one.path != ("updatedAt",) or one.op not in {"eq", *COMPARISONS} or "," in one.value:
                return None
            bounds = _time_bounds(one)
            if bounds is None:
                return None
            low = max(low, bisect_left(table.moved, (bounds[0],)))
            high = min(high, bisect_left(table.moved, (bounds[1],)))
        return low, max(low, high)

    def _check_sort(self, table: Table, sort: Sequence[str]) -> None:
        for part in sort:
            name = part.removeprefix("-")
            attribute = table.resource.attributes.get(name)
            if name != "id" and (attribute is None or not attribute.find):
                detail = f'Sorting by "{name}" field is not supported.'
                raise fail(400, "sort constraint", detail, parameter="sort")

    def _sort(self, table: Table, rows: list[Row], sort: Sequence[str]) -> None:
        for part in reversed(sort):
            name = part.removeprefix("-")
            rows.sort(key=_sort_key(table, name), reverse=part.startswith("-"))


def _sort_key(table: Table, name: str) -> Callable[[Row], Any]:
    if name == "id":
        return lambda row: row.key
    exact = table.resource.attributes[name].kind in DECIMAL_KINDS

    def key(row: Row) -> Any:
        value = row.attributes[name]
        if value is None:
            return (0, 0)
        return (1, Decimal(value) if exact else value)

    return key


def matcher(kind: str, one: Filter, *, fold: bool = False) -> Callable[[Any], bool]:
    """A test of one wire value. Raises the 400 for an operator the kind does not take."""
    allowed = {"exists"} if kind == "text" else SIMPLE | COMPARISONS if kind in ORDERED_KINDS else SIMPLE
    if one.op not in allowed:
        raise bad_filter(f'The operator "{one.op}" is not supported.', one.key)
    if one.op == "exists":
        wanted = one.value.lower() in ("true", "1", "yes")
        return lambda value: (value is not None) == wanted
    try:
        tests = [_range(kind, part, one.op, fold=fold) for part in _listed(one.value)]
    except BadValueError as error:
        raise bad_filter(error.detail, one.key) from None
    if one.op == "neq":
        return lambda value: value is not None and not any(test(value) for test in tests)
    if one.op == "neq_or_null":
        return lambda value: value is None or not any(test(value) for test in tests)
    return lambda value: value is not None and any(test(value) for test in tests)


def _range(kind: str, text: str, op: str, *, fold: bool) -> Callable[[Any], bool]:
    """One part of a value list: a single value or an inclusive `a..b` range."""
    first, dots, last = text.partition("..")
    if not dots or kind not in ORDERED_KINDS:
        first = last = text
    read = _reader(kind)
    low, high = _edges(kind, first, fold=fold)[0], _edges(kind, last, fold=fold)[1]
    match op:
        case "gt":
            return lambda value: read(value) > high
        case "gte":
            return lambda value: read(value) >= low
        case "lt":
            return lambda value: read(value) < low
        case "lte":
            return lambda value: read(value) <= high
    if fold:
        return lambda value: value.lower() == low
    return lambda value: low <= read(value) <= high


def _reader(kind: str) -> Callable[[Any], Any]:
    if kind in DECIMAL_KINDS or kind in ("number", "percent", "integer", "id"):
        return lambda value: Decimal(str(value))
    return lambda value: value


def _edges(kind: str, text: str, *, fold: bool) -> tuple[Any, Any]:
    if kind == "datetime":
        return period(text)
    if kind == "date":
        first, last = period(text)
        return first[:10], last[:10]
    if kind == "boolean":
        if text.lower() not in ("true", "false", "1", "0"):
            raise BadValueError(f'Expected boolean value. Given "{text}".')
        wanted = text.lower() in ("true", "1")
        return wanted, wanted
    if kind in ("id", "integer") and not text.removeprefix("-").isdigit():
        raise BadValueError(f'Expected integer value. Given "{text}".')
    if kind in ORDERED_KINDS:
        try:
            return number(text), number(text)
        except BadValueError:
            raise BadValueError(f'Expected number value. Given "{text}".') from None
    value = text.lower() if fold else text
    return value, value


def _time_bounds(one: Filter) -> tuple[str, str] | None:
    """The first text a date-time may have and the first it may not; "~" sorts after every date-time."""
    first, dots, last = one.value.partition("..")
    if dots and one.op != "eq":
        return None
    try:
        low, high = period(first)[0], period(last if dots else first)[1] + "~"
    except BadValueError as error:
        raise bad_filter(error.detail, one.key) from None
    return {"eq": (low, high), "gte": (low, "~"), "gt": (high, "~"), "lte": ("", high), "lt": ("", low)}[one.op]


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",")]


def _from_index(table: Table, name: str, values: Iterable[Any]) -> list[str]:
    index = table.indexes[name]
    return [id_ for value in values for id_ in index.get(value, ())]


def _bounds(total: int, query: Query) -> tuple[int, int]:
    if query.size == ALL:
        return 0, total
    start = min(total, (query.number - 1) * query.size)
    return start, min(total, start + query.size)


def _cut(items: Sequence[Any], query: Query) -> list[Any]:
    start, stop = _bounds(len(items), query)
    return list(items[start:stop])


def _page(rows: list[Row], total: int, query: Query) -> Page:
    more = query.size != ALL and query.number * query.size < total
    return Page(rows, total, more)
