"""Addresses and contacts, both ways. Lengths are the README's; nothing is cut: what does not fit is refused."""

from crossdock.connectors.khaos_control.channel.document import Tree
from crossdock.connectors.khaos_control.channel.fields import Node
from crossdock.connectors.khaos_control.text import address_lines, fitted
from crossdock.model.faults import Unsupported
from crossdock.model.sales_order import Address

LINE, POSTCODE, EMAIL, TELEPHONE, ORGANISATION, TITLE, NAME, MOBILE = 35, 10, 100, 25, 50, 20, 50, 30


def address_of(address: Address, place: str) -> Tree:
    """Line1, Town and Country are asked for. Raises Unsupported where one is missing or too long."""
    lines = address_lines((address.line1, address.line2, address.line3), LINE, f"{place}.Line1")
    for name, said in (("Line1", lines[0]), ("Town", address.town), ("Country", address.country)):
        if not said:
            raise Unsupported(f"{place}.{name}", "is empty; the channel asks for it")
    fields = (
        *((f"Line{at}", line, LINE) for at, line in enumerate(lines, 1)),
        ("Town", address.town, LINE),
        ("County", address.county, LINE),
        ("Postcode", address.postcode, POSTCODE),
        ("Email", address.email, EMAIL),
        ("Telephone", address.telephone, TELEPHONE),
        ("Organisation", address.organisation, ORGANISATION),
    )
    found: Tree = {name: fitted(said, longest, f"{place}.{name}") for name, said, longest in fields if said}
    return {**found, "Country": {"Code": address.country}}


def contact_of(address: Address, place: str) -> Tree:
    """One of the two names is asked for: a company without a person is known by its own name."""
    surname = address.surname or ("" if address.forename else address.organisation)
    if not (surname or address.forename):
        raise Unsupported(f"{place}.Surname", "neither a name nor an organisation is given; the channel asks for one")
    fields = (
        ("Title", address.title, TITLE),
        ("Forename", address.forename, NAME),
        ("Surname", surname, NAME),
        ("Email", address.email, EMAIL),
    )
    return {name: fitted(said, longest, f"{place}.{name}") for name, said, longest in fields if said}


def read_address(address: Node | None, contact: Node | None) -> Address | None:
    if address is None:
        return None
    organisation = address.text("Organisation", "Organization")
    surname = contact.text("Surname") if contact else ""
    forename = contact.text("Forename") if contact else ""
    return Address(
        organisation=organisation,
        title=contact.text("Title") if contact else "",
        forename=forename,
        surname="" if surname == organisation and not forename else surname,
        line1=address.text("Line1"),
        line2=address.text("Line2"),
        line3=address.text("Line3"),
        town=address.text("Town"),
        county=address.text("County"),
        postcode=address.text("Postcode"),
        country=address.reference("Country"),
        telephone=address.text("Telephone"),
        email=address.text("Email") or (contact.text("Email") if contact else ""),
    )
