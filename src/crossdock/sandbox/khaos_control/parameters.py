"""Reading the parameters of a call: codes joined by commas, flags, and London wall clock times."""

import re
from datetime import datetime

from crossdock.sandbox.khaos_control.soap import SoapFault

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,6})?)?", re.ASCII)
_NO_DATE = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock, as sent


def codes(value: str) -> list[str]:
    """Several codes in one parameter: joined by comma. A code with a comma in it cannot be asked for."""
    return [code.strip() for code in value.split(",") if code.strip()]


def integer(name: str, value: str, *, omitted: int) -> int:
    try:
        return int(value) if value.strip() else omitted
    except ValueError:
        raise SoapFault(f"{name}: {value!r} is not a valid integer value") from None


def boolean(name: str, value: str, *, omitted: bool) -> bool:
    match value.strip().lower():
        case "":
            return omitted
        case "true" | "1" | "-1":
            return True
        case "false" | "0":
            return False
        case _:
            raise SoapFault(f"{name}: {value!r} is not a valid boolean value")


def moment(name: str, value: str) -> datetime | None:
    """London wall clock, no zone. Epoch 0 and anything before it mean "no date", as does an empty text."""
    value = value.strip()
    if not value:
        return None
    if not _MOMENT.fullmatch(value):
        raise SoapFault(f"{name}: {value!r} is not a valid date and time")
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise SoapFault(f"{name}: {value!r} is not a valid date and time") from None
    return parsed if parsed > _NO_DATE else None
