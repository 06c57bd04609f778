"""What cases of a pairing with shops hold, and what can be done about it."""

from collections.abc import Mapping

from crossdock.flows import drift_records, retail_despatch, shelves, telling
from crossdock.flows.held_records import RecordKind
from crossdock.flows.pairing import RetailPairing

RETAIL_RECORDS: Mapping[str, RecordKind[RetailPairing]] = {
    **shelves.RECORDS,
    **retail_despatch.RECORDS,
    **telling.RECORDS,
    **drift_records.RECORDS,
}
