"""DespatchBooker: goods that left from somewhere else are booked on their order, each parcel's number once.

Assumed: there is no public operation. Setting `optional.book_despatch` names the one agreed with the vendor, which is
sent what Khaos Control itself exports of a despatch, and answers as ImportOrders does.
"""

from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.mapping_despatch_write import write_despatch
from crossdock.connectors.khaos_control.mapping_outcome import same_reference
from crossdock.connectors.khaos_control.sink import OrderDesk
from crossdock.connectors.khaos_control.soap import Param
from crossdock.connectors.khaos_control.wire_results import ImportResult, import_result
from crossdock.model.despatch import DespatchNote, Fulfilment
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, Refused, Unknown


class DespatchDesk:
    def __init__(self, client: KhaosClient, orders: OrderDesk, settings: KhaosControlSettings) -> None:
        self._client = client
        self._orders = orders
        self._settings = settings

    async def book(self, note: DespatchNote) -> Outcome:
        """Looked for by its numbers first. Raises ConfigFault: no operation is named."""
        operation = self._settings.optional.book_despatch
        if not operation:
            raise ConfigFault("no operation takes despatches from elsewhere", setting="optional.book_despatch")
        there = (await self._orders.by_code([note.order_code])).get(note.order_code)
        if isinstance(there, DataFault):
            return Unknown(f"the order cannot be read: {there}", evidence=there.evidence)
        if there is None:
            return Refused("unknown-order", f"Khaos Control has no order {note.order_code}")
        if is_booked(there, note):
            return Accepted(there.erp_code)
        if there.cancelled:
            return Refused("cancelled", f"{there.erp_code} is cancelled: {there.cancel_reason or 'no reason given'}")
        answer = await self._client.write(operation, [Param("Despatches", write_despatch(note))])
        if isinstance(answer, Refused | Unknown):
            return answer
        result, evidence = answer
        try:
            return _outcome(note.order_code, import_result(result), evidence)
        except DataFault as fault:
            return Unknown(f"{operation}: {fault}", evidence=evidence)


def is_booked(order: Fulfilment, note: DespatchNote) -> bool:
    """Every parcel of it stands on the order already."""
    there = {invoice.consignment_ref.strip().casefold() for invoice in order.invoices}
    there |= {parcel.consignment_ref.strip().casefold() for invoice in order.invoices for parcel in invoice.parcels}
    return all(number.strip().casefold() in there for number in note.consignments)


def _outcome(code: str, result: ImportResult, evidence: str) -> Outcome:
    taken = [theirs for _, theirs in result.imported if same_reference(theirs, code)]
    reasons = [reason for theirs, reason in result.skipped if same_reference(theirs, code)]
    match (taken, reasons, result.imported_count):
        case ([_], [], 1):
            return Accepted(code)
        case ([], [reason], 0):
            return Refused("skipped", reason or "skipped without a reason", evidence=evidence)
    told = f"ImportedCount {result.imported_count}, {len(taken)} taken and {len(reasons)} skipped of {code}"
    return Unknown(f"it does not say what became of the despatch: {told}", evidence=evidence)
