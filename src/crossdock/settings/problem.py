"""A mistake in the settings: where it is, what is wrong, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

Step = str | int
Place = tuple[Step, ...]  # the way down to a setting: ("systems", "shop", "base_url")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """line, column: from 1. path: dotted, "" for the file as a whole. message: no full stop; fix: a whole sentence."""

    line: int
    column: int
    path: str
    message: str
    fix: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{self.line}:{self.column}  {where}{self.message}." + (f" {self.fix}" if self.fix else "")


class SettingsError(Exception):
    """The settings cannot be used. problems: every one of them, in the order of the file. file: as it was named."""

    def __init__(self, file: Path, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(f"{file.name}:{problem}" for problem in self.problems))


def dotted(place: Place) -> str:
    """("pairings", "oro-khaos", "flows", 1) → "pairings.oro-khaos.flows[1]"."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
