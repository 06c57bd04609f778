"""The warehouse's part of the acts: which invoices go, what goes in which box."""

import random
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control.fulfilment import HELD_BACK, split, walk_to_issue
from crossdock.sandbox.khaos_control.model import NONE, Box, Invoice, Line, Order, StockItem
from crossdock.sandbox.khaos_control.store import Store
from crossdock.sandbox.khaos_control.view import invoice_state


def despatch(
    store: Store,
    order: Order,
    *,
    lines: Iterable[Mapping[str, Any]] | None,
    boxes: int,
    courier: str,
    consignment: str,
    consignments: Sequence[str] = (),
) -> dict[str, Any]:
    """Issue everything assigned, or the given quantities, each invoice in so many boxes. Raises ActError.

    consignments: the number of each box, in place of `boxes` and `consignment`.
    """
    if courier and courier not in store.couriers:
        raise ActError(f"courier {courier!r} is none of {sorted(store.couriers)}")
    chosen = [one for one in order.invoices if one.open]
    if lines is not None:
        chosen = _take(store, order, chosen, lines)
    if not chosen:
        raise ActError(f"{order.code} has nothing assigned to despatch")
    for invoice in chosen:
        invoice.courier = courier or order.courier_code
        packed = _pack(store, invoice, len(consignments) or boxes, consignment, consignments)
        walk_to_issue(store, order, invoice, packed)
    return {
        "order": order.code,
        "associated_ref": order.associated_ref,
        "invoices": [invoice_state(one) for one in chosen],
    }


def _take(store: Store, order: Order, open_: list[Invoice], lines: Iterable[Mapping[str, Any]]) -> list[Invoice]:
    """Split what is wanted off the open invoices. All of it must be there before any of it moves."""
    wanted: dict[Invoice, dict[Line, Decimal]] = {}
    for one in lines:
        left = Decimal(str(one["quantity"]))
        for invoice, line, quantity in [(i, n, q) for i in open_ for n, q in i.lines.items()]:
            if line.item.code.casefold() == str(one["sku"]).strip().casefold() and left > 0:
                taken = min(left, quantity - wanted.get(invoice, {}).get(line, NONE))
                if taken > 0:
                    wanted.setdefault(invoice, {})[line] = wanted.get(invoice, {}).get(line, NONE) + taken
                    left -= taken
        if left > 0:
            raise ActError(f"{order.code} has {left} of {one['sku']} fewer assigned than asked for")
    return [split(store, order, invoice, parts, invoice.stage) for invoice, parts in wanted.items()]


def _pack(store: Store, invoice: Invoice, boxes: int, consignment: str, consignments: Sequence[str]) -> list[Box]:
    """Spread the units over the boxes in turn; a box that would stay empty is not used, unless it has a number."""
    contents: list[dict[StockItem, Decimal]] = [{} for _ in range(max(1, boxes))]
    turn = 0
    for line, quantity in invoice.moving():
        if quantity != quantity.to_integral_value():
            contents[0][line.item] = contents[0].get(line.item, NONE) + quantity
            continue
        share, extra = divmod(int(quantity), len(contents))
        for offset in range(len(contents)):
            count = share + (1 if offset < extra else 0)
            if count:
                box = contents[(turn + offset) % len(contents)]
                box[line.item] = box.get(line.item, NONE) + count
        turn += extra
    stamp = store.now()
    return [
        Box(
            consignment=number or consignment or f"CN{store.next_id('consignment', 60_000_001)}",
            courier=invoice.courier,
            shipped=stamp,
            items=list(box.items()),
        )
        for box, number in zip(contents, consignments or [""] * len(contents), strict=True)
        if box or number
    ]


def despatch_some(store: Store, *, seed: int, share: float, partial_share: float, boxes: int) -> list[dict[str, Any]]:
    """Despatch a share of the open orders that nothing holds back, some of them in part. The seed decides which."""
    rng = random.Random(seed)
    done = []
    for order in list(store.open_orders.values()):
        ready = [one for one in order.invoices if one.open and one.stage not in HELD_BACK]
        if not ready or len(ready) != sum(one.open for one in order.invoices) or rng.random() >= share:
            continue
        lines = _some_of(rng, ready) if rng.random() < partial_share else None
        done.append(despatch(store, order, lines=lines, boxes=boxes, courier="", consignment=""))
    return done


def _some_of(rng: random.Random, invoices: Iterable[Invoice]) -> list[dict[str, Any]] | None:
    """One line of the order, and of it at most all but one; None where there is only one unit to send."""
    lines = [(line, quantity) for invoice in invoices for line, quantity in invoice.lines.items()]
    line, quantity = rng.choice(lines)
    if len(lines) == 1 and quantity <= 1:
        return None
    return [{"sku": line.item.code, "quantity": rng.randint(1, max(1, int(quantity) - 1))}]
