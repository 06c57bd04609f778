"""Which account a downloaded order goes to: CreateNew, MatchCompanyOn and their kin."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crossdock.sandbox.khaos_control.channel.book import Book
from crossdock.sandbox.khaos_control.channel.order_wire import Address, Contact, OrderConfig, SalesOrder
from crossdock.sandbox.khaos_control.channel.reference import CLASS, COUNTRY, References
from crossdock.sandbox.khaos_control.companies import Customer, create_from_order, put_address, put_contact
from crossdock.sandbox.khaos_control.documents import Refused
from crossdock.sandbox.khaos_control.model import Address as Held
from crossdock.sandbox.khaos_control.model import Company
from crossdock.sandbox.khaos_control.model import Contact as HeldContact
from crossdock.sandbox.khaos_control.store import Store

INVOICE, DELIVERY = 1, 2


def match(store: Store, order: SalesOrder, config: OrderConfig) -> Company | None:
    """The oldest account on which every word of MatchCompanyOn agrees; without words there is none."""
    words = config.match_company_on
    if "CompanyCode" in words:
        return store.companies_by_code.get((order.customer.urn or "").casefold())
    other = "UseDeliveryAddress" in words and order.delivery_address is not None
    address = order.delivery_address if other and order.delivery_address else order.invoice_address
    contact = order.delivery_contact if other and order.delivery_contact else order.invoice_contact
    sent = _sent(address, contact)
    wanted = {word: sent[word] for word in words if word in sent}
    if not any(wanted.values()):
        return None
    for company in store.companies.values():
        for held in company.addresses:
            if held.kind in (INVOICE, DELIVERY if other else INVOICE) and any(
                wanted.items() <= _held(held, one).items() for one in company.contacts or (None,)
            ):
                return company
    return None


def _sent(address: Address, contact: Contact) -> dict[str, str]:
    return _folded({
        **_lines(address),
        "Surname": contact.surname, "Forename": contact.forename,
        "Telephone": address.telephone, "Email": contact.email or address.email,
    })  # fmt: skip


def _lines(address: Address) -> dict[str, str]:
    return {
        "Address1": address.line1, "Address2": address.line2, "Address3": address.line3,
        "Town": address.town, "Postcode": address.postcode,
    }  # fmt: skip


def _held(address: Held, contact: HeldContact | None) -> dict[str, str]:
    return _folded({
        "Address1": address.lines[0], "Address2": address.lines[1], "Address3": address.lines[2],
        "Town": address.town, "Postcode": address.postcode,
        "Surname": contact.surname if contact else "", "Forename": contact.forename if contact else "",
        "Telephone": address.phone, "Email": (contact.email if contact else "") or address.email,
    })  # fmt: skip


def _folded(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip().casefold() for name, value in values.items()}


def check(store: Store, references: References, order: SalesOrder, company: Company | None, currency: str) -> None:
    """Raises Refused: when the order may not go to that account, or may not make one."""
    references.need(CLASS, order.customer.company_class)
    for address in (order.invoice_address, order.delivery_address):
        if address is not None:
            references.need(COUNTRY, address.country)
    if company is None and order.customer.create_new == "Never":
        raise Refused("Customer not found")
    if company is not None and company.currency != currency:
        raise Refused(f"Currency of customer {company.code} is {company.currency}, not {currency}")


def account(
    book: Book, references: References, order: SalesOrder, config: OrderConfig, company: Company | None, currency: str
) -> Company:
    """The account, made or brought up to date."""
    store, customer = book.store, _customer(references, order)
    if company is None:
        company = create_from_order(store, customer, currency)
        on_account = company.class_name in book.settings.account_classes
        company.payment_type = "Account" if on_account else "Credit Card"
    store.name_company(company, other_ref=order.customer.other_ref, web_user=order.customer.web_user)
    company.web_site = order.customer.website_url or company.web_site
    company.tax_reference = order.customer.tax_reference or company.tax_reference
    for kind, block, address, contact in _blocks(order, customer):
        if not _knows_address(company, kind, address, config.match_address_on):
            put_address(store, company, block, kind=kind)
        if not _knows_contact(company, address, contact, config.match_contact_on):
            put_contact(store, company, block)
    company.updated = store.now()
    return company


def _blocks(order: SalesOrder, customer: Customer) -> Iterator[tuple[int, Mapping[str, str], Address, Contact]]:
    yield INVOICE, customer.invoice, order.invoice_address, order.invoice_contact
    if order.delivery_address is not None:
        contact = order.delivery_contact or order.invoice_contact
        yield DELIVERY, customer.delivery, order.delivery_address, contact


def _knows_address(company: Company, kind: int, address: Address, words: Iterable[str]) -> bool:
    sent, wanted = _folded(_lines(address)), tuple(words)
    return bool(wanted) and any(
        one.kind == kind and all(_held(one, None)[word] == sent[word] for word in wanted) for one in company.addresses
    )


def _knows_contact(company: Company, address: Address, contact: Contact, words: Iterable[str]) -> bool:
    sent, wanted = _sent(address, contact), tuple(words)
    return bool(wanted) and any(
        all(_folded(_contact(one))[word] == sent[word] for word in wanted) for one in company.contacts
    )


def _contact(one: HeldContact) -> dict[str, str]:
    return {"Surname": one.surname, "Forename": one.forename, "Telephone": one.phone, "Email": one.email}


def _customer(references: References, order: SalesOrder) -> Customer:
    """In the words of an order that comes through the web service."""
    sent = order.customer
    delivery = order.delivery_address
    return Customer(
        values={
            "COMPANY_CODE": sent.urn or "", "COMPANY_NAME": sent.company_name,
            "COMPANY_CLASS": references.need(CLASS, sent.company_class), "SOURCE_CODE": str(sent.source_code or ""),
        },
        invoice=_block(references, order.invoice_address, order.invoice_contact),
        delivery={} if delivery is None else _block(references, delivery, order.delivery_contact),
        additional={},
        is_new=sent.create_new == "Always",
    )  # fmt: skip


def _block(references: References, address: Address, contact: Contact | None) -> dict[str, str]:
    country: Any = references.need(COUNTRY, address.country)
    block = {
        "ADDRESS1": address.line1, "ADDRESS2": address.line2, "ADDRESS3": address.line3, "TOWN": address.town,
        "COUNTY": address.county, "POSTCODE": address.postcode, "COUNTRY_CODE": country.code3,
        "COUNTRY_NAME": country.name, "ORGANISATION": address.organisation, "EMAIL": address.email,
        "TEL": address.telephone,
    }  # fmt: skip
    if contact is not None:
        block |= {
            "TITLE": contact.title, "FORENAME": contact.forename, "SURNAME": contact.surname,
            "MOBILE": contact.mobile, "EMAIL": contact.email or address.email,
        }  # fmt: skip
    return block


def shown(order: SalesOrder) -> dict[str, str]:
    """Where the goods go, for the order itself."""
    address = order.delivery_address or order.invoice_address
    contact = order.delivery_contact or order.invoice_contact
    return {
        "ADDRESS1": address.line1, "ADDRESS2": address.line2, "ADDRESS3": address.line3, "TOWN": address.town,
        "COUNTY": address.county, "POSTCODE": address.postcode, "COUNTRY": str(address.country),
        "ORGANISATION": address.organisation, "FORENAME": contact.forename, "SURNAME": contact.surname,
    }  # fmt: skip
