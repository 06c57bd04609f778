"""Documents taken apart into their records: a list page (`entities`), a bare array and a single record alike."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import SecretStr

from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.delegation import body_of
from crossdock.connectors.scayle.faults import errors_of
from crossdock.connectors.scayle.wire import each, read
from crossdock.model.faults import DataFault

PLAIN = ScayleSettings(
    base_url="https://tenant.example", access_token=SecretStr("none"), shop_key="any", country_code="any"
)
"""As a document is read that nobody configured a shop for: every setting at its default."""


def rows_of(raw: bytes) -> tuple[list[Any], str]:
    """(rows, their place). Raises DataFault: no JSON, or an error body."""
    body = body_of(raw)
    if errors := errors_of(body):
        raise DataFault("errors", f"the document is a refusal: {'; '.join(str(error) for error in errors)}")
    if isinstance(body, dict) and "entities" in body:
        if not isinstance(body["entities"], list):
            raise DataFault("entities", "must be a list")
        return body["entities"], "entities"
    return (body, "") if isinstance(body, list) else ([body], "@")


def each_row(raw: bytes, take: Callable[[Any, str], Any]) -> list[Any]:
    """Every record of a document, all that is wrong with any of them in one fault."""
    rows, place = rows_of(raw)
    return [take(rows[0], "")] if place == "@" else each(rows, take, place)


def flat(found: Sequence[Sequence[Any]]) -> list[Any]:
    return [one for group in found for one in group]


def record_reader(kind: type[Any]) -> Callable[[bytes], Sequence[Any]]:
    return lambda raw: each_row(raw, lambda row, place: read(kind, row, place))
