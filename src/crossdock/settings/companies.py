"""The company map of a pairing: which company of the ERP takes the orders of a country and a currency."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from crossdock.decide.company import Company, ambiguous
from crossdock.ports.config import Settings
from crossdock.settings.names import Currency
from crossdock.settings.problem import Place

_COUNTRY = re.compile(r"[A-Z]{2}\Z")


def _country(code: str) -> str:
    if not _COUNTRY.match(code):
        raise ValueError("must be country codes of ISO 3166, two capital letters like DE")
    return code


Country = Annotated[str, AfterValidator(_country)]


class CompanySettings(Settings):
    """One entry of the company map. What it leaves empty the pairing's own settings say."""

    name: str = Field(min_length=1, description="what people call it; orders carry it for ever")
    countries: tuple[Country, ...] = Field((), description="countries of delivery it takes; empty for all")
    currencies: tuple[Currency, ...] = Field((), description="currencies it takes; empty for all")
    site: str = Field("", description="the ERP site its orders are placed at")
    sales_source: str = Field("", description="the ERP's sales source of its orders")
    brand: str = Field("", description="the brand on its documents")
    company_class: str = Field("", description="the ERP's company class of its buyers; its nominal codes hang on that")
    account: str = Field("", description="the ERP account of registered buyers linked to none; empty: a person links")
    guest_account: str = Field("", description="the ERP account guests buy on; empty: a person decides")
    dispatch_country: Country | None = Field(None, description="where its goods leave from, if not as for the pairing")
    tax_context: str = Field(
        "", description='whose tax entries hold: "DE" makes "DE/19" go before "19"; empty: by the countries'
    )

    def company(self) -> Company:
        """As decisions take it."""
        values = {**self.model_dump(), "dispatch_country": self.dispatch_country or ""}
        for name in ("countries", "currencies"):
            values[name] = frozenset(values[name])
        return Company(**values)


def check_companies(orders: Mapping[str, Any]) -> Iterator[tuple[Place, str, str]]:
    """Entries nobody could choose between, and entries for currencies the pairing does not take; each at its line.

    orders: as written, so that a mistake elsewhere hides none of these. Yields place below `orders`, message, fix.
    """
    written = orders.get("companies")
    entries = [(at, one) for at, one in enumerate(written)] if isinstance(written, list) else []
    sound = [(at, one) for at, one in entries if isinstance(one, Mapping)]
    made = [
        Company(name=str(one.get("name")), countries=_set(one, "countries"), currencies=_set(one, "currencies"))
        for _, one in sound
    ]
    for early, late in ambiguous(made):
        for here, there in ((early, late), (late, early)):
            said = f'takes orders that "{made[there].name}" (companies[{sound[there][0]}]) takes as well'
            yield ("companies", sound[here][0]), said, "Say for each of them which countries or currencies are its own."
    names = [one.name for one in made]
    for (at, _), name in zip(sound, names, strict=True):
        if sound[names.index(name)][0] != at:
            yield ("companies", at, "name"), f'is "{name}", like another\'s', "Give each entry a name of its own."
    taken = _set(orders, "currencies")
    for (at, _), one in zip(sound, made, strict=True):
        for currency in sorted(one.currencies - taken if taken else ()):
            fix = f"Add {currency} to orders.currencies, or take it out here."
            yield ("companies", at, "currencies"), f"names {currency}, which the pairing does not take", fix


def _set(written: Mapping[str, Any], name: str) -> frozenset[str]:
    value = written.get(name)
    return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()
