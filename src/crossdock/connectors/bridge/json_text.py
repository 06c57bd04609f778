"""What is written to a bridge, and what was read from one."""

import json
from typing import Any

import orjson

from crossdock.connectors.exact_json import loads

__all__ = ["as_read", "dumps", "loads"]


def dumps(document: Any) -> bytes:
    """What we write: text, whole numbers, flags and lists of them."""
    return orjson.dumps(document)


def as_read(document: Any) -> bytes:
    """What was parsed, for the archive. Numbers with a point come back as text."""
    return json.dumps(document, default=str, ensure_ascii=False).encode()
