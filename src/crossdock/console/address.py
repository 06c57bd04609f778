"""What an address may say: numbers that a key can be, and words that a database can hold."""

from typing import Annotated

from fastapi import Path, Query

KEY_MAX = 2**63 - 1
NUMBER_MAX = 2**31 - 1

Key = Annotated[int, Path(ge=0, le=KEY_MAX)]
Before = Annotated[int | None, Query(ge=0, le=KEY_MAX)]
Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
After = Annotated[int, Query(ge=0, le=NUMBER_MAX)]
"""The last number of the page before, of numbers that begin anew with each list."""
