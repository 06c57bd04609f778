"""Any order that Khaos Control can hold: odd characters, fractions of units, no address, every optional field."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from crossdock.model.money import half_up
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import Address

# Anything XML can hold, from control-free ASCII to emoji. Surrogates and most control codes cannot be said at all.
LETTERS = st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Cn"), include_characters="\t\n\r&<>'\"")
PLAIN = st.characters(
    min_codepoint=33, exclude_categories=("Cs", "Cc", "Cn", "Zs", "Zl", "Zp"), exclude_characters=",#"
)


def text(longest: int) -> st.SearchStrategy[str]:
    return st.text(LETTERS, max_size=longest)


def words(longest: int) -> st.SearchStrategy[str]:
    """Trimmed, as codes and references are."""
    return st.text(PLAIN, min_size=1, max_size=longest)


def line_of_address() -> st.SearchStrategy[str]:
    return st.text(PLAIN, max_size=35)


ADDRESSES = st.builds(
    Address,
    organisation=text(50),
    title=text(20),
    forename=text(50),
    surname=text(50).filter(lambda found: found != "."),
    line1=words(35),
    line2=line_of_address(),
    town=text(35),
    county=text(35),
    postcode=text(10).filter(lambda found: found != "."),
    country=st.sampled_from(["GB", "IE", "DE", ""]),
    telephone=text(30),
    email=text(50),
)
PRICES = st.decimals(min_value=0, max_value=99_999, places=4)
QUANTITIES = st.decimals(min_value="0.001", max_value=9_999, places=3)


@st.composite
def lines(draw: st.DrawFn) -> ResolvedLine:
    quantity, price = draw(QUANTITIES), draw(PRICES)
    return ResolvedLine(
        line_ref=draw(words(20)),
        stock_code=draw(words(50)),
        quantity=quantity,
        unit_price=price,
        net=half_up(quantity * price, 2),
        tax_code=draw(st.sampled_from(["", "1", "4"])),
        tax=Decimal(0),
        note=draw(text(200)),
    )


@st.composite
def resolved_orders(draw: st.DrawFn) -> ResolvedOrder:
    """Tax is put on the first line alone, so that it can be told apart again whatever the lines."""
    found = draw(st.lists(lines(), min_size=1, max_size=4))
    net, tax = draw(st.decimals(0, 500, places=2)), draw(st.decimals(0, 100, places=2))
    total = sum((line.net for line in found), net + tax)
    # A moment in the hour that comes twice is read back as its first coming: keep out of it here.
    placed = draw(st.datetimes(datetime(2001, 1, 1), datetime(2037, 1, 1)).filter(lambda at: at.month not in (3, 10)))
    return ResolvedOrder(
        ref=draw(words(50)),
        placed_at=placed.replace(tzinfo=UTC, microsecond=0),
        currency=draw(st.sampled_from(["GBP", "EUR"])),
        account_code=draw(st.just("") | words(10)),
        account_id="",
        buyer_email=draw(words(50)),
        lines=tuple(found),
        delivery_net=net,
        delivery_tax=tax,
        total=total,
        courier_code=draw(st.sampled_from(["", "DPD"])),
        payment_code=draw(st.sampled_from(["", "0", "2"])),
        site=draw(st.sampled_from(["", "Main Warehouse"])),
        company_name=draw(text(50)),
        po_number=draw(text(30)),
        notes=draw(text(2000)),
        wanted_by=draw(st.none() | st.just(date(2026, 5, 4))),
        invoice_address=draw(st.none() | ADDRESSES),
        delivery_address=draw(st.none() | ADDRESSES),
    )


def packed(address: Address | None) -> Address | None:
    """As it comes back: street lines close ranks, each trimmed only where it is nothing but blanks."""
    if address is None:
        return None
    first, second, third = (*(line for line in (address.line1, address.line2, address.line3) if line), "", "", "")[:3]
    return replace(address, line1=first, line2=second, line3=third)


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
AROUND_AUTUMN = st.integers(-4 * 3600, 4 * 3600).map(
    lambda seconds: datetime(2025, 10, 26, 1, 0, tzinfo=UTC) + timedelta(seconds=seconds)
)
