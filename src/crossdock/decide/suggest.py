"""Which stock items a code nobody knows may have meant: ranked, each with the reason it is here."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract_iter

from crossdock.model.stock import StockItem

LEAST_LIKENESS = 72.0  # of 100; below this two codes of one catalogue are strangers
LEAST_WORDS = 0.5
SURE = 80  # of 100; what is likelier may be filled in for a person, who still decides
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """score: 0 to 100, for ranking alone."""

    code: str
    description: str
    reason: str
    score: int


def suggest_items(
    sku: str, items: Iterable[StockItem], *, description: str = "", most: int = 5
) -> tuple[Suggestion, ...]:
    """Items that could be sold, most likely first. description: what the storefront calls the SKU.

    Some microseconds an item: of a whole catalogue, that belongs in a thread.
    """
    wanted, words = _bare(sku), _words(description)
    sold = [item for item in items if not item.template and not item.discontinued]
    codes = [_bare(item.code) for item in sold]
    alike = {at: score for _, score, at in extract_iter(wanted, codes, scorer=ratio, score_cutoff=LEAST_LIKENESS)}
    found = [
        Suggestion(code=item.code, description=item.description, reason=reason, score=score)
        for at, (item, code) in enumerate(zip(sold, codes, strict=True))
        if (best := max(_reasons(wanted, words, item, code, alike.get(at, 0.0)), default=None))
        for score, reason in [best]
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.code))[:most])


def the_likeliest(scored: Iterable[tuple[str, float]]) -> str:
    """Of (code, score): the one that may be filled in, sure enough and ahead of every other; "" when there is none."""
    first, *others = sorted(scored, key=lambda one: -one[1]) or [("", 0.0)]
    return first[0] if first[1] >= SURE and all(score < first[1] for _, score in others) else ""


def _reasons(
    wanted: str, words: frozenset[str], item: StockItem, code: str, likeness: float
) -> Iterator[tuple[int, str]]:
    if code == wanted:
        yield 100, "the same letters and digits"
    if item.other_ref and _bare(item.other_ref) == wanted:
        yield 98, f"its other reference is {item.other_ref}"
    if wanted in map(_bare, item.barcodes):
        yield 97, "it carries that barcode"
    if min(len(code), len(wanted)) >= 4 and code != wanted and (code in wanted or wanted in code):
        yield 85, "one code contains the other"
    if likeness and code != wanted:
        yield round(0.8 * likeness), f"the codes are {likeness:.0f}% alike"
    # Splitting every description costs more than all the rest: one that holds none of the words needs no splitting.
    if words and any(word in item.description.casefold() for word in words):
        shared = words & _words(item.description)
        if len(shared) / len(words) >= LEAST_WORDS:
            yield round(60 * len(shared) / len(words)), f"its description shares {', '.join(sorted(shared))}"


def _bare(code: str) -> str:
    return _OTHER.sub("", code.casefold())


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _OTHER.split(text.casefold()) if len(word) > 2)
