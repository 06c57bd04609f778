"""Are two VAT numbers the same? They are typed with and without country, with spaces, dots and dashes."""

import re

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

_NOISE = re.compile(r"[^A-Z0-9]")
_PREFIXED = re.compile(r"[A-Z]{2}(?=[A-Z0-9]*\d)")
_OTHER_NAMES = {"EL": "GR", "XI": "GB"}
"""Prefixes that are no country code: Greece writes EL, Northern Ireland XI."""


def vat_number(text: str, country: str = "") -> str:
    """COUNTRY + number, as valid ones of that country are written; "" when it is no valid VAT number.

    country: ISO 3166 alpha-2, believed where the number names none. A number whose country is not known is "", so that
    "n/a" and "123456" never tie a stranger to an account.
    """
    bare = _NOISE.sub("", text.upper())
    prefix = _PREFIXED.match(bare)
    tried = [(bare[:2], bare[2:])] if prefix else []
    if country:
        tried.append((country.upper(), bare))
    for given, number in tried:
        code = _OTHER_NAMES.get(given, given)
        scheme = get_cc_module(code.lower(), "vat")
        if scheme is None:
            continue
        try:
            return code + str(scheme.validate(number))
        except ValidationError:
            continue
    return ""
