"""NewAccount → the COMPANYS document of ImportCompany, and what its result says. Pure.

Method 0 looks for the company first, by COMPANY_CODE, else by OTHER_REF instead of WEB_USER when that is sent. Our own
reference goes as OTHER_REF and nothing else does: so a second send finds the account that the first one opened, and
never somebody else's. Source: the vendor's Web Integration Pack; khaosconnect-magento, Helper/Customer.php.
"""

from collections.abc import Sequence

from crossdock.connectors.khaos_control.config import Lengths
from crossdock.connectors.khaos_control.mapping_outcome import same_reference
from crossdock.connectors.khaos_control.text import address_lines, escaped, fitted, refuse_what_xml_cannot_hold
from crossdock.connectors.khaos_control.wire_results import ImportedCompany
from crossdock.model.account import NewAccount
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused, Unknown, Unsupported
from crossdock.model.sales_order import Address

AT = "COMPANY"
INVOICE = "1"  # a single address must be the invoice address
NORMAL = "0"
OTHER_REF_MAX, TAX_REFERENCE_MAX, TELEPHONE_MAX = 30, 20, 19
BLANK = "."


def write_company(wanted: NewAccount, lengths: Lengths, *, company_class: str = "", refuse: bool = True) -> str:
    """company_class: for one that names none. Raises DataFault and Unsupported: what cannot be said or is missing."""
    name, address = wanted.company.name.strip(), wanted.company.address
    known_class = wanted.company_class or company_class
    if len(wanted.ref) > OTHER_REF_MAX or not wanted.ref.strip():
        raise Unsupported(f"{AT}/OTHER_REF", f"{wanted.ref!r} must have 1 to {OTHER_REF_MAX} characters")
    for field, value, needs in (
        ("COMPANY_NAME", name, "the company has no name"),
        ("COMPANY_CLASS", known_class, "say the ERP's class of such buyers in orders.company_class"),
        ("COUNTRY_CODE", address.country if address else "", "the company has no address with a country"),
    ):
        if not value:
            raise DataFault(f"{AT}/{field}", f"is missing: {needs}")
    assert address is not None
    fields = (
        ("COMPANY_NAME", name, lengths.company_name),
        ("OTHER_REF", wanted.ref, OTHER_REF_MAX),
        ("PASSED_REFERENCE", wanted.ref, OTHER_REF_MAX),
        ("COMPANY_CLASS", known_class, 50),
        ("TAX_REFERENCE", wanted.company.vat_number, TAX_REFERENCE_MAX),
        ("CURRENCY_CODE", wanted.currency, 3),
        ("COUNTRY_CODE", address.country, 3),
    )
    document = (
        f"<COMPANYS><COMPANY>{_fields(fields, AT, refuse)}<ADDRESSES>{_address(wanted, address, lengths, refuse)}"
        f"</ADDRESSES>{_contact(wanted, address, lengths, refuse)}</COMPANY></COMPANYS>"
    )
    refuse_what_xml_cannot_hold(document)
    return document


def _address(wanted: NewAccount, address: Address, lengths: Lengths, refuse: bool) -> str:
    at = f"{AT}/ADDRESSES/ADDRESS"
    given = (address.line1, address.line2, address.line3)
    lines = address_lines(given, lengths.address_line, f"{at}/ADDR1", refuse=refuse)
    fields = (
        *((f"ADDR{number}", line, lengths.address_line) for number, line in enumerate(lines, start=1)),
        ("TOWN", address.town, lengths.town),
        ("COUNTY", address.county, lengths.town),
        ("POSTCODE", address.postcode or BLANK, lengths.postcode),
        ("ORGANISATION", address.organisation or wanted.company.name, lengths.company_name),
        ("ADDRTYPE", INVOICE, 1),
        ("EMAIL", wanted.company.email, lengths.email),
        ("TEL", address.telephone, TELEPHONE_MAX),
        ("COUNTRY_CODE", address.country, 3),
    )
    return f"<ADDRESS>{_fields(fields, at, refuse)}</ADDRESS>"


def _contact(wanted: NewAccount, address: Address, lengths: Lengths, refuse: bool) -> str:
    if not address.surname:
        return ""
    fields = (
        ("TITLE", address.title, lengths.title),
        ("FORENAME", address.forename, lengths.name),
        ("SURNAME", address.surname, lengths.name),
        ("TEL", address.telephone, TELEPHONE_MAX),
        ("EMAIL", wanted.company.email, lengths.email),
    )
    return f"<CONTACTS><CONTACT>{_fields(fields, f'{AT}/CONTACTS/CONTACT', refuse)}</CONTACT></CONTACTS>"


def _fields(fields: Sequence[tuple[str, str, int]], at: str, refuse: bool) -> str:
    written = [(name, fitted(value, longest, f"{at}/{name}", refuse=refuse)) for name, value, longest in fields]
    return "".join([f"<{name}>{escaped(value)}</{name}>" for name, value in written if value])


def outcome_of_import(ref: str, rows: Sequence[ImportedCompany], *, evidence: str = "") -> Outcome:
    """One company was sent, so one row must answer for it; which fields a row has is only known in part."""
    ours = [row for row in rows if same_reference(row.reference, ref) or not row.reference]
    if len(rows) != 1 or len(ours) != 1:
        return Unknown(f"ImportCompany answers {len(rows)} rows, {len(ours)} of them ours", evidence=evidence)
    (row,) = ours
    if row.code and row.imported is not False:
        return Accepted(row.code)
    if row.imported is False:
        return Refused("not-taken", row.message or "refused without a word", evidence=evidence)
    return Unknown("ImportCompany names no account", evidence=evidence)
