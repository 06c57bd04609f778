"""Order status upload → OrderProgress. Pure."""

from collections.abc import Mapping

from crossdock.connectors.khaos_control.channel.fields import Node
from crossdock.model.despatch import DespatchLine, Invoice, OrderProgress, Parcel, Stage
from crossdock.model.faults import DataFault

ORDER_WORDS = frozenset({"received", "shipping", "partialship", "complete", "cancelled"})
STARTED = frozenset({"shipping", "partialship", "complete"})

SHIPMENT_STAGES: Mapping[str, Stage] = {
    "released": Stage.RELEASED,
    "staging": Stage.RELEASED,  # the first stage: nobody has begun
    "payment": Stage.AWAITING_PAYMENT,
    "picking": Stage.PICKING,
    "packing": Stage.PACKING,
    "shipping": Stage.SHIPPING,
    "invoicing": Stage.SHIPPING,
    "processing": Stage.PICKING,  # personalised or set up before it goes
    "issue": Stage.SHIPPING,  # waits to be issued
    "awaitingdate": Stage.AWAITING_DATE,
    "awaitingstock": Stage.AWAITING_STOCK,
    "manualhold": Stage.HELD,
    "termshold": Stage.ON_TERMS_HOLD,
    "archived": Stage.ISSUED,
}


def read_status(order: Node, stages: Mapping[str, Stage]) -> OrderProgress:
    """One SalesOrderStatus. stages: further words of a shipment's status, from the settings; they outrank ours.

    Raises DataFault: a word nobody has mapped, a quantity that is none, no key.
    """
    word = order.text("Status", "OrderStatus", required=True)
    if word.casefold() not in ORDER_WORDS:
        raise DataFault(order.at("Status"), f"{word!r} is no status of an order that is known")
    return OrderProgress(
        ref=order.text("AssociatedRef", required=True),
        erp_code=order.text("OrderCode", required=True),
        erp_id=order.text("OrderID", required=True),
        started=word.casefold() in STARTED,
        complete=word.casefold() == "complete",
        cancelled=word.casefold() == "cancelled",
        invoices=tuple(_shipment(one, stages) for one in order.nodes("Shipments")),
    )


def _shipment(shipment: Node, stages: Mapping[str, Stage]) -> Invoice:
    """Code may change from one upload to the next; ID does not, and tells apart the ones without a code."""
    word = shipment.text("Status", required=True)
    known = {name.casefold(): stage for name, stage in stages.items()}
    stage = known.get(word.casefold(), SHIPMENT_STAGES.get(word.casefold()))
    if stage is None:
        choices = ", ".join(Stage)
        problem = f"{word!r} is not known; map it in channel.shipment_stages to one of {choices}"
        raise DataFault(shipment.at("Status"), problem)
    parcels = tuple(_parcel(one) for one in shipment.nodes("Packages"))
    return Invoice(
        code=shipment.text("Code", "ID", required=True),
        stage=stage,
        stage_text=word,
        lines=tuple(_line(one) for one in shipment.nodes("Items")),
        parcels=parcels,
        courier=next((one.courier for one in parcels if one.courier), ""),
        consignment_ref=next((one.consignment_ref for one in parcels if one.consignment_ref), ""),
        shipped_on=max((one.shipped_on for one in parcels if one.shipped_on), default=None),
    )


def _line(item: Node) -> DespatchLine:
    return DespatchLine(stock_code=item.text("SKU", required=True), quantity=item.number("Quantity"))


def _parcel(package: Node) -> Parcel:
    """What is in which parcel is not told. A parcel has left when it has a date."""
    shipped_on = package.day("ShipmentDate")
    return Parcel(
        consignment_ref=package.text("ConsignmentRef"),
        courier=package.reference("Courier"),
        lines=(),
        shipped=shipped_on is not None,
        shipped_on=shipped_on,
    )
