"""Reading the values of an imported document: lengths, numbers, dates, and the refusal that names the field."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,10})?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?", re.ASCII)

_PERSON = {
    "ADDRESS1": 35, "ADDRESS2": 35, "ADDRESS3": 35, "TOWN": 35, "COUNTY": 35, "POSTCODE": 10, "TITLE": 20,
    "FORENAME": 50, "SURNAME": 50, "TEL": 30, "FAX": 30, "MOBILE": 30, "EMAIL": 50,
}  # fmt: skip
ORDER_LENGTHS: Mapping[str, int] = {
    "ASSOCIATED_REF": 50, "COMPANY_CODE": 10, "COMPANY_NAME": 50, "OTHER_REF": 30, "WEB_USER": 50,
    "TAX_REFERENCE": 20, "PO_NUMBER": 30, "ORDER_NOTE": 2000, "INVOICE_NOTE": 2000, "COURIER_NOTE": 255,
    "ORDER_CURRENCY_CODE": 3, "STOCK_CODE": 50, "STOCK_DESC": 250,
    **{f"{prefix}{name}": length for prefix in "ID" for name, length in _PERSON.items()},
}  # fmt: skip
COMPANY_LENGTHS: Mapping[str, int] = {"TEL": 19, "FAX": 19, "MOBILE": 19, "WEB_SITE": 50}


class Refused(Exception):
    """One order or company is not taken; the text is the reason given back. Others in the document go on."""


def invalid(field: str) -> Refused:
    return Refused(f"Invalid order: {field}")


def check_lengths(values: Mapping[str, str], lengths: Mapping[str, int], *, refused: str) -> None:
    """Raises Refused: `<refused>: <field>` for the first text that is too long."""
    for name, value in values.items():
        if len(value) > lengths.get(name, 1_000_000):
            raise Refused(f"{refused}: {name}")


def decimal(values: Mapping[str, str], field: str) -> Decimal | None:
    """None when the field is missing or empty."""
    value = values.get(field, "")
    if not value:
        return None
    if not _NUMBER.fullmatch(value):
        raise invalid(field)
    return Decimal(value)


def moment(values: Mapping[str, str], field: str) -> datetime | None:
    """yyyy-mm-dd, with a time after a space or a T when there is one; London wall clock."""
    value = values.get(field, "")
    if not value:
        return None
    if not _MOMENT.fullmatch(value):
        raise invalid(field)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise invalid(field) from None


def truth(values: Mapping[str, str], field: str) -> bool | None:
    """-1 or 0; None when the field is missing or empty."""
    match values.get(field, ""):
        case "":
            return None
        case "-1":
            return True
        case "0":
            return False
        case _:
            raise invalid(field)
