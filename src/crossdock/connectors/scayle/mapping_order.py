"""An order as SCAYLE wrote it → our sales order. Pure: no clock, no network, nothing guessed, nothing corrected.

Source: SCAYLE Admin API, Orders; SCAYLE documentation, Order lifecycle, Vouchers and promotions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.amounts import Amount, Gap, Gaps, order_voucher, sum_gaps, total, unit_price
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.mapping_address import company_name, company_ref, is_guest, to_address
from crossdock.connectors.scayle.mapping_lines import Coins, Fees, PricedUnit, fold, to_fees, to_line
from crossdock.connectors.scayle.states import status, unit_meaning, unknown_states
from crossdock.connectors.scayle.units import sku_of
from crossdock.connectors.scayle.wire import at, each, fault_of, read
from crossdock.model.faults import DataFault, InvalidValue
from crossdock.model.money import minor_units
from crossdock.model.sales_order import Discrepancy, OrderDiscount, OrderLine, SalesOrder, StorefrontStatus


def to_sales_order(record: Any, settings: ScayleSettings, *, place: str = "") -> SalesOrder:
    """place: where the record stands in its document. Raises DataFault naming what is missing or wrong."""
    return of_wire(read(wire.Order, record, place), settings, place=place)


def of_wire(order: wire.Order, settings: ScayleSettings, *, place: str = "") -> SalesOrder:
    problems = unknown_states(order, place, settings)
    placed = order.created_at or order.confirmed_at
    if placed is None:
        problems.append((at(place, "createdAt"), "is missing, and confirmedAt too; the document must give one of them"))
    if not order.items:
        problems.append((at(place, "items"), "is empty; an order must hold something"))
    try:
        minor_units(order.currency_code)
    except InvalidValue as error:
        problems.append((at(place, "currencyCode"), f'{error}; it must be one, such as "EUR"'))
    off = order.membership_discount.reduction_value if order.membership_discount else None
    if off and settings.membership_discount == "refuse":
        problem = f"is {off}; say in the setting `membership_discount` whether it is a payment"
        problems.append((at(place, "membershipDiscount", "reductionValue"), problem))
    if problems or placed is None:
        raise fault_of(problems)
    try:
        return _made(order, placed, settings, place)
    except InvalidValue as error:
        raise DataFault(place or "body", str(error)) from error


def number_of(order: wire.Order, settings: ScayleSettings) -> str:
    return (order.public_key or "") if settings.order_number == "public_key" and order.public_key else str(order.id)


def changed_at(order: wire.Order) -> datetime | None:
    """Its last change as far as it is told: updatedAt may be missing."""
    known = (order.updated_at, order.invoiced_at, order.confirmed_at, order.created_at)
    return next((one for one in known if one is not None), None)


@dataclass(frozen=True, slots=True)
class Bill:
    """What is still to be delivered and paid: lines, what comes off the order, and the gross of it all. gaps: what of
    it does not close."""

    lines: tuple[OrderLine, ...]
    discounts: tuple[OrderDiscount, ...]
    gross: int
    tax: int
    gaps: tuple[Gap, ...]


def _made(order: wire.Order, placed: datetime, settings: ScayleSettings, place: str) -> SalesOrder:
    coins = Coins(order.currency_code)
    fees = to_fees(order, place, coins, settings)
    state = status(order, settings)
    units = _units(order, settings, place)
    counted, what = _counted(units, settings, place)
    bill = _bill(order, units, counted, fees, coins, settings, place)
    if what is not None and state is StorefrontStatus.OPEN:
        state = what
    phone = next((one.value for one in order.contacts or () if one.value), "")
    billing, shipping = (order.address.billing, order.address.shipping) if order.address else (None, None)
    customer = order.customer
    email = (customer.email if customer else "") or ""
    return SalesOrder(
        ref=number_of(order, settings),
        storefront_id=str(order.id),
        placed_at=placed,
        updated_at=changed_at(order) or placed,
        currency=order.currency_code,
        company_ref=company_ref(customer, settings),
        company_name=company_name(customer),
        account_hint=(customer.reference_key or "") if customer and settings.account_hint else "",
        buyer_email=email,
        guest=customer is None or is_guest(customer),
        wanted_by=_wanted_by(order.packages or ()),
        payment_term=_payment_term(order, settings),
        status=state,
        lines=bill.lines,
        invoice_address=to_address(billing, at(place, "address", "billing"), phone=phone, email=email),
        delivery_address=to_address(shipping, at(place, "address", "shipping"), phone=phone, email=email),
        shipping=fees.shipping,
        discounts=bill.discounts,
        tax_total=coins(bill.tax),
        total=coins(bill.gross),
        discrepancies=tuple(Discrepancy(one.what, coins(one.stated), coins(one.own)) for one in bill.gaps),
    )


def _units(order: wire.Order, settings: ScayleSettings, place: str) -> list[PricedUnit]:
    """Every unit with its price; all that is wrong with any of them in one fault."""

    def priced(item: wire.Item, where: str) -> PricedUnit:
        if item.currency and item.currency != order.currency_code:
            problem = f"is {item.currency} in an order in {order.currency_code}; both must be the same"
            raise DataFault(at(where, "currency"), problem)
        if not sku_of(item):
            raise DataFault(at(where, "variant", "referenceKey"), "is empty; a unit must name its SKU")
        gaps = Gaps()
        price = unit_price(item.price, at(where, "price"), gaps=gaps, what=f"unit {item.id} ({sku_of(item)})")
        return PricedUnit(item, price, where, tuple(gaps))

    units = each(order.items or (), priced, at(place, "items"))
    if len({unit.item.id for unit in units}) < len(units):
        raise DataFault(at(place, "items"), "holds one id twice; every unit must have its own")
    return units


def _counted(
    units: Sequence[PricedUnit], settings: ScayleSettings, place: str
) -> tuple[list[PricedUnit], StorefrontStatus | None]:
    """Those that are ours and still stand. When none does, all of ours, and what that makes of the order."""
    ours = [unit for unit in units if is_ours(unit.item, settings)]
    if len(ours) < len(units) and settings.other_merchants == "refuse":
        other = next(unit for unit in units if not is_ours(unit.item, settings))
        problem = f"is not {settings.merchant!r}; the setting `other_merchants` can leave such units out"
        raise DataFault(at(other.place, "merchant", "referenceKey"), problem)
    if not ours:
        raise DataFault(at(place, "items"), f"holds no unit of merchant {settings.merchant!r}")
    meanings = [unit_meaning(unit.item, settings) for unit in ours]
    live = [unit for unit, meaning in zip(ours, meanings, strict=True) if meaning == "live"]
    if live:
        return live, None
    return ours, StorefrontStatus.CLOSED if "returned" in meanings else StorefrontStatus.CANCELLED


def is_ours(item: wire.Item, settings: ScayleSettings) -> bool:
    """A unit that names no merchant is anybody's: before 2023 none did."""
    key = item.merchant.reference_key if item.merchant else None
    return not settings.merchant or not key or key == settings.merchant


def _bill(
    order: wire.Order,
    units: Sequence[PricedUnit],
    counted: Sequence[PricedUnit],
    fees: Fees,
    coins: Coins,
    settings: ScayleSettings,
    place: str,
) -> Bill:
    off, wrong = _unloaded_voucher(order, units, fees, settings, place)
    loaded = [unit for unit in counted if unit.price.paid != unit.price.priced]
    rates = {unit.price.priced.rate for unit in counted}
    as_order = settings.absolute_voucher == "order" or (settings.absolute_voucher == "auto" and len(rates) == 1)
    on_line = bool(loaded) and not as_order
    code = _voucher_code(order)
    lines = [to_line(group, coins, settings, voucher=code if on_line else None) for group in fold(counted)]
    if off or (loaded and not on_line):  # an order's discount is shared out by the ERP, and the tax with it
        lines = [_without_tax(line) for line in lines]
    discounts = []
    voucher = off.net if off else sum(unit.price.priced.net - unit.price.paid.net for unit in loaded)
    if voucher and not on_line:
        description = code or "voucher"
        discounts.append(OrderDiscount(mechanic="voucher", description=description, amount=coins(voucher), ref=code))
    paid = total([unit.price.paid for unit in counted])
    gross = paid.gross + fees.total.gross - (off.gross if off else 0)
    tax = paid.tax + fees.total.tax - (off.tax if off else 0)
    if wrong and len(counted) == len(units):  # what the shop says of the whole holds, whatever its parts come to
        gross = order.cost.with_tax or gross
    gaps = [gap for unit in counted for gap in unit.gaps]
    return Bill((*lines, *fees.lines), tuple(discounts), gross, tax, (*gaps, *fees.gaps, *wrong))


def _unloaded_voucher(
    order: wire.Order, units: Sequence[PricedUnit], fees: Fees, settings: ScayleSettings, place: str
) -> tuple[Amount | None, Gaps]:
    """An absolute voucher that no unit's price tells of (before 2025-06): what it took off, from the order's own net.

    And where the sums do not close: the parts of all units, or of those that stand, must come to the order's cost.
    Which of the two the cost speaks of after a cancellation is not public, so either is believed when it closes.
    """
    readings = [units, [unit for unit in units if unit_meaning(unit.item, settings) == "live"]]
    readings += [
        [unit for unit in units if unit_meaning(unit.item, settings) != gone] for gone in ("cancelled", "returned")
    ]
    sums = [total([*(unit.price.paid for unit in reading), fees.total]) for reading in readings]
    where, stated = at(place, "cost"), order.cost.with_tax
    voucher = order_voucher(order.cost)
    for whole in sums:
        if whole.gross == stated:
            return None, sum_gaps(whole, order.cost, where, tolerance=settings.sum_tolerance)
        if voucher and whole.gross - voucher == stated and order.cost.without_tax is not None:
            net = whole.net - order.cost.without_tax
            if not 0 <= net <= voucher:
                problem = f"is {order.cost.without_tax}, which would make the voucher of {voucher} come to {net} net"
                raise DataFault(at(where, "withoutTax"), problem)
            return Amount(voucher, net, voucher - net), Gaps()
    return None, sum_gaps(sums[0], order.cost, where, tolerance=settings.sum_tolerance)


def _without_tax(line: OrderLine) -> OrderLine:
    return replace(line, tax=None)


def _voucher_code(order: wire.Order) -> str:
    codes = [one.code or "" for one in order.cost.applied_reductions or () if one.category == "voucher"]
    return " ".join(code for code in codes if code)


def _wanted_by(packages: Sequence[wire.Package]) -> date | None:
    """The day the customer chose; an estimate is no wish."""
    days = [one.delivery_date.desired for one in packages if one.delivery_date and one.delivery_date.desired]
    return max(days, default=None)


def _payment_term(order: wire.Order, settings: ScayleSettings) -> str:
    """Every way it was paid, sorted, so that the same split has one name: "computop_creditcard + gift_card"."""
    keys = {one.key for one in order.payment or () if one.key}
    off = order.membership_discount.reduction_value if order.membership_discount else None
    if off and settings.membership_discount == "payment":
        keys.add("membership_discount")
    return " + ".join(sorted(keys))
