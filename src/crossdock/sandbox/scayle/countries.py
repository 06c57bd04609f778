"""The three countries the made-up shop sells to: currency, language, VAT by tax code, people and streets.

Order and customer addresses carry ISO alpha-3 country codes; shop countries, prices and delegation carry alpha-2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from crossdock.sandbox.estate import REDUCED, STANDARD, TAX_PERCENT, ZERO


@dataclass(frozen=True, slots=True)
class Country:
    """percent: VAT by the estate's tax code. streets: (street, house number, postcode, town)."""

    code: str
    code3: str
    currency: str
    language: str
    percent: Mapping[str, Decimal]
    people: tuple[tuple[str, str, str], ...]
    streets: tuple[tuple[str, str, str, str], ...]


COUNTRIES: Mapping[str, Country] = {
    one.code: one
    for one in (
        Country(
            "GB", "GBR", "GBP", "en_GB", TAX_PERCENT,
            (("Nora", "Whitfield", "f"), ("Callum", "Rigg", "m"), ("Sam", "Dacre", "n")),
            (("Gillygate", "12", "YO31 7EQ", "York"), ("Boar Lane", "80", "LS1 6HW", "Leeds")),
        ),
        Country(
            "DE", "DEU", "EUR", "de_DE", {STANDARD: Decimal(19), REDUCED: Decimal(7), ZERO: Decimal(7)},
            (("Jörg", "Müller", "m"), ("Käthe", "Groß", "f"), ("Kim", "Beispiel", "d")),
            (("Musterweg", "4", "20095", "Hamburg"), ("Lindenstraße", "17a", "80331", "München")),
        ),
        Country(
            "FR", "FRA", "EUR", "fr_FR", {STANDARD: Decimal(20), REDUCED: Decimal("5.5"), ZERO: Decimal("5.5")},
            (("Zoé", "Lefèvre", "f"), ("Benoît", "d'Arcy", "m"), ("Chloé", "N'Guyen", "f")),
            (("Rue de l'Église", "8", "69002", "Lyon"), ("Quai Voltaire", "27", "75007", "Paris")),
        ),
    )
}  # fmt: skip
