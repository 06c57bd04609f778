"""The country list, as a fresh UK installation holds it in part."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    name: str
    code2: str
    code3: str
    currency_name: str
    currency_code: str
    zone: str
    eu_member: bool = False
    pays_vat: bool = True


COUNTRIES = (
    Country("United Kingdom", "GB", "GBR", "Pounds Sterling", "GBP", "UK"),
    Country("Ireland", "IE", "IRL", "Euro", "EUR", "Europe", eu_member=True),
    Country("France", "FR", "FRA", "Euro", "EUR", "Europe", eu_member=True),
    Country("Germany", "DE", "DEU", "Euro", "EUR", "Europe", eu_member=True),
    Country("Netherlands", "NL", "NLD", "Euro", "EUR", "Europe", eu_member=True),
    Country("Jersey", "JE", "JEY", "Pounds Sterling", "GBP", "Channel Islands", pays_vat=False),
    Country("United States", "US", "USA", "US Dollars", "USD", "World", pays_vat=False),
)
SYSTEM_DEFAULT = COUNTRIES[0]

_BY_CODE = {code: one for one in COUNTRIES for code in (one.code2, one.code3)}
_BY_NAME = {one.name.casefold(): one for one in COUNTRIES}


def country_of(code: str, name: str) -> Country:
    """The code wins over the name; neither known means the system default (Web Integration Pack)."""
    return _BY_CODE.get(code.upper()) or _BY_NAME.get(name.casefold()) or SYSTEM_DEFAULT
