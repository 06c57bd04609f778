"""Units → order lines, fees → carriage and fee lines. Pure; amounts leave smallest coins here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.amounts import NOTHING, Amount, Gap, Gaps, UnitPrice, fee_amount
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.mapping_promotions import line_promotions, loaded_voucher, names_of
from crossdock.connectors.scayle.units import FEE, line_ref, sku_of
from crossdock.connectors.scayle.wire import at
from crossdock.model.faults import DataFault, InvalidValue
from crossdock.model.money import minor_units
from crossdock.model.sales_order import OrderLine, Shipping


@dataclass(frozen=True, slots=True)
class Coins:
    """Smallest coins of one currency, as amounts."""

    currency: str

    def __call__(self, coins: int) -> Decimal:
        return Decimal(coins).scaleb(-minor_units(self.currency))


@dataclass(frozen=True, slots=True)
class PricedUnit:
    item: wire.Item
    price: UnitPrice
    place: str
    gaps: tuple[Gap, ...] = ()


def tax_code(rate: Decimal | None) -> str:
    """The rate in percent: the only name a tax has over there. 0.19 is "19"."""
    return "" if rate is None else format((rate * 100).normalize(), "f")


def fold(units: Sequence[PricedUnit]) -> list[list[PricedUnit]]:
    """Units that are alike in SKU, price, reductions and tax rate, together; groups by their lowest id."""
    groups: dict[object, list[PricedUnit]] = {}
    for unit in sorted(units, key=lambda one: one.item.id):
        price = unit.price
        words = tuple((one.category, one.code, one.amount.absolute_with_tax) for one in price.reductions)
        key = (sku_of(unit.item), price.listed_net, price.priced, price.paid, words, names_of(unit.item))
        groups.setdefault(key, []).append(unit)
    return list(groups.values())


def to_line(group: Sequence[PricedUnit], coins: Coins, settings: ScayleSettings, *, voucher: str | None) -> OrderLine:
    """unit_price: before every reduction, net. voucher: the code of the absolute voucher that counts as the line's own
    discount; None: it comes off the order, and the tax of the line after it cannot be told."""
    first, count = group[0], len(group)
    price, voucher_here = first.price, voucher is not None
    promotions = line_promotions(
        price.reductions, names_of(first.item), (price.listed_net - price.priced.net) * count, coins
    )
    if voucher is not None:
        promotions += loaded_voucher(voucher, (price.priced.net - price.paid.net) * count, coins)
    net = price.paid.net if voucher_here else price.priced.net
    said = voucher_here or price.paid == price.priced
    try:
        return OrderLine(
            line_ref=line_ref(unit.item.id for unit in group),
            sku=sku_of(first.item),
            quantity=Decimal(count),
            unit=settings.unit,
            unit_price=coins(price.listed_net),
            description=(first.item.product.name if first.item.product else "") or "",
            discount=coins((price.listed_net - net) * count),
            tax=coins((price.paid.tax if voucher_here else price.priced.tax) * count) if said else None,
            tax_code=tax_code(price.priced.rate),
            note=reductions_note(price.reductions, coins),
            promotions=promotions,
        )
    except InvalidValue as error:
        raise DataFault(first.place, str(error)) from error


def reductions_note(reductions: Sequence[wire.Reduction], coins: Coins) -> str:
    """Each mechanic with its code and what it took off one unit, gross: "sale -10.00, promotion SUMMER10 -6.99"."""
    return ", ".join(
        " ".join(part for part in (one.category, one.code or "", _off(one.amount.absolute_with_tax, coins)) if part)
        for one in reductions
    )


def _off(gross: int | None, coins: Coins) -> str:
    return f"-{coins(gross):f}" if gross else ""


@dataclass(frozen=True, slots=True)
class Fees:
    """total: of all fees. lines: those billed as a SKU. gaps: what does not close in one of them."""

    shipping: Shipping
    lines: tuple[OrderLine, ...]
    total: Amount
    gaps: tuple[Gap, ...] = ()


def to_fees(order: wire.Order, place: str, coins: Coins, settings: ScayleSettings) -> Fees:
    """What is no carriage is billed as a line: of the SKU somebody named, else of one named like the fee itself, which
    waits until that is mapped to an item of the ERP. No fee is dropped."""
    carriage: list[Amount] = []
    lines: list[OrderLine] = []
    whole, gaps = NOTHING, Gaps()
    for n, fee in enumerate(order.cost.applied_fees or ()):
        where = at(place, "cost", "appliedFees", n)
        one = fee_amount(fee, where, gaps=gaps, what=f"the fee {name_of(fee)}")
        whole = whole + one
        if is_surcharge(fee, settings):
            if one.gross:
                sku = fee_sku(fee, settings.fee_skus) or f"{FEE}{name_of(fee)}"
                lines.append(_fee_line(fee, n, one, sku, coins, settings, where))
        else:
            carriage.append(one)
    method = (order.shipping.policy if order.shipping else "") or ""
    rates = dict.fromkeys(tax_code(one.rate) for one in carriage if one.gross)
    shipping = Shipping(
        method=method,
        net=coins(sum(one.net for one in carriage)),
        tax=coins(sum(one.tax for one in carriage)) if carriage else None,
        tax_code="+".join(code for code in rates if code),
    )
    return Fees(shipping, tuple(lines), whole, tuple(gaps))


def is_surcharge(fee: wire.Fee, settings: ScayleSettings) -> bool:
    """It is billed as a line, not as carriage."""
    return bool(fee_sku(fee, settings.fee_skus)) or fee.category not in settings.shipping_categories


def name_of(fee: wire.Fee) -> str:
    return f"{fee.category}/{fee.key}" if fee.key else fee.category


def fee_sku(fee: wire.Fee, skus: Mapping[str, str]) -> str:
    """The closer name wins: category/key before category."""
    return skus.get(f"{fee.category}/{fee.key or ''}") or skus.get(fee.category, "")


def _fee_line(
    fee: wire.Fee, n: int, one: Amount, sku: str, coins: Coins, settings: ScayleSettings, place: str
) -> OrderLine:
    name = f"{fee.category}/{fee.key or n}"
    try:
        return OrderLine(
            line_ref=f"{FEE}{n}:{name}",
            sku=sku,
            quantity=Decimal(1),
            unit=settings.unit,
            unit_price=coins(one.net),
            description=name,
            tax=coins(one.tax),
            tax_code=tax_code(one.rate),
            surcharge=True,
        )
    except InvalidValue as error:
        raise DataFault(place, str(error)) from error
