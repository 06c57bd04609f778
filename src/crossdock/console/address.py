"""What an address may say: numbers that a key can be, and words that a database can hold."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Path, Query

KEY_MAX = 2**63 - 1
NUMBER_MAX = 2**31 - 1

Key = Annotated[int, Path(ge=0, le=KEY_MAX)]
Before = Annotated[int | None, Query(ge=0, le=KEY_MAX)]
Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
Position = Annotated[str, Query(max_length=1_000, pattern=r"^[^\x00]*$")]
"""Where the page before ended, as its link to the next one says it."""
Name = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]*$")]
After = Annotated[int, Query(ge=0, le=NUMBER_MAX)]
"""The last number of the page before, of numbers that begin anew with each list."""


def link(path: str, asked: Mapping[str, object], **changed: object) -> str:
    """The address of a list with something of it changed. What is "" or None is not said."""
    said = {name: str(value) for name, value in {**asked, **changed}.items() if value not in (None, "")}
    return path + (f"?{urlencode(said)}" if said else "")
