"""What a refund comes to as a credit note: from what was posted, to the penny, and never more than that.

A part of a line that came back is worth its share of what the line was posted at, cut from the whole in the order in
which its units come back. So the credit notes of an order add up to what was posted once everything is back, whatever
the number of returns. Gross is cut first: it is what the buyer paid and gets back, and net is what tax leaves of it.

Where the storefront tells what it gave back, the credit note is that, to tie with it: the share to a coin a unit, or
another sum where a discount was off the whole order and a storefront may have loaded it on one unit. The last credit
note closes the sum, and what would not close it is a person's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from crossdock.decide.sold import SoldLine, find_parts, units_of
from crossdock.decide.unit_price import fit_price
from crossdock.decide.words import amount, plain
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.model.money import allocate, half_up, minor_units, step_of
from crossdock.model.refund import CreditLine, CreditNote
from crossdock.model.sales_order import Address

NONE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPolicy:
    """carriage: whether the order's carriage is given back, and when. carriage_code: what the ERP credits it under.
    fetched_within: how long an ERP that fetches may take."""

    carriage: Literal["never", "when-all-returned"] = "never"
    carriage_code: str = ""
    fetched_within: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedSale:
    """An order as far as a refund of it is concerned.

    carriage_net, carriage_tax: as posted. gone: stock code → stock units that have left; None where the ERP does not
    tell which. discounted: something was off the whole order.
    """

    ref: str
    currency: str
    account_code: str
    lines: tuple[SoldLine, ...]
    carriage_net: Decimal = NONE
    carriage_tax: Decimal = NONE
    gone: Mapping[str, Decimal] | None = None
    discounted: bool = False

    @property
    def goods(self) -> Decimal:
        return sum((line.gross for line in self.lines), NONE)


def make_credit(
    back: SalesReturn, sale: PostedSale, before: Sequence[CreditNote], policy: RefundPolicy
) -> CreditNote | str:
    """The credit note, or why there can be none. before: those of the order's earlier refunds."""
    if back.currency and back.currency != sale.currency:
        return f"it is in {back.currency} and the order in {sale.currency}"
    taken = list(returned_so_far(sale, before))
    lines: list[CreditLine] = []
    for line in back.lines:
        found = _credit_lines(line, sale, taken)
        if isinstance(found, str):
            return found
        lines += found
    if problem := _beyond_what_left(sale, before, lines):
        return problem
    note = CreditNote(
        ref=back.ref, order_ref=sale.ref, currency=sale.currency, account_code=sale.account_code, lines=tuple(lines)
    )
    if taken == [line.quantity for line in sale.lines]:
        closed = _closed(note, sale, before)
        return closed if isinstance(closed, str) else _with_carriage(closed, sale, before, policy)
    return _never_more(note, sale, before) or note


def returned_so_far(sale: PostedSale, before: Sequence[CreditNote]) -> tuple[Decimal, ...]:
    """Of each line, how much came back with earlier refunds."""
    back = [NONE] * len(sale.lines)
    for line in (one for note in before for one in note.lines):
        named = units_of(line.line_ref)
        at = next((at for at, one in enumerate(sale.lines) if named & one.units), None)
        if at is not None:
            back[at] += line.quantity
    return tuple(back)


def _credit_lines(line: ReturnLine, sale: PostedSale, taken: list[Decimal]) -> list[CreditLine] | str:
    """What one returned line comes to; what it takes of each posted line is noted in `taken`."""
    minor = minor_units(sale.currency)
    places = find_parts(sale.lines, line, taken)
    if isinstance(places, str):
        return places
    found = []
    for at, quantity in places.items():
        posted = sale.lines[at]
        gross, tax = posted.cut(quantity, before=taken[at], minor=minor)
        taken[at] += quantity
        found.append(
            CreditLine(
                line_ref=posted.line_ref, sku=posted.sku, quantity=quantity, stock_code=posted.stock_code,
                stock_units=posted.stock_units * quantity / posted.quantity, net=gross - tax, tax=tax,
                tax_code=posted.tax_code, reason=line.reason,
            )
        )  # fmt: skip
    return _as_told(line, found, sale, minor)


def _as_told(line: ReturnLine, found: list[CreditLine], sale: PostedSale, minor: int) -> list[CreditLine] | str:
    """The storefront's own figure counts, where it tells one: the share of what was posted, to a coin a unit."""
    if line.unit_price is None:
        return found
    told, share = line.unit_price * line.quantity, sum((one.gross for one in found), NONE)
    near = abs(told - share) <= step_of(minor) * line.quantity
    if told == share or (near and not share):
        return found
    if not near and not (sale.discounted and share):
        given, was = amount(told, sale.currency), amount(share, sale.currency)
        return f"the storefront gave back {given} for {plain(line.quantity)} of {found[0].sku}, posted at {was}"
    parts = allocate(half_up(told, minor), [one.gross for one in found], decimals=minor)
    return [_at(one, gross, minor) for one, gross in zip(found, parts, strict=True)]


def _at(line: CreditLine, gross: Decimal, minor: int) -> CreditLine:
    """The line at another gross, taxed as it was."""
    tax = half_up(gross * line.tax / line.gross, minor) if line.gross else NONE
    return replace(line, net=gross - tax, tax=tax)


def _beyond_what_left(sale: PostedSale, before: Sequence[CreditNote], lines: Sequence[CreditLine]) -> str:
    if sale.gone is None:
        return ""
    back: dict[str, Decimal] = {}
    for line in (*(one for note in before for one in note.lines), *lines):
        back[line.stock_code] = back.get(line.stock_code, NONE) + line.stock_units
    for code, units in back.items():
        if units > (left := sale.gone.get(code, NONE)):
            return f"{plain(units)} of {code} came back in all, and the ERP has sent {plain(left)}"
    return ""


def _never_more(note: CreditNote, sale: PostedSale, before: Sequence[CreditNote]) -> str:
    whole = note.goods + sum((one.goods for one in before), NONE)
    if whole <= sale.goods:
        return ""
    given, was = amount(whole, sale.currency), amount(sale.goods, sale.currency)
    return f"with it {given} would be credited, and the goods were posted at {was}"


def _closed(note: CreditNote, sale: PostedSale, before: Sequence[CreditNote]) -> CreditNote | str:
    """Everything is back: net, tax and gross of all its credit notes are what was posted."""
    net = sum((line.net for line in sale.lines), NONE) - sum(
        (one.net for n in (*before, note) for one in n.lines), NONE
    )
    tax = sum((line.tax for line in sale.lines), NONE) - sum(
        (one.tax for n in (*before, note) for one in n.lines), NONE
    )
    units = sum((line.quantity for line in sale.lines), NONE)
    last = note.lines[-1]
    if abs(net + tax) > step_of(minor_units(sale.currency)) * units or last.net + net < 0 or last.tax + tax < 0:
        whole = sum((one.goods for one in (*before, note)), NONE)
        given, was = amount(whole, sale.currency), amount(sale.goods, sale.currency)
        return f"with it everything is back and {given} credited, and the goods were posted at {was}"
    return replace(note, lines=(*note.lines[:-1], replace(last, net=last.net + net, tax=last.tax + tax)))


def _with_carriage(
    note: CreditNote, sale: PostedSale, before: Sequence[CreditNote], policy: RefundPolicy
) -> CreditNote:
    carriage = sale.carriage_net + sale.carriage_tax
    if policy.carriage == "never" or not carriage or any(one.with_carriage for one in before):
        return note
    return replace(note, with_carriage=True, carriage_net=sale.carriage_net, carriage_tax=sale.carriage_tax)


def to_return(
    note: CreditNote, back: SalesReturn, *, address: Address | None, policy: RefundPolicy
) -> SalesReturn | str:
    """The return as the ERP is told of it: its own codes, and gross unit prices that come to each line exactly. A text:
    why it cannot be said so."""
    minor = minor_units(note.currency)
    lines = []
    for line in note.lines:
        pieces = fit_price(line.stock_units, line.gross, price_decimals=minor, minor=minor)
        if pieces is None:
            worth = amount(line.gross, note.currency)
            return f"no unit price makes {plain(line.stock_units)} of {line.stock_code} come to {worth}"
        lines += [
            ReturnLine(
                sku=line.stock_code, quantity=piece.quantity, line_ref=line.line_ref, reason=line.reason,
                unit_price=piece.unit_price,
            )
            for piece in pieces
        ]  # fmt: skip
    if note.with_carriage:
        gross = note.carriage_net + note.carriage_tax
        lines.append(ReturnLine(sku=policy.carriage_code, quantity=Decimal(1), unit_price=gross))
    return SalesReturn(
        ref=note.ref, order_ref=note.order_ref, lines=tuple(lines), storefront_id=back.storefront_id,
        account_code=note.account_code, currency=note.currency, received_at=back.received_at, notes=back.notes,
        address=address,
    )  # fmt: skip


def in_words(note: CreditNote) -> str:
    """Every line of it, for whoever makes it by hand."""
    said = [
        f"{plain(line.stock_units)} of {line.stock_code}: net {line.net:f}, tax {line.tax:f} (code {line.tax_code})"
        for line in note.lines
    ]
    if note.with_carriage:
        said.append(f"carriage: net {note.carriage_net:f}, tax {note.carriage_tax:f}")
    whole = amount(note.gross, note.currency)
    return "\n".join(
        [f"Credit note for order {note.order_ref} on account {note.account_code}:", *said, f"in all {whole}"]
    )
