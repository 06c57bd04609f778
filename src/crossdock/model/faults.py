"""What can go wrong when we talk to another system, sorted by who acts on it: every failure has an owner."""

from dataclasses import dataclass


class InvalidValue(ValueError):
    """A value that cannot exist in the trade: a line of minus three, a currency nobody mints."""


class RemoteFault(Exception):
    """Anything another system did, or failed to do. `evidence` is what was asked and answered, secrets removed."""

    def __init__(self, text: str, *, evidence: str = "") -> None:
        super().__init__(text)
        self.evidence = evidence


class Transient(RemoteFault):
    """The machine acts: try again later. Nothing was changed over there.

    retry_after_seconds: what the other side asked for, or None. throttled: it said "too many" rather than "broken".
    """

    def __init__(
        self, text: str, *, evidence: str = "", retry_after_seconds: float | None = None, throttled: bool = False
    ) -> None:
        super().__init__(text, evidence=evidence)
        self.retry_after_seconds = retry_after_seconds
        self.throttled = throttled


class Unanswered(RemoteFault):
    """A call went out and no usable answer came back: the work may or may not be done. Never re-sent blindly."""


class ReadIncomplete(Transient):
    """A list that was not read to its proven end. A partial read is not a read."""


class ConfigFault(RemoteFault):
    """The operator acts: a setting or a permission is wrong. `setting` names it."""

    def __init__(self, text: str, *, setting: str, evidence: str = "") -> None:
        super().__init__(text, evidence=evidence)
        self.setting = setting


class DataFault(RemoteFault):
    """The desk that owns the record acts: this one document cannot be taken as it is; its neighbours can.

    place: where in the document, as a path a person can follow. problem: what is wrong there, and what would be right.
    """

    def __init__(self, place: str, problem: str, *, evidence: str = "") -> None:
        super().__init__(f"{place}: {problem}", evidence=evidence)
        self.place = place
        self.problem = problem


class Unsupported(DataFault):
    """Something the other side has no way to hold. Said, never approximated."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A write that is in. their_ref: the number people use over there; their_id: its key, when it has another."""

    their_ref: str
    their_id: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A write that is certainly not in. code: from the connector's fault table; text: the other side's own words.

    duplicate: refused because our reference is already there, so look it up before calling it an error.
    too_late: refused because work on it has begun over there.
    """

    code: str
    text: str
    duplicate: bool = False
    evidence: str = ""
    too_late: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """A write that may be in. It is looked up, never guessed."""

    reason: str
    evidence: str = ""


Outcome = Accepted | Refused | Unknown
