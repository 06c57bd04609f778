"""Where somebody may be sent on to after the door: a place of this console, never another site."""

import re

LENGTH_MAX = 500
# Begins with one slash and goes on with a letter: "//host", "/\\host" and "/%2F" are other sites to some browser.
PATH = re.compile(r"/(?:[A-Za-z][A-Za-z0-9/_.~-]*)?(?:\?[A-Za-z0-9/_.~%+&=:-]*)?")
DOORS = ("/sign-in", "/sign-out", "/static")


def local_path(text: str) -> str:
    """The path, when it is one; else the overview."""
    bad = len(text) > LENGTH_MAX or not PATH.fullmatch(text) or "//" in text.partition("?")[0] or "/." in text
    return "/" if bad or text.startswith(DOORS) else text
