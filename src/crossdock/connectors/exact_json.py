"""JSON without binary floats: every number exact, and nothing in it that JSON does not have."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def loads(raw: bytes, *, fraction: Callable[[str], Any] = Decimal, whole: Callable[[str], Any] = int) -> Any:
    """The document. fraction, whole: what becomes of a number with a point or an exponent, and of one without.

    Raises ValueError saying why it is no whole JSON document: not UTF-8, NaN, half a character, too deep.
    """
    try:
        document = json.loads(raw.decode("utf-8"), parse_float=fraction, parse_int=whole, parse_constant=_no_number)
        if _SURROGATE.search(raw):
            json.dumps(document, ensure_ascii=False, default=str).encode()
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not UTF-8") from error
    except UnicodeEncodeError as error:
        raise ValueError("holds half a character (a lone surrogate)") from error
    except ArithmeticError as error:
        raise ValueError("holds a number too large or too small for anybody") from error
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    return document


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")
