"""Whether every id is accounted for, as the last count found it: for people, beside the money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crossdock.cases.kinds import FEED_SILENT
from crossdock.store.cases import list_cases
from crossdock.wiring.installation import Installation


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounted:
    """report: of the last count, None when nothing was counted yet. silences: (case, cause, desk) of open ones."""

    report: Mapping[str, Any] | None
    silences: Sequence[tuple[int, str, str]]

    @property
    def green(self) -> bool:
        return self.report is not None and bool(self.report["green"]) and not self.silences


async def accounted_for(here: Installation, pairing: str) -> Accounted:
    silences = await list_cases(here.pool, here.tenant, pairing=pairing, kind=FEED_SILENT.code, state="open")
    return Accounted(
        report=await here.pairings[pairing].completeness.last(),
        silences=[(one.id, one.cause, one.desk) for one in silences],
    )
