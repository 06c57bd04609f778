"""Named SQL: each `.sql` file beside this one holds statements that begin with `-- name: NAME`.

What several statements of a file begin with alike stands once, as `-- part: NAME`, and is put in where a line says
`-- with: NAME`.
"""

import re
from functools import cache
from pathlib import Path

_NAME = re.compile(r"^-- (name|part): (\w+)$", re.MULTILINE)
_WITH = re.compile(r"^-- with: (\w+)$", re.MULTILINE)


@cache
def statements(room: str) -> dict[str, str]:
    """The statements of one file, by name. Raises ValueError when a name stands twice."""
    split = _NAME.split((Path(__file__).parent / f"{room}.sql").read_text("utf-8"))
    found = list(zip(split[1::3], split[2::3], (text.strip() for text in split[3::3]), strict=True))
    if len({name for _, name, _ in found}) != len(found):
        raise ValueError(f"{room}.sql names a statement twice")
    parts = {name: text for kind, name, text in found if kind == "part"}
    return {name: _WITH.sub(lambda one: parts[one[1]], text) for kind, name, text in found if kind == "name"}
