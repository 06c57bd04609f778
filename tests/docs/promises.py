"""What is promised and which test proves it: `python -m tests.docs.promises` makes docs/reference/promises.md anew."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.docs.pages import DOCS, ROOT

FOLDER = DOCS / "promises"
PAGE = DOCS / "reference" / "promises.md"
HEAD = """# What is promised, and the test that proves it

Every failure that merchants know, and every promise, with the test that fails when it is broken. The kind of case is
what a person gets to see. This page is made from the files in [docs/promises](../promises/README.md).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """part: the file it is from. kind, law: "" where it has none."""

    part: str
    says: str
    test: str
    kind: str = ""
    law: str = ""


@cache
def promises() -> tuple[Promise, ...]:
    return tuple(
        Promise(part=path.stem, **entry)
        for path in sorted(FOLDER.glob("*.toml"))
        for entry in tomllib.loads(path.read_text("utf-8"))["promise"]
    )


def page() -> str:
    return "\n".join([HEAD, *_tables()]).rstrip("\n") + "\n"


def _tables() -> Iterator[str]:
    for part in dict.fromkeys(one.part for one in promises()):
        yield f"## {part.replace('-', ' ').capitalize()}\n"
        yield "| what is promised | case | law | test |"
        yield "| --- | --- | --- | --- |"
        for one in promises():
            if one.part == part:
                case = f"[{one.kind}](cases.md#{one.kind})" if one.kind else ""
                yield f"| {one.says} | {case} | {one.law} | `{one.test}` |"
        yield ""


@cache
def tests_in(path: Path) -> frozenset[str]:
    """Names of the tests in a file: `test_x`, and `Suite::test_x` of a class."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            inner = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}::{one.name}" for one in inner}
    return frozenset(one for one in found if one.rpartition("::")[2].startswith("test_"))


def is_there(test: str) -> bool:
    name, _, inside = test.partition("::")
    path = ROOT / name
    return path.is_file() and inside.partition("[")[0] in tests_in(path)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
