"""A stop in order: /readyz says no, what is under way comes to its end, calls are answered, and the code is 0."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from tests.cli.world import Cli, free_port
from tests.eventually import eventually
from tests.serving import served

COMMAND = [sys.executable, "-c", "from crossdock.cli import main; main()"]


@dataclass
class Slow:
    """A remote system that answers nobody until it is told to."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def hold(self, request: web.Request) -> web.Response:
        self.asked.set()
        await self.answer.wait()
        return web.Response(status=404)


@dataclass
class Running:
    process: asyncio.subprocess.Process
    url: str
    metrics: str
    session: aiohttp.ClientSession

    async def ask(self, path: str, *, base: str = "") -> tuple[int, Any]:
        async with self.session.get(f"{base or self.url}{path}") as answer:
            return answer.status, await answer.json()

    async def ready(self) -> tuple[int, str]:
        status, said = await self.ask("/readyz")
        return status, said["problem"]


@contextlib.asynccontextmanager
async def running(folder: Path, database: str, remote: str, settings: str) -> AsyncIterator[Running]:
    assert (await asyncio.to_thread(Cli(), "init", str(folder))).code == 0
    file = folder / "crossdock.yaml"
    text = file.read_text("utf-8").replace("http://127.0.0.1:8801", remote).replace("http://127.0.0.1:8802", remote)
    file.write_text(f"{text}\nhttp: {{port: {free_port()}}}\nmetrics: {{port: 0}}\n{settings}", "utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "run", "--json", cwd=folder, env={**environ, "CROSSDOCK_DATABASE_URL": database},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = orjson.loads(await process.stdout.readuntil(b"\n}\n"))
        async with aiohttp.ClientSession() as session:
            yield Running(process, said["url"], said["metrics"], session)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_what_is_under_way_is_finished_while_readyz_says_no(database: str, tmp_path: Path) -> None:
    slow = Slow()
    async with (
        served(slow.hold) as remote,
        running(tmp_path / "here", database, remote, "workers: {stop_seconds: 60}") as one,
    ):
        await asyncio.wait_for(slow.asked.wait(), 60)
        assert await one.ready() == (200, "")
        one.process.send_signal(signal.SIGTERM)
        status, problem = await eventually(lambda: _not_ready(one))
        assert (status, "it was asked to stop" in problem) == (503, True)
        assert await one.ask("/healthz") == (200, {"healthy": True})
        assert (await one.ask("/readyz", base=one.metrics))[0] == 503
        assert one.process.returncode is None
        slow.answer.set()
        _, err = await asyncio.wait_for(one.process.communicate(), 60)
    assert one.process.returncode == 0, err
    assert b"given up" not in err
    assert b"Traceback" not in err
    assert err.rstrip().endswith(b"stopped")


async def _not_ready(one: Running) -> tuple[int, str] | None:
    found = await one.ready()
    return found if found[0] == 503 else None


async def test_what_does_not_end_is_given_up_after_its_time(database: str, tmp_path: Path) -> None:
    slow = Slow()
    async with (
        served(slow.hold) as remote,
        running(tmp_path / "here", database, remote, "workers: {stop_seconds: 0.5}") as one,
    ):
        await asyncio.wait_for(slow.asked.wait(), 60)
        one.process.send_signal(signal.SIGTERM)
        _, err = await asyncio.wait_for(one.process.communicate(), 60)
        slow.answer.set()
    assert one.process.returncode == 0, err
    assert b"still under way after 0.5 s (workers.stop_seconds)" in err
    assert b"Traceback" not in err


async def test_a_worker_has_a_door_for_figures_of_its_own(database: str, tmp_path: Path) -> None:
    slow = Slow()
    slow.answer.set()
    async with served(slow.hold) as remote, running(tmp_path / "here", database, remote, "") as one:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}
        worker = await asyncio.create_subprocess_exec(
            *COMMAND, "worker", "--json", "--metrics-port", "0", cwd=tmp_path / "here",
            env={**environ, "CROSSDOCK_DATABASE_URL": database},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert worker.stdout is not None
            said = orjson.loads(await worker.stdout.readuntil(b"\n}\n"))
            assert said["url"] is None
            assert await one.ask("/readyz", base=said["metrics"]) == (200, {"ready": True, "problem": ""})
            figures = [await _figures(one, base) for base in (one.metrics, said["metrics"])]
            assert ["crossdock_database_answers 1.0" in text for text in figures] == [True, False]
            assert all("process_resident_memory_bytes" in text for text in figures)
            worker.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(worker.wait(), 60) == 0
        finally:
            if worker.returncode is None:
                worker.kill()
            await worker.communicate()


async def _figures(one: Running, base: str) -> str:
    async with one.session.get(f"{base}/metrics") as answer:
        assert answer.status == 200
        return await answer.text()
