"""The threat model leaves no boundary and no kind of threat out, and names only what is there."""

import re
from collections.abc import Iterator

import crossdock
from tests.docs.pages import DOCS, ROOT
from tests.docs.promises import is_there

PAGE = DOCS / "why" / "threat-model.md"
PACKAGE = ROOT / "src" / crossdock.__name__
STRIDE = "STRIDE"


def boundaries() -> dict[str, list[list[str]]]:
    """Boundary → its rows: letter, threat, measure, where, test."""
    found = {}
    for part in re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.M):
        if name := re.match(r"(B\d):", part):
            found[name[1]] = [row for row in _rows(part) if row[0] in STRIDE]
    return found


def _rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        cells = [one.strip() for one in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and len(cells[0]) == 1:
            yield cells


def test_every_boundary_of_the_picture_is_gone_through_letter_by_letter() -> None:
    drawn = set(re.findall(r"\|(B\d) ", PAGE.read_text("utf-8").partition("```mermaid")[2].partition("```")[0]))
    assert set(boundaries()) == drawn == {f"B{number}" for number in range(1, 7)}
    for name, rows in boundaries().items():
        assert {row[0] for row in rows} == set(STRIDE), name


def test_every_threat_names_code_and_a_test_that_are_there() -> None:
    rows = [row for one in boundaries().values() for row in one]
    assert len(rows) > 40
    for _, threat, measure, where, test in rows:
        assert measure, threat
        assert (PACKAGE / where.strip("`")).exists(), f"{threat}: {where}"
        assert is_there(test.strip("`")), f"{threat}: {test}"


def test_no_threat_is_told_twice_and_what_remains_is_said() -> None:
    threats = [row[1] for one in boundaries().values() for row in one]
    assert len(threats) == len(set(threats))
    assert PAGE.read_text("utf-8").partition("## What remains")[2].count("\n* **") >= 5
