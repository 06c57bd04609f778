"""The money of a downloaded order: net or gross by CalcMethod, discounts in pounds, and the total it was sold at."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from crossdock.sandbox.khaos_control.channel.order_wire import Header, OrderItem
from crossdock.sandbox.khaos_control.documents import Refused
from crossdock.sandbox.khaos_control.model import NONE
from crossdock.sandbox.khaos_control.money import HUNDRED, PENNY, ZERO, Amount, from_gross, from_net, pence

AUTO, NET, GROSS = 0, 1, 2


def calc_method(header: Header, items: Sequence[OrderItem]) -> int:
    """Raises Refused: on an unknown one, or none where a discount needs it to say whether it is net or gross."""
    method = AUTO if header.calc_method is None else header.calc_method
    if method not in (AUTO, NET, GROSS):
        raise Refused(f"Header.CalcMethod: {method} is not 0, 1 or 2")
    if method == AUTO and any(item.percent_discount or item.value_discount for item in items):
        raise Refused("Header.CalcMethod: must be set where a line has a discount")
    return int(method)


def line_amount(item: OrderItem, method: int, percent: Decimal, *, off_each: bool) -> Amount:
    """percent: of tax. off_each: ValueDiscount is for one unit. Raises Refused: on a price or discount that is none."""
    price = item.unit_price.value
    if price is None:
        raise Refused("Items.UnitPrice: Net or Gross is required")
    sent_net = item.unit_price.net is not None
    net = sent_net if method == AUTO else method == NET
    if net and not sent_net:
        price = price * HUNDRED / (HUNDRED + percent)
    elif sent_net and not net:
        price = price * (HUNDRED + percent) / HUNDRED
    total = pence(item.quantity * price)
    if item.value_discount:
        total -= pence(item.value_discount * (item.quantity if off_each else 1))
    elif item.percent_discount:
        total = pence(total * (HUNDRED - item.percent_discount) / HUNDRED)
    if total < 0 or (item.percent_discount or NONE) < 0:
        raise Refused("Items: the discount is more than the line")
    return from_net(total, percent) if net else from_gross(total, percent)


def delivery_amount(header: Header, usual: Decimal, percent: Decimal) -> Amount:
    """No DeliveryCharge: Khaos Control makes up its own, `usual` net. 0 is free."""
    charge = header.delivery_charge
    if charge is None or charge.value is None:
        return from_net(usual, percent)
    tax = None if header.delivery_tax_amount is None else pence(header.delivery_tax_amount)
    if charge.net is not None:
        return from_net(pence(charge.net), percent) if tax is None else Amount(pence(charge.net), tax)
    gross = pence(charge.value)
    return from_gross(gross, percent) if tax is None else Amount(gross - tax, tax)


def spread_discount(amounts: Sequence[Amount], off: Decimal, percents: Sequence[Decimal]) -> list[Amount]:
    """Take a gross discount of the whole order off its lines, each by its share. Raises Refused: if it is too much."""
    whole = sum((one.gross for one in amounts), ZERO)
    if off < 0 or off > whole:
        raise Refused("Header.ValueDiscount: more than the order")
    shares = [(off * one.gross / whole).quantize(PENNY, ROUND_DOWN) if whole else ZERO for one in amounts]
    left = int((pence(off) - sum(shares, ZERO)) / PENNY)
    return [
        from_gross(one.gross - share - (PENNY if place < left else ZERO), percent)
        for place, (one, share, percent) in enumerate(zip(amounts, shares, percents, strict=True))
    ]


def correct(amounts: Sequence[Amount], gap: Decimal) -> list[Amount]:
    """Put a few pennies right: in the tax of the largest taxed line, else in the net of the largest."""
    place = max(range(len(amounts)), key=lambda one: (amounts[one].tax > 0, amounts[one].gross))
    net, tax = amounts[place].net, amounts[place].tax
    settled = Amount(net, tax + gap) if tax > 0 and tax + gap >= 0 else Amount(net + gap, tax)
    return [*amounts[:place], settled, *amounts[place + 1 :]]
