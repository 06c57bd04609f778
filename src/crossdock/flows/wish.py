"""A remedy as a person asks for it, and what it would do, told before it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crossdock.cases.kind import Remedy

REASONED = frozenset({
    Remedy.ACCEPT, Remedy.SET_ASIDE, Remedy.ADOPT, Remedy.SEND_AGAIN, Remedy.APPLY, Remedy.REFUSE, Remedy.OPEN_ACCOUNT,
})  # fmt: skip
"""Remedies by which a named person answers for a consequence: they need a reason."""


class RemedyRefused(ValueError):
    """A remedy that cannot be applied; the text says why and what would do. Nothing was changed."""


class CaseClosed(RemedyRefused):
    """The case is closed already: whoever asks twice changes nothing the second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A remedy as a person asks for it. reason: theirs; needed where a consequence is accepted."""

    remedy: Remedy
    params: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a remedy would do to the records held, by count. waits: case kind → how many would still wait for it.

    would: what would come of records that are not orders, in words → how many.
    """

    held: int
    would_post: int = 0
    would_leave: int = 0
    waits: Mapping[str, int] = field(default_factory=dict)
    would: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = [f"{self.would_post} would post"] if self.would_post or not self.would else []
        if self.would_leave:
            parts.append(f"{self.would_leave} would be taken out")
        parts += [f"{count} would {what}" for what, count in sorted(self.would.items())]
        parts += [f"{count} would wait for {kind}" for kind, count in sorted(self.waits.items())]
        return f"Of {self.held} held: " + ", ".join(parts) + "."
