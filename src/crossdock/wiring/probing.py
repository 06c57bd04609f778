"""Trying a system for real, on a person's wish: the same for the command line, the console and the API."""

import asyncio
import os
import socket
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from crossdock.decide.probing import SAYS, Verdict, passed, verdict
from crossdock.engine.local_gate import LocalGate
from crossdock.engine.trial_gate import TrialGate
from crossdock.model.faults import RemoteFault
from crossdock.ports.config import SystemSettings
from crossdock.ports.runtime import Gate
from crossdock.ports.systems import ProbeLine, System
from crossdock.settings.secrets import secret_texts
from crossdock.store import systems as book
from crossdock.telemetry.hiding import hider
from crossdock.wiring.installation import Installation
from crossdock.wiring.single import connection

log = structlog.get_logger()
PROBE_SECONDS = 30.0
PAUSE_SECONDS = 10.0
LOST_SECONDS = PROBE_SECONDS + 30.0
SAID_MAX = 600


class ProbeRefused(Exception):
    """It was not begun; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """No line holds a secret of the settings."""

    verdict: Verdict
    lines: Sequence[ProbeLine]

    @property
    def says(self) -> str:
        return SAYS[self.verdict]


async def probe(
    kind: System, settings: SystemSettings, *, gate: Gate | None = None, seconds: float | None = None
) -> Probed:
    """Connect and read one page of everything that may be read. gate: None for its own. seconds: when to give up.

    Never raises for what the system does, nor for what its connector does with it: that is a line too.
    """
    own = LocalGate(settings.budget)
    try:
        async with asyncio.timeout(seconds), connection(kind, settings, gate or own) as connector:
            lines = await connector.probe()
    except TimeoutError:
        lines = [_line(f"no answer to all questions within {seconds:g} s" if seconds else "no answer in time")]
    except (RemoteFault, OSError) as fault:
        lines = [_line(str(fault) or type(fault).__name__)]
    except Exception as error:
        log.exception("a probe failed by our own fault", kind=kind.kind)
        lines = [_line(f"Crossdock could not go on, by its own fault: {type(error).__name__}: {error}")]
    hide = hider(secret_texts(settings))
    shown = [_without_secrets(one, hide) for one in lines]
    return Probed(verdict=verdict(shown), lines=shown)


async def probe_now(here: Installation, name: str, *, actor: str) -> Probed:
    """The same within the budget that all workers share, without what a probe may be set to write, for at most half a
    minute, and once in ten seconds. In the audit trail as begun and as ended. Raises ProbeRefused."""
    asked_at = await book.ask_probe(
        here.pool, here.tenant, name, actor=actor, pause_seconds=PAUSE_SECONDS, lost_seconds=LOST_SECONDS
    )
    if asked_at is None:
        raise ProbeRefused(await _why_not(here, name))
    settings = here.project.systems[name].looking_only()
    gate = TrialGate(
        here.pool, tenant=here.tenant, system=name, budget=settings.budget, hide=hider(secret_texts(settings)),
        holder=f"{socket.gethostname()}/{os.getpid()}/probe-{uuid.uuid4().hex[:8]}",
    )  # fmt: skip
    try:
        found = await probe(here.kinds[settings.kind], settings, gate=gate, seconds=PROBE_SECONDS)
    finally:
        await gate.close()
    await book.probe_ended(
        here.pool, here.tenant, name, actor=actor, asked_at=asked_at, verdict=found.verdict,
        amiss=[one.what for one in found.lines if not passed(one)],
    )  # fmt: skip
    return found


async def _why_not(here: Installation, name: str) -> str:
    last = (await book.read_remotes(here.pool, here.tenant, [name])).probes.get(name)
    if last is not None and last.ended_at is None:
        return f"{last.actor} has {name} probed just now: look again in a moment."
    whose = f", by {last.actor}" if last is not None else ""
    return f"{name} was probed a moment ago{whose}: once in {PAUSE_SECONDS:g} s is enough. Try again then."


def _without_secrets(line: ProbeLine, hide: Callable[[str], str]) -> ProbeLine:
    what, problem, denied = (hide(one)[:SAID_MAX] for one in (line.what, line.problem, line.denied))
    return replace(line, what=what, problem=problem, denied=denied)


def _line(problem: str) -> ProbeLine:
    return ProbeLine(what="connection", problem=problem)
