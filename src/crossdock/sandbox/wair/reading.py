"""An uploaded body into rows: spellings made one, types checked, the whole call refused when one row is wrong."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from crossdock.sandbox.wair.datasets import (
    ALWAYS,
    FLAG,
    MOMENT,
    NUMBER,
    OPTIONAL,
    ROWS,
    STRICT,
    TEXT,
    Dataset,
    Field,
)
from crossdock.sandbox.wair.wire import Json, amount, invalid

Errors = dict[str, list[str]]
SHOWN_MAX = 50


def read_rows(dataset: Dataset, body: Any, array: str, *, strict: bool) -> list[Json]:
    """The rows of an upload, under canonical names; fields nobody knows are kept as sent.

    array: the name of the array. Raises Refused (400) with every error found, by `array[index].field`.
    """
    given = body.get(array) if isinstance(body, dict) else None
    if not isinstance(given, list):
        raise invalid({array: [f"The {array} field is required."]})
    errors: Errors = {}
    rows = [_row(one, dataset.fields, f"{array}[{index}]", errors, strict=strict) for index, one in enumerate(given)]
    if errors:
        raise invalid(dict(list(errors.items())[:SHOWN_MAX]))
    return rows


def _row(given: Any, fields: Sequence[Field], where: str, errors: Errors, *, strict: bool) -> Json:
    if not isinstance(given, dict):
        errors[where] = ["The JSON value could not be converted to an object."]
        return {}
    row = dict(given)
    for field in fields:
        spellings = (field.name,) if strict else (field.name, *field.also)
        spelling = next((name for name in spellings if given.get(name) is not None), field.name)
        value = given.get(spelling)
        if value is None:
            if field.need == ALWAYS or (field.need == STRICT and strict):
                errors[f"{where}.{field.name}"] = [f"The {field.name} field is required."]
            row.pop(field.name, None)
            continue
        row.pop(spelling, None)
        row[field.name] = _value(value, field, f"{where}.{field.name}", errors, strict=strict)
    return row


def _value(value: Any, field: Field, where: str, errors: Errors, *, strict: bool) -> Any:
    if field.kind == ROWS:
        if isinstance(value, list):
            return [
                _row(one, field.rows, f"{where}[{index}]", errors, strict=strict) for index, one in enumerate(value)
            ]
        read = None
    else:
        read = READERS[field.kind](value)
    if read is None:
        errors[where] = [f"The JSON value {value!r} could not be converted to {field.kind}."]
    elif field.kind == TEXT and not read and field.need != OPTIONAL:
        errors[where] = [f"The {field.name} field is required."]
    elif field.longest and len(str(read)) > field.longest:
        errors[where] = [f"The field {field.name} must be a string with a maximum length of {field.longest}."]
    return read


def moment(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """A date and time such as `2025-04-18T07:49:16.578Z` or `2025-07-30 00:00:00.00`; one without a zone is in zone."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _moment_text(value: Any) -> str | None:
    return value if moment(value) is not None else None


READERS = {TEXT: _text, NUMBER: amount, FLAG: _flag, MOMENT: _moment_text}
