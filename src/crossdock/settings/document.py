"""YAML text → plain values, with the line and column of each.

Every scalar stays the text that was written, except null. So a country `NO`, a tax code `01` and a SKU `1e5` mean what
they say, and numbers, switches and times are read by the setting that wants them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from crossdock.settings.problem import Place, Problem, dotted

_NODES_MAX = 200_000  # beyond this somebody's aliases multiply
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
)
_NULL = "tag:yaml.org,2002:null"


@dataclass(slots=True)
class Document:
    """value: dicts, lists, text and None. marks: place → (line, column) of its key, or of the item of a list."""

    value: Any = None
    marks: dict[Place, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, place: Place) -> tuple[int, int]:
        """Where it stands in the file, or where the nearest thing around it stands."""
        while place and place not in self.marks:
            place = place[:-1]
        return self.marks.get(place, (1, 1))

    def problem(self, place: Place, message: str, fix: str = "") -> Problem:
        line, column = self.mark(place)
        return Problem(line=line, column=column, path=dotted(place), message=message, fix=fix)


def read_document(text: str) -> Document:
    """Never raises on what is in the text: what cannot be read is among the problems."""
    document = Document()
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is not None:
            document.value = _Reader(document).read(root, ())
    except yaml.MarkedYAMLError as error:
        document.value = None
        document.problems = [_syntax(error)]
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        document.problems = [Problem(line=line, column=1, path="", message=f"is not YAML: {error.reason}")]
    except RecursionError:
        document.value = None
        document.problems = [Problem(line=1, column=1, path="", message="is nested too deeply, or repeated too often")]
    return document


def _syntax(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.context, error.problem) if part)
    return Problem(
        line=mark.line + 1 if mark else 1,
        column=mark.column + 1 if mark else 1,
        path="",
        message=f"is not YAML: {said}",
        fix="Look at the indentation, the colons and the quotes here and on the line above.",
    )


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._open: list[yaml.Node] = []
        self._nodes = 0

    def read(self, node: yaml.Node, place: Place) -> Any:
        self._document.marks.setdefault(place, _at(node))
        self._nodes += 1
        if self._nodes > _NODES_MAX:
            raise RecursionError
        if any(node is outer for outer in self._open):
            return self._complain(place, node, "an alias stands within what it stands for", "Write it out.")
        if node.tag not in _PLAIN_TAGS:
            return self._complain(place, node, f"the tag {node.tag} has no meaning here", "Leave it out.")
        if isinstance(node, yaml.ScalarNode):
            return None if node.tag == _NULL else str(node.value)
        self._open.append(node)
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.read(item, (*place, at)) for at, item in enumerate(node.value)]
            return {key: self.read(value, (*place, key)) for key, value in self._entries(node, place)}
        finally:
            self._open.pop()

    def _entries(self, node: yaml.Node, place: Place) -> Iterator[tuple[str, yaml.Node]]:
        first: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._complain(place, key, "a name must be plain text", "Write one word before the colon.")
            elif key.value == "<<":
                self._complain(place, key, "merging with << is not supported", "Write the settings out.")
            elif key.value in first:
                said = f"stands here twice, first on line {first[key.value]}"
                self._complain((*place, key.value), key, said, "Keep one of them.")
            else:
                first[key.value], _ = self._document.marks[*place, key.value] = _at(key)
                yield key.value, value

    def _complain(self, place: Place, node: yaml.Node, message: str, fix: str) -> None:
        line, column = _at(node)
        problem = Problem(line=line, column=column, path=dotted(place), message=message, fix=fix)
        self._document.problems.append(problem)


def _at(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
