"""The orders that lists can stand in, by the words that addresses, the API and the command line say them with.

Each is carried by an index both ways; cases have theirs in `case_lists`.
"""

from collections.abc import Mapping
from enum import StrEnum

LAST_KEY = 2**63 - 1
LAST_TEXT = "\U0010ffff"  # behind every text, in the order of its characters


class ByAge(StrEnum):
    """Orders, entries of the audit trail, comparisons: in the order they came."""

    NEWEST = "newest"
    OLDEST = "oldest"


class ByName(StrEnum):
    A_TO_Z = "a-z"
    Z_TO_A = "z-a"


class ByNameOrAge(StrEnum):
    """Entries of code maps: by key, or by their last change. Companies: by name, or in the order they were first read
    in."""

    A_TO_Z = "a-z"
    Z_TO_A = "z-a"
    NEWEST = "newest"
    OLDEST = "oldest"


class ByNameOrTelling(StrEnum):
    """SKUs: by name, or by when the storefront was last told of them; those it was never told of stand last."""

    A_TO_Z = "a-z"
    Z_TO_A = "z-a"
    TOLD_FIRST = "told-first"
    TOLD_LAST = "told-last"


class ByQuantity(StrEnum):
    """What moves: by how much, the most first, or by SKU."""

    MOST = "most"
    A_TO_Z = "a-z"


class BySize(StrEnum):
    """Differences of a run: as they were found, or by how far apart the two sides are, one currency after the other."""

    FOUND = "found"
    LAST_FOUND = "last-found"
    LARGEST = "largest"
    SMALLEST = "smallest"


def beginning(sort: ByAge) -> int:
    """The number before the first of a list in that order."""
    return LAST_KEY if sort is ByAge.NEWEST else 0


def number_in(position: str, otherwise: int) -> int:
    """The number that a position says; one that says none is the beginning."""
    return int(position) if position.isascii() and position.isdigit() and int(position) <= LAST_KEY else otherwise


FIRST: Mapping[str, tuple[int, str]] = {
    ByNameOrAge.A_TO_Z: (0, ""),
    ByNameOrAge.Z_TO_A: (LAST_KEY, LAST_TEXT),
    ByNameOrAge.OLDEST: (0, ""),
    ByNameOrAge.NEWEST: (LAST_KEY, LAST_TEXT),
}
"""Order → the number and the text that every row stands behind."""
