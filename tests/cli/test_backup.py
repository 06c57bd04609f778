"""The whole way: orders come in, a backup is taken meanwhile, the installation is lost, and another one goes on."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.world import ORDERS, Cli, World, act, begin_world, read_document, state, until

MORE = 40
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start(*words: str, cwd: Path = tmp_path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "from crossdock.cli import main; main()", *words]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}
        with (tmp_path / f"{len(started)}.log").open("w") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=cwd, env=environ)
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(timeout=60)
            if process.stdout is not None:
                process.stdout.close()


def settled(world: World, orders: int) -> bool:
    found = {one["state"]: one["orders"] for one in world.json("status", "--quick")["orders"]}
    return sum(found.values()) == orders == found.get("posted", 0) + found.get("waiting", 0)


def refs_in_erp(world: World) -> list[str]:
    return [one["associated_ref"] for one in state(world.urls["khaos_control"])["orders"]]


def test_a_backup_taken_while_orders_come_in_is_worked_on_and_nothing_is_posted_twice(
    tmp_path: Path, start: Start
) -> None:
    (tmp_path / "one").mkdir()
    one = begin_world(tmp_path / "one", lambda *words: start(*words, cwd=tmp_path / "one"))
    file = tmp_path / "of-today.backup"
    act(one.urls["orocommerce"], "place_orders", count=MORE, seed=12)
    until("some of them are in", lambda: len(refs_in_erp(one)) > ORDERS)
    taken = one("backup", str(file), "--json")
    assert taken.code == 0, taken.err
    until("all of them are in the ERP or in a case", lambda: settled(one, ORDERS + MORE))
    before = refs_in_erp(one)
    cases = {(case["kind"], case["subject"]) for case in one.json("cases", "list")["cases"]}
    one.runs.send_signal(signal.SIGTERM)
    assert one.runs.wait(timeout=60) == 0

    other = World(tmp_path / "other", one.urls, {}, [], one.runs)
    other.folder.mkdir()
    shutil.copy(one.folder / "crossdock.yaml", other.folder)
    shutil.copytree(one.folder / "secrets", other.folder / "secrets")
    without_key = other("restore", str(file))
    assert (without_key.code, "there is no key here" in without_key.err) == (2, True)
    (other.folder / "data").mkdir(exist_ok=True)
    shutil.copy(one.folder / "data" / "vault.key", other.folder / "data")
    said = other("restore", str(file), "--json")
    assert said.code == 0, said.err
    assert said.json["rows"] == taken.json["rows"]
    assert said.json["audit"]["problem"] == ""
    again = other("restore", str(file), "--json")
    assert (again.code, again.json["error"]["kind"]) == (2, "backup-refused")

    other.runs = start("run", "--json", cwd=other.folder)
    read_document(other.runs)
    until("the other one has all of them in the ERP or in a case", lambda: settled(other, ORDERS + MORE))
    assert sorted(refs_in_erp(other)) == sorted(before)
    assert len(set(before)) == len(before)
    assert cases <= {(case["kind"], case["subject"]) for case in other.json("cases", "list")["cases"]}
    laws = json.loads(other("sandbox", "check-laws", "--json").out)["pairings"]["oro-khaos"]
    for law in ("L1", "L2", "L5", "L7", "L11"):
        assert laws[law]["pass"], (law, laws[law]["evidence"])


def test_a_backup_of_a_place_where_none_can_be_written_is_refused(cli: Cli, home: Path) -> None:
    said = cli("backup", str(home / "nowhere" / "x"), "--config", str(home / "crossdock.yaml"))
    assert (said.code, "no folder" in said.err) == (2, True)
