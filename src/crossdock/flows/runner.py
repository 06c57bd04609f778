"""Runs a flow by name and makes sure that what stops it is told to somebody: once, and no longer than it lasts."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

import structlog

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import CREDENTIALS_REJECTED, CROSSDOCK_DEFECT, READ_INCOMPLETE, SYSTEM_UNREACHABLE
from crossdock.flows.pairing import Ground, Pairing, Result
from crossdock.model.faults import ConfigFault, ReadIncomplete, RemoteFault
from crossdock.ports.runtime import calling
from crossdock.telemetry import metrics

log = structlog.get_logger()

FAILURES_BEFORE_CASE = 3

G = TypeVar("G", bound=Ground)
Flow = Callable[[Pairing], Awaitable[Result]]


class Runs(Protocol):
    async def ended(self, pairing: str, flow: str, *, well: bool, result: Mapping[str, Any]) -> int:
        """Note how a run ended. Returns how many failed in a row: until now when it went well, else with this one."""
        ...


async def run_flow(pairing: G, name: str, flow: Callable[[G], Awaitable[Result]], runs: Runs) -> Result:
    """One run. Trouble with a remote system is noted and, when it lasts, becomes a case; it is not raised.

    The case is the system's, and holds every flow that it stops: one incident is one case.
    """
    record, began = f"flow {pairing.name}/{name}", time.perf_counter()

    def ended(outcome: str, result: Result) -> None:
        metrics.flow_ended(pairing.name, name, outcome, time.perf_counter() - began, result)

    try:
        result = await flow(pairing)
    except RemoteFault as fault:
        ended("stopped", {})
        system = calling.get() or " or ".join(pairing.systems)
        failures = await runs.ended(pairing.name, name, well=False, result={"problem": f"{system}: {fault}"[:500]})
        log.warning("flow stopped", pairing=pairing.name, flow=name, system=system, problem=str(fault), times=failures)
        if failures >= FAILURES_BEFORE_CASE or isinstance(fault, ConfigFault):
            finding = _finding(system, name, fault)
            await pairing.cases.raise_case(finding, record=record, ref=f"flow {name}", evidence=fault.evidence)
        return {"problem": str(fault)}
    except Exception as error:
        ended("failed", {})
        await _defect(pairing, name, error, runs)
        raise  # our own mistake: the worker's door logs it whole
    ended("done", result)
    if await runs.ended(pairing.name, name, well=True, result=result):
        await pairing.cases.let_go(record, [0], reason=f"{name} ran to its end", actor="crossdock")
    return result


async def _defect(pairing: Ground, name: str, error: Exception, runs: Runs) -> None:
    """A flow that fails by our own fault must not look as if it ran."""
    problem = f"{type(error).__name__}: {error}"[:300]
    if await runs.ended(pairing.name, name, well=False, result={"problem": problem}) >= FAILURES_BEFORE_CASE:
        finding = CROSSDOCK_DEFECT.about(f"{name} {type(error).__name__}", what=f"flow {name}", problem=problem)
        await pairing.cases.raise_case(finding, record=f"flow {pairing.name}/{name}", ref=f"flow {name}")


def _finding(system: str, name: str, fault: RemoteFault) -> Finding:
    match fault:
        case ConfigFault(setting=setting):
            return CREDENTIALS_REJECTED.about(system, system=system, problem=str(fault), setting=setting)
        case ReadIncomplete():
            return READ_INCOMPLETE.about(f"{system} {name}", what=name, system=system, problem=str(fault))
        case _:
            return SYSTEM_UNREACHABLE.about(system, system=system, problem=str(fault))
