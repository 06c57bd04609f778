"""A system that another package brings is a system like ours: nothing of Crossdock knows its name."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MAIN = "from crossdock.cli import main; main()"
PAIRING = """
  acme-khaos:
    storefront: acme
    erp: khaos
    acknowledge: false
    orders: {currencies: [GBP], unit_source: storefront, site: Main Warehouse, sales_source: Web, company_class: Trade}
    maps: {tax: {STD: {code: "1", percent: 20}}, unit: {each: 1}, payment_term: {"": ""}}
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on the import path that holds the installed package: its code and its metadata, as pip leaves them."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(HERE / "acme_stores", folder / "acme_stores")
    info = folder / "acme_stores-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-stores\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[crossdock.systems]\nacme = acme_stores:SYSTEM\n\n"
        "[crossdock.simulators]\nacme = acme_stores.sandbox:AcmeSimulator\n"
    )
    return folder


@pytest.fixture(scope="module")
def environ(site: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT / "src")])}


@pytest.fixture(scope="module")
def run(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("anywhere")

    def call(*words: str, cwd: Path = folder, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", MAIN, *words]
        return subprocess.run(command, env=environ, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=120)

    return call


@pytest.fixture(scope="module")
def home(run: Run, environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An installation whose settings name the made-up system, and the simulators they lead to."""
    folder = tmp_path_factory.mktemp("merchant") / "shop"
    made = run("init", str(folder), "--with", "acme")
    assert made.returncode == 0, made.stderr
    served = subprocess.Popen(
        [sys.executable, "-c", MAIN, "sandbox", "serve", "acme", "khaos-control", "--port-base", "0", "--json"],
        env=environ, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert served.stdout is not None
        urls = first_document(served.stdout)["urls"]
        text = (folder / "crossdock.yaml").read_text("utf-8")
        text = text.replace("http://127.0.0.1:8899", urls["acme"]).replace(
            "http://127.0.0.1:8802", urls["khaos_control"]
        )
        (folder / "crossdock.yaml").write_text(text.rstrip("\n") + PAIRING, "utf-8")
        yield folder
    finally:
        served.terminate()
        served.communicate(timeout=30)


def first_document(out: IO[str]) -> Any:
    """The JSON document that a command prints before it goes on running."""
    text = ""
    for line in out:
        text += line
        if line.rstrip() == "}":
            return json.loads(text)
    raise AssertionError(f"no JSON document: {text}")


def read(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_init_writes_it_and_check_finds_nothing_amiss(run: Run, home: Path) -> None:
    done = run("check", "--json", cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "acme" in read(done)["systems"]
    assert (home / "secrets" / "acme-key").read_text() == "sandbox-key\n"


def test_systems_shows_what_it_can_do(run: Run, home: Path) -> None:
    said = read(run("systems", "--json", cwd=home))
    (acme,) = [one for one in said["systems"] if one["name"] == "acme"]
    assert (acme["kind"], acme["capabilities"]) == ("acme", ["OrderSource", "StockSink"])
    (pairing,) = [one for one in said["pairings"] if one["name"] == "acme-khaos"]
    runs = {flow["flow"]: flow["state"] for flow in pairing["flows"]}
    assert (runs["order-entry"], runs["despatch"]) == ("runs", "impossible")


def test_its_documents_are_translated_to_another_system(run: Run) -> None:
    listed = read(run("translate", "--list", "--json"))
    assert {"system": "acme", "kind": "sales-order", "reads": True, "writes": False} in listed
    line = {"sku": "HP-1", "pieces": "2", "net": "1.50", "vat": "0.60"}
    row = {
        "id": "1",
        "number": "A-1",
        "placed": "2026-03-02T09:00:00+00:00",
        "buyer": "B1",
        "total": "3.60",
        "lines": [line],
    }
    done = run("translate", "acme", "sales-order", "--to", "khaos-control", stdin=json.dumps({"orders": [row]}))
    assert (done.returncode, "<STOCK_CODE>HP-1</STOCK_CODE>" in done.stdout) == (0, True), done.stderr
    del line["sku"]
    broken = run("translate", "acme", "sales-order", stdin=json.dumps({"orders": [row]}))
    assert (broken.returncode, "orders[0].sku" in broken.stderr) == (2, True)


def test_it_is_probed(run: Run, home: Path) -> None:
    done = run("probe", "acme", "--json", cwd=home)
    assert (done.returncode, read(done)["systems"]["acme"]["verdict"]) == (0, "well")


def test_its_orders_would_be_posted_to_the_erp(run: Run, home: Path) -> None:
    done = run("rehearse", "acme-khaos", "order-entry", "--json", "--documents", cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    said = read(done)
    assert (said["orders_read"], said["outcomes"]) == (1, {"post": 1})


def test_nothing_of_crossdock_knows_its_name() -> None:
    for path in (ROOT / "src" / "crossdock").rglob("*.py"):
        text = path.read_text("utf-8").lower()
        assert "acme_stores" not in text, path
