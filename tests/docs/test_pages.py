"""What the hand-written pages say exists: links, commands, options, tests, endpoints, settings."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from crossdock.cases.kinds import KINDS
from crossdock.connectors.khaos_control.channel.config import CALLS
from crossdock.decide.money_causes import CAUSES
from crossdock.model.code_map import Becomes
from crossdock.reference import commands, sandbox
from crossdock.reference.commands import ENVIRONMENT
from crossdock.sandbox.registry import simulators
from crossdock.settings.pairing import CataloguePairing, Flow, Pairing, RetailPairing
from crossdock.settings.reference import fields_of
from crossdock.settings.shape import arms, model_of
from crossdock.settings.tree import Project
from crossdock.wiring.systems import known_systems
from tests.docs.pages import DOCS, PAGES, REFERENCE, ROOT, anchors, fenced, links, name_of, prose_of, text_of, typed

COMMANDS = dict(commands.commands())
TOOLS = {"cd", "export", "curl", "tar", ".", "echo", "python3", "make"}  # what a reader has anyway
VENV = re.compile(r"^\.venv/bin/(\w+)$")
# Written by somebody else, later than the pages that link to them.
TO_COME: frozenset[str] = frozenset()

# Vendors have words of their own that look like ours.
OUR_WORDS = [page for page in PAGES if "connectors" not in page.parts and page.name != "sandbox.md"]

every_page = pytest.mark.parametrize("page", PAGES, ids=map(name_of, PAGES))


@every_page
def test_every_internal_link_resolves(page: Path) -> None:
    for link in links(page):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists() or target in TO_COME, f"{link} leads nowhere"
        assert target.is_relative_to(ROOT)
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{link}: there is no such heading"


@every_page
def test_no_page_holds_both_sides_of_a_conflict(page: Path) -> None:
    assert not re.search(r"^(<{7} |>{7} |={7}$)", text_of(page), re.M)


def test_every_page_can_be_reached_from_the_index() -> None:
    index = DOCS / "index.md"
    reached = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    assert {page for page in DOCS.rglob("*.md") if page != index} <= reached
    assert "docs/index.md" in links(ROOT / "README.md")


@every_page
def test_every_command_in_a_console_example_exists(page: Path) -> None:
    for line in typed(page):
        for part in re.split(r" (?:\||&&) ", line):
            _check(shlex.split(part, comments=True))


def _check(words: list[str]) -> None:
    program, *rest = words
    if found := VENV.match(program):
        assert found[1] in ("pip", "pytest", "ruff", "python")
    elif program != "crossdock":
        assert program in TOOLS, f"{program}: would a reader have it?"
        if program == "make":
            assert rest[0] in _targets()
    else:
        _check_crossdock(rest)


def _check_crossdock(words: list[str]) -> None:
    names = [name for name in (" ".join(["crossdock", *words[:count]]) for count in (2, 1)) if name in COMMANDS]
    assert names, f"there is no command crossdock {' '.join(words)}"
    command = COMMANDS[names[0]]
    known = {word for one in command.params for word in (*one.opts, *one.secondary_opts)}
    for word in words:
        if word.startswith("--"):
            assert word in known, f"{names[0]} has no {word}"


def test_the_example_remedies_are_remedies_of_the_kind_they_speak_of() -> None:
    remedies = {str(one) for kind in KINDS.values() for one in kind.remedies}
    for page in PAGES:
        for given in re.findall(r"--remedy ([a-z-]+)", text_of(page)):
            assert given in remedies, f"{name_of(page)}: {given}"


@every_page
def test_commands_named_in_the_text_exist(page: Path) -> None:
    for name in re.findall(r"`crossdock ([a-z-]+(?: [a-z-]+)?)", prose_of(page)):
        first, _, second = name.partition(" ")
        found = {path.removeprefix("crossdock ") for path in COMMANDS}
        assert first in found or name in found or any(one.startswith(f"{first} ") for one in found), f"crossdock {name}"
        if first not in found and second:
            assert name in found, f"crossdock {name}"


def test_the_readmes_commands_are_targets_of_the_makefile() -> None:
    named = set(re.findall(r"`make (\w+)`", text_of(ROOT / "README.md") + text_of(ROOT / "CONTRIBUTING.md")))
    assert {"demo", "test"} <= named
    assert named <= _targets()


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))


@every_page
def test_no_page_mentions_what_is_outside_the_project(page: Path) -> None:
    for path in re.findall(r"(?<![\w.:/<>*}])/(?:work|tmp|home|root|mnt|Users)\b[\w/.-]*", text_of(page)):
        pytest.fail(f"{name_of(page)} speaks of {path}")


@every_page
def test_tests_named_in_the_docs_exist(page: Path) -> None:
    for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text_of(page)):
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), f"{file}::{name}"


def test_every_law_names_the_tests_that_prove_it() -> None:
    text = text_of(REFERENCE / "laws.md")
    for number in range(1, 12):
        section = text.partition(f"## L{number} ")[2].partition("\n## ")[0]
        assert re.search(r"`tests/[\w/]+\.py::\w+`", section), f"L{number}"


@pytest.mark.parametrize("page", OUR_WORDS, ids=map(name_of, OUR_WORDS))
def test_case_kinds_named_in_the_docs_exist(page: Path) -> None:
    kinds = re.compile(r"`((?:account|carrier|order|despatch|stock|tax|unit|price|schema|total|shipping)-[a-z-]+)`")
    for name in kinds.findall(prose_of(page)):
        words = {*KINDS, *_other_words()}
        assert name in words, name


def _other_words() -> set[str]:
    """What looks like a case kind and is a flow, a kind of document, an address, what a promotion becomes, or a cause
    of a difference about money."""
    documents = {kind for system in known_systems().values() for kind in system.translations}
    return {*(str(flow) for flow in Flow), *documents, *CALLS, *(str(one) for one in Becomes), *CAUSES}


def test_settings_named_in_the_docs_exist() -> None:
    known = {path for model in _models() for path, _ in fields_of(model)}
    known |= {path.replace("pairings.NAME.", "") for path in known}
    groups = {path.partition(".")[0] for path in known if "." in path} - {"systems", "pairings"}
    for page in (one for one in PAGES if DOCS in one.parents or one.parent == ROOT):
        for name in re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)(?::[^`]*)?`", prose_of(page)):
            if name.partition(".")[0] in groups and not name.endswith((".py", ".md", ".toml", ".yaml")):
                assert name in known, f"{name_of(page)}: {name}"


def _models() -> list[type]:
    return [Project, *(one.settings for one in known_systems().values())]


@every_page
def test_examples_of_settings_are_settings(page: Path) -> None:
    for block in fenced(page, "yaml"):
        tree = yaml.safe_load(block)
        _check_group(tree, Project if tree.keys() <= Project.model_fields.keys() else _pairing_of(tree))


def _pairing_of(tree: dict[str, Any]) -> type[BaseModel]:
    return CataloguePairing if "pim" in tree else RetailPairing if "retail_stock" in tree else Pairing


def _check_group(tree: dict[str, Any], model: type[BaseModel]) -> None:
    for name, value in tree.items():
        assert name in model.model_fields, f"{name} is no setting of {model.__name__}"
        inner = model_of(arms(model.model_fields[name].annotation))
        if name == "systems":
            for one in value.values():
                _check_group(one, known_systems()[one["kind"]].settings)
        elif inner is not None:
            _check_group(value, inner)


def test_examples_of_the_control_room_can_be_played() -> None:
    for page in PAGES:
        for line in typed(page):
            if not line.startswith("curl ") or "/_sandbox/act " not in line:
                continue
            words = shlex.split(line)
            kind = {"8801": "orocommerce", "8802": "khaos_control"}[re.search(r":(\d{4})/", line)[1]]
            body = yaml.safe_load(words[words.index("-d") + 1])
            act = sandbox.acts_of(kind)[body.pop("act")]
            names = act.__code__.co_varnames[: act.__code__.co_argcount]
            assert set(body) <= set(names), line


def test_environment_variables_are_all_told() -> None:
    source = "\n".join(
        path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py") if "reference" not in path.parts
    )
    named = set(re.findall(r"\"(CROSSDOCK_[A-Z_]+)\"", source))
    assert named == set(ENVIRONMENT)
    for page in PAGES:
        assert set(re.findall(r"`(CROSSDOCK_[A-Z_]+)", text_of(page))) <= named, name_of(page)


def test_what_the_readme_says_of_the_package_is_so() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    readme = text_of(ROOT / "README.md")
    assert f"Python {package['requires-python'].removeprefix('>=')} or newer" in readme
    assert "Apache License 2.0" in readme
    assert f"## {package['version']}" in text_of(ROOT / "CHANGELOG.md")
    for system in known_systems().values():
        assert system.title.partition(" (")[0] in readme


def test_the_default_ports_are_those_of_the_examples() -> None:
    ports = {str(one.default_port) for one in simulators().values()}
    for page in PAGES:
        assert set(re.findall(r"localhost:(\d+)/_sandbox", text_of(page))) <= ports
