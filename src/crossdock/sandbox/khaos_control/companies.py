"""Customer accounts: how an order finds or makes one, and ImportCompany."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from crossdock.sandbox.khaos_control.countries import country_of
from crossdock.sandbox.khaos_control.documents import COMPANY_LENGTHS, Refused, check_lengths, invalid, truth
from crossdock.sandbox.khaos_control.model import Address, Company, Contact
from crossdock.sandbox.khaos_control.soap import SoapFault, children, parse_xml
from crossdock.sandbox.khaos_control.store import Store

NORMAL, ALWAYS_CREATE = 0, 3


@dataclass(frozen=True, slots=True)
class Customer:
    """CUSTOMER_DETAIL of an order. invoice, delivery: an address block without its I or D prefix."""

    values: Mapping[str, str]
    invoice: Mapping[str, str]
    delivery: Mapping[str, str]
    additional: Mapping[str, str]
    is_new: bool

    @property
    def name(self) -> str:
        """The company's; when blank, Khaos Control builds it from the contact."""
        contact = f"{self.invoice.get('FORENAME', '')} {self.invoice.get('SURNAME', '')}"
        return self.values.get("COMPANY_NAME", "") or contact.strip()


def read_customer(detail: etree._Element | None) -> Customer:
    if detail is None:
        raise invalid("CUSTOMER_DETAIL")
    values = children(detail)
    is_new = truth(values, "IS_NEW_CUSTOMER")
    if is_new is None:
        raise invalid("IS_NEW_CUSTOMER")
    uda = detail.find("UDA")
    return Customer(
        values=values,
        invoice=_block(detail.find("ADDRESSES/INVADDR")),
        delivery=_block(detail.find("ADDRESSES/DELADDR")),
        additional={} if uda is None else {one.get("NAME", ""): (one.text or "").strip() for one in uda},
        is_new=is_new,
    )


def _block(block: etree._Element | None) -> dict[str, str]:
    return {} if block is None else {name[1:]: value for name, value in children(block).items()}


def match_company(store: Store, values: Mapping[str, str]) -> Company | None:
    """COMPANY_CODE when sent; else OTHER_REF, instead of WEB_USER, when sent; else WEB_USER. Never a second try."""
    if code := values.get("COMPANY_CODE", ""):
        return store.companies_by_code.get(code.casefold())
    if ref := values.get("OTHER_REF", ""):
        return store.companies_by_ref.get(ref.casefold())
    return store.companies_by_web_user.get(values.get("WEB_USER", "").casefold())


def new_company(store: Store, *, code: str, name: str, origin: str) -> Company:
    """A fresh account, not yet in the store. A code in use, or none, is replaced by a system-assigned one."""
    company_id = store.next_id("company", 1_000_001)
    if not code or code.casefold() in store.companies_by_code:
        code = f"W{company_id}"
    stamp = store.now()
    return Company(
        company_id=company_id,
        code=code,
        name=name,
        origin=origin,
        created=stamp,
        updated=stamp,
        currency=store.settings.system_currency,
        credit_limit=store.settings.credit_limit,
    )


def create_from_order(store: Store, customer: Customer, currency: str) -> Company:
    """The account an order brings with it. An unknown class is not mapped, without a word."""
    values = customer.values
    company = new_company(store, code=values.get("COMPANY_CODE", ""), name=customer.name, origin="order")
    company.currency = currency
    company.class_name = _mapped(values.get("COMPANY_CLASS", ""), store.settings.company_classes)
    company.source_code = values.get("SOURCE_CODE", "")
    store.add_company(company)
    return company


def update_from_order(store: Store, company: Company, customer: Customer) -> None:
    """What an order changes on its account: texts that were sent, the invoice address, one more delivery address."""
    values = customer.values
    company.name = values.get("COMPANY_NAME") or company.name
    company.web_site = values.get("WEB_SITE") or company.web_site
    company.tax_reference = values.get("TAX_REFERENCE") or company.tax_reference
    company.mailing_status = values.get("MAILING_STATUS") or company.mailing_status
    company.additional.update(customer.additional)
    store.name_company(company, other_ref=values.get("OTHER_REF", ""), web_user=values.get("WEB_USER", ""))
    if customer.invoice:
        put_address(store, company, customer.invoice, kind=1)
        put_contact(store, company, customer.invoice)
    if customer.delivery:
        put_address(store, company, customer.delivery, kind=2)
    company.updated = store.now()


def _mapped(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else ""


def put_address(store: Store, company: Company, block: Mapping[str, str], *, kind: int) -> None:
    lines = (block.get("ADDRESS1", ""), block.get("ADDRESS2", ""), block.get("ADDRESS3", ""))
    postcode = block.get("POSTCODE", "")
    known = next(
        (
            one
            for one in company.addresses
            if one.kind == kind and (kind == 1 or (one.lines == lines and one.postcode == postcode))
        ),
        None,
    )
    address = known or Address(address_id=store.next_id("address", 80_001), kind=kind)
    address.lines = lines
    address.postcode = postcode
    address.town = block.get("TOWN", "")
    address.county = block.get("COUNTY", "")
    country = country_of(block.get("COUNTRY_CODE", ""), block.get("COUNTRY_NAME", ""))
    address.country_code, address.country = country.code3, country.name
    address.organisation = block.get("ORGANISATION", "")
    address.email = block.get("EMAIL", "")
    address.phone = block.get("TEL", "")
    if known is None:
        company.addresses.append(address)


def put_contact(store: Store, company: Company, block: Mapping[str, str]) -> None:
    forename, surname = block.get("FORENAME", ""), block.get("SURNAME", "")
    if not forename and not surname:
        return
    contact = next((one for one in company.contacts if (one.forename, one.surname) == (forename, surname)), None)
    if contact is None:
        contact = Contact(contact_id=store.next_id("contact", 90_001), forename=forename, surname=surname)
        company.contacts.append(contact)
    contact.title = block.get("TITLE", "") or contact.title
    contact.email = block.get("EMAIL", "") or contact.email
    contact.phone = block.get("TEL", "") or contact.phone
    contact.mobile = block.get("MOBILE", "") or contact.mobile


def import_companies(store: Store, document: str, method: int) -> dict[str, Any]:
    """ImportCompany. Method 0 matches, then updates or creates; 3 always creates. Answers one row per COMPANY."""
    root = parse_xml(document)
    if root.tag != "COMPANYS":
        raise SoapFault(f"ImportCompany takes COMPANYS, was {root.tag}")
    if method not in (NORMAL, ALWAYS_CREATE):
        raise SoapFault(f"ImportCompany: Method {method} is not known")
    return {"CustomerImport": [_import_company(store, element, method) for element in root.iterfind("COMPANY")]}


def _import_company(store: Store, element: etree._Element, method: int) -> dict[str, Any]:
    values = children(element)
    row = {
        "URN": "",
        "WebUser": values.get("WEB_USER", ""),
        "PassedReference": values.get("PASSED_REFERENCE", ""),
        "OtherRef": values.get("OTHER_REF", ""),
    }
    try:
        company = _take_company(store, element, values, method)
    except Refused as refused:
        return {**row, "Imported": False, "Message": str(refused)}
    return {**row, "URN": company.code, "Imported": True, "Message": ""}


def _take_company(store: Store, element: etree._Element, values: Mapping[str, str], method: int) -> Company:
    addresses = [children(one) for one in element.iterfind("ADDRESSES/ADDRESS")]
    contacts = [children(one) for one in element.iterfind("CONTACTS/CONTACT")]
    for part in (values, *addresses, *contacts):
        check_lengths(part, COMPANY_LENGTHS, refused="Invalid company")
    if not values.get("COMPANY_CLASS"):
        raise Refused("Invalid company: COMPANY_CLASS")
    if not values.get("COUNTRY") and not values.get("COUNTRY_CODE"):
        raise Refused("Invalid company: COUNTRY")
    if len(addresses) == 1 and addresses[0].get("ADDRTYPE") != "1":
        raise Refused("Invalid company: ADDRTYPE")
    company = None if method == ALWAYS_CREATE else match_company(store, values)
    if company is None:
        company = _create_company(store, values)
    _update_company(store, company, values, addresses, contacts)
    for one in element.iterfind("ADDITIONAL"):
        company.additional[one.get("NAME", "")] = (one.text or "").strip()
    return company


def _create_company(store: Store, values: Mapping[str, str]) -> Company:
    company = new_company(
        store, code=values.get("COMPANY_CODE", ""), name=values.get("COMPANY_NAME", ""), origin="import"
    )
    company.class_name = _mapped(values["COMPANY_CLASS"], store.settings.company_classes)
    company.source_code = values.get("SOURCE_CODE", "")
    company.currency = values.get("CURRENCY_CODE") or company.currency
    store.add_company(company)
    return company


def _update_company(
    store: Store,
    company: Company,
    values: Mapping[str, str],
    addresses: list[dict[str, str]],
    contacts: list[dict[str, str]],
) -> None:
    company.name = values.get("COMPANY_NAME") or company.name
    store.name_company(company, other_ref=values.get("OTHER_REF", ""), web_user=values.get("WEB_USER", ""))
    company.web_site = values.get("WEB_SITE") or company.web_site
    company.tax_reference = values.get("TAX_REFERENCE") or company.tax_reference
    company.mailing_status = values.get("MAILING_STATUS") or company.mailing_status
    company.sale_source = _mapped(values.get("SALE_SOURCE", ""), store.settings.sale_sources) or company.sale_source
    company.type_name = values.get("COMPANY_TYPE") or company.type_name
    company.status = values.get("COMPANY_STATUS") or company.status
    for block in addresses:
        named = {f"ADDRESS{line}": block.get(f"ADDR{line}", "") for line in (1, 2, 3)}
        country = {
            "COUNTRY_NAME": block.get("COUNTRY", "") or values.get("COUNTRY", ""),
            "COUNTRY_CODE": block.get("COUNTRY_CODE", "") or values.get("COUNTRY_CODE", ""),
        }
        put_address(store, company, {**block, **named, **country}, kind=2 if block.get("ADDRTYPE") == "2" else 1)
    for block in contacts:
        put_contact(store, company, block)
    company.updated = store.now()
