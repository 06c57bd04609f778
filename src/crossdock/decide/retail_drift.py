"""Whether a shelf and the ERP's ledger agree, and if not, whether something under way explains it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from crossdock.decide.retail_stock import Age, to_count


class Verdict(StrEnum):
    """What is found of one item at one place."""

    SAME = "same"
    UNKNOWN = "unknown"  # one side does not tell; nothing is said of it
    OUTNUMBERED = "outnumbered"  # the shop tells another figure than we hold, under an older number
    ACCEPTED = "accepted"  # a named person takes this very difference as it is
    IN_CASE = "in a case"  # why it is not booked stands there already
    UNDER_WAY = "under way"  # a figure, a booking or a despatch is on its way
    MOVED = "moved"  # it moved while both sides were read
    DRIFT = "drift"


LOOK_AGAIN = frozenset({Verdict.UNDER_WAY, Verdict.MOVED})
FOR_A_PERSON = frozenset({Verdict.DRIFT, Verdict.OUTNUMBERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """Both sides of one item at one place of a shop's.

    told: what the shop says stands there now; counted: what the ERP says; None where it is not told or cannot be
    reckoned. held: the newest of the shop's figures that we hold, and age: of what it tells now beside that one; None
    when it was never heard of. left_unbooked: as in to_count. waiting: a booking or a despatch of it is not done.
    accepted: a person takes just this difference. in_case: it waits in a case of its own. moved: it is another figure,
    or was booked, since the reading began.
    """

    told: Decimal | None
    counted: Decimal | None
    held: Decimal | None
    age: Age | None
    left_unbooked: Decimal = Decimal(0)
    waiting: bool = False
    accepted: bool = False
    in_case: bool = False
    moved: bool = False


def judge(both: Both) -> Verdict:
    """The first that fits. A shelf that tells of less than nothing is one where the ledger holds nothing."""
    if both.told is None or both.counted is None:
        return Verdict.UNKNOWN
    if both.age is Age.OLDER and both.told != both.held:
        return Verdict.ACCEPTED if both.accepted else Verdict.OUTNUMBERED
    if to_count(both.told, both.left_unbooked) == both.counted:
        return Verdict.SAME
    if both.in_case:
        return Verdict.IN_CASE
    if both.age in (None, Age.NEWER) or both.waiting:
        return Verdict.UNDER_WAY
    if both.moved:
        return Verdict.MOVED
    return Verdict.ACCEPTED if both.accepted else Verdict.DRIFT


def difference(told: Decimal | None, counted: Decimal | None) -> str:
    """Two figures as one word, the same for the same two."""
    return f"{_plain(told)}/{_plain(counted)}"


def _plain(figure: Decimal | None) -> str:
    return "" if figure is None else f"{figure.normalize():f}"
