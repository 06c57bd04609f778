"""A sales order out of the bridge's JSON."""

from decimal import Decimal

from crossdock.sandbox.bridge import FieldError, Fields, parse_code, refuse_if_wrong
from crossdock.sandbox.prima.model import ZERO, LineIntent, NativeKey, OrderIntent

KEY_NAMES = ("product", "m1", "m2", "m3", "m4")


def read_order(body: object) -> OrderIntent:
    """Raises Problem request-invalid: with a pointer to everything that does not follow the contract."""
    fields = Fields(body)
    lines = tuple(_line(one) for one in fields.groups("lines", least=1))
    _distinct(fields, lines)
    charges = tuple((one.code("code"), one.dec("amount")) for one in fields.groups("charges"))
    delivery_code, address = fields.code_or_none("delivery_address_code"), fields.group("delivery_address")
    if (delivery_code is None) == (address is None):
        text = "either delivery_address_code or delivery_address is required, and not both"
        fields.wrong.append(FieldError("/delivery_address_code", "required", text))
    intent = OrderIntent(
        source=fields.code("source"),
        external_ref=fields.code("external_ref"),
        account_code=fields.code_or_none("account_code"),
        currency=_currency(fields),
        prices_include_tax=fields.flag("prices_include_tax"),
        lines=lines,
        charges=charges,
        delivery_code=delivery_code,
        delivery_address=_address(address) if address else (),
        invoice_code=fields.code_or_none("invoice_address_code"),
        customer_po=fields.text_or_none("customer_po"),
        ordered_at=fields.ts("ordered_at"),
        requested_on=fields.date_or_none("requested_on"),
        carrier_code=fields.code_or_none("carrier_code"),
        service_code=fields.code_or_none("service_code"),
        hold=fields.flag("hold", default=False),
        hold_reason=fields.text_or_none("hold_reason"),
        payment=_payment(fields),
        expected=_expected(fields),
    )
    refuse_if_wrong(fields.wrong)
    return intent


def _line(fields: Fields) -> LineIntent:
    return LineIntent(
        line_ref=fields.code("line_ref"),
        sku=fields.code("sku"),
        native=_native(fields),
        quantity=fields.dec("quantity", above=ZERO),
        unit_code=fields.code("unit_code"),
        base_quantity=fields.dec("base_quantity", above=ZERO),
        price_list_code=fields.code_or_none("price_list_code"),
        unit_price=_price(fields),
        discount=fields.dec_or_none("discount_amount") or ZERO,
    )


def _price(fields: Fields) -> Decimal | None:
    """A price that is not above zero is no price."""
    price = fields.dec_or_none("unit_price")
    return price if price is not None and price > 0 else None


def _native(fields: Fields) -> NativeKey | None:
    group = fields.group("native_key", required=True)
    if group is None:
        return None
    codes = [group.text_or_none(name) or "" for name in KEY_NAMES]
    return NativeKey(*codes)


def _distinct(fields: Fields, lines: tuple[LineIntent, ...]) -> None:
    refs = [line.line_ref for line in lines]
    for index, ref in enumerate(refs):
        if ref and ref in refs[:index]:
            fields.wrong.append(FieldError(f"/lines/{index}/line_ref", "distinct", f"{ref} is there twice"))


def _currency(fields: Fields) -> str:
    given = fields.code("currency")
    if given and not (len(given) == 3 and given.isascii() and given.isupper()):
        fields.wrong.append(FieldError("/currency", "type", "a currency is an ISO 4217 code"))
    return given


def _address(fields: Fields) -> tuple[tuple[str, str], ...]:
    """An address as (name, text) pairs: line1 …, postcode, country."""
    lines = fields.value("lines")
    if not isinstance(lines, list) or not lines or not all(isinstance(one, str) for one in lines):
        fields.wrong.append(FieldError(f"{fields.pointer}/lines", "required", "lines is a list of strings"))
        lines = []
    try:
        country = parse_code(fields.value("country"))
    except ValueError as error:
        fields.wrong.append(FieldError(f"{fields.pointer}/country", "required", str(error)))
        country = ""
    named = [(f"line{number}", one) for number, one in enumerate(lines, 1)]
    return (*named, ("postcode", fields.text_or_none("postcode") or ""), ("country", country))


def _payment(fields: Fields) -> tuple[str, str, Decimal] | None:
    group = fields.group("payment")
    if group is None:
        return None
    return group.code("method"), group.text_or_none("reference") or "", group.dec("amount")


def _expected(fields: Fields) -> tuple[Decimal, Decimal, Decimal] | None:
    group = fields.group("expected", required=True)
    return None if group is None else (group.dec("net"), group.dec("tax"), group.dec("gross"))
