"""A slip of the finger in any name is found, on its line, and nothing written there ever breaks the reading."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crossdock.settings.document import read_document
from crossdock.settings.load import load
from crossdock.settings.problem import SettingsError, dotted
from crossdock.settings.scaffold import settings_text
from crossdock.settings.tree import Project
from tests.settings.kinds import KINDS

TEXT = settings_text(KINDS)
MINE = {
    "systems",
    "pairings",
    "tax",
    "unit",
    "shipping",
    "payment_term",
    "map",
}  # below these, names are the merchant's own
PLACES = [
    place
    for place in read_document(TEXT).marks
    if place and isinstance(place[-1], str) and (len(place) < 2 or place[-2] not in MINE)
]
ANYTHING = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None, derandomize=True
)


def outcome(folder: Path, text: str) -> Project | SettingsError:
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets/oro-client-secret").write_text("s", "utf-8")
    (folder / "crossdock.yaml").write_text(text, "utf-8")
    try:
        return load(folder / "crossdock.yaml", systems=KINDS, environ={})
    except SettingsError as error:
        return error


@ANYTHING
@given(place=st.sampled_from(PLACES), at=st.integers(0, 30), letter=st.sampled_from("abcxyz_-9"), cut=st.booleans())
def test_a_misspelt_name_is_reported_on_its_line(
    tmp_path: Path, place: tuple[str, ...], at: int, letter: str, cut: bool
) -> None:
    name = place[-1]
    at %= len(name)
    wrong = name[:at] + ("" if cut and len(name) > 2 else letter) + name[at + 1 :]
    if wrong == name:
        wrong += "q"
    line, column = read_document(TEXT).mark(place)
    lines = TEXT.splitlines()
    written = lines[line - 1]
    found = written.index(name, column - 1)
    lines[line - 1] = written[:found] + wrong + written[found + len(name) :]
    error = outcome(tmp_path, "\n".join(lines))
    assert isinstance(error, SettingsError)
    assert any(problem.line == line and problem.path == dotted((*place[:-1], wrong)) for problem in error.problems)
    assert len(error.problems) == 1 or "flows" in str(error) or place in {("systems",), ("pairings",)}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.integers(), inner, max_size=3),
    max_leaves=6,
)


@ANYTHING
@given(place=st.sampled_from(PLACES), value=VALUES)
def test_anything_anywhere_is_taken_or_told(tmp_path: Path, place: tuple[str, ...], value: Any) -> None:
    tree = yaml.safe_load(TEXT)
    group = tree
    for step in place[:-1]:
        group = group[step]
    group[place[-1]] = value
    assert isinstance(outcome(tmp_path, yaml.safe_dump(tree, allow_unicode=True)), Project | SettingsError)


@ANYTHING
@given(text=st.text(max_size=60) | st.text(st.sampled_from("a:- \n{}[]&*#!|>'\"%@`~?,<"), max_size=40))
@example("&a [*a]")
@example("? ? ?")
@example("<<: {a: 1}")
@example("!!binary x")
def test_no_text_breaks_the_reading(tmp_path: Path, text: str) -> None:
    assert isinstance(outcome(tmp_path, text), SettingsError)
