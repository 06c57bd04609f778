"""A despatch from elsewhere → the STATUS_LIST document that an agreed operation takes. Pure.

Assumed, all of it: the vendor publishes no way to confirm a despatch from outside. What is written is what Khaos
Control itself writes of a despatch when it exports an order's status.
"""

from collections.abc import Sequence

from crossdock.connectors.khaos_control.text import escaped, refuse_what_xml_cannot_hold
from crossdock.model.despatch import DespatchLine, DespatchNote


def write_despatch(note: DespatchNote) -> str:
    """Raises Unsupported: a character XML cannot hold."""
    shipped = f"{note.shipped_on:%d/%m/%Y}"
    boxes = "".join(
        f'<BOX SHIPPED="-1" SHIP_DATE="{shipped}" COURIER="{_attribute(note.courier)}" '
        f'CONSIGNMENT_REF="{_attribute(number)}" TRACKING_URL="{_attribute(note.tracking_url)}"/>'
        for number in note.consignments
    )
    found = (
        f'<STATUS_LIST><ORDER_STATUS SORDER_CODE="{_attribute(note.order_code)}" '
        f'ASSOCIATED_REF="{_attribute(note.order_ref)}"><COMPLETE>{-1 if note.final else 0}</COMPLETE><INVOICES>'
        f'<INVOICE SHIP_DATE="{shipped}" COURIER="{_attribute(note.courier)}" '
        f'CONSIGNMENT_REF="{_attribute(note.consignments[0])}">{boxes}'
        f"<INVOICE_ITEMS>{_items(note.lines)}</INVOICE_ITEMS></INVOICE></INVOICES></ORDER_STATUS></STATUS_LIST>"
    )
    refuse_what_xml_cannot_hold(found)
    return found


def _items(lines: Sequence[DespatchLine]) -> str:
    return "".join(
        f'<INVOICE_ITEM STOCK_CODE="{_attribute(one.stock_code)}" QTY_SENT="{one.quantity:f}"/>' for one in lines
    )


def _attribute(value: str) -> str:
    return escaped(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
