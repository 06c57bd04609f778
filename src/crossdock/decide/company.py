"""Which company of the ERP an order belongs to, who buys there, and under which country's tax codes (law L2).

A shop sells to many countries and a merchant has a company, a site or an account for some of them. Who delivers where
in which currency is settled by the company map; an order that no entry takes waits, it is never posted to any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ACCOUNT_UNMATCHED, COMPANY_UNMAPPED
from crossdock.model.account import Account
from crossdock.model.sales_order import SalesOrder

NOWHERE = "(none)"
HOME, EU_ZONE, EXPORT_ZONE = "", "EU", "EXPORT"
EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
"""Between these goods move without a customs border. Source: Council Directive 2006/112/EC, article 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One entry of the company map: the orders it takes, and what the ERP is told of them.

    countries: of delivery, ISO 3166 alpha-2; currencies; each empty for any. site, sales_source, brand, company_class:
    the ERP's; "" leaves the pairing's own. account: of registered buyers who are linked to none; guest_account: of
    guests; "" where a person decides. dispatch_country: where its goods leave from, "" for the pairing's. tax_context:
    whose entries of the tax map hold, "" for those that the countries make of it.
    """

    name: str
    countries: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset()
    site: str = ""
    sales_source: str = ""
    brand: str = ""
    company_class: str = ""
    account: str = ""
    guest_account: str = ""
    dispatch_country: str = ""
    tax_context: str = ""

    def takes(self, country: str, currency: str) -> bool:
        return (not self.countries or country in self.countries) and (
            not self.currencies or currency in self.currencies
        )

    @property
    def narrowness(self) -> int:
        """The closer entry wins: country and currency, then country, then currency, then the one for all others."""
        return 2 * bool(self.countries) + bool(self.currencies)


ONLY = Company(name="")
"""Where there is no company map, the pairing's own settings are the whole of it."""


def country_of(order: SalesOrder) -> str:
    """Of delivery; where nothing else is said, of the invoice. "" when no address tells."""
    address = order.delivery_address or order.invoice_address
    return address.country if address is not None else ""


def find_company(order: SalesOrder, companies: Sequence[Company], mapped: Mapping[str, str]) -> Company | Finding:
    """mapped: "COUNTRY/CURRENCY" → the name of a company; a person's word, so it goes before the map's own entries."""
    if not companies:
        return ONLY
    country = country_of(order) or NOWHERE
    pair = f"{country}/{order.currency}"
    said = next((one for one in companies if one.name == mapped.get(pair)), None)
    fitting = [one for one in companies if one.takes(country, order.currency)]
    found = said or max(fitting, key=lambda one: one.narrowness, default=None)
    return found or COMPANY_UNMAPPED.about(pair, country=country, currency=order.currency)


def ambiguous(companies: Sequence[Company]) -> Iterator[tuple[int, int]]:
    """Pairs of entries, by their places, that are equally close to some order: nobody could say whose it is."""
    for late, one in enumerate(companies):
        for early, other in enumerate(companies[:late]):
            if one.narrowness == other.narrowness and _meet(one, other):
                yield early, late


def _meet(one: Company, other: Company) -> bool:
    """Both name countries or neither does, and the same of currencies: equally narrow."""
    return (not one.countries or not one.countries.isdisjoint(other.countries)) and (
        not one.currencies or not one.currencies.isdisjoint(other.currencies)
    )


def house_code(order: SalesOrder, company: Company) -> str:
    """The account this order is put on when its buyer has none of their own."""
    return company.guest_account if order.guest else company.account


def house_account(order: SalesOrder, company: Company, house: Mapping[str, Account]) -> Account | Finding | None:
    """None when the map names no account for such buyers. house: account code, in lower case → the ERP's account."""
    code = house_code(order, company)
    if not code:
        return None
    account = house.get(code.lower())
    hint = "which the ERP does not hold" if account is None else f"which is not kept in {order.currency}"
    if account is not None and account.currency in ("", order.currency):
        return account
    buyers = "guests" if order.guest else "shoppers"
    named = f"; the company map names {code} for them, {hint}"
    who = f"{buyers} of {company.name or 'this pairing'}"
    return ACCOUNT_UNMATCHED.about(code, company=who, company_ref=NOWHERE, hint=named, house=code)


def tax_contexts(order: SalesOrder, company: Company, dispatch_country: str) -> tuple[str, ...]:
    """Whose entries of the tax map hold, the closest first; "" stands for the plain ones, those of a sale at home.

    Abroad these are the country of delivery's, and then EU's or EXPORT's, for the two sorts of border that goods cross.
    The plain ones do not hold there: 20 % is another tax in France than at home.
    """
    if company.tax_context:
        return company.tax_context, HOME
    home, there = company.dispatch_country or dispatch_country, country_of(order)
    if not home or there in ("", home):
        return (HOME,)
    return there, EU_ZONE if {home, there} <= EU else EXPORT_ZONE
