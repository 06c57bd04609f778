"""Where an order stands: a bridge's order and its shipments, or a bare status word → Fulfilment. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from crossdock.connectors.prima.wire_orders import Order, Shipment, Status
from crossdock.model.despatch import DespatchLine, Fulfilment, Invoice, Parcel, Stage
from crossdock.model.faults import Outcome, Refused

NOT_CANCELLABLE = "order-not-cancellable"
ZERO = Decimal(0)

STAGES: Mapping[Status, Stage] = {
    "received": Stage.RELEASED,
    "held": Stage.HELD,
    "accepted": Stage.RELEASED,
    "rejected": Stage.CANCELLED,
    "part_despatched": Stage.SHIPPING,
    "despatched": Stage.ISSUED,
    "cancelled": Stage.CANCELLED,
}
OVER: Mapping[Status, str] = {"rejected": "rejected by the ERP", "cancelled": "cancelled in the ERP"}
"""Status → why such an order is no longer to be sent."""


def to_fulfilment(order: Order, shipments: Sequence[Shipment] | None = None) -> Fulfilment:
    """shipments: None where the server has none to tell; the status then tells all there is."""
    totals = order.totals
    invoices = [to_invoice(one) for one in newest(shipments or ())]
    rest = _rest(order, invoices, told=shipments is not None)
    return Fulfilment(
        ref=order.external_ref,
        erp_code=order.erp_order_number,
        gross_total=totals.gross if totals is not None else None,
        currency=totals.currency if totals is not None else "",
        complete=order.status == "despatched",
        cancelled=order.status in OVER,
        cancel_reason=OVER.get(order.status, ""),
        account_code=order.account_code or "",
        quantity_sold=sum((line.quantity for line in order.lines), ZERO),
        net_total=totals.net if totals is not None else None,
        invoices=(*invoices, *rest),
    )


def of_status(ref: str, status: Status, words: str, *, erp_code: str = "") -> Fulfilment:
    """All that a status word tells. Which goods have left, and under which number, it does not."""
    invoice = Invoice(code="", stage=STAGES[status], stage_text=words, lines=())
    return Fulfilment(
        ref=ref,
        erp_code=erp_code or ref,
        gross_total=None,
        currency="",
        complete=status == "despatched",
        cancelled=status in OVER,
        cancel_reason=words if status in OVER else "",
        invoices=(invoice,),
    )


def newest(shipments: Sequence[Shipment]) -> list[Shipment]:
    """Each shipment once, as last amended, oldest despatch first: a replay of either changes nothing."""
    found: dict[str, Shipment] = {}
    for one in shipments:
        known = found.get(one.shipment_id)
        if known is None or one.revision >= known.revision:
            found[one.shipment_id] = one
    return sorted(found.values(), key=lambda one: (one.despatched_at, one.shipment_id))


def to_invoice(shipment: Shipment) -> Invoice:
    """The contract does not tell which box holds what: the goods stand with the first number, the others name theirs
    alone."""
    goods = tuple(DespatchLine(stock_code=line.sku, quantity=line.quantity) for line in shipment.lines)
    day = shipment.despatched_at.date()
    numbers = {one.number: one.url or "" for one in shipment.tracking if one.number}
    parcels = tuple(
        Parcel(
            consignment_ref=number,
            courier=shipment.carrier_code,
            lines=() if at else goods,
            tracking_url=url,
            shipped=True,
            shipped_on=day,
        )
        for at, (number, url) in enumerate(numbers.items())
    )
    return Invoice(
        code=shipment.shipment_id,
        stage=Stage.ISSUED,
        stage_text="despatched",
        lines=goods,
        parcels=parcels,
        courier=shipment.carrier_code,
        consignment_ref=next(iter(numbers), ""),
        tracking_url=next(iter(numbers.values()), ""),
        shipped_on=day,
    )


def _rest(order: Order, gone: Sequence[Invoice], *, told: bool) -> tuple[Invoice, ...]:
    """What has not left yet, as one part of the order. Where shipments are not told, an order that is wholly despatched
    left as it was ordered; of one that is partly despatched nothing is said before it is whole."""
    left: dict[str, Decimal] = {}
    for line in order.lines:
        left[line.sku] = left.get(line.sku, ZERO) + line.quantity
    for invoice in gone:
        for goods in invoice.lines:
            left[goods.stock_code] = left.get(goods.stock_code, ZERO) - goods.quantity
    lines = tuple(DespatchLine(stock_code=sku, quantity=quantity) for sku, quantity in left.items() if quantity > 0)
    if not lines or (told and order.status == "despatched"):
        return ()
    stage = Stage.RELEASED if told and order.status == "part_despatched" else STAGES[order.status]
    return (Invoice(code="", stage=stage, stage_text=order.status.replace("_", " "), lines=lines),)


def too_late(outcome: Outcome) -> Outcome:
    """No stage of the floor is told before goods leave: that it has begun shows by this refusal alone."""
    if isinstance(outcome, Refused) and outcome.code == NOT_CANCELLABLE:
        return replace(outcome, too_late=True)
    return outcome
