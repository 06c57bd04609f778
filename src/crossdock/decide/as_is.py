"""A sales order with every code carried over as it stands: what a mapping would send if all codes were the same.

For understanding a mapping, never for posting: it assumes whatever is not known, and says each thing it assumed.
"""

from collections.abc import Iterator
from decimal import Decimal

from crossdock.decide.unit_price import Piece, fit_price
from crossdock.decide.words import amount, plain
from crossdock.model.money import allocate, half_up, minor_units
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import OrderLine, SalesOrder, StorefrontStatus

NONE = Decimal(0)
PRICE_DECIMALS = 4


def carried_over(order: SalesOrder) -> tuple[ResolvedOrder, list[str]]:
    """The order as an ERP with the storefront's own codes would get it, and everything that had to be assumed."""
    notes: list[str] = []
    lines = _lines(order, notes)
    minor = minor_units(order.currency)
    delivery_net, delivery_tax = half_up(order.shipping.net, minor), half_up(order.shipping.tax or NONE, minor)
    resolved = ResolvedOrder(
        ref=order.ref,
        placed_at=order.placed_at,
        currency=order.currency,
        account_code=order.account_hint,
        account_id="",
        lines=lines,
        delivery_net=delivery_net,
        delivery_tax=delivery_tax,
        total=order.total,
        courier_code=order.shipping.method,
        buyer_email=order.buyer_email,
        company_name=order.company_name,
        po_number=order.po_number,
        notes=order.notes,
        wanted_by=order.wanted_by,
        invoice_address=order.invoice_address,
        delivery_address=order.delivery_address,
    )
    notes += _assumptions(order, resolved)
    return resolved, notes


def _lines(order: SalesOrder, notes: list[str]) -> tuple[ResolvedLine, ...]:
    minor = minor_units(order.currency)
    nets = [_net(line, minor, notes) for line in order.lines]
    off = half_up(sum((one.amount for one in order.discounts), NONE), minor)
    if off > (whole := sum(nets, NONE)):
        notes.append(f"the order's discounts of {plain(off)} exceed its lines; {plain(whole)} was taken off")
        off = whole
    shares = allocate(off, nets, decimals=minor)
    resolved: list[ResolvedLine] = []
    for line, net, share in zip(order.lines, nets, shares, strict=True):
        resolved += _pieces(line, net - share, minor, notes)
    return tuple(resolved)


def _net(line: OrderLine, minor: int, notes: list[str]) -> Decimal:
    net = half_up(line.net_before_discount - line.discount, minor)
    if net < 0:
        notes.append(f"line {line.line_ref} ({line.sku}): its discount exceeds its price; it goes at nothing")
        return NONE
    return net


def _pieces(line: OrderLine, net: Decimal, minor: int, notes: list[str]) -> Iterator[ResolvedLine]:
    """One line, or two at neighbouring prices where no single price comes to the net."""
    pieces = fit_price(line.quantity, net, price_decimals=PRICE_DECIMALS, minor=minor, asked=_asked(line))
    if pieces is None:
        price = half_up(net / line.quantity, PRICE_DECIMALS)
        pieces = (Piece(line.quantity, price, half_up(line.quantity * price, minor)),)
        came = f"comes to {plain(pieces[0].net)} and not to {plain(net)}"
        notes.append(f"line {line.line_ref} ({line.sku}): no price of {PRICE_DECIMALS} decimals fits; it {came}")
    taxes = allocate(half_up(line.tax or NONE, minor), [piece.net for piece in pieces], decimals=minor)
    for piece, tax in zip(pieces, taxes, strict=True):
        yield ResolvedLine(
            line_ref=line.line_ref,
            stock_code=line.sku,
            quantity=piece.quantity,
            unit_price=piece.unit_price,
            net=piece.net,
            tax_code=line.tax_code,
            tax=tax,
            description=line.description,
            note=line.note,
        )


def _asked(line: OrderLine) -> Decimal | None:
    return line.unit_price if line.unit_price == half_up(line.unit_price, PRICE_DECIMALS) else None


def _assumptions(order: SalesOrder, resolved: ResolvedOrder) -> Iterator[str]:
    if order.status is not StorefrontStatus.OPEN:
        yield f"the storefront calls the order {order.status}; such an order is not posted"
    if not order.account_hint:
        yield f"company {order.company_ref} holds no ERP account code; the account is left out"
    units = ", ".join(dict.fromkeys(line.unit or "(none)" for line in order.lines))
    yield f"quantities are in the storefront's units ({units}); one of each is taken for one stock unit"
    if order.shipping.method:
        yield f"shipping method {order.shipping.method} goes as the courier code"
    if order.payment_term:
        yield f"payment term {order.payment_term} is left out: as a payment it would say the order is paid"
    if untaxed := [line.line_ref for line in order.lines if line.tax is None]:
        yield f"the storefront does not say the tax of line {', '.join(untaxed)}; it is taken for nothing"
    if uncoded := [line.line_ref for line in order.lines if not line.tax_code]:
        yield f"line {', '.join(uncoded)} names no tax code; none is sent"
    for name, address in (("delivery", order.delivery_address), ("invoice", order.invoice_address)):
        if address is None:
            yield f"the order has no {name} address; none is sent"
    came = sum((line.net + line.tax for line in resolved.lines), resolved.delivery_net + resolved.delivery_tax)
    if came != order.total:
        said, sums = amount(order.total, order.currency), amount(came, order.currency)
        yield f"the total does not add up: the storefront says {said}, lines, carriage and tax come to {sums}"
