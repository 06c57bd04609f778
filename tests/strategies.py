"""Made-up trade, for properties: money, orders of any kind, and orders that add up the way a storefront's do."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from crossdock.decide.order_entry import OrderFacts
from crossdock.decide.policy import OrderPolicy
from crossdock.model.account import Account
from crossdock.model.code_map import CodeMaps, TaxCode
from crossdock.model.despatch import DespatchLine, Fulfilment, Invoice, Parcel, Stage
from crossdock.model.money import Money, allocate, half_up, minor_units
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import Address, OrderDiscount, OrderLine, SalesOrder, Shipping, StorefrontStatus
from crossdock.model.stock import StockItem

law = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
"""How hard a property is tried: the same examples every time."""

CURRENCIES = ("GBP", "EUR", "JPY", "KWD")  # two, two, no and three decimals
TAXES = {
    "STANDARD": TaxCode(code="1", percent=Decimal(20)),
    "REDUCED": TaxCode(code="4", percent=Decimal(5)),
    "OLD": TaxCode(code="7", percent=Decimal("17.5")),
    "ZERO": TaxCode(code="2", percent=Decimal(0)),
}
UNITS = {"item": Fraction(1), "pack": Fraction(6), "case": Fraction(24)}
PLACED = datetime(2026, 3, 2, 8, 11, tzinfo=UTC)
KASSEL = Address(
    organisation="Meyer Bau GmbH", surname="Meyer", line1="Werkstr. 4", town="Kassel", postcode="34117", country="DE"
)
ACCOUNT = Account(account_id="1017", code="MEYER01", name="Meyer Bau GmbH")

words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places)


def money(currency: str | None = None) -> st.SearchStrategy[Money]:
    codes = st.just(currency) if currency else st.sampled_from(CURRENCIES)
    return codes.flatmap(
        lambda code: st.builds(Money, decimals("-9999999", "9999999", minor_units(code)), st.just(code))
    )


def addresses() -> st.SearchStrategy[Address]:
    return st.builds(
        Address, organisation=words, surname=words, line1=words, town=words, postcode=words,
        country=st.sampled_from(("DE", "GB", "IE")),
    )  # fmt: skip


def order_lines() -> st.SearchStrategy[OrderLine]:
    return st.builds(
        OrderLine, line_ref=words, sku=words, unit=st.sampled_from(tuple(UNITS)), description=words, note=words,
        quantity=decimals("0.001", "5000", 3), unit_price=decimals("0", "9999", 4), discount=decimals("0", "9", 2),
        tax=st.none() | decimals("0", "999", 2), tax_code=st.sampled_from(("", *TAXES)),
    )  # fmt: skip


def sales_orders() -> st.SearchStrategy[SalesOrder]:
    """Any order that can exist; it need not add up."""
    return st.builds(
        SalesOrder, ref=words, storefront_id=words, placed_at=moments(), updated_at=moments(),
        currency=st.sampled_from(CURRENCIES), company_ref=words, company_name=words, account_hint=words,
        buyer_email=words, po_number=words, notes=words, wanted_by=st.none() | st.dates(), payment_term=words,
        lines=st.lists(order_lines(), min_size=1, max_size=4).map(tuple), total=decimals("0", "999999", 2),
        tax_total=st.none() | decimals("0", "9999", 2), status=st.sampled_from(StorefrontStatus),
        invoice_address=st.none() | addresses(), delivery_address=st.none() | addresses(),
        shipping=st.builds(Shipping, method=words, net=decimals("0", "99", 2), tax=st.none() | decimals("0", "9", 2)),
        discounts=st.lists(
            st.builds(OrderDiscount, mechanic=words, description=words, amount=decimals("0.01", "99", 2)), max_size=2
        ).map(tuple),
    )  # fmt: skip


def moments() -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@dataclass(frozen=True)
class Sale:
    """An order that adds up, with everything needed to decide it."""

    order: SalesOrder
    facts: OrderFacts
    policy: OrderPolicy


@st.composite
def consistent_sales(draw: st.DrawFn, *, tax_rounding: Literal["per-line", "per-order"] = "per-line") -> Sale:
    """A storefront's own sums: it rounds lines half-up, shares a discount in one of two ways, taxes the rest."""
    currency = draw(st.sampled_from(CURRENCIES))
    minor = minor_units(currency)
    rows = draw(st.lists(_rows(minor), min_size=1, max_size=5))
    nets = [half_up(row[0] * row[1], minor) - row[2] for row in rows]
    off = draw(decimals("0", str(sum(nets, Decimal(0))), minor))
    share = st.sampled_from([_by_running_sum, _by_largest_remainder])
    shares = (_by_largest_remainder if tax_rounding == "per-order" else draw(share))(off, nets, minor)
    codes = [row[3] for row in rows]
    taxed = [(net - part, TAXES[code]) for net, part, code in zip(nets, shares, codes, strict=True)]
    shipping = draw(decimals("0", "99", minor))
    taxes = [half_up(net * code.percent / 100, minor) for net, code in [*taxed, (shipping, TAXES["STANDARD"])]]
    if tax_rounding == "per-order":
        tax_total = _tax_per_code([*taxed, (shipping, TAXES["STANDARD"])], minor)
    else:
        tax_total = sum(taxes, Decimal(0))
    stated = tax_rounding == "per-line"
    lines = tuple(
        OrderLine(
            line_ref=str(at), sku=f"SKU-{at}", quantity=row[0], unit_price=row[1], discount=row[2], unit=row[4],
            tax=tax if stated else None, tax_code=row[3],
        )
        for at, (row, tax) in enumerate(zip(rows, taxes[:-1], strict=True))
    )  # fmt: skip
    order = SalesOrder(
        ref="B2B-812", storefront_id="812", placed_at=PLACED, updated_at=PLACED, currency=currency, company_ref="9",
        lines=lines, total=sum(nets, Decimal(0)) - off + shipping + tax_total, tax_total=tax_total,
        delivery_address=KASSEL, discounts=_discount(off),
        shipping=Shipping(method="flat", net=shipping, tax=taxes[-1] if stated else None, tax_code="STANDARD"),
    )  # fmt: skip
    facts = OrderFacts(
        items={line.sku: StockItem(code=line.sku.lower(), item_id=line.sku) for line in lines},
        maps=CodeMaps(tax=TAXES, unit=UNITS, shipping={"flat": "UPS"}),
        account=ACCOUNT,
    )
    price_decimals = draw(st.integers(minor + 1, 5))
    policy = OrderPolicy(
        currencies=frozenset(CURRENCIES), price_decimals=price_decimals, zero_price="allow", tax_rounding=tax_rounding
    )
    return Sale(order, facts, policy)


@st.composite
def _rows(draw: st.DrawFn, minor: int) -> tuple[Decimal, Decimal, Decimal, str, str]:
    quantity = Decimal(draw(st.integers(1, 40) | st.integers(1, 3000)))
    price = draw(decimals("0", "500", 2) | decimals("0", "500", 4))
    discount = draw(st.just(Decimal(0)) | decimals("0", str(half_up(quantity * price, minor)), minor))
    return quantity, price, discount, draw(st.sampled_from(tuple(TAXES))), draw(st.sampled_from(tuple(UNITS)))


def _discount(off: Decimal) -> tuple[OrderDiscount, ...]:
    return (OrderDiscount(mechanic="coupon", description="Spring", amount=off),) if off else ()


def _by_largest_remainder(off: Decimal, nets: list[Decimal], minor: int) -> tuple[Decimal, ...]:
    return allocate(off, nets, decimals=minor)


def _by_running_sum(off: Decimal, nets: list[Decimal], minor: int) -> tuple[Decimal, ...]:
    """As many shops do: round what is given away so far, and take the difference."""
    whole = sum(nets, Decimal(0))
    reached = [
        half_up(off * sum(nets[: at + 1], Decimal(0)) / whole, minor) if whole else off for at in range(len(nets))
    ]
    return tuple(now - before for now, before in zip(reached, [Decimal(0), *reached], strict=False))


def _tax_per_code(taxed: list[tuple[Decimal, TaxCode]], minor: int) -> Decimal:
    sums: dict[TaxCode, Decimal] = {}
    for net, code in taxed:
        sums[code] = sums.get(code, Decimal(0)) + net
    return sum((half_up(net * code.percent / 100, minor) for code, net in sums.items()), Decimal(0))


def resolved_orders() -> st.SearchStrategy[ResolvedOrder]:
    lines = st.builds(
        ResolvedLine, line_ref=words, stock_code=words, quantity=decimals("1", "99", 0),
        unit_price=decimals("0", "99", 4), net=decimals("0", "999", 2), tax_code=words,
        tax=decimals("0", "99", 2), description=words, note=words,
    )  # fmt: skip
    return st.builds(
        ResolvedOrder, ref=words, placed_at=moments(), currency=st.sampled_from(CURRENCIES), account_code=words,
        account_id=words, lines=st.lists(lines, min_size=1, max_size=3).map(tuple), delivery_net=decimals("0", "9", 2),
        delivery_tax=decimals("0", "9", 2), total=decimals("0", "9999", 2),
        delivery_address=st.none() | addresses(), invoice_address=st.none() | addresses(),
    )  # fmt: skip


_BOXES = tuple(
    Parcel(
        consignment_ref=number, courier="UPS", shipped=True,
        lines=tuple(DespatchLine(stock_code=code, quantity=Decimal(n)) for code, n in (("A", a), ("B", b)) if n),
    )
    for number in ("", "", "JD01", "JD02", "JD03")
    for a, b in ((1, 0), (2, 0), (0, 1), (1, 1), (2, 1))
)  # fmt: skip
"""Few codes and small figures, so that boxes with the same goods are common."""


def parcels() -> st.SearchStrategy[Parcel]:
    return st.sampled_from(_BOXES)


def shipped_invoices() -> st.SearchStrategy[Invoice]:
    def made(boxes: list[Parcel]) -> Invoice:
        lines = tuple(line for one in boxes for line in one.lines)
        return Invoice(
            code="INV1", stage=Stage.ISSUED, stage_text="Issued", lines=lines, parcels=tuple(boxes), courier="UPS"
        )

    return st.lists(parcels(), min_size=1, max_size=3).map(made)


def fulfilments() -> st.SearchStrategy[Fulfilment]:
    """Only what left: an order grows by adding invoices."""
    invoices = st.lists(shipped_invoices(), min_size=1, max_size=4).map(tuple)
    return invoices.map(lambda found: fulfilment(*found))


def fulfilment(*invoices: Invoice, sold: int = 0, complete: bool = False, cancelled: bool = False) -> Fulfilment:
    return Fulfilment(
        ref="B2B-812", erp_code="SO100001", gross_total=Decimal("120.00"), currency="GBP", complete=complete,
        cancelled=cancelled, invoices=invoices, quantity_sold=Decimal(sold),
    )  # fmt: skip
