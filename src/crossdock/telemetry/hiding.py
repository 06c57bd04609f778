"""Secrets kept out of texts that people read: what the settings hold, and what looks like a secret by its place."""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

HIDDEN = "***"
SHORT = 4  # a secret shorter than that would take half the alphabet out of a text

_LOOKS_SECRET = re.compile(r"(://[^/\s:@]+:)[^/\s@]+@|(\b(?:Bearer|Basic) )[\w.~+/=-]{8,}")


def without_logins(text: str) -> str:
    """Passwords in URLs and authorization headers are hidden wherever they stand."""
    return _LOOKS_SECRET.sub(lambda found: f"{found[1]}{HIDDEN}@" if found[1] else f"{found[2]}{HIDDEN}", text)


def hider(secrets: Iterable[str], *, least: int = SHORT) -> Callable[[str], str]:
    """What hides these texts, as they are and as a URL or a markup quotes them; those shorter than `least` stay."""
    told = {form for one in secrets if len(one) >= least for form in _forms(one)}
    known = re.compile("|".join(map(re.escape, sorted(told, key=len, reverse=True)))) if told else None

    def hide(text: str) -> str:
        shown = without_logins(text)
        return known.sub(HIDDEN, shown) if known else shown

    return hide


def _forms(secret: str) -> Iterator[str]:
    yield from (secret, quote(secret), quote(secret, safe=""), html.escape(secret), html.escape(secret, quote=False))
