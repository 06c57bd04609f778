"""ExportCompany, GetCompanyList and deleted entries."""

from datetime import datetime
from typing import Any

from crossdock.sandbox.khaos_control.markup import attr, day_month_year, el, flag, london, text, wrap
from crossdock.sandbox.khaos_control.model import Address, Company, Contact
from crossdock.sandbox.khaos_control.parameters import codes
from crossdock.sandbox.khaos_control.soap import SoapFault
from crossdock.sandbox.khaos_control.store import Store

BY_CODE, BY_NAME = 1, 4
CLASS_AND_ITEM = 3
COMPANY_DOCUMENT = 5


def company_list(store: Store, since: datetime | None) -> dict[str, Any]:
    """GetCompanyList: accounts changed since, London wall clock."""
    rows = [
        {"CompanyCode": one.code, "OtherRef": one.other_ref, "LastUpdated": one.updated}
        for one in store.companies.values()
        if since is None or london(one.updated) >= since
    ]
    return {"Count": len(rows), "List": rows}


def export_companies(store: Store, wanted: str, mapping: int) -> str:
    """COMPANYS, by code or by name; several accounts may share a name. A name is the company's or a contact's."""
    return wrap("COMPANYS", "".join(_company(store, one) for one in _select(store, wanted, mapping)))


def _select(store: Store, wanted: str, mapping: int) -> list[Company]:
    if mapping == BY_CODE:
        if not wanted.strip():
            return list(store.companies.values())
        found = (store.companies_by_code.get(code.casefold()) for code in codes(wanted))
        return list(dict.fromkeys(one for one in found if one is not None))
    if mapping == BY_NAME:
        name = wanted.strip().casefold()
        return [one for one in store.companies.values() if name in _names(one)]
    raise SoapFault(f"MappingType: {mapping} is not known here")


def _names(company: Company) -> set[str]:
    contacts = {f"{one.forename} {one.surname}".strip().casefold() for one in company.contacts}
    return {company.name.casefold(), *contacts}


def _company(store: Store, company: Company) -> str:
    country = company.addresses[0] if company.addresses else Address(address_id=0, kind=1)
    return (
        f"<COMPANY><COMPANY_ID>{company.company_id}</COMPANY_ID>{el('COMPANY_CODE', company.code)}"
        f"{el('COMPANY_NAME', company.name)}{el('OTHER_REF', company.other_ref)}{el('WEB_SITE', company.web_site)}"
        f"{el('WEB_USER', company.web_user)}<WEB_PASSWORD/>{el('TAX_REFERENCE', company.tax_reference)}"
        f"{el('MAILING_STATUS', company.mailing_status)}{el('SALE_SOURCE', company.sale_source)}"
        f"{el('CURRENCY_CODE', company.currency)}"
        f'<COMPANY_CLASS ENFORCE_SALES_MULTIPLE="0">{text(company.class_name)}</COMPANY_CLASS>'
        f"{el('COMPANY_TYPE', company.type_name)}{el('COMPANY_STATUS', company.status)}"
        f"{el('SOURCE_CODE', company.source_code)}{el('COUNTRY', country.country)}"
        f"{el('COUNTRY_CODE', country.country_code)}"
        f"<DATE_CREATED>{day_month_year(company.created, null='')}</DATE_CREATED><PROFORMA>0</PROFORMA>"
        f"<SORDER_LOCKED>{flag(company.locked)}</SORDER_LOCKED><SUPPLIER>0</SUPPLIER><EC_COMPANY>0</EC_COMPANY>"
        f"<PAYS_VAT>-1</PAYS_VAT><POCODE_REQUIRED>{flag(company.po_required)}</POCODE_REQUIRED>"
        "<VAT_RELIEF_QUALIFIED>0</VAT_RELIEF_QUALIFIED><AGENT_NAME/><CUSTOMER_DISCOUNT>0</CUSTOMER_DISCOUNT>"
        f"{el('PAYMENT_TYPE', company.payment_type)}<CREDIT_CODE/><HIDE_COMPANY>0</HIDE_COMPANY>"
        f"<HOLD_DATA>0</HOLD_DATA>{wrap('PRICE_LISTS', _price_lists(store, company))}"
        f"{wrap('ADDRESSES', ''.join(_address(one) for one in company.addresses))}"
        f"{wrap('CONTACTS', ''.join(_contact(one) for one in company.contacts))}"
        + "".join(
            f'<ADDITIONAL NAME="{attr(name)}">{text(value)}</ADDITIONAL>' for name, value in company.additional.items()
        )
        + "</COMPANY>"
    )


def _price_lists(store: Store, company: Company) -> str:
    """The list of the company's class."""
    if company.class_name not in store.settings.price_lists:
        return ""
    return (
        f'<PRICE_LIST IS_NET="{flag(store.settings.price_lists_net)}"'
        f' CURRENCY_CODE="{attr(store.settings.system_currency)}" PRICELIST_TYPE="{CLASS_AND_ITEM}">'
        f"{text(company.class_name)}</PRICE_LIST>"
    )


def _address(address: Address) -> str:
    lines = "".join(el(f"ADDR{number}", line) for number, line in enumerate(address.lines, start=1))
    return (
        f"<ADDRESS><ADDRESS_ID>{address.address_id}</ADDRESS_ID>{lines}{el('TOWN', address.town)}"
        f"{el('COUNTY', address.county)}{el('POSTCODE', address.postcode)}"
        f"{el('ORGANISATION', address.organisation)}<ADDRTYPE>{address.kind}</ADDRTYPE>"
        f"{el('EMAIL', address.email)}{el('TEL', address.phone)}<FAX/>{el('COUNTRY', address.country)}"
        f"{el('COUNTRY_CODE', address.country_code)}<INACTIVE>0</INACTIVE>"
        "<IS_PREFERRED_DELIVERY>0</IS_PREFERRED_DELIVERY><HIDE_ADDRESS>0</HIDE_ADDRESS><HOLD_DATA>0</HOLD_DATA>"
        "</ADDRESS>"
    )


def _contact(contact: Contact) -> str:
    return (
        f"<CONTACT><CONTACT_ID>{contact.contact_id}</CONTACT_ID>{el('TITLE', contact.title)}"
        f"{el('FORENAME', contact.forename)}{el('SURNAME', contact.surname)}<JOBTITLE/>{el('TEL', contact.phone)}"
        f"<FAX/>{el('MOBILE', contact.mobile)}{el('EMAIL', contact.email)}<NOTE/><EMAILSUBSCRIBE>0</EMAILSUBSCRIBE>"
        "<INACTIVE>0</INACTIVE><IS_PREFERRED>-1</IS_PREFERRED><HIDE_CONTACT>0</HIDE_CONTACT>"
        "<HOLD_DATA>0</HOLD_DATA></CONTACT>"
    )


def deleted_entries(store: Store, since: datetime | None) -> str:
    """DELETED_ENTRIES: companies only (document type 5), with the account each was merged into."""
    rows = "".join(
        f"<DELETED_ENTRY><HEADER_ID>{company_id}</HEADER_ID><DOCUMENT_TYPE>{COMPANY_DOCUMENT}</DOCUMENT_TYPE>"
        f"<ADDITIONAL_REF>{into}</ADDITIONAL_REF><DELETION_DATE>{day_month_year(at, null='')}</DELETION_DATE>"
        "<PARENT_ID/></DELETED_ENTRY>"
        for company_id, into, at in store.merged
        if since is None or london(at) >= since
    )
    return wrap("DELETED_ENTRIES", rows)
