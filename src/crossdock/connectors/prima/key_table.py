"""The table of native keys: our SKU ↔ Prima's product and matrix codes, from a CSV file. Both ways, exactly.

A SKU is never taken apart: how it is put together is a deployment's own habit, and loses parts of the key.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

COLUMNS = ("sku", "product", "m1", "m2", "m3", "m4")
PARTS = COLUMNS[1:]
DUE = ("sku", "product")
NativeKey = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class KeyTable:
    """by_sku: SKU → (product, m1 … m4). by_key: the other way."""

    by_sku: Mapping[str, NativeKey] = field(default_factory=dict)
    by_key: Mapping[NativeKey, str] = field(default_factory=dict)

    def native_key(self, sku: str) -> dict[str, str] | None:
        """As the mapping file names its parts; None when the table does not hold the SKU."""
        found = self.by_sku.get(sku)
        return None if found is None else dict(zip(PARTS, found, strict=True))


def native(parts: Mapping[str, str]) -> NativeKey:
    """A key out of its named parts; a part that is not there is empty."""
    product, m1, m2, m3, m4 = (parts.get(name, "") for name in PARTS)
    return product, m1, m2, m3, m4


def load_key_table(path: Path) -> KeyTable:
    """Raises ValueError naming the line and what would be right."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"key_table {path}: cannot be read: {error}") from error
    return read_key_table(text, str(path))


def read_key_table(text: str, name: str = "key_table") -> KeyTable:
    reader = csv.DictReader(text.splitlines(), restval="")
    columns = list(reader.fieldnames or ())
    if missing := [column for column in DUE if column not in columns]:
        raise ValueError(f"{name}, line 1: the header lacks {', '.join(missing)}; it must be {','.join(COLUMNS)}")
    if unknown := [column for column in columns if column not in COLUMNS]:
        raise ValueError(f"{name}, line 1: unknown column {unknown[0]!r}; the columns are {','.join(COLUMNS)}")
    by_sku: dict[str, NativeKey] = {}
    by_key: dict[NativeKey, str] = {}
    for row in reader:
        at = f"{name}, line {reader.line_num}"
        if None in row:
            raise ValueError(f"{at}: more values than columns")
        sku, key = row["sku"], native(row)
        if not sku or not key[0]:
            raise ValueError(f"{at}: sku and product must both be given")
        if sku in by_sku:
            raise ValueError(f"{at}: SKU {sku} stands in the table twice; keep one line of it")
        if key in by_key:
            raise ValueError(f"{at}: {'/'.join(filter(None, key))} is {by_key[key]} already; one key is one SKU")
        by_sku[sku], by_key[key] = key, sku
    return KeyTable(by_sku, by_key)
