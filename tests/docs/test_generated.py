"""The generated reference says what the code says: all of it, and nothing else."""

import inspect
import re
from pathlib import Path

import pytest

from crossdock.cases.kind import Desk, Remedy
from crossdock.cases.kinds import KINDS
from crossdock.decide.mappings import MAP_PARAMS, MAPS
from crossdock.model.lifecycle import MOVES, Move, OrderState
from crossdock.reference import cases, commands, lifecycle, sandbox, systems, tables
from crossdock.reference.commands_more import AFTERWARDS, EXITS
from crossdock.reference.pages import PAGES
from crossdock.sandbox.faults import KINDS as FAULTS
from crossdock.sandbox.kernel import Simulator
from crossdock.sandbox.registry import simulators
from crossdock.settings.reference import fields_of
from crossdock.settings.tree import Project
from crossdock.wiring.systems import known_systems
from tests.docs.pages import REFERENCE, ROOT

SYSTEMS = known_systems()


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    """If this fails: `python -m crossdock.reference`."""
    assert (REFERENCE / name).read_text("utf-8") == PAGES[name]()


def page(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


def test_every_command_has_an_entry_with_all_its_options() -> None:
    text = page("commands.md")
    for path, command in commands.commands():
        section = text.partition(f"## `{path}`\n")[2].partition("\n## ")[0]
        assert section, path
        for one in command.params:
            words = [word for word in (*one.opts, *one.secondary_opts) if word.startswith("-")]
            for word in words or [one.metavar or one.name.upper()]:
                assert word == "--help" or re.search(rf"{re.escape(word)}[`,\]]", section), f"{path} {word}"


def test_every_command_says_its_json_and_its_exit_codes() -> None:
    paths = {path for path, _ in commands.commands()}
    assert set(AFTERWARDS) == paths
    assert set(EXITS) == paths


def test_every_setting_has_an_entry() -> None:
    text = page("settings.md")
    models = [Project, *(one.settings for one in SYSTEMS.values())]
    for model in models:
        for path, field in fields_of(model):
            assert f"`{path.rpartition('.')[2]}`" in text, path
            assert field.description, f"{path} says nothing of itself"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_case_kind_has_an_entry(kind) -> None:
    section = page("cases.md").partition(f"### {kind.code}\n")[2].partition("\n#")[0]
    assert f"**Severity** {kind.severity}, **due** within {kind.due_hours} hour" in section
    assert all(f"`{remedy}`" in section for remedy in kind.remedies)
    if Remedy.MAP_CODE in kind.remedies:
        assert all(f"{name}=" in section for name in MAP_PARAMS[MAPS[kind.code]])


def test_desks_and_remedies_are_described() -> None:
    assert set(cases.DESKS) == set(Desk)
    assert set(cases.REMEDIES) == set(Remedy)


def test_every_state_and_move_has_an_entry_and_an_arrow() -> None:
    text = page("lifecycle.md")
    assert set(lifecycle.STATES) == set(OrderState)
    assert set(lifecycle.WHEN) == set(Move)
    for (begin, move), end in MOVES.items():
        assert f"    {begin} --> {end}: {move}\n" in text


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_every_capability_of_every_manifest_has_an_entry(system) -> None:
    text = page("systems.md")
    for name in system.capabilities:
        assert systems.protocol(name) is not None
        assert f"| `{name}` |" in text
    said = systems.manifest_of(system)
    assert said["id"] == system.kind
    assert said["role"] == system.role
    assert set(said["capabilities"]) == system.capabilities
    assert set(said["documents"]) == set(system.translations)
    section = text.partition(f"## {system.title}\n")[2].partition("\n## ")[0]
    for word in (*said["reads"], *said["writes"], *said.get("versions", ())):
        assert f"`{word}`" in section


def test_every_fault_and_who_makes_it() -> None:
    text = page("sandbox.md")
    assert all(f"| `{kind}` |" in text for kind in FAULTS)
    everywhere = {kind for kind in FAULTS if f'draw("{kind}"' in _source("kernel.py")}
    for kind in FAULTS:
        drawn = [name for name, one in simulators().items() if _draws(one, kind)]
        if kind in everywhere:
            assert sandbox.who_strikes(kind) == []
        else:
            assert sorted(drawn) == sorted(sandbox.who_strikes(kind)), kind
            assert drawn


def _source(name: str) -> str:
    return (ROOT / "src" / "crossdock" / "sandbox" / name).read_text("utf-8")


def _draws(simulator: type[Simulator], kind: str) -> bool:
    """In its own folder, or in the kit of bridge servers if it stands on that."""
    folder = Path(inspect.getfile(simulator)).parent
    sources = [path.read_text("utf-8") for path in folder.rglob("*.py")]
    if any("from crossdock.sandbox.bridge import" in one for one in sources):
        sources += [path.read_text("utf-8") for path in folder.with_name("bridge").glob("*.py")]
    by_table = folder / "channel" / "transport.py"  # its troubles name their knobs in a table
    return any(f'draw("{kind}"' in one for one in sources) or (
        by_table.is_file() and f': "{kind}"' in by_table.read_text("utf-8")
    )


@pytest.mark.parametrize("kind", simulators())
def test_every_act_and_every_part_of_the_state(kind: str) -> None:
    section = page("sandbox.md").partition(f"## `{kind}`\n")[2].partition("\n## ")[0]
    for name, play in sandbox.acts_of(kind).items():
        assert f"| `{name}` |" in section
        assert play.__doc__, f"act {name} says nothing of itself"
    for key in sandbox.state_of(kind):
        assert f"| `{key}` |" in section


def test_every_table_is_described() -> None:
    assert set(tables.MEANINGS) == set(tables.tables())
    assert all(columns for columns in tables.tables().values())
    first = {"tenant", "id", "order_id", "case_id", "despatch_id", "run_id", "person_id", "token_id", "digest"}
    assert {columns[0] for columns in tables.tables().values()} <= first
