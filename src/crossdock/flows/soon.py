"""A run of a flow before the clock would ask for it."""

from crossdock.flows.pairing import Ground
from crossdock.ports.runtime import Job

RUN_PRIORITY = 20  # as flows that the clock calls
SOON_SECONDS = 5.0  # by then the lists that a flow waits for may have been read


async def run_soon(pairing: Ground, flow: str, *, delay_seconds: float = 0.0) -> None:
    subject = f"{pairing.name}/{flow}"
    key = f"flow/{subject}{'/soon' if delay_seconds else ''}"
    job = Job(entrypoint="flow", subject=subject, key=key, priority=RUN_PRIORITY, delay_seconds=delay_seconds)
    await pairing.jobs.ask([job])
