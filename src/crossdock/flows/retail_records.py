"""What cases of a pairing with shops hold, and what can be done about it."""

from collections.abc import Mapping

from crossdock.flows import retail_despatch, shelves
from crossdock.flows.held_records import RecordKind
from crossdock.flows.pairing import RetailPairing

RETAIL_RECORDS: Mapping[str, RecordKind[RetailPairing]] = {**shelves.RECORDS, **retail_despatch.RECORDS}
