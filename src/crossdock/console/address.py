"""What an address may say: numbers that a key can be, and words that a database can hold."""

from typing import Annotated

from fastapi import Path, Query

KEY_MAX = 2**63 - 1

Key = Annotated[int, Path(ge=0, le=KEY_MAX)]
Before = Annotated[int | None, Query(ge=0, le=KEY_MAX)]
Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
