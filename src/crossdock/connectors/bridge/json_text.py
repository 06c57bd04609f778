"""JSON without binary floats: a number is exact or it is text."""

import json
import re
from decimal import Decimal
from typing import Any

import orjson

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def loads(raw: bytes) -> Any:
    """Raises ValueError saying why it is no whole JSON document. Numbers with a point come as Decimal."""
    try:
        document = json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number)
        if _SURROGATE.search(raw):
            json.dumps(document, ensure_ascii=False, default=str).encode()
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not UTF-8") from error
    except UnicodeEncodeError as error:
        raise ValueError("holds half a character (a lone surrogate)") from error
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    return document


def dumps(document: Any) -> bytes:
    """What we write: text, whole numbers, flags and lists of them."""
    return orjson.dumps(document)


def as_read(document: Any) -> bytes:
    """What was parsed, for the archive. Numbers with a point come back as text."""
    return json.dumps(document, default=str, ensure_ascii=False).encode()


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")
