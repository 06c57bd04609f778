"""Each thing that is measured runs in a process of its own, so that its time, its CPU and its memory are its own.

A child says "ready" when its preparations are over, waits for "go" where there is more to time, and ends with its
figures. Each is one line of JSON on the first output it was given; what others print cannot get in between.
"""

import asyncio
import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crossdock.engine.process import run, settle_memory

ROOT = Path(__file__).resolve().parents[1]
MEGABYTE = 1024 * 1024


@dataclass
class Usage:
    """What a stretch of work took. peak_mb: the most memory this process ever held, since it began."""

    wall: float = 0.0
    cpu: float = 0.0
    peak_mb: float = 0.0
    extra: dict[str, Any] = field(default_factory=dict)

    def public(self) -> dict[str, Any]:
        return {"wall": self.wall, "cpu": self.cpu, "peak_mb": self.peak_mb, **self.extra}


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """From /proc, because `ru_maxrss` of a child remembers its parent's size."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / MEGABYTE
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / MEGABYTE if sys.platform == "darwin" else largest * 1024 / MEGABYTE


@contextlib.contextmanager
def measured() -> Iterator[Usage]:
    """What the block takes. The garbage collector starts from the same footing for everybody."""
    usage = Usage()
    settle_memory()
    began, cpu = time.perf_counter(), cpu_seconds()
    yield usage
    usage.wall, usage.cpu, usage.peak_mb = time.perf_counter() - began, cpu_seconds() - cpu, peak_mb()


_LINES = os.dup(1)


def say(line: dict[str, Any]) -> None:
    os.write(_LINES, json.dumps(line).encode() + b"\n")


async def heard() -> str:
    """The next line from the parent; "" when it is gone."""
    return (await asyncio.to_thread(sys.stdin.readline)).strip()


def run_child(main: Coroutine[Any, Any, None]) -> None:
    """In the event loop that Crossdock itself runs in, whoever is measured."""
    os.dup2(2, 1)  # whatever prints, prints beside our lines
    run(main)


class Child:
    """A running child, seen from the parent."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        self._process = process
        self.name = name

    @property
    def pid(self) -> int:
        return self._process.pid

    async def line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        raw = await self._process.stdout.readline()
        if not raw:
            raise RuntimeError(f"{self.name} ended before it said anything; see above")
        line: dict[str, Any] = json.loads(raw)
        return line

    async def tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word.encode() + b"\n")
        await self._process.stdin.drain()


@contextlib.asynccontextmanager
async def child(module: str, *arguments: object, environ: dict[str, str] | None = None) -> AsyncIterator[Child]:
    """`python -m benchmarks.<module>`; it is asked to end, and waited for, at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments), cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env={**os.environ, **(environ or {})},
        limit=64 * MEGABYTE,
    )  # fmt: skip
    try:
        yield Child(process, module)
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
