"""A STATUS_LIST document (ExportOrderStatusEx) → Fulfilment. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from crossdock.connectors.khaos_control.xmldoc import (
    Element,
    attribute,
    day,
    decimal,
    decimal_or_none,
    flag,
    place,
    required,
    text,
)
from crossdock.model.despatch import DespatchLine, Fulfilment, Invoice, Parcel, Stage
from crossdock.model.faults import DataFault

STAGES: Mapping[int, Stage] = {
    1: Stage.CANCELLED,
    9: Stage.RELEASED,
    10: Stage.RELEASED,  # Staging: the first stage, nobody has begun
    11: Stage.AWAITING_PAYMENT,
    12: Stage.PICKING,
    13: Stage.PACKING,
    14: Stage.SHIPPING,
    15: Stage.SHIPPING,  # Invoice print
    16: Stage.SHIPPING,  # Issue invoices: waits to be issued. The vendor's plug-in calls it complete; it is not yet
    17: Stage.AWAITING_DATE,
    18: Stage.AWAITING_STOCK,
    19: Stage.HELD,
    20: Stage.PICKING,  # Processing: items are personalised or set up before they go
    21: Stage.ON_TERMS_HOLD,
    70: Stage.ISSUED,
    71: Stage.ISSUED,
    72: Stage.ISSUED,
    73: Stage.ISSUED,
}
CREDIT_NOTE = "2"
OUR_REFERENCE, THEIR_CODE = "ASSOCIATED_REF", "SORDER_CODE"
ZERO = Decimal(0)


def read_status(order: Element, stages: Mapping[int, Stage], *, unreferenced: bool = False) -> Fulfilment:
    """One ORDER_STATUS. stages: further stage ids, from the settings; they outrank ours. unreferenced: it may be one
    that was never given a reference, such as an order by telephone.

    Raises DataFault naming the place: no total, a word that is no flag, a stage id nobody has mapped.
    """
    required(order, "COMPLETE")
    company = order.find("COMPANY_NAME")
    cancelled = order.find("CANCELLED")
    return Fulfilment(
        ref=attribute(order, "ASSOCIATED_REF") if unreferenced else required(order, "@ASSOCIATED_REF"),
        erp_code=required(order, "@SORDER_CODE"),
        gross_total=decimal(order, "ITEMS_TOTAL") + decimal(order, "DELIVERY_TOTAL", ZERO),
        currency=text(order, "CURRENCY_CODE"),
        complete=flag(order, "COMPLETE"),
        cancelled=cancelled is not None,
        cancel_reason="" if cancelled is None else text(cancelled, "REASON"),
        account_code="" if company is None else attribute(company, "COMPANY_CODE"),
        quantity_sold=decimal(order, "QTY_SOLD", ZERO),
        quantity_assigned=decimal(order, "QTY_ASSIGNED", ZERO),
        net_total=_net_total(order),
        invoices=tuple(_invoice(one, stages) for one in order.iterfind("INVOICES/INVOICE")),
    )


def _net_total(order: Element) -> Decimal | None:
    """None where a part of it is not told."""
    parts = [order.find(name) for name in ("ITEMS_TOTAL", "DELIVERY_TOTAL")]
    nets = [decimal_or_none(part, "@NET_VALUE") for part in parts if part is not None]
    known = [net for net in nets if net is not None]
    return sum(known, ZERO) if known and len(known) == len(nets) else None


def is_sales_order(order: Element) -> bool:
    """A credit note may carry the reference of the order it credits."""
    kind = order.find("ORDER_TYPE")
    return kind is None or attribute(kind, "TYPE_ID") != CREDIT_NOTE


def fulfilments(
    status_list: Element, refs: Sequence[str], stages: Mapping[int, Stage], *, by: str = OUR_REFERENCE
) -> dict[str, Fulfilment | DataFault]:
    """By our reference, or by their code: where each order stands, or why that cannot be told. One that is not in the
    list is absent."""
    found: dict[str, Fulfilment | DataFault] = {}
    orders = [order for order in status_list.iterfind("ORDER_STATUS") if is_sales_order(order)]
    by_ref: dict[str, list[Element]] = {}
    for order in orders:
        by_ref.setdefault(attribute(order, by).casefold(), []).append(order)
    for ref in refs:
        if theirs := by_ref.get(ref.casefold()):
            found[ref] = _one_of(ref, theirs, stages)
    return found


def every_fulfilment(status_list: Element, stages: Mapping[int, Stage]) -> list[Fulfilment | DataFault]:
    """Of each sales order in the list, whoever took it: where it stands, or why that cannot be told."""
    found: list[Fulfilment | DataFault] = []
    for order in status_list.iterfind("ORDER_STATUS"):
        if not is_sales_order(order):
            continue
        try:
            found.append(read_status(order, stages, unreferenced=True))
        except DataFault as fault:
            found.append(fault)
    return found


def _one_of(ref: str, orders: Sequence[Element], stages: Mapping[int, Stage]) -> Fulfilment | DataFault:
    """A reference is unique over all orders, save where a cancelled one was entered again."""
    alive = [order for order in orders if order.find("CANCELLED") is None]
    candidates = alive or orders[-1:]
    if len(candidates) > 1:
        codes = ", ".join(attribute(order, "SORDER_CODE") for order in candidates)
        return DataFault(place(candidates[1], "@ASSOCIATED_REF"), f"{ref} is on more than one order: {codes}")
    try:
        return read_status(candidates[0], stages, unreferenced=True)  # it was found, by whatever names it
    except DataFault as fault:
        return fault


def _invoice(invoice: Element, stages: Mapping[int, Stage]) -> Invoice:
    """INVOICE_CODE is no key: empty or ??? until it is printed, and it may change. MOVED is not looked at: it is the
    server's own marker, which another reader may have cleared."""
    return Invoice(
        code=attribute(invoice, "INVOICE_CODE"),
        stage=_stage(invoice, stages),
        stage_text=attribute(invoice, "INVOICE_STAGE_DESC"),
        lines=_lines(invoice, "INVOICE_ITEMS/INVOICE_ITEM"),
        parcels=tuple(_parcel(box) for box in invoice.iterfind("BOX")),
        courier=attribute(invoice, "COURIER"),
        consignment_ref=attribute(invoice, "CONSIGNMENT_REF"),
        tracking_url=attribute(invoice, "TRACKING_URL"),
        shipped_on=day(invoice, "@SHIP_DATE"),
    )


def _stage(invoice: Element, stages: Mapping[int, Stage]) -> Stage:
    said = required(invoice, "@INVOICE_STAGE_ID")
    number = int(said) if said.isdecimal() else -1
    stage = stages.get(number, STAGES.get(number))
    if stage is None:
        words = attribute(invoice, "INVOICE_STAGE_DESC") or "no description"
        choices = ", ".join(Stage)
        problem = f"stage {said} ({words}) is not known; map it in the setting `stages` to one of {choices}"
        raise DataFault(place(invoice, "@INVOICE_STAGE_ID"), problem)
    return stage


def _parcel(box: Element) -> Parcel:
    return Parcel(
        consignment_ref=attribute(box, "CONSIGNMENT_REF"),
        courier=attribute(box, "COURIER"),
        lines=_lines(box, "BOX_ITEM"),
        tracking_url=attribute(box, "TRACKING_URL"),
        shipped=flag(box, "@SHIPPED"),
        shipped_on=day(box, "@SHIP_DATE"),
    )


def _lines(holder: Element, path: str) -> tuple[DespatchLine, ...]:
    return tuple(
        DespatchLine(stock_code=required(one, "@STOCK_CODE"), quantity=decimal(one, "@QTY_SENT"))
        for one in holder.iterfind(path)
    )
