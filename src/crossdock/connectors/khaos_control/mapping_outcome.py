"""What ImportOrders says of the one order we sent → Accepted, Refused or Unknown. Pure.

A skipped order is no SOAP fault: ImportedCount is 0 and OrderSkipped names it. So success is only what says our own
reference and a sales order code, and whatever contradicts itself is Unknown.
"""

from collections.abc import Mapping

from crossdock.connectors.khaos_control.faults import skip_class
from crossdock.connectors.khaos_control.wire_results import ImportResult
from crossdock.model.faults import Accepted, Outcome, Refused, Unknown


def outcome_of(ref: str, result: ImportResult, skip_reasons: Mapping[str, str], *, evidence: str = "") -> Outcome:
    """skip_reasons: pattern → class, the setting of that name."""
    codes = [code for their_ref, code in result.imported if same_reference(their_ref, ref)]
    reasons = [reason for their_ref, reason in result.skipped if same_reference(their_ref, ref)]
    match (codes, reasons, result.imported_count):
        case ([code], [], 1) if code:
            return Accepted(code)
        case ([], [reason], 0):
            kind = skip_class(reason, skip_reasons)
            text = reason or "skipped without a reason"
            return Refused(kind, text, duplicate=kind == "duplicate", evidence=evidence)
    told = f"ImportedCount {result.imported_count}, {len(codes)} imported and {len(reasons)} skipped under {ref}"
    return Unknown(f"ImportOrders does not say what became of the order: {told}", evidence=evidence)


def same_reference(theirs: str, ours: str) -> bool:
    return theirs.strip().casefold() == ours.strip().casefold()
