"""Which goods have left that the storefront has not been told of (law L5: each despatch once).

The ERP's invoice codes are no identity: empty until printed, "???" for a while, changed later. So a despatch is known
by what it is, within its order:

- A consignment number is one despatch, for ever. Boxes and invoices that share it are one despatch with their goods
  added up; goods that turn up later under a number already shown add nothing new.
- A box without a number is known by its goods: two boxes with the same goods are two despatches. It is shown under our
  key ("B2B-812/1"). When its number or its boxes turn up later, its goods have been told and are not told again.
- An invoice that left without boxes, or whose boxes say nothing, is one box itself.

When everything has gone and no despatch said so, because the ERP called the order complete only later, one closing
despatch without goods repeats the last number with `final` set.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import count

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import CARRIER_UNMAPPED
from crossdock.model.despatch import Despatch, DespatchLine, Fulfilment, Invoice, Parcel, Stage
from crossdock.model.lifecycle import Move

NONE = Decimal(0)
Goods = tuple[DespatchLine, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Goods that left together. number: the carrier's, "" when there is none. goods: one line a stock code, sorted."""

    number: str
    courier: str
    goods: Goods
    tracking_url: str
    shipped_on: date | None


def new_despatches(
    fulfilment: Fulfilment, known: Sequence[Despatch], *, carriers: Mapping[str, str]
) -> tuple[Despatch | Finding, ...]:
    """What has left and is not yet known, oldest invoice first.

    known: every despatch of the order so far, in the order they were found. carriers: the ERP's courier → the carrier
    the storefront knows; with no map at all the ERP's word goes as it is. A despatch whose courier has no place in the
    map is a Finding (carrier-unmapped) instead, and is new again next time.
    """
    boxes = _unknown(gone_boxes(fulfilment), known)
    everything = all_gone(fulfilment)
    if not boxes:
        return _closing(fulfilment, known) if everything else ()
    keys = _new_keys(fulfilment.ref, known)
    found: list[Despatch | Finding] = []
    for box in boxes:
        carrier = carriers.get(box.courier) if carriers else box.courier
        found.append(_unmapped(box.courier) if carrier is None else _despatch(fulfilment.ref, next(keys), carrier, box))
    last = found[-1]
    if everything and isinstance(last, Despatch) and not any(isinstance(one, Finding) for one in found):
        found[-1] = replace(last, final=True)
    return tuple(found)


def gone_boxes(fulfilment: Fulfilment) -> tuple[Box, ...]:
    """Every box that has left, those with one number put together."""
    numbered: dict[str, Box] = {}
    unnumbered: list[Box] = []
    for invoice in fulfilment.invoices:
        for box in _boxes(invoice):
            if not box.number:
                unnumbered.append(box)
            elif box.number in numbered:
                numbered[box.number] = _together(numbered[box.number], box)
            else:
                numbered[box.number] = box
    return (*numbered.values(), *unnumbered)


def has_left(invoice: Invoice) -> bool:
    return invoice.stage is not Stage.CANCELLED and (invoice.shipped or invoice.stage is Stage.ISSUED)


def all_gone(fulfilment: Fulfilment) -> bool:
    """All sold goods have left: by quantity, or because the ERP calls the order complete and it was not cancelled."""
    if 0 < fulfilment.quantity_sold <= sum(_quantity_gone(invoice) for invoice in fulfilment.invoices):
        return True
    return fulfilment.complete and not fulfilment.cancelled


def fulfilment_move(fulfilment: Fulfilment) -> Move | None:
    """The move a posted order makes on this news; None when nothing has left and nobody cancelled it.

    What had left before the rest was cancelled is still told; the order itself is cancelled.
    """
    if all_gone(fulfilment):
        return Move.DESPATCH_ALL
    if fulfilment.cancelled:
        return Move.CANCEL
    return Move.DESPATCH_PART if any(has_left(invoice) for invoice in fulfilment.invoices) else None


# what has left


def _gone_parcels(invoice: Invoice) -> tuple[Parcel, ...]:
    """Of an invoice that left: those marked shipped; all of them when it is issued, or no box is marked."""
    marked = tuple(parcel for parcel in invoice.parcels if parcel.shipped)
    return invoice.parcels if invoice.stage is Stage.ISSUED or not marked else marked


def _boxes(invoice: Invoice) -> Iterator[Box]:
    """Its boxes that say something; the invoice itself when none does. Its number stands for boxes that give none."""
    if not has_left(invoice):
        return
    parcels = [(parcel, goods(parcel.lines)) for parcel in _gone_parcels(invoice)]
    telling = [(parcel, held) for parcel, held in parcels if parcel.consignment_ref or held]
    whole = goods(invoice.lines)
    number, url = invoice.consignment_ref, invoice.tracking_url
    if not telling and (whole or number):
        yield Box(number, invoice.courier, whole, url, invoice.shipped_on)
    if any(parcel.consignment_ref for parcel in invoice.parcels):
        number = url = ""  # the invoice repeats the number of one of its boxes, which is not that of the others
    for parcel, held in telling:
        yield Box(
            parcel.consignment_ref or number,
            parcel.courier or invoice.courier,
            held or (whole if len(invoice.parcels) == 1 else ()),
            parcel.tracking_url or url,
            parcel.shipped_on or invoice.shipped_on,
        )


def goods(*groups: Sequence[DespatchLine]) -> Goods:
    """One line a stock code, in the order of the codes, nothing that did not move."""
    moved: dict[str, Decimal] = {}
    for lines in groups:
        for line in lines:
            if line.quantity > 0:
                moved[line.stock_code] = moved.get(line.stock_code, NONE) + line.quantity
    return tuple(DespatchLine(stock_code=code, quantity=moved[code]) for code in sorted(moved))


def _together(one: Box, other: Box) -> Box:
    return Box(
        one.number,
        one.courier or other.courier,
        goods(one.goods, other.goods),
        one.tracking_url or other.tracking_url,
        one.shipped_on or other.shipped_on,
    )


def _quantity_gone(invoice: Invoice) -> Decimal:
    """In stock units. While some of its boxes stay behind, an invoice counts by the boxes that left."""
    if not has_left(invoice):
        return NONE
    parcels, lines = _gone_parcels(invoice), invoice.lines
    if len(parcels) < len(invoice.parcels):
        lines = tuple(line for parcel in parcels for line in parcel.lines)
    return sum((line.quantity for line in lines), NONE)


# what of it is known


def _unknown(boxes: Sequence[Box], known: Sequence[Despatch]) -> list[Box]:
    """The boxes nobody was told of. Each known despatch accounts for one box: by number, else by the very same goods.

    What was shown without a number and is matched by no box as it stands, still accounts for its goods, however they
    are boxed and numbered by now. A number not seen before is news, even if it replaces another one: it is what the
    customer needs to find the goods.
    """
    shown = {one.tracking_number for one in known}
    numbers = {box.number for box in boxes}
    absent = [one for one in known if one.tracking_number not in numbers]
    nameless = [box for box in boxes if not box.number and not _match(absent, box)]
    absent = [one for one in absent if _is_nameless(one)]
    named = [box for box in boxes if box.number and box.number not in shown and not _match(absent, box)]
    pool = {line.stock_code: line.quantity for line in goods(*(one.lines for one in absent))}
    return [box for box in (*named, *nameless) if not _take(pool, box.goods)]


def _match(absent: list[Despatch], box: Box) -> bool:
    """Let one despatch account for the box, one without a number before others; False if none has the same goods."""
    same = [one for one in absent if goods(one.lines) == box.goods]
    if not same:
        return False
    absent.remove(min(same, key=lambda one: not _is_nameless(one)))
    return True


def _is_nameless(one: Despatch) -> bool:
    return one.tracking_number == one.key


def _take(pool: dict[str, Decimal], wanted: Goods) -> bool:
    """Take the goods out of what was told without a number; False, and nothing taken, if it does not hold them all."""
    if not wanted or any(pool.get(line.stock_code, NONE) < line.quantity for line in wanted):
        return False
    for line in wanted:
        pool[line.stock_code] -= line.quantity
    return True


# what is told


def _new_keys(order_ref: str, known: Sequence[Despatch]) -> Iterator[str]:
    taken = {one.key for one in known}
    return (key for number in count(len(known) + 1) if (key := f"{order_ref}/{number}") not in taken)


def _despatch(order_ref: str, key: str, carrier: str, box: Box) -> Despatch:
    return Despatch(
        key=key,
        order_ref=order_ref,
        tracking_number=box.number or key,
        carrier=carrier,
        lines=box.goods,
        tracking_url=box.tracking_url,
        shipped_on=box.shipped_on,
    )


def _unmapped(courier: str) -> Finding:
    word = courier or "(none)"
    return CARRIER_UNMAPPED.about(word, courier=word)


def _closing(fulfilment: Fulfilment, known: Sequence[Despatch]) -> tuple[Despatch, ...]:
    if not known or any(one.final for one in known):
        return ()
    return (replace(known[-1], key=next(_new_keys(fulfilment.ref, known)), lines=(), final=True),)
