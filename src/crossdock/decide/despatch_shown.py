"""Whether the storefront shows what left the warehouse: the whole table, our state × their state → verdict.

| ours ↓ theirs → | shown  | not shown |
|-----------------|--------|-----------|
| unknown         | agrees | missed    |
| today           | agrees | under way |
| under way       | agrees | under way |
| told            | agrees | lost      |
| in a case       | agrees | covered   |
| dropped         | agrees | accepted  |

Ours: *unknown*, it left and we never found it; *today*, the same, and it left only today; *under way*, found and being
told; *told*, the storefront took it; *in a case*, it would not; *dropped*, a named person took that as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crossdock.decide.despatch import Box, gone_boxes
from crossdock.model.despatch import Fulfilment


class Known(StrEnum):
    UNKNOWN = "unknown"
    TODAY = "today"
    UNDER_WAY = "under way"
    TOLD = "told"
    IN_A_CASE = "in a case"
    DROPPED = "dropped"


class Shown(StrEnum):
    SHOWN = "shown"
    NOT_SHOWN = "not shown"


class Verdict(StrEnum):
    AGREES = "agrees"
    UNDER_WAY = "under way"
    MISSED = "missed"
    LOST = "lost"
    COVERED = "covered"
    ACCEPTED = "accepted"


VERDICTS: Mapping[Known, Mapping[Shown, Verdict]] = {
    known: {Shown.SHOWN: Verdict.AGREES, Shown.NOT_SHOWN: verdict}
    for known, verdict in (
        (Known.UNKNOWN, Verdict.MISSED), (Known.TODAY, Verdict.UNDER_WAY), (Known.UNDER_WAY, Verdict.UNDER_WAY),
        (Known.TOLD, Verdict.LOST), (Known.IN_A_CASE, Verdict.COVERED), (Known.DROPPED, Verdict.ACCEPTED),
    )
}  # fmt: skip
STATES = {
    "found": Known.UNDER_WAY, "sending": Known.UNDER_WAY, "published": Known.TOLD, "waiting": Known.IN_A_CASE,
    "dropped": Known.DROPPED,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Goods that left under one number, and what of it."""

    number: str
    courier: str
    verdict: Verdict


def judge_despatches(
    fulfilment: Fulfilment, *, told: Mapping[str, str], shown: frozenset[str], today: date
) -> Iterator[Left]:
    """told: tracking number → state of the despatch we know under it. shown: numbers at the storefront.

    A box that has no number, or got another since, is told under a number that no box carries now, ours or its old one:
    as many of those must be there as such boxes left.
    """
    boxes = gone_boxes(fulfilment)
    numbers = {box.number for box in boxes}
    spare = [number for number in told if number not in numbers]
    for box in boxes:
        number = box.number if box.number in told or box.number in shown or not spare else spare.pop(0)
        known = STATES[told[number]] if number in told else _unknown(box, today)
        seen = Shown.SHOWN if number and number in shown else Shown.NOT_SHOWN
        yield Left(number=number, courier=box.courier, verdict=VERDICTS[known][seen])


def _unknown(box: Box, today: date) -> Known:
    return Known.TODAY if box.shipped_on is not None and box.shipped_on >= today else Known.UNKNOWN
