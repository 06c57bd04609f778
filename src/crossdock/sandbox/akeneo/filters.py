"""Filters on the properties of products and models: family, categories, parent, completeness, dates.

Akeneo REST API, "Filters". A filter is (row, operator, condition) → whether the row stays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crossdock.sandbox.akeneo.errors import Json, invalid, php_type
from crossdock.sandbox.akeneo.index import Row, SearchIndex
from crossdock.sandbox.akeneo.model import Pim

DATE_FORMAT = "%Y-%m-%d %H:%M:%S"
IDENTIFIERS_MAX = 100
ALL_LOCALES = {
    "GREATER THAN ON ALL LOCALES": ">", "GREATER OR EQUALS THAN ON ALL LOCALES": ">=",
    "LOWER THAN ON ALL LOCALES": "<", "LOWER OR EQUALS THAN ON ALL LOCALES": "<=",
}  # fmt: skip
MODEL_COMPLETENESS = ("AT LEAST COMPLETE", "AT LEAST INCOMPLETE", "ALL COMPLETE", "ALL INCOMPLETE")
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: bool(a < b), "<=": lambda a, b: bool(a <= b), "=": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b), ">=": lambda a, b: bool(a >= b), ">": lambda a, b: bool(a > b),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of a `search`: `{"operator", "value"[, "locale", "scope", "locales"]}`."""

    pim: Pim
    index: SearchIndex
    name: str
    operator: str
    value: Any
    raw: Json

    def unsupported(self) -> Exception:
        return invalid(
            f'Filter on property "{self.name}" is not supported or does not support operator "{self.operator}"'
        )

    def listed(self) -> list[Any]:
        if not isinstance(self.value, list):
            raise invalid(f'Property "{self.name}" expects an array as data, "{php_type(self.value)}" given.')
        if any(isinstance(one, list | dict) for one in self.value):
            raise invalid(f'Property "{self.name}" expects an array of scalars as data.')
        return self.value


Filter = Callable[[Row, Condition], bool]


def _membership(held: Callable[[Row], Any]) -> Filter:
    """IN and NOT IN, EMPTY and NOT EMPTY over the codes of a row."""

    def keep(row: Row, condition: Condition) -> bool:
        value = held(row)
        if condition.operator in ("EMPTY", "NOT EMPTY"):
            return (not value) == (condition.operator == "EMPTY")
        mine = value if isinstance(value, frozenset) else {value}
        return bool(mine & set(condition.listed())) == (condition.operator == "IN")

    return keep


def _enabled(row: Row, condition: Condition) -> bool:
    if not isinstance(condition.value, bool):
        raise invalid(f'Property "enabled" expects a boolean as data, "{php_type(condition.value)}" given.')
    return (row.enabled == condition.value) == (condition.operator == "=")


def _categories(row: Row, condition: Condition) -> bool:
    if condition.operator == "UNCLASSIFIED":
        return not row.categories
    codes = set(condition.listed())
    table = condition.pim.table("categories")
    for code in condition.listed():
        if str(code) not in table:
            raise invalid(f'Category "{code}" does not exist.')
    if "CHILDREN" in condition.operator:
        codes = with_children(condition.pim, codes)
    if condition.operator == "IN OR UNCLASSIFIED":
        return not row.categories or bool(row.categories & codes)
    return bool(row.categories & codes) != condition.operator.startswith("NOT")


def with_children(pim: Pim, codes: set[str]) -> set[str]:
    """The categories themselves and everything below them: that is what the core does, whatever the word says."""
    found = set(codes)
    table = pim.table("categories")
    grown = True
    while grown:
        more = {code for code, one in table.items() if one["parent"] in found} - found
        grown = bool(more)
        found |= more
    return found


def _parent(row: Row, condition: Condition) -> bool:
    if condition.operator in ("EMPTY", "NOT EMPTY"):
        return (row.parent is None) == (condition.operator == "EMPTY")
    if condition.operator == "IN":
        return row.parent in condition.listed()
    return condition.value in row.chain


def _completeness(row: Row, condition: Condition) -> bool:
    if row.kind != "product":
        return _model_completeness(row, condition)
    scope, percents = _scope(condition), row.completeness
    if not isinstance(condition.value, int) or isinstance(condition.value, bool):
        raise invalid(f'Property "completeness" expects a numeric as data, "{php_type(condition.value)}" given.')
    if condition.operator in ALL_LOCALES:
        locales = condition.raw.get("locales")
        if not isinstance(locales, list):
            raise invalid('Property "completeness" expects an array with the key "locales".')
        compare = COMPARE[ALL_LOCALES[condition.operator]]
        return all(
            (scope, one) in percents and compare(percents[scope, one], condition.value) for one in map(str, locales)
        )
    pinned = condition.raw.get("locale")
    compare = COMPARE[condition.operator]
    return any(
        compare(percent, condition.value) for (channel, locale), percent in percents.items()
        if channel == scope and pinned in (None, locale)
    )  # fmt: skip


def _scope(condition: Condition) -> str:
    scope = condition.raw.get("scope")
    if scope is None:
        raise invalid(f'Property "{condition.name}" expects a valid scope.')
    if not isinstance(scope, str) or scope not in condition.pim.table("channels"):
        raise invalid(f'Scope "{scope}" does not exist.')
    return str(scope)


def _model_completeness(row: Row, condition: Condition) -> bool:
    """Over the variants below the model, on one locale or on each of several."""
    scope = _scope(condition)
    locales = condition.raw.get("locales") or [condition.raw.get("locale")]
    below = condition.index.below(row.key)
    complete = [all(one.completeness.get((scope, locale), 0) >= 100 for locale in locales) for one in below]
    wanted = not condition.operator.endswith("INCOMPLETE")
    if condition.operator.startswith("ALL"):
        return bool(complete) and all(one == wanted for one in complete)
    return any(one == wanted for one in complete)


def _quality(row: Row, condition: Condition) -> bool:
    place = (_scope(condition), str(condition.raw.get("locale")))
    return row.quality.get(place) in condition.listed()


def date_filter(held: Callable[[Row], datetime]) -> Filter:
    def keep(row: Row, condition: Condition) -> bool:
        return compare_dates(held(row), condition, lambda text: _server_time(condition, text))

    return keep


def compare_dates(at: datetime, condition: Condition, read: Callable[[Any], datetime]) -> bool:
    """`=` is the exact second. The bounds of BETWEEN count."""
    operator, value = condition.operator, condition.value
    if operator == "SINCE LAST N DAYS":
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid(f'Property "{condition.name}" expects a numeric as data, "{php_type(value)}" given.')
        return at > condition.pim.now() - timedelta(days=value)
    if operator in ("BETWEEN", "NOT BETWEEN"):
        if len(condition.listed()) != 2:
            raise invalid(f'Property "{condition.name}" expects an array with two dates.')
        low, high = (read(text) for text in condition.listed())
        return (low <= at <= high) == (operator == "BETWEEN")
    return COMPARE[operator](at, read(value))


def _server_time(condition: Condition, text: Any) -> datetime:
    try:
        return datetime.strptime(text, DATE_FORMAT).replace(tzinfo=condition.pim.zone)
    except (TypeError, ValueError):
        wanted = 'expects a string with the format "yyyy-mm-dd H:i:s" as data'
        raise invalid(f'Property "{condition.name}" {wanted}, "{text}" given.') from None


def _uuids(row: Row, condition: Condition) -> bool:
    wanted = {str(one).lower() for one in condition.listed()}
    return (row.key in wanted) == (condition.operator == "IN")


IN_OR_EMPTY = ("IN", "NOT IN", "EMPTY", "NOT EMPTY")
DATES = ("<", ">", "=", "!=", "BETWEEN", "NOT BETWEEN", "SINCE LAST N DAYS")
SHARED: Mapping[str, tuple[tuple[str, ...], Filter]] = {
    "family": (IN_OR_EMPTY, _membership(lambda row: row.family)),
    "categories": (
        ("IN", "NOT IN", "IN CHILDREN", "NOT IN CHILDREN", "IN OR UNCLASSIFIED", "UNCLASSIFIED"), _categories,
    ),
    "quality_score": (("IN",), _quality),
    "created": (DATES, date_filter(lambda row: row.created)),
    "updated": (DATES, date_filter(lambda row: row.updated)),
}  # fmt: skip
ON_PRODUCTS: Mapping[str, tuple[tuple[str, ...], Filter]] = {
    **SHARED,
    "uuid": (("IN", "NOT IN"), _uuids),
    "enabled": (("=", "!="), _enabled),
    "groups": (IN_OR_EMPTY, _membership(lambda row: row.groups)),
    "parent": (("=", "IN", "EMPTY", "NOT EMPTY"), _parent),
    "completeness": ((*COMPARE, *ALL_LOCALES), _completeness),
}
ON_MODELS: Mapping[str, tuple[tuple[str, ...], Filter]] = {
    **SHARED,
    "identifier": (("IN", "NOT IN"), _membership(lambda row: row.key)),
    "parent": (("IN", "EMPTY", "NOT EMPTY"), _parent),
    "completeness": (MODEL_COMPLETENESS, _completeness),
}
