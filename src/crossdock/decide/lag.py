"""How long figures take from the shelf to the ledger: kept as counts by length of time, judged against a target.

Lengths are rounded up to two significant digits, so that a day of them is a few dozen rows however many figures there
were, and no percentile is told shorter than it was nor more than a tenth too long.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor, log10

DIGITS = 2
SHARES = (50, 95, 99)


def bucket(seconds: float) -> float:
    """Rounded up to two significant digits, and to a tenth of a second below one; nothing is shorter than nothing."""
    if seconds <= 0:
        return 0.0
    if seconds < 1:
        return ceil(seconds * 10) / 10
    unit = 10.0 ** (floor(log10(seconds)) - DIGITS + 1)
    return round(ceil(round(seconds / unit, 6)) * unit, 1)


def percentile(counts: Mapping[float, int], share: float) -> float | None:
    """The length of time that `share` percent took at most; None of nothing."""
    total, seen = sum(counts.values()), 0
    for seconds in sorted(counts):
        seen += counts[seconds]
        if seen * 100 >= share * total:
            return seconds
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """figures: how many were booked in the window. percentiles: share → seconds. waiting: how many are not booked
    yet, the longest for `oldest_seconds`. problem: "" while it is within the target."""

    figures: int
    percentiles: Mapping[int, float]
    waiting: int
    oldest_seconds: float
    problem: str = ""


def judge_lag(
    counts: Mapping[float, int], *, waiting: int, oldest_seconds: float, target_seconds: float, share: int
) -> Lag:
    """counts: bucket → figures booked in the window. share: percent that must be within the target."""
    told = {one: found for one in sorted({*SHARES, share}) if (found := percentile(counts, one)) is not None}
    problems = []
    if (took := told.get(share, 0.0)) > target_seconds:
        problems.append(f"{share} of 100 took up to {took:g} s from the shelf to the ERP")
    if waiting and oldest_seconds > target_seconds:
        problems.append(f"{waiting} wait to be booked, the oldest for {bucket(oldest_seconds):g} s")
    return Lag(
        figures=sum(counts.values()), percentiles=told, waiting=waiting, oldest_seconds=oldest_seconds,
        problem=", and ".join(problems),
    )  # fmt: skip
