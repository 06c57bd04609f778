"""Holes in rows of order numbers: numbers that must have been given out and that nobody has ever seen.

A number is the last group of digits in what people call an order; the words around it, and its zero padding, make its
series. Several series run side by side. A series says by its own past what is usual: the step between two numbers, and
the gaps a shop leaves by itself. Only what is beyond the usual is a hole.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

LEAST_STEPS = 20  # a shorter past teaches nothing
JUMP = 1_000  # so many numbers in a row are another counter, or a new beginning: no shop loses them in silence
RECURS = 3  # a gap that came so often, or once in RECURS_IN steps, is the shop's own way
RECURS_IN = 500
ONE_STEP = 0.8  # the share of one step among all that makes it the stride
DENSE = 0.5  # where fewer steps than this are whole there is no row to speak of

Words = tuple[str, str]
"""What stands before a number, and behind it."""

Step = tuple[int, int]
"""Two known numbers with none known between them."""

DIGITS, DIGITS_MAX = "0123456789", 18
SHAPE = re.compile(r"(.*?)([0-9]{1,18})([^0-9]*)\Z", re.S)


@dataclass(frozen=True, slots=True)
class Series:
    """The words around a number. width: of zero padding; 0 for none."""

    prefix: str
    suffix: str
    width: int = 0

    def text(self, number: int) -> str:
        return f"{self.prefix}{number:0{self.width}d}{self.suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Numbers that are missing between two that are known, both ends included."""

    series: Series
    first: int
    last: int
    before: int
    after: int
    stride: int = 1

    @property
    def numbers(self) -> range:
        return range(self.first, self.last + 1, self.stride)

    @property
    def label(self) -> str:
        first, last = self.series.text(self.first), self.series.text(self.last)
        return first if self.first == self.last else f"{first} to {last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesVerdict:
    """What one series shows. known: how many numbers. usual_gap: numbers that the shop leaves out by itself in one go.

    usual: numbers missing in such gaps. jumps: (from, to) where another counter begins. learning: why holes cannot be
    told yet, "" when they can.
    """

    series: Series
    known: int
    stride: int = 1
    usual_gap: int = 0
    usual: int = 0
    holes: tuple[Hole, ...] = ()
    jumps: tuple[tuple[int, int], ...] = ()
    learning: str = ""


def judge_numbers(
    known: Iterable[str], *, fresh: Iterable[str] = (), reported: Iterable[str] = ()
) -> tuple[SeriesVerdict, ...]:
    """Every series with its holes, the longest first.

    known: every number there is an account of, in any order. fresh: known too, but so new that its neighbours may be
    on their way still: a hole is told only below a number that is not fresh. reported: numbers that were told to be
    missing before; they stay missing until they are known, and the past learns nothing from them.
    """
    settled, late, told = _by_series(known, fresh, reported)
    verdicts = [
        _judge(series, sorted(numbers | late.get(series, set())), max(numbers), told.get(series, set()))
        for series, numbers in settled.items()
    ]
    return tuple(sorted(verdicts, key=lambda one: (-one.known, one.series.prefix, one.series.suffix, one.series.width)))


def _by_series(*lists: Iterable[str]) -> list[dict[Series, set[int]]]:
    """Numbers by their series, list by list. All lists together tell which widths are padded."""
    parts: list[dict[Words, list[str]]] = []
    padded: dict[Words, set[int]] = defaultdict(set)
    for texts in lists:
        digits: dict[Words, list[str]] = defaultdict(list)
        for words, number in map(_apart, texts):
            if number:
                digits[words].append(number)
        for words, numbers in digits.items():
            padded[words].update(len(one) for one in numbers if one[0] == "0" and len(one) > 1)
        parts.append(digits)
    return [_numbered(part, padded) for part in parts]


def _apart(text: str) -> tuple[Words, str]:
    """The words around the last group of digits, and those; no digits for a text that holds none."""
    before = text.rstrip(DIGITS)
    if before == text:  # it does not end in a number, as nearly all do
        found = SHAPE.match(text)
        return ((found[1], found[3]), found[2]) if found is not None else (("", ""), "")
    cut = max(len(before), len(text) - DIGITS_MAX)
    return (text[:cut], ""), text[cut:]


def _numbered(part: Mapping[Words, Sequence[str]], padded: Mapping[Words, set[int]]) -> dict[Series, set[int]]:
    found: dict[Series, set[int]] = defaultdict(set)
    for words, digits in part.items():
        if not padded[words]:
            found[Series(*words)] = set(map(int, digits))
            continue
        for one in digits:
            found[Series(*words, _width(one, padded[words]))].add(int(one))
    return found


def _width(digits: str, padded: set[int]) -> int:
    """A number without leading zeros belongs to the padded ones that it has outgrown, or just fills."""
    if digits[0] == "0" and len(digits) > 1:
        return len(digits)
    return max((width for width in padded if width <= len(digits)), default=0)


def _judge(series: Series, numbers: Sequence[int], top: int, reported: set[int]) -> SeriesVerdict:
    """numbers: ascending. top: the greatest that is not fresh."""
    every = list(pairwise(numbers))
    stride = _stride([after - before for before, after in every if after - before <= JUMP])
    jumps = tuple(step for step in every if _missing(step, stride) > JUMP)
    steps = [step for step in every if _missing(step, stride) <= JUMP]
    gaps = {step: size for step in steps if (size := _missing(step, stride))}
    told = {step for step in gaps if any(number in reported for number in _between(step, stride))}
    learning = _learning(len(steps), len(gaps) - len(told))
    usual = 0 if learning else _usual_gap([size for step, size in gaps.items() if step not in told], len(steps))
    holes = [step for step in gaps if step[1] <= top and (step in told or (not learning and gaps[step] > usual))]
    return SeriesVerdict(
        series=series,
        known=len(numbers),
        stride=stride,
        usual_gap=usual,
        usual=sum(size for step, size in gaps.items() if size <= usual and step not in told),
        holes=tuple(_hole(series, step, stride) for step in holes),
        jumps=jumps,
        learning=learning,
    )


def _stride(steps: Sequence[int]) -> int:
    """The step that nearly all numbers take; else the one they all are multiples of."""
    if not steps:
        return 1
    step, times = Counter(steps).most_common(1)[0]
    return step if times >= ONE_STEP * len(steps) else math.gcd(*steps)


def _missing(step: Step, stride: int) -> int:
    """A step that is no whole number of strides begins the row anew: what it lacks is rounded down."""
    return max(0, (step[1] - step[0]) // stride - 1)


def _between(step: Step, stride: int) -> range:
    """The numbers that are missing in it."""
    return range(step[0] + stride, step[0] + stride * (_missing(step, stride) + 1), stride)


def _learning(steps: int, gaps: int) -> str:
    if steps < LEAST_STEPS:
        return f"{steps} steps are known, and {LEAST_STEPS} are needed to tell what is usual"
    if steps - gaps < DENSE * steps:
        return "the numbers leave more out than they name: they are no row"
    return ""


def _usual_gap(sizes: Sequence[int], steps: int) -> int:
    """The largest size that came often enough, at that size or above."""
    often = max(RECURS, math.ceil(steps / RECURS_IN))
    return sorted(sizes, reverse=True)[often - 1] if len(sizes) >= often else 0


def _hole(series: Series, step: Step, stride: int) -> Hole:
    numbers = _between(step, stride)
    return Hole(series=series, first=numbers[0], last=numbers[-1], before=step[0], after=step[1], stride=stride)
