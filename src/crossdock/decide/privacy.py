"""Which words in what we keep are about a person, and what stands in their place once they are gone.

What accounting must keep stays: numbers, SKUs, quantities, amounts, currencies, tax codes, dates, the country that
decides the tax, and the reference of the purchase order. Everything that says who and where goes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

VOID = "(erased)"
NEEDLE_MIN = 4  # characters: a shorter word, like a title or "Lee", stands in too many innocent texts to be replaced

PERSON_KEYS = frozenset(
    {
        "buyer_email", "email", "telephone", "title", "forename", "surname", "line1", "line2", "line3", "town",
        "county", "postcode", "notes", "note",
    }
)  # fmt: skip
"""Keys of a canonical order, return or company below which a person is told of."""

NAME_KEYS = frozenset({"company_name", "organisation"})
"""Keys that name a firm, and a person where somebody bought as a guest."""

FACT_NAMES = frozenset({"company", "candidates", "hint", "problem", "evidence"})
"""Facts of a case that may hold somebody's name, or the other system's own words."""


def voided(value: Any, *, names: bool, mark: str = VOID) -> Any:
    """The document with a mark in the place of everything about a person. names: of firms as well."""
    keys = PERSON_KEYS | NAME_KEYS if names else PERSON_KEYS
    match value:
        case dict():
            return {
                key: (mark if one else one) if key in keys else voided(one, names=names, mark=mark)
                for key, one in value.items()  # empty stays empty: it says nothing about anybody
            }
        case list():
            return [voided(one, names=names, mark=mark) for one in value]
    return value


def is_guest(document: Mapping[str, Any]) -> bool:
    """Whether the name on the document is a person's, not a firm's."""
    return bool(document.get("guest"))


def personal_words(value: Any, *, names: bool) -> frozenset[str]:
    """Every text of the document that `voided` would take away and that is long enough to be looked for elsewhere."""
    keys = PERSON_KEYS | NAME_KEYS if names else PERSON_KEYS
    return frozenset(word for word in _words(value, keys) if len(word) >= NEEDLE_MIN and word != VOID)


def _words(value: Any, keys: frozenset[str]) -> Iterator[str]:
    match value:
        case dict():
            for key, one in value.items():
                if key in keys and isinstance(one, str):
                    yield one.strip()
                else:
                    yield from _words(one, keys)
        case list():
            for one in value:
                yield from _words(one, keys)


def without(text: str, words: Sequence[str]) -> str:
    """The text with each of the words replaced by the mark, the longest first, in whatever case they stand."""
    for word in sorted(words, key=lambda one: (-len(one), one)):
        text = _replaced(text, word)
    return text


def _replaced(text: str, word: str) -> str:
    """Folding may change a text's length, so each place is compared on its own."""
    parts, at, length, wanted = [], 0, len(word), word.casefold()
    while at < len(text):
        if length and text[at : at + length].casefold() == wanted:
            parts.append(VOID)
            at += length
        else:
            parts.append(text[at])
            at += 1
    return "".join(parts)


def without_facts(facts: Mapping[str, str], cause: str) -> tuple[dict[str, str], str]:
    """A closed case's facts and cause with what may be about a person replaced by the mark."""
    words = [facts[name] for name in FACT_NAMES & set(facts) if len(facts[name]) >= NEEDLE_MIN]
    kept = {
        name: (VOID if fact else fact) if name in FACT_NAMES else without(fact, words) for name, fact in facts.items()
    }
    return kept, without(cause, words)
