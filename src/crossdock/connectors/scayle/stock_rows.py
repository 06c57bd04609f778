"""One stock row to be written, and what its answer says. Source: SCAYLE Admin API, Stocks."""

from dataclasses import dataclass
from typing import Any

from crossdock.connectors.scayle.fulfilment import stamp
from crossdock.connectors.scayle.resources_work import Stock
from crossdock.connectors.scayle.wire import read
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused, Unknown


@dataclass(frozen=True, slots=True)
class Operation:
    """key: unique in a bulk request. url: below the API's own address. ref: of the stock target."""

    key: str
    url: str
    body: dict[str, Any]
    ref: str

    @property
    def wire(self) -> dict[str, Any]:
        return {"key": self.key, "url": self.url, "method": "POST", "body": self.body}


def judged(operation: Operation, value: Any, evidence: str) -> Outcome:
    """The row that stands now is answered, whether or not it is the one sent."""
    try:
        kept = read(Stock, value, "")
    except DataFault as fault:
        return Unknown(f"POST {operation.url}: the answer is no stock row: {fault}", evidence)
    sent, warehouse = operation.body["quantity"], operation.body["warehouseReferenceKey"]
    if kept.warehouse_reference_key != warehouse:
        return Unknown(f"POST {operation.url}: the answer is of {kept.warehouse_reference_key!r:.60}", evidence)
    if kept.quantity != sent:
        since = f" of {stamp(kept.changed_at)}" if kept.changed_at else ""
        text = f"sent {sent} as of {operation.body['changedAt']}, and the shop keeps {kept.quantity}{since}"
        return Refused("ignored", text, evidence=evidence)
    return Accepted(operation.ref, operation.ref)
