"""Ids over there and codes here, both ways. Without a table an id is our code.

Source: WAIR, "Integration core principles": every object has an `id`, stable and unique, and a `code`.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crossdock.model.faults import DataFault

HEADER = ["code", "id"]


@dataclass(frozen=True, slots=True)
class IdTable:
    """locations, skus: code → id; None where ids are codes."""

    locations: Mapping[str, str] | None = None
    skus: Mapping[str, str] | None = None
    location_codes: Mapping[str, str] | None = None
    sku_codes: Mapping[str, str] | None = None

    @classmethod
    def of(cls, *, locations: Mapping[str, str], skus: Mapping[str, str]) -> "IdTable":
        """Raises ValueError: two codes have one id, so that nobody could tell whose stock it is."""
        return cls(locations, skus, _turned("location_ids", locations), _turned("sku_ids", skus))

    def location_id(self, code: str, place: str = "location") -> str:
        """Raises DataFault: it has no id."""
        return _other(self.locations, code, place, "location_ids")

    def sku_id(self, code: str, place: str = "sku") -> str:
        return _other(self.skus, code, place, "sku_ids")

    def location_code(self, key: str, place: str) -> str:
        """Raises DataFault: no location of ours has that id."""
        return _other(self.location_codes, key, place, "location_ids")

    def sku_code(self, key: str, place: str) -> str:
        return _other(self.sku_codes, key, place, "sku_ids")


def _other(table: Mapping[str, str] | None, text: str, place: str, setting: str) -> str:
    if table is None:
        return text
    found = table.get(text)
    if found is None:
        raise DataFault(place, f"{text!r:.80} does not stand in {setting}; add it there")
    return found


def _turned(setting: str, table: Mapping[str, str]) -> dict[str, str]:
    turned: dict[str, str] = {}
    for code, key in table.items():
        if not code or not key:
            raise ValueError(f"{setting}: a code or an id is empty")
        if turned.setdefault(key, code) != code:
            raise ValueError(f"{setting}: {turned[key]} and {code} have one id, {key}; an id is one code's")
    return turned


def load_id_file(path: str) -> dict[str, str]:
    """Code → id. Raises ValueError naming the line."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"sku_id_file {path}: cannot be read: {error}") from error
    rows = csv.reader(text.splitlines())
    if next(rows, None) != HEADER:
        raise ValueError(f"sku_id_file {path}, line 1: must be {','.join(HEADER)}")
    found: dict[str, str] = {}
    for row in rows:
        at = f"sku_id_file {path}, line {rows.line_num}"
        if len(row) != len(HEADER) or not all(row):
            raise ValueError(f"{at}: must hold a code and an id")
        if row[0] in found:
            raise ValueError(f"{at}: {row[0]} stands there twice")
        found[row[0]] = row[1]
    return found
