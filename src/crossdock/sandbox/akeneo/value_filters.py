"""Filters on attribute values, by the attribute's type."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from crossdock.sandbox.akeneo.completeness import cell_of
from crossdock.sandbox.akeneo.errors import Json, invalid
from crossdock.sandbox.akeneo.filters import COMPARE, IDENTIFIERS_MAX, Condition
from crossdock.sandbox.akeneo.index import Row
from crossdock.sandbox.akeneo.measures import to_standard
from crossdock.sandbox.akeneo.model import Pim
from crossdock.sandbox.akeneo.values import NAMES

Test = Callable[[Any, Condition, Json], bool]
EMPTY = ("EMPTY", "NOT EMPTY")


def value_filter(row: Row, condition: Condition, attribute: Json, locale: str | None, scope: str | None) -> bool:
    data = cell_of(attribute, row.values.get(attribute["code"], {}), locale, scope)
    operators, test = _TESTS.get(attribute["type"], ((), None))
    if condition.operator in EMPTY:
        return (data is None) == (condition.operator == "EMPTY")
    if test is None or condition.operator not in operators:
        raise condition.unsupported()
    return test(data, condition, attribute)


def operators_for(attribute: Json) -> tuple[str, ...]:
    operators, _ = _TESTS.get(attribute["type"], ((), None))
    return (*operators, *EMPTY)


def check_place(pim: Pim, attribute: Json, locale: str | None, scope: str | None) -> None:
    code = attribute["code"]
    if attribute["localizable"]:
        if locale is None:
            raise invalid(f'Attribute "{code}" expects a locale, none given.')
        if not pim.locale_active(locale):
            raise invalid(f'Attribute "{code}" expects an existing and activated locale, "{locale}" given.')
    if attribute["scopable"]:
        if scope is None:
            raise invalid(f'Attribute "{code}" expects a scope, none given.')
        if scope not in pim.table("channels"):
            raise invalid(f'Attribute "{code}" expects an existing scope, "{scope}" given.')


def _text(data: Any, condition: Condition, attribute: Json) -> bool:
    """Case does not count. A value that is not there is unequal to everything."""
    operator = condition.operator
    mine = data.lower() if isinstance(data, str) else None
    if operator in ("IN", "NOT IN"):
        wanted = condition.listed()
        if attribute["type"] == NAMES["identifier"] and len(wanted) > IDENTIFIERS_MAX:
            raise invalid(f"You cannot filter on more than {IDENTIFIERS_MAX} identifiers.")
        return (mine in {str(one).lower() for one in wanted}) == (operator == "IN")
    if not isinstance(condition.value, str):
        raise invalid(f'Property "{condition.name}" expects a string as data.')
    text = condition.value.lower()
    tests: Mapping[str, bool] = {
        "=": mine == text,
        "!=": mine is not None and mine != text,
        "STARTS WITH": mine is not None and mine.startswith(text),
        "CONTAINS": mine is not None and text in mine,
        "DOES NOT CONTAIN": mine is not None and text not in mine,
    }
    return tests[operator]


def _number(data: Any, condition: Condition, _: Json) -> bool:
    if condition.operator == "BETWEEN":
        low, high = (_decimal(condition, one) for one in condition.listed())
        return data is not None and low <= data <= high
    return data is not None and COMPARE[condition.operator](data, _decimal(condition, condition.value))


def _decimal(condition: Condition, value: Any) -> Decimal:
    try:
        return Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        raise invalid(f'Property "{condition.name}" expects a numeric as data.') from None


def _metric(data: Any, condition: Condition, attribute: Json) -> bool:
    """Compared in the standard unit."""
    value = condition.value
    if not isinstance(value, dict) or "amount" not in value or "unit" not in value:
        raise invalid(f'Property "{condition.name}" expects an array with the keys "amount" and "unit".')
    if data is None:
        return False
    family = condition.pim.table("measurement_families")[attribute["metric_family"]]
    wanted = to_standard(family, _decimal(condition, value["amount"]), value["unit"])
    return COMPARE[condition.operator](to_standard(family, data["amount"], data["unit"]), wanted)


def _price(data: Any, condition: Condition, _: Json) -> bool:
    value = condition.value
    if not isinstance(value, dict) or "amount" not in value or "currency" not in value:
        raise invalid(f'Property "{condition.name}" expects an array with the keys "amount" and "currency".')
    wanted = _decimal(condition, value["amount"])
    held = [price["amount"] for price in data or () if price["currency"] == value["currency"]]
    return any(COMPARE[condition.operator](amount, wanted) for amount in held)


def _codes(data: Any, condition: Condition, _: Json) -> bool:
    mine = set(data if isinstance(data, list) else [data])
    return bool(mine & set(condition.listed())) == (condition.operator == "IN")


def _boolean(data: Any, condition: Condition, _: Json) -> bool:
    return bool(data == condition.value) == (condition.operator == "=")


def _day(data: Any, condition: Condition, _: Json) -> bool:
    try:
        if condition.operator == "BETWEEN":
            low, high = (date.fromisoformat(one) for one in condition.listed())
            return data is not None and low <= data <= high
        return data is not None and COMPARE[condition.operator](data, date.fromisoformat(condition.value))
    except (TypeError, ValueError):
        raise invalid(f'Property "{condition.name}" expects a string with the format "yyyy-mm-dd" as data.') from None


TEXT = ("=", "!=", "IN", "NOT IN", "STARTS WITH", "CONTAINS", "DOES NOT CONTAIN")
ORDER = tuple(COMPARE)
_TESTS: Mapping[str, tuple[tuple[str, ...], Test]] = {
    **{NAMES[name]: (TEXT, _text) for name in ("identifier", "text", "textarea", "image", "file")},
    NAMES["number"]: ((*ORDER, "BETWEEN"), _number),
    NAMES["metric"]: (ORDER, _metric),
    NAMES["price"]: (ORDER, _price),
    **{NAMES[name]: (("IN", "NOT IN"), _codes) for name in ("select", "multiselect", "assets", "record", "records")},
    NAMES["boolean"]: (("=", "!="), _boolean),
    NAMES["date"]: (("<", "=", "!=", ">", "BETWEEN"), _day),
}
