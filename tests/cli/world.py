"""How tests call commands, and the world that live commands are called in."""

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from crossdock.cli import build

SECONDS_MAX = 40
TROUBLE = {"unknown_sku_share": 0.25, "price_conflict_share": 0.2}
ORDERS = 16


@dataclass(frozen=True)
class Said:
    """What a command ended with and said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout, which must be one JSON document and nothing else."""
        return json.loads(self.out)


class Cli:
    def __init__(self) -> None:
        self._app = build()

    def __call__(self, *words: str, stdin: bytes | str | None = None) -> Said:
        result = CliRunner().invoke(self._app, list(words), input=stdin, prog_name="crossdock")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)


@dataclass
class World:
    folder: Path
    urls: dict[str, str]
    ready: dict[str, Any]
    placed: list[dict[str, Any]]
    runs: subprocess.Popen[str]

    def __call__(self, *words: str) -> Said:
        return Cli()(*words, "--config", str(self.folder / "crossdock.yaml"))

    def json(self, *words: str) -> Any:
        return self(*words, "--json").json


def begin_world(folder: Path, start: Callable[..., subprocess.Popen[str]]) -> World:
    sandbox = start("sandbox", "serve", "--json", "--port-base", "0", "--items", "20", "--companies", "6")
    assert Cli()("init", str(folder)).code == 0
    urls = read_document(sandbox)["urls"]
    text = (folder / "crossdock.yaml").read_text("utf-8")
    text = text.replace("http://127.0.0.1:8801", urls["orocommerce"]).replace(
        "http://127.0.0.1:8802", urls["khaos_control"]
    )
    text = text.replace("unknown: hide", "unknown: report")  # shoppers here may buy what the ERP does not hold
    (folder / "crossdock.yaml").write_text(f"{text}\nhttp: {{port: {free_port()}}}\n", "utf-8")
    runs = start("run", "--json")
    world = World(folder, urls, read_document(runs), [], runs)
    until("stock is shown", lambda: any(one["writes"] for one in state(urls["orocommerce"])["inventory"]))
    world.placed = act(urls["orocommerce"], "place_orders", count=ORDERS, seed=11, **TROUBLE)["orders"]
    until("every order is in the ERP or in a case", lambda: settled(world))
    return world


def settled(world: World) -> bool:
    found = {one["state"]: one["orders"] for one in world.json("status")["orders"]}
    return found.get("posted", 0) + found.get("waiting", 0) == len(world.placed)


def until(what: str, true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while not true():
        assert time.monotonic() < deadline, f"waited {SECONDS_MAX} s in vain until {what}"
        time.sleep(0.2)


def read_document(process: subprocess.Popen[str]) -> Any:
    """The JSON document a process prints when it is ready."""
    lines = ""
    assert process.stdout is not None
    for line in process.stdout:
        lines += line
        if line.rstrip() == "}":
            return json.loads(lines)
    raise AssertionError(f"the process ended with {process.wait()} and said: {lines}")


def act(url: str, name: str, **params: Any) -> Any:
    request = urllib.request.Request(f"{url}/_sandbox/act", json.dumps({"act": name, **params}).encode())
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def state(url: str) -> Any:
    with urllib.request.urlopen(f"{url}/_sandbox/state") as answer:
        return json.load(answer)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
