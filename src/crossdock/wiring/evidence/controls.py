"""The control matrix: which control this product supports, with what, and what remains with whoever runs it."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

COLUMNS = (
    "standard",
    "control",
    "name",
    "what Crossdock does",
    "files",
    "tables",
    "commands",
    "tests",
    "remains with you",
)
STANDARDS = {"iso": "ISO/IEC 27001:2022, Annex A", "soc2": "SOC 2, trust services criteria"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """iso, soc2: their numbers. files: of an export. tests, commands, tables: that show it any day."""

    iso: Sequence[str]
    soc2: Sequence[str]
    name: str
    does: str
    files: Sequence[str]
    tables: Sequence[str]
    commands: Sequence[str]
    tests: Sequence[str]
    remains: str

    def numbers(self, standard: str) -> Sequence[str]:
        return self.iso if standard == "iso" else self.soc2


@cache
def controls() -> tuple[Control, ...]:
    text = (resources.files(__package__) / "controls.toml").read_text("utf-8")
    return tuple(Control(**one) for one in tomllib.loads(text)["control"])


def by_number(standard: str) -> list[tuple[str, Control]]:
    """Every number of a standard with the controls that support it, in the standard's order."""
    rows = [(number, one) for one in controls() for number in one.numbers(standard)]
    return sorted(rows, key=lambda row: _order(row[0]))


def control_rows() -> Iterator[Sequence[str]]:
    yield COLUMNS
    for standard, title in STANDARDS.items():
        for number, one in by_number(standard):
            shown = ("; ".join(words) for words in (one.files, one.tables, one.commands, one.tests))
            yield (title, number, one.name, one.does, *shown, one.remains)


def _order(number: str) -> tuple[str, list[int]]:
    """A.8.10 comes after A.8.9."""
    letters = number.rstrip("0123456789.")
    return letters, [int(one) for one in number[len(letters) :].split(".") if one]
