"""Addresses and buyers as SCAYLE writes them → ours. Pure."""

from functools import cache
from typing import Any

from babel.core import get_global

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.wire import at
from crossdock.model.faults import DataFault
from crossdock.model.sales_order import Address


@cache
def _countries() -> dict[str, str]:
    """alpha-3 and alpha-2 → alpha-2, from Unicode CLDR's territory aliases; those that split are no country of today.

    Kosovo is in no ISO list: XKX and XK are the codes that the European Union uses for it.
    """
    found = {"XKX": "XK"}
    for code, targets in get_global("territory_aliases").items():
        if len(code) == 3 and code.isalpha() and len(targets) == 1 and len(targets[0]) == 2:
            found[code] = targets[0]
    return found | {code: code for code in found.values()}


def alpha2(code: str | None, place: str) -> str:
    """Order and customer addresses say DEU, delegated orders DE. Raises DataFault for what is neither."""
    if not code:
        return ""
    found = _countries().get(code.upper())
    if found is None:
        raise DataFault(place, f"must be an ISO 3166 country such as DEU, was {code!r:.20}")
    return found


def to_address(address: wire.Address | None, place: str, *, phone: str = "", email: str = "") -> Address | None:
    """A pick-up point, with the number its customer has there, is the third line: without it nothing arrives."""
    if address is None:
        return None
    who = address.recipient or wire.Recipient()
    return Address(
        title=who.title or "",
        forename=who.first_name or "",
        surname=who.last_name or "",
        line1=" ".join(part for part in (address.street, address.house_number) if part),
        line2=address.additional or "",
        line3=_point(address.collection_point),
        town=address.city or "",
        county=address.state or "",
        postcode=address.zip_code or "",
        country=alpha2(address.country_code, at(place, "countryCode")),
        telephone=address.phone or phone,
        email=email,
    )


def _point(point: wire.CollectionPoint | None) -> str:
    if point is None:
        return ""
    return " ".join(part for part in (point.type, point.description, point.key, point.customer_key) if part)


def company_ref(customer: wire.Customer | None, settings: ScayleSettings) -> str:
    """Guests have no account of their own: the setting says on which they buy."""
    if settings.company_by == "fixed":
        return settings.company_ref
    if customer is None or is_guest(customer):
        return settings.guest_company_ref
    keys = {"id": customer.id, "reference_key": customer.reference_key, "public_key": customer.public_key}
    found = keys[settings.company_by]
    return "" if found is None else str(found)


def is_guest(customer: wire.Customer) -> bool:
    return customer.status is not None and customer.status.is_guest_customer is True


def company_name(customer: wire.Customer | None) -> str:
    """The company where one is told, else the person."""
    if customer is None:
        return ""
    return _name_of(customer.company) or " ".join(part for part in (customer.first_name, customer.last_name) if part)


def _name_of(company: Any) -> str:
    """company has no stated type: text, or an object with a name."""
    name = company.get("name") if isinstance(company, dict) else company
    return name if isinstance(name, str) else ""
