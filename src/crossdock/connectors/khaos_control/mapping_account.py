"""A COMPANYS document (ExportCompany) → Account. Pure."""

from collections.abc import Iterator
from datetime import datetime

from crossdock.connectors.khaos_control.xmldoc import Element, flag, raw, required, text
from crossdock.model.account import Account
from crossdock.model.company import domain_of
from crossdock.model.faults import DataFault
from crossdock.ports.systems import Document

INVOICE_ADDRESS = "1"
BLANK = "."
"""What a blank postcode is written as."""


def read_companies(companys: Element) -> Iterator[Document[Account]]:
    """Every company of the document; an unreadable one says why in its `fault`."""
    for company in companys.iterfind("COMPANY"):
        yield read_company(company)


def read_company(company: Element, updated_at: datetime | None = None) -> Document[Account]:
    code, body = text(company, "COMPANY_CODE"), raw(company)
    try:
        return Document(ref=code, raw=body, value=_account(company), updated_at=updated_at)
    except DataFault as fault:
        return Document(ref=code, raw=body, fault=fault, updated_at=updated_at)


def _account(company: Element) -> Account:
    """COMPANY_ID never changes; COMPANY_CODE can be retyped with no trail. No credit figure is exported."""
    code = required(company, "COMPANY_CODE")
    return Account(
        account_id=text(company, "COMPANY_ID") or code,
        code=code,
        name=text(company, "COMPANY_NAME"),
        other_ref=text(company, "OTHER_REF"),
        email=next(iter(_emails(company)), ""),
        company_class=text(company, "COMPANY_CLASS"),
        currency=text(company, "CURRENCY_CODE"),
        tax_reference=text(company, "TAX_REFERENCE"),
        on_stop=flag(company, "SORDER_LOCKED") | flag(company, "HOLD_DATA"),
        po_required=flag(company, "POCODE_REQUIRED"),
        price_lists=tuple(
            name for one in company.iterfind("PRICE_LISTS/PRICE_LIST") if (name := (one.text or "").strip())
        ),
        domains=tuple(sorted({domain for one in _emails(company) if (domain := domain_of(one))})),
        postcodes=tuple(
            dict.fromkeys(
                code
                for one in company.iterfind("ADDRESSES/ADDRESS")
                if (code := text(one, "POSTCODE")) not in ("", BLANK)
            )
        ),
    )


def _postcodes(company: Element) -> list[str]:
    found = [text(one, "POSTCODE") for one in company.iterfind("ADDRESSES/ADDRESS")]
    return [code for code in found if code not in ("", BLANK)]


def _emails(company: Element) -> list[str]:
    """The web login, then the invoice address's, other addresses', the contacts'."""
    addresses = list(company.iterfind("ADDRESSES/ADDRESS"))
    addresses.sort(key=lambda one: text(one, "ADDRTYPE") != INVOICE_ADDRESS)
    holders = [*addresses, *company.iterfind("CONTACTS/CONTACT")]
    candidates = [text(company, "WEB_USER"), *(text(one, "EMAIL") for one in holders)]
    return [found for found in candidates if "@" in found]
