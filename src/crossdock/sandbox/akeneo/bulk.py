"""Bulk PATCH: one JSON object per line in, one answer per line out, in the same order, with no transaction.

Akeneo REST API, "Update behavior" and StreamResourceResponse of the open core.
"""

from collections.abc import Callable
from dataclasses import dataclass

from crossdock.sandbox.akeneo.errors import Json, PimError, invalid, plain
from crossdock.sandbox.akeneo.wire import COLLECTION, Reply, dumped, parsed_object

LINES_MAX = 100
LINE_CHARACTERS_MAX = 1_000_000


@dataclass(slots=True)
class Scissors:
    """Cuts the next bulk answers: `cuts` of them, each after `after` lines."""

    after: int = 0
    cuts: int = 0

    def take(self) -> int | None:
        if self.cuts <= 0:
            return None
        self.cuts -= 1
        return self.after


def bulk_reply(body: bytes, key: str, write: Callable[[str, Json], int], scissors: Scissors) -> Reply:
    """write: key and body of one line → 201 or 204, or PimError. Line 101 refuses everything, and nothing is done."""
    lines = body.decode("utf-8", "replace").split("\n")
    if lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > LINES_MAX:
        raise plain(413, f"Too many resources to process, {LINES_MAX} is the maximum allowed.")
    stop = scissors.take()
    whole = stop is None or stop >= len(lines)
    answers = [_answer(number, line, key, write) for number, line in enumerate(lines[:stop], start=1)]
    text = b"\n".join(dumped(answer) for answer in answers)
    return Reply(200, text, media_type=COLLECTION, cut=not whole)


def _answer(number: int, line: str, key: str, write: Callable[[str, Json], int]) -> Json:
    """Lines refused before the entity is looked at carry no key."""
    try:
        name, body = _read(line, key)
    except PimError as error:
        return {"line": number, **error.line()}
    try:
        return {"line": number, key: name, "status_code": write(name, body)}
    except PimError as error:
        return {"line": number, key: name, **error.line()}


def _read(line: str, key: str) -> tuple[str, Json]:
    if len(line) > LINE_CHARACTERS_MAX:
        raise plain(413, "Line is too long.")
    body = parsed_object(line)
    name = body.get(key)
    if isinstance(name, list | dict | bool | int):
        raise invalid(f"{key} must be of type string.")
    if name is None or not str(name).strip():
        raise invalid(f"{key.capitalize()} is missing.")
    return str(name), body
