"""The command line in this process for what needs no systems, and a whole small world for what does."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.world import Cli, World, begin_world


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Commands run in this process."""
    for name in ("CROSSDOCK_CONFIG", "CROSSDOCK_DEBUG", "CROSSDOCK_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return Cli()


@pytest.fixture
def home(tmp_path: Path, cli: Cli) -> Path:
    """A new installation that nothing has run in."""
    assert cli("init", str(tmp_path / "new")).code == 0
    return tmp_path / "new"


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Simulators and `crossdock run` as processes of their own, with a few orders placed and settled."""
    folder = tmp_path_factory.mktemp("world")
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "from crossdock.cli import main; main()", *words]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}
        with (folder / f"{words[0]}.log").open("w") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder, env=environ)
        started.append(process)
        return process

    try:
        yield begin_world(folder, start)
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(timeout=20)
            if process.stdout is not None:
                process.stdout.close()
