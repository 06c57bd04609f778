"""The lines of a sale as they were posted: what one unit the shopper bought is over there, and what it came to.

A part of a line, whether taken off or brought back, is worth its share of what the line was posted at. Shares are cut
from the whole, counting from the first unit: what is left and what is gone always add up to the line, to the coin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from crossdock.model.money import half_up
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder

NONE = Decimal(0)
BETWEEN = ","


class Part(Protocol):
    """Some of a line: CancelledLine, ReturnLine."""

    @property
    def sku(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def line_ref(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """sku, quantity: as ordered, in the storefront's unit. stock_code, stock_units, net, tax, tax_code: as posted."""

    line_ref: str
    sku: str
    quantity: Decimal
    stock_code: str
    stock_units: Decimal
    net: Decimal
    tax: Decimal
    tax_code: str

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def units(self) -> frozenset[str]:
        """The storefront's ids of the single units it stands for; a line that is not told by units has just its own."""
        return units_of(self.line_ref)

    def cut(self, quantity: Decimal, *, before: Decimal = NONE, minor: int) -> tuple[Decimal, Decimal]:
        """Gross and tax of the next `quantity`. Tax follows the gross, so that no part's net is below nothing."""
        begin, end = (self._up_to(self.gross, one, minor) for one in (before, before + quantity))
        return end - begin, self._tax_of(end, minor) - self._tax_of(begin, minor)

    def _tax_of(self, gross: Decimal, minor: int) -> Decimal:
        return half_up(gross * self.tax / self.gross, minor) if self.gross else NONE

    def _up_to(self, amount: Decimal, quantity: Decimal, minor: int) -> Decimal:
        return amount if quantity >= self.quantity else half_up(amount * quantity / self.quantity, minor)


def units_of(line_ref: str) -> frozenset[str]:
    """A line that stands for several units the storefront counts apart lists their ids, with commas between."""
    return frozenset(line_ref.split(BETWEEN)) if line_ref else frozenset()


def sold_lines(sale: SalesOrder, posted: ResolvedOrder) -> tuple[SoldLine, ...]:
    """Each line of the sale that was posted; one that was posted in pieces is one line again."""
    found = []
    for line in sale.lines:
        pieces = [one for one in posted.lines if one.line_ref == line.line_ref]
        if pieces:
            found.append(
                SoldLine(
                    line_ref=line.line_ref,
                    sku=line.sku,
                    quantity=line.quantity,
                    stock_code=pieces[0].stock_code,
                    stock_units=sum((one.quantity for one in pieces), NONE),
                    net=sum((one.net for one in pieces), NONE),
                    tax=sum((one.tax for one in pieces), NONE),
                    tax_code=pieces[0].tax_code,
                )
            )
    return tuple(found)


def find_parts(lines: Sequence[SoldLine], part: Part, taken: Sequence[Decimal]) -> dict[int, Decimal] | str:
    """Which lines a part is of, by their place, and how much of each; or what is wrong with it.

    By the units it names, else by its SKU. taken: how much of each line is spoken for already.
    """
    named = units_of(part.line_ref)
    if named:
        places = {at: len(named & line.units) for at, line in enumerate(lines) if named & line.units}
        if not places:
            return f"the order has no line {part.line_ref}"
    else:
        places = {at: 0 for at, line in enumerate(lines) if line.sku == part.sku}
        if not places:
            return f"the order has no {part.sku}"
        prices = {lines[at].gross / lines[at].quantity for at in places}
        if len(prices) > 1 and part.quantity != sum(lines[at].quantity - taken[at] for at in places):
            return f"{part.sku} was sold at several prices, and it is not told of which line the {part.quantity:f} are"
    return _fill(lines, part, taken, places)


def _fill(
    lines: Sequence[SoldLine], part: Part, taken: Sequence[Decimal], places: dict[int, int]
) -> dict[int, Decimal] | str:
    """Take the quantity off the lines one by one; where units are named apart, no more of a line than those."""
    found: dict[int, Decimal] = {}
    wanted = part.quantity
    for at, named in places.items():
        most = lines[at].quantity - taken[at]
        if len(lines[at].units) > 1 and named:
            most = min(most, Decimal(named))
        share = min(wanted, most)
        if share > 0:
            found[at] = share
            wanted -= share
    if wanted > 0:
        left = part.quantity - wanted
        return f"{part.quantity:f} of {part.sku or part.line_ref} are meant, and no more than {left:f} are left of it"
    return found
