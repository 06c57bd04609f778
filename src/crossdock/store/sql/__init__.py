"""Named SQL: each `.sql` file beside this one holds statements that begin with `-- name: NAME`."""

import re
from functools import cache
from pathlib import Path

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements(room: str) -> dict[str, str]:
    """The statements of one file, by name. Raises ValueError when a name stands twice."""
    parts = _NAME.split((Path(__file__).parent / f"{room}.sql").read_text("utf-8"))
    names = parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{room}.sql names a statement twice")
    return dict(zip(names, (text.strip() for text in parts[2::2]), strict=True))
