"""What every command shares: help, JSON, exit codes, and what a person reads when something fails."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable

import asyncpg
import pytest
import structlog
import typer
from typer.testing import CliRunner

from crossdock.cli import COMMANDS, GROUPS
from crossdock.cli.door import door
from crossdock.cli.logs import configure, hide_secrets
from crossdock.cli.options import AsJson
from crossdock.cli.told import Stop
from crossdock.flows.wish import RemedyRefused
from crossdock.model.faults import ConfigFault, DataFault, Transient
from crossdock.settings.scaffold import ScaffoldRefused
from crossdock.store.database import DatabaseUnavailable
from tests.cli.world import Cli

EVERY = [(name,) for _, name, _ in COMMANDS] + [(name, inner) for _, name, _, below in GROUPS for inner, _ in below]
HEAVY = {"aiohttp", "asyncpg", "fastapi", "lxml", "orjson", "pydantic", "sqlalchemy", "uvicorn", "yaml"}


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_has_help_and_json(words: tuple[str, ...], cli: Cli) -> None:
    said = cli(*words, "--help")
    assert said.code == 0
    assert "--json" in said.out


@pytest.mark.parametrize("words", [one for one in EVERY if one not in {("demo",), ("init",)}], ids=" ".join)
def test_every_command_that_reads_settings_takes_config(words: tuple[str, ...], cli: Cli) -> None:
    assert "--config" in cli(*words, "--help").out


def test_help_is_there_at_once() -> None:
    code = "import sys, crossdock.cli as c; c.build(); print(','.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert HEAVY.isdisjoint(loaded.strip().split(","))


def test_version_and_nothing(cli: Cli) -> None:
    assert cli("--version").out.startswith("crossdock ")
    assert cli("nonesuch").code == 2


def outcome(fail: Callable[[], object], *words: str) -> tuple[int, str, str]:
    def command(as_json: AsJson = False) -> None:
        fail()

    app = typer.Typer()
    app.command()(door(command))
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.stdout, result.stderr


FAILURES = [
    (Stop("no such thing. Name another."), 2, "bad-input", "no such thing. Name another."),
    (Stop("not here", code=1, kind="not-found"), 1, "not-found", "not here"),
    (DataFault("data.id", "is missing"), 2, "document", "data.id: is missing"),
    (ConfigFault("401", setting="client_secret"), 3, "remote-settings", "The setting to look at is client_secret."),
    (Transient("cannot connect"), 3, "remote", "Nothing was changed there"),
    (DatabaseUnavailable("it does not start"), 3, "database", "it does not start"),
    (asyncpg.ConnectionDoesNotExistError("gone"), 3, "database", "the database was lost: gone"),
    (RemedyRefused("it needs a reason"), 2, "remedy-refused", "Nothing was changed."),
    (ScaffoldRefused("there already"), 2, "bad-input", "there already"),
    (ConnectionResetError("peer"), 3, "remote", "the connection was lost: peer"),
]


@pytest.mark.parametrize(
    ("error", "code", "kind", "text"), FAILURES, ids=lambda one: getattr(one, "__class__", one).__name__
)
def test_known_trouble_has_its_words_and_its_code(error: Exception, code: int, kind: str, text: str) -> None:
    def fail() -> None:
        raise error

    assert outcome(fail)[:2] == (code, "")
    ended, out, err = outcome(fail, "--json")
    assert ended == code
    assert json.loads(out)["error"]["kind"] == kind
    assert text in err


def test_a_defect_says_what_to_send_and_hides_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.delenv("CROSSDOCK_DEBUG", raising=False)
    code, out, err = outcome(fail, "--json")
    assert (code, json.loads(out)["error"]["kind"]) == (1, "defect")
    assert "ZeroDivisionError: by nought (test_door.py:" in err
    assert "CROSSDOCK_DEBUG=1" in err
    assert "Traceback" not in err
    monkeypatch.setenv("CROSSDOCK_DEBUG", "1")
    assert "Traceback" in outcome(fail)[2]


def test_a_command_ends_with_what_it_returns() -> None:
    async def later(as_json: AsJson = False) -> int:
        await asyncio.sleep(0)
        return 1

    app = typer.Typer()
    app.command()(door(later))
    assert CliRunner().invoke(app, []).exit_code == 1


def test_the_log_is_json_where_nobody_reads_it_and_holds_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    structlog.get_logger().info("calling", client_secret="s3cr3t", url="postgresql://me:s3cr3t@db/x", n=1)
    structlog.get_logger().debug("unheard")
    structlog.get_logger().warning("stamina.retry_scheduled", n=2)
    try:
        raise ValueError("Bearer abcdefgh1234")
    except ValueError:
        structlog.get_logger().exception("failed")
    captured = capsys.readouterr()
    assert captured.out == ""
    first, second = (json.loads(line) for line in captured.err.splitlines())
    assert (first["event"], first["level"], first["client_secret"]) == ("calling", "info", "***")
    assert first["url"] == "postgresql://me:***@db/x"
    assert "ValueError" in second["exception"]
    assert "s3cr3t" not in captured.err
    assert "abcdefgh1234" not in captured.err


def test_secrets_are_hidden_by_name_and_by_look() -> None:
    event = {"password": "a", "note": "Basic dXNlcjpwYXNz", "fine": "https://host/path", "count": 3}
    assert hide_secrets(None, "", event) == {
        "password": "***", "note": "Basic ***", "fine": "https://host/path", "count": 3,
    }  # fmt: skip
