"""What a secret kept in the database may be called."""

import re

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


def secret_name_problem(name: str) -> str:
    """An empty text when it will do."""
    if NAME.match(name):
        return ""
    return (
        f"{name[:100]!r} can be no name of a secret: letters, digits, '.', '_' and '-', at most 100, no mark in front"
    )
