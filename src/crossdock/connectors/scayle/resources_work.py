"""An order's papers and state, stock rows, reservations, bulk requests: frozen records, read as they are written there.

Source: SCAYLE Admin API, Order invoices and documents, Stocks, Reservations, Bulk requests; the vendor's SDKs (MIT).
"""

from typing import Any

from crossdock.connectors.scayle.records import record
from crossdock.connectors.scayle.wire import At, Count, Day, Flag, Id, Text


@record
class InvoiceNumber:
    number: Count | None = None
    full_number: Text | None = None


@record
class OrderPaper:
    """An invoice, credit note or document that SCAYLE made: without amounts. id: of the document, no invoice number."""

    id: Id
    type: Text
    created_at: At | None = None
    invoice: InvoiceNumber | None = None
    available: Flag | None = None
    availability_status: Flag | None = None
    format: Text | None = None


@record
class State:
    """code alone counts: name is in the tenant's language."""

    code: Text
    name: Text | None = None


@record
class DetailedStatus:
    order: State | None = None
    billing: State | None = None
    shipping: State | None = None


@record
class OrderStatus:
    status: Text
    detailed_status: DetailedStatus | None = None


@record
class Stock:
    """quantity: sellable, absolute. changed_at: an older one than the last is ignored in silence."""

    quantity: Count
    warehouse_reference_key: Text
    merchant_reference_key: Text | None = None
    changed_at: At | None = None
    sellable_without_stock: Flag | None = None
    expected_availability_at: Day | None = None


@record
class ReservedVariant:
    id: Id | None = None
    reference_key: Text | None = None
    merchant_reference_key: Text | None = None


@record
class ReservationError:
    error_key: Text
    message: Text | None = None


@record
class Reservation:
    """One row of a request, or of its answer: that has an id, or the error that only this row met."""

    reference_key: Text
    id: Id | None = None
    warehouse_reference_key: Text | None = None
    reservation_ttl: Count | None = None
    variant: ReservedVariant | None = None
    error: ReservationError | None = None


@record
class SellableWithoutStock:
    warehouse_reference_key: Text
    sellable_without_stock: Flag
    merchant_reference_key: Text | None = None


@record
class Callbacks:
    """request_status, bulk_request_key: stand here, odd as it is."""

    request_status: Text | None = None
    bulk_request_key: Id | None = None
    request_url: Text | None = None
    operation_url: Text | None = None


@record
class OperationCall:
    key: Text
    url: Text
    method: Text
    body: Any = None


@record
class BulkRequest:
    operations: tuple[OperationCall, ...]
    callbacks: Callbacks | None = None


@record
class Progress:
    total_operations: Count
    processed_operations: Count
    failed_operations: Count


@record
class BulkStatus:
    """status: None in the answer that gives the key of a new one."""

    key: Id
    status: Text | None = None
    progress: Progress | None = None


@record
class OperationResponse:
    status_code: Count | None = None
    body: Any = None


@record
class BulkOperation:
    key: Text
    status: Text | None = None
    response: OperationResponse | None = None
    bulk_request: BulkStatus | None = None
