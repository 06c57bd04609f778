"""What `crossdock init` writes works as it stands, fits the schema, and never overwrites."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import Simulator, running
from crossdock.sandbox.khaos_control.simulator import KhaosControlSimulator
from crossdock.sandbox.orocommerce.simulator import OroCommerceSimulator
from crossdock.settings.document import read_document
from crossdock.settings.load import load
from crossdock.settings.pairing import PAIRINGS
from crossdock.settings.reference import fields_of, reference_page
from crossdock.settings.scaffold import ScaffoldRefused, create, settings_text
from crossdock.settings.schema import schema_text, settings_schema
from crossdock.settings.tree import Project
from tests.connectors.gate import FreeGate, HandClock
from tests.settings.json_schema import errors
from tests.settings.kinds import KINDS, complaints

SHIPPED = {name: KINDS[name] for name in ("orocommerce", "khaos_control")}


def against_schema(text: str) -> list[str]:
    schema = settings_schema(KINDS)
    return errors(schema, yaml.safe_load(text), whole=schema)


def test_what_init_writes_loads_and_keeps_its_secret_to_itself(tmp_path: Path) -> None:
    files = create(tmp_path / "new", SHIPPED)
    assert [str(file.relative_to(tmp_path / "new")) for file in files] == [
        "crossdock.yaml",
        "crossdock.schema.json",
        "secrets/oro-client-secret",
        ".gitignore",
    ]
    project = load(files[0], systems=SHIPPED, environ={})
    shop = project.systems["shop"].model_dump()
    assert shop["client_secret"].get_secret_value() == "sandbox-secret"
    assert files[2].stat().st_mode & 0o777 == 0o600
    assert files[2].parent.stat().st_mode & 0o777 == 0o700
    assert files[3].read_text() == "/data/\n/secrets/\n"
    assert files[1].read_text() == schema_text(SHIPPED)


@pytest.mark.parametrize(
    "there", ["crossdock.yaml", "crossdock.schema.json", "secrets/oro-client-secret", ".gitignore"]
)
def test_what_is_there_already_is_never_touched(tmp_path: Path, there: str) -> None:
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_text("mine")
    with pytest.raises(ScaffoldRefused, match="exists already; nothing was written"):
        create(tmp_path, SHIPPED)
    assert [file.read_text() for file in tmp_path.rglob("*") if file.is_file()] == ["mine"]


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ScaffoldRefused, match=r"not a directory|file exists"):
        create(tmp_path / "file", SHIPPED)


def test_the_scaffold_fits_the_schema() -> None:
    assert against_schema(settings_text(SHIPPED)) == []


def test_everything_behind_a_number_sign_is_what_holds_anyway(tmp_path: Path) -> None:
    text = settings_text(SHIPPED)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/oro-client-secret").write_text("s")
    (tmp_path / "crossdock.yaml").write_text(text)
    as_written = load(tmp_path / "crossdock.yaml", systems=SHIPPED, environ={})
    said = "\n".join(_with_defaults(text))
    (tmp_path / "crossdock.yaml").write_text(said)
    assert load(tmp_path / "crossdock.yaml", systems=SHIPPED, environ={}) == as_written
    written = read_document(said).value
    assert written["workers"] == {"orders_in_flight": "64", "database_connections": "16", "stop_seconds": "30"}
    assert written["pairings"]["oro-khaos"]["owners"]["stock"] == "erp"


def _with_defaults(text: str) -> Iterator[str]:
    """The scaffold with its settings uncommented; what is prose stays a comment."""
    for line in text.splitlines():
        bare = line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line
        name = bare.strip().partition(":")[0]
        is_setting = ":" in bare and (" " not in name) and name != "also" and "schema=" not in line
        yield bare if is_setting or bare.lstrip().startswith("#") else line


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("kind: orocommerce", "kind: other"),
        ("kind: orocommerce", "kin: orocommerce"),
        ("    client_id: crossdock", "    client: crossdock"),
        ("client_secret: file:secrets/oro-client-secret", "client_secret: hunter2"),
        ("    exe: KhaosHPT.exe", "    client_id: crossdock"),
        ("  oro-khaos:", "  Oro Khaos:"),
        ("currencies: [GBP]", "currencies: []"),
        ("each: 1", 'each: "1:1"'),
        ("percent: 20", "percent: 200"),
        ("unit_source: storefront", "unit_source: shop"),
    ],
)
def test_the_schema_turns_away_what_check_turns_away(tmp_path: Path, found: str, put: str) -> None:
    text = settings_text(SHIPPED)
    assert found in text
    wrong = text.replace(found, put, 1)
    assert against_schema(wrong)
    assert complaints(tmp_path, wrong)


def test_the_schema_takes_what_people_write() -> None:
    text = settings_text(SHIPPED)
    text = text.replace("concurrency: 8", "concurrency: ${CALLS}").replace('code: "1"', "code: 1")
    assert against_schema(text.replace("each: 1", 'each: 1\n        drum: "1/3"\n        roll: 0.5')) == []


def test_the_schema_is_the_same_every_time() -> None:
    turned = dict(reversed(KINDS.items()))
    assert schema_text(KINDS) == schema_text(turned)
    assert json.loads(schema_text(KINDS)) == settings_schema(KINDS)


@pytest.mark.parametrize("model", [Project, *PAIRINGS, *(system.settings for system in KINDS.values())])
def test_every_setting_says_what_it_is(model: type[BaseModel]) -> None:
    bare = [path for path, field in fields_of(model) if not (field.description or "").strip()]
    assert bare == []


def test_the_reference_page_names_every_setting() -> None:
    page = reference_page(SHIPPED)
    models: list[Any] = [Project, *PAIRINGS, *(system.settings for system in SHIPPED.values())]
    for path, _ in (one for model in models for one in fields_of(model)):
        assert f"| `{path.rpartition('.')[2]}` |" in page
    assert "| `exe` | text | **required** | the web-service executable in the URL" in page
    assert "| `port` | whole number, 1 or more, at most 65535 | `8080` | port to listen on |" in page
    assert "| `start_from` | time with zone |" in page
    assert page == reference_page(dict(reversed(SHIPPED.items())))
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert len(headings) == len(set(headings))


def test_the_kinds_that_ship_are_the_ones_tried_here() -> None:
    for entry in (one for one in entry_points(group="crossdock.systems") if one.name in SHIPPED):
        system = entry.load()
        assert system.settings is KINDS[entry.name].settings
        assert system.role == KINDS[entry.name].role
        assert system.capabilities >= KINDS[entry.name].capabilities


SIMULATORS: dict[str, type[Simulator]] = {"shop": OroCommerceSimulator, "khaos": KhaosControlSimulator}


@pytest.mark.parametrize("name", SIMULATORS)
async def test_what_init_writes_reaches_the_simulators(tmp_path: Path, name: str) -> None:
    written = load(create(tmp_path, SHIPPED)[0], systems=SHIPPED, environ={}).systems[name]
    assert written.base_url == f"http://127.0.0.1:{SIMULATORS[name].default_port}"
    (entry,) = entry_points(group="crossdock.systems", name=written.kind)
    async with running(SIMULATORS[name](build_estate(items=12, companies=3))) as url:
        settings = written.model_copy(update={"base_url": url})
        connector = await entry.load().connect(settings, FreeGate(), HandClock(datetime.now(UTC)))
        try:
            lines = await connector.probe()
        finally:
            await connector.close()
    assert [line.problem for line in lines] == [""] * len(lines)
    assert sum(line.read for line in lines) > 0
