"""What a probe found: the verdict on a system, and what to do about each thing that is amiss."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol


class Line(Protocol):
    """What came of reading one page of one kind of record, as connectors tell it."""

    @property
    def read(self) -> int: ...
    @property
    def unreadable(self) -> int: ...
    @property
    def problem(self) -> str: ...
    @property
    def denied(self) -> str: ...


class Verdict(StrEnum):
    WELL = "well"
    PROBLEMS = "problems"
    UNREACHABLE = "unreachable"


SAYS = {
    Verdict.WELL: "well; everything that may be read could be read",
    Verdict.PROBLEMS: "reachable, and something of it is amiss",
    Verdict.UNREACHABLE: "nothing could be read: see whether it is up, and base_url and credentials in the settings",
}
AWAY = ("cannot connect", "no answer", "did not answer")
WAIT = "Wait as long as it asks, then probe again."
LOOK_UP = "See whether it is up, and whether base_url in crossdock.yaml is where it answers."
ASK = "Compare the setting or the right it names with what the system has, mend one of them, and probe again."
ALLOW = "Let the credentials read this, if a flow of yours needs it."
MEND = "Look for cases of this system: records that cannot be read are named there when a flow meets them."


def verdict(lines: Iterable[Line]) -> Verdict:
    """A system of which not one thing could be read is as good as away, whatever it answered."""
    found = list(lines)
    if all((one.problem or one.denied) and not one.read for one in found):
        return Verdict.UNREACHABLE
    return Verdict.WELL if all(passed(one) for one in found) else Verdict.PROBLEMS


def passed(line: Line) -> bool:
    return not (line.problem or line.denied or line.unreadable)


def advice(line: Line) -> str:
    """What to do; empty when it passed."""
    if line.problem:
        if "asked us to wait" in line.problem or "turned away" in line.problem:
            return WAIT
        return LOOK_UP if any(one in line.problem for one in AWAY) else ASK
    if line.denied:
        return ALLOW
    return MEND if line.unreadable else ""
