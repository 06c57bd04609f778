"""Runs a flow by name and makes sure that what stops it is told to somebody: once, and no longer than it lasts."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import structlog

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import CREDENTIALS_REJECTED, READ_INCOMPLETE, SYSTEM_UNREACHABLE
from crossdock.flows.pairing import Pairing, Result
from crossdock.model.faults import ConfigFault, ReadIncomplete, RemoteFault

log = structlog.get_logger()

FAILURES_BEFORE_CASE = 3
OWN_CASES = (READ_INCOMPLETE, SYSTEM_UNREACHABLE, CREDENTIALS_REJECTED)

Flow = Callable[[Pairing], Awaitable[Result]]


class Runs(Protocol):
    async def ended(self, pairing: str, flow: str, *, well: bool, result: Mapping[str, Any]) -> int:
        """Note how a run ended; returns how many failed in a row."""
        ...


async def run_flow(pairing: Pairing, name: str, flow: Flow, runs: Runs) -> Result:
    """One run. Trouble with a remote system is noted and, when it lasts, becomes a case; it is not raised."""
    try:
        result = await flow(pairing)
    except RemoteFault as fault:
        failures = await runs.ended(pairing.name, name, well=False, result={"problem": str(fault)[:500]})
        log.warning("flow stopped", pairing=pairing.name, flow=name, problem=str(fault), failures=failures)
        if failures >= FAILURES_BEFORE_CASE or isinstance(fault, ConfigFault):
            finding = _finding(pairing, name, fault)
            await pairing.cases.raise_case(finding, record="flow", ref=name, evidence=fault.evidence)
        return {"problem": str(fault)}
    await runs.ended(pairing.name, name, well=True, result=result)
    for kind in OWN_CASES:
        await pairing.cases.settle(kind.code, f"{pairing.name}/{name}", record="flow", reason=f"{name} ran to its end")
    return result


def _finding(pairing: Pairing, name: str, fault: RemoteFault) -> Finding:
    subject = f"{pairing.name}/{name}"
    systems = f"{pairing.storefront_name} or {pairing.erp_name}"
    match fault:
        case ConfigFault(setting=setting):
            return CREDENTIALS_REJECTED.about(subject, system=systems, problem=str(fault), setting=setting)
        case ReadIncomplete():
            return READ_INCOMPLETE.about(subject, what=name, system=systems, problem=str(fault))
        case _:
            return SYSTEM_UNREACHABLE.about(subject, system=systems, problem=str(fault))
