"""SIGTERM and Ctrl-C end the long commands in order."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.world import Cli, read_document


@pytest.mark.parametrize(
    ("words", "asking"),
    [(("worker", "--json"), signal.SIGTERM), (("sandbox", "serve", "--json", "--port-base", "0"), signal.SIGINT)],
)
def test_a_signal_ends_it_in_order(tmp_path: Path, words: tuple[str, ...], asking: signal.Signals) -> None:
    Cli()("init", str(tmp_path))
    command = [sys.executable, "-c", "from crossdock.cli import main; main()", *words]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environ
    ) as process:
        assert read_document(process)["ready"] is True
        process.send_signal(asking)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert out == ""
    assert "Traceback" not in err
