"""Which stock items a code nobody knows may have meant: ranked, each with the reason it is here."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from crossdock.model.stock import StockItem

LEAST_LIKENESS = 0.72  # below this two codes of one catalogue are strangers
LEAST_WORDS = 0.5
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
    """Items that could be sold, most likely first. description: what the storefront calls the SKU."""
    wanted, words = _bare(sku), _words(description)
    found = [
        Suggestion(code=item.code, description=item.description, reason=reason, score=score)
        for item in items
        if not item.template and not item.discontinued and (best := max(_reasons(wanted, words, item), default=None))
        for score, reason in [best]
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.code))[:most])


def _reasons(wanted: str, words: frozenset[str], item: StockItem) -> Iterator[tuple[int, str]]:
    code = _bare(item.code)
    if code == wanted:
        yield 100, "the same letters and digits"
    if item.other_ref and _bare(item.other_ref) == wanted:
        yield 98, f"its other reference is {item.other_ref}"
    if wanted in {_bare(one) for one in item.barcodes}:
        yield 97, "it carries that barcode"
    if min(len(code), len(wanted)) >= 4 and code != wanted and (code in wanted or wanted in code):
        yield 85, "one code contains the other"
    if (likeness := _likeness(wanted, code)) < 1 and likeness >= LEAST_LIKENESS:
        yield round(80 * likeness), f"the codes are {likeness:.0%} alike"
    if words and (shared := words & _words(item.description)) and len(shared) / len(words) >= LEAST_WORDS:
        yield round(60 * len(shared) / len(words)), f"its description shares {', '.join(sorted(shared))}"


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < LEAST_LIKENESS or matcher.quick_ratio() < LEAST_LIKENESS:
        return 0.0
    return matcher.ratio()


def _bare(code: str) -> str:
    return _OTHER.sub("", code.casefold())


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _OTHER.split(text.casefold()) if len(word) > 2)
