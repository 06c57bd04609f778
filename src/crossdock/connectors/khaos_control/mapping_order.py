"""ResolvedOrder → the SALES_ORDERS document of ImportOrders. Pure, and on the hot path: strings, no object per element.

Source: the vendor's Web Integration Pack, order format 1.35, and what the vendor's khaosconnect-magento plug-in sends.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from crossdock.connectors.khaos_control.config import KhaosControlSettings, Lengths
from crossdock.connectors.khaos_control.text import address_lines, escaped, fitted, refuse_what_xml_cannot_hold
from crossdock.connectors.khaos_control.times import order_date
from crossdock.model.faults import DataFault, Unsupported
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import Address

BLANK = "."
"""A blank postcode or surname is sent as a full stop, which Khaos Control takes for empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """How orders are written to one system: the part of its settings that is looked at for each of them.

    may_be_nameless: an order may name neither an account nor an e-mail; a translation may, nothing that is sent.
    """

    mapping_type: int = 1
    price_decimals: int = 4
    timezone: str = "Europe/London"
    site: str = ""
    sales_source: str = ""
    brand: str = ""
    company_class: str = ""
    wanted_by_element: str = "REQUIRED_BY_DATE"
    refuse_over_length: bool = True
    lengths: Lengths = field(default_factory=Lengths)
    may_be_nameless: bool = False

    @classmethod
    def of(cls, settings: KhaosControlSettings) -> Self:
        names = set(cls.__dataclass_fields__) - {"may_be_nameless"}
        return cls(**{name: getattr(settings, name) for name in names})


def write_sales_order(order: ResolvedOrder, terms: OrderTerms) -> str:
    """One order as a document. Raises DataFault, naming the element, for what Khaos Control cannot hold or be asked."""
    price = "PRICE_GRS" if order.prices_include_tax else "PRICE_NET"
    document = (
        "<SALES_ORDERS><SALES_ORDER>"
        f"{_customer(order, terms)}{_payments(order)}{_header(order, terms)}"
        f"<ORDER_ITEMS>{''.join([_line(line, price, terms) for line in order.lines])}</ORDER_ITEMS>"
        "</SALES_ORDER></SALES_ORDERS>"
    )
    refuse_what_xml_cannot_hold(document)
    return document


def check_reference(ref: str, lengths: Lengths) -> None:
    """Raises DataFault: a reference we could not look up again, or that does not fit."""
    if "," in ref or ref != ref.strip() or not ref:
        problem = f"{ref!r} cannot be looked up in Khaos Control: no comma, no blank at either end, not empty"
        raise DataFault("ORDER_HEADER/ASSOCIATED_REF", problem)
    fitted(ref, lengths.order_ref, "ORDER_HEADER/ASSOCIATED_REF")


def plain(number: Decimal) -> str:
    """Exact, without an exponent."""
    return format(number, "f")


def _element(name: str, value: str) -> str:
    return f"<{name}>{escaped(value)}</{name}>" if value else ""


def _customer(order: ResolvedOrder, terms: OrderTerms) -> str:
    """Khaos Control updates the customer it finds, so beside a company code neither WEB_USER nor COMPANY_NAME is sent:
    an order must not change the login or the name of a whole account. OTHER_REF never: it would be matched alone."""
    lengths, refuse, at = terms.lengths, terms.refuse_over_length, "CUSTOMER_DETAIL"
    code = fitted(order.account_code, lengths.company_code, f"{at}/COMPANY_CODE", refuse=refuse)
    web_user = "" if code else fitted(order.buyer_email, lengths.email, f"{at}/WEB_USER", refuse=refuse)
    name = "" if code else fitted(order.company_name, lengths.company_name, f"{at}/COMPANY_NAME", refuse=refuse)
    if not code and not web_user and not terms.may_be_nameless:
        raise DataFault(f"{at}/COMPANY_CODE", "the order names neither an account nor an e-mail to find one by")
    return (
        "<CUSTOMER_DETAIL><IS_NEW_CUSTOMER>0</IS_NEW_CUSTOMER>"
        + _element("COMPANY_CODE", code)
        + _element("WEB_USER", web_user)
        + _element("COMPANY_CLASS", order.company_class or terms.company_class)
        + _element("COMPANY_NAME", name)
        + "<ADDRESSES>"
        + _address("INVADDR", order.invoice_address, terms)
        + _address("DELADDR", order.delivery_address, terms)
        + "</ADDRESSES></CUSTOMER_DETAIL>"
    )


def _address(block: str, address: Address | None, terms: OrderTerms) -> str:
    """Without a DELADDR the invoice address is used."""
    if address is None:
        return ""
    lengths, refuse, at, prefix = (
        terms.lengths,
        terms.refuse_over_length,
        f"CUSTOMER_DETAIL/ADDRESSES/{block}",
        block[0],
    )
    lines = address_lines(
        (address.line1, address.line2, address.line3), lengths.address_line, f"{at}/{prefix}ADDRESS1", refuse=refuse
    )
    fields = (
        ("TOWN", address.town, lengths.town),
        ("COUNTY", address.county, lengths.town),
        ("POSTCODE", address.postcode or BLANK, lengths.postcode),
        ("COUNTRY_CODE", address.country, 3),
        ("TITLE", address.title, lengths.title),
        ("FORENAME", address.forename, lengths.name),
        ("SURNAME", address.surname or BLANK, lengths.name),
        ("TEL", address.telephone, lengths.telephone),
        ("EMAIL", address.email, lengths.email),
        ("ORGANISATION", address.organisation, lengths.company_name),
    )
    street = "".join([_element(f"{prefix}ADDRESS{number}", line) for number, line in enumerate(lines, 1)])
    rest = "".join(
        [
            _element(prefix + name, fitted(value, longest, f"{at}/{prefix}{name}", refuse=refuse))
            for name, value, longest in fields
        ]
    )
    return f"<{block}>{street}{rest}</{block}>"


def _payments(order: ResolvedOrder) -> str:
    """Only when the order was paid some way; an order on account carries no payment."""
    if not order.payment_code:
        return ""
    return (
        f"<PAYMENTS><PAYMENT_DETAIL><PAYMENT_AMOUNT>{plain(order.total)}</PAYMENT_AMOUNT>"
        f"{_element('PAYMENT_TYPE', order.payment_code)}</PAYMENT_DETAIL></PAYMENTS>"
    )


def _header(order: ResolvedOrder, terms: OrderTerms) -> str:
    """The delivery charge is always sent, 0 when free: left out, Khaos Control would make one up."""
    lengths, refuse, at = terms.lengths, terms.refuse_over_length, "ORDER_HEADER"
    check_reference(order.ref, lengths)
    return (
        "<ORDER_HEADER>"
        + _element("ASSOCIATED_REF", order.ref)
        + f"<ORDER_DATE>{order_date(order.placed_at, terms.timezone)}</ORDER_DATE>"
        + (_element(terms.wanted_by_element, order.wanted_by.isoformat()) if order.wanted_by else "")
        + f"<ORDER_AMOUNT>{plain(order.total)}</ORDER_AMOUNT>"
        + _element("ORDER_CURRENCY_CODE", order.currency)
        + _element("SITE", order.site or terms.site)
        + _element("BRAND", order.brand or terms.brand)
        + _element("SALES_SOURCE", order.sales_source or terms.sales_source)
        + _element("ORDER_NOTE", fitted(order.notes, lengths.notes, f"{at}/ORDER_NOTE", refuse=refuse))
        + f"<DELIVERY_NET>{plain(order.delivery_net)}</DELIVERY_NET>"
        + f"<DELIVERY_TAX>{plain(order.delivery_tax)}</DELIVERY_TAX>"
        + _element("COURIER_CODE", order.courier_code)
        + _element("PO_NUMBER", fitted(order.po_number, lengths.po_number, f"{at}/PO_NUMBER", refuse=refuse))
        + "</ORDER_HEADER>"
    )


def _line(line: ResolvedLine, price: str, terms: OrderTerms) -> str:
    """No STOCK_DESC: Khaos Control prints its own description. No TAX_RATE without a code: the item's rate holds."""
    code, at = line.stock_code, f"ORDER_ITEMS/ORDER_ITEM[{line.line_ref}]"
    if not code or "#" in code or "," in code:
        raise Unsupported(f"{at}/STOCK_CODE", f"{code!r} cannot be a Khaos Control stock code: no # and no comma")
    exponent = line.unit_price.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > terms.price_decimals:
        _refuse_finer_price(line.unit_price, terms.price_decimals, f"{at}/{price}")
    return (
        "<ORDER_ITEM>"
        + _element("STOCK_CODE", fitted(code, terms.lengths.stock_code, f"{at}/STOCK_CODE"))
        + f"<MAPPING_TYPE>{terms.mapping_type}</MAPPING_TYPE>"
        + _element("EXTENDED_DESC", line.note)
        + f"<ORDER_QTY>{plain(line.quantity)}</ORDER_QTY>"
        + f"<{price}>{plain(line.unit_price)}</{price}>"
        + _element("TAX_RATE", line.tax_code)
        + _element("FREEITEM_REASON", line.free_reason)
        + _element("IMPORT_REF", line.line_ref)
        + "</ORDER_ITEM>"
    )


def _refuse_finer_price(price: Decimal, decimals: int, at: str) -> None:
    if price != round(price, decimals):
        raise Unsupported(at, f"{plain(price)} has more than {decimals} decimals")
