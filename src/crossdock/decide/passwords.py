"""Which names and passwords a person may have.

Source: NIST SP 800-63B (2025): length counts, not the mixture of signs; long ones and every sign are taken; Unicode is
normalised, because keyboards write the same letter in several ways.
"""

import re
import unicodedata

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")
LENGTH_MIN, LENGTH_MAX, SIGNS_MIN = 12, 1_000, 5


def name_key(name: str) -> str:
    """The name as it is looked up: without case. "" when nobody can have it."""
    return name.strip().lower() if NAME.fullmatch(name.strip()) else ""


def name_problem(name: str) -> str:
    """Why nobody may have this name; "" when somebody may."""
    if name_key(name) and name == name.strip():
        return ""
    return f"{name!r} is no name: up to 100 letters a to z, digits and . _ @ + -, beginning with a letter or digit"


def as_typed(password: str) -> str:
    """The password however its letters were put together. "", which is nobody's, for what no keyboard writes."""
    if len(password) > LENGTH_MAX:
        return ""
    try:
        password.encode()
    except UnicodeEncodeError:  # half a character
        return ""
    return unicodedata.normalize("NFKC", password)


def password_problem(password: str, *, name: str) -> str:
    """Why this may not be the password of that name; "" when it may. Never repeats the password."""
    typed = as_typed(password)
    if password and not typed:
        return f"the password is longer than {LENGTH_MAX} characters, or holds what is no character"
    if len(typed) < LENGTH_MIN:
        return f"the password has fewer than {LENGTH_MIN} characters"
    if typed.strip().lower() == name.lower():
        return "the password is the name"
    if len(set(typed)) < SIGNS_MIN:
        return f"the password has fewer than {SIGNS_MIN} different characters"
    return ""
