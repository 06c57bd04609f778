"""What pydantic found → problems with their place in the file: each mistake told once, and no secret shown."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from crossdock.settings.document import Document
from crossdock.settings.problem import Place, Step, dotted
from crossdock.settings.references import References
from crossdock.settings.shape import below, is_secret, model_of
from crossdock.settings.words import choices_of, did_you_mean, listed, message_of, nearest

_SHOWN_MAX = 80
_LOGIN = re.compile(r"://[^/@]*@")
_KEY = "[key]"  # pydantic's last step when the name itself is wrong, not the value under it
_OF_GROUP = ("value_error", "assertion_error")


class Complaints:
    """Takes the errors of one model after another. model: what the settings at `root` were read as."""

    def __init__(self, document: Document, references: References) -> None:
        self._document = document
        self._references = references

    def take(self, error: ValidationError, *, model: type[BaseModel], root: Place) -> None:
        found = [_Found(self._document, one, model, root) for one in error.errors(include_url=False)]
        slips = {(one.place[:-1], one.meant) for one in found if one.kind == "extra_forbidden"}
        for one in found:
            slipped = one.kind == "missing" and (one.place[:-1], one.place[-1]) in slips
            emptied = one.kind == "too_short" and any(other.place[:-1] == one.place for other in found)
            if not slipped and not emptied and not self._told(one):
                message, fix = one.words()
                message = self._references.redact(message, one.place) if one.kind in _OF_GROUP else message
                self._document.problems.append(self._document.problem(one.place, message + one.written(), fix))

    def _told(self, one: "_Found") -> bool:
        if one.kind in _OF_GROUP and any(place[: len(one.place)] == one.place for place in self._references.failed):
            return True
        return dotted(one.place) in {problem.path for problem in self._document.problems}


class _Found:
    """One error, with what the types and the file say of its place."""

    def __init__(self, document: Document, error: Mapping[str, Any], model: type[BaseModel], root: Place) -> None:
        self.kind: str = error["type"]
        self._context: Mapping[str, Any] = error.get("ctx", {})
        self._text: str = error["msg"]
        self._of_name = error["loc"][-1:] == (_KEY,)
        self.place = root
        self._around: tuple[Any, ...] = ()
        self._types: tuple[Any, ...] = (model,)
        for step in error["loc"]:
            self._go_down(step, document)
        self._value = _value_at(document.value, self.place)

    def _go_down(self, step: Step, document: Document) -> None:
        """pydantic also names the arms of a union on its way; those are no steps of the file."""
        inner = below(self._types, step)
        if inner or (*self.place, step) in document.marks:
            self.place, self._around, self._types = (*self.place, step), self._types, inner

    @property
    def meant(self) -> str | None:
        """The setting that an unknown name is most likely a slip of."""
        return nearest(str(self.place[-1]), self._siblings)

    @property
    def _siblings(self) -> Sequence[str]:
        group = model_of(self._around)
        return tuple(group.model_fields) if group else ()

    def words(self) -> tuple[str, str]:
        """Message and fix."""
        if self.kind == "extra_forbidden":
            fix = did_you_mean(str(self.place[-1]), self._siblings) or f"Settings here are: {listed(self._siblings)}."
            return "is not a setting", fix
        if self.kind == "missing":
            group = model_of(self._around)
            field = group.model_fields.get(str(self.place[-1])) if group else None
            return "is missing", f"Add it: {field.description}." if field and field.description else "Add it."
        message = message_of(self.kind, self._context, self._text)
        if self._of_name:
            return f"has a wrong name, it {message}", did_you_mean(str(self.place[-1]), choices_of(self._context))
        written = self._value if isinstance(self._value, str) and not is_secret(self._types) else ""
        return message, did_you_mean(written, choices_of(self._context))

    def written(self) -> str:
        """`, was "..."` for what was written, references unresolved; "" for a secret, a group or a name."""
        bare = self.kind in ("extra_forbidden", "missing") or self._of_name or is_secret(self._types)
        if bare or not isinstance(self._value, str):
            return ""
        shown = _LOGIN.sub("://***@", self._value)
        return f', was "{shown[:_SHOWN_MAX]}{"..." if len(shown) > _SHOWN_MAX else ""}"'


def _value_at(value: Any, place: Place) -> Any:
    for step in place:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
