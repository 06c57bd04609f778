"""YAML with the line of every value, so that a mistake can be told where it stands."""

from collections.abc import Sequence
from typing import Any

import yaml

Place = tuple[str | int, ...]
_TRUE = frozenset({"true"})
_FALSE = frozenset({"false"})


class Misread(ValueError):
    """It is no such YAML. line: from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


class Lines:
    """Line numbers by place; the nearest place above stands in for one that is not there."""

    def __init__(self) -> None:
        self._lines: dict[Place, int] = {}

    def put(self, place: Place, line: int) -> None:
        self._lines.setdefault(place, line)

    def of(self, place: Sequence[str | int]) -> int:
        path = tuple(place)
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def read_yaml(text: str) -> tuple[Any, Lines]:
    """Plain values and their lines. `true` and `false` are flags, digits numbers, everything else is text as it stands,
    so that neither `No` nor a date changes unseen. Raises Misread."""
    lines = Lines()
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Misread(mark.line + 1 if mark else 1, error.problem or "is no YAML") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Misread(1, f"is no YAML: {error}") from error
    return (None if node is None else _value(node, (), lines, ())), lines


def _value(node: yaml.Node, place: Place, lines: Lines, above: tuple[yaml.Node, ...]) -> Any:
    line = node.start_mark.line + 1
    lines.put(place, line)
    if any(node is one for one in above):
        raise Misread(line, "an alias stands inside what it names")
    match node:
        case yaml.MappingNode():
            return _block(node, place, lines, (*above, node))
        case yaml.SequenceNode():
            return [_value(one, (*place, at), lines, (*above, node)) for at, one in enumerate(node.value)]
        case yaml.ScalarNode():
            return _scalar(node)
    raise Misread(line, "is neither a block, a list nor a value")


def _block(node: yaml.MappingNode, place: Place, lines: Lines, above: tuple[yaml.Node, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise Misread(line, "a key must be a word")
        key = str(key_node.value)
        if key == "<<":
            raise Misread(line, "blocks are not merged here; write the keys out, or use an alias for a whole block")
        if key in found:
            raise Misread(line, f"the key {key!r} stands here twice; keep one of them")
        lines.put((*place, key), line)
        found[key] = _value(value_node, (*place, key), lines, above)
    return found


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in ("", "~", "null"):
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text
