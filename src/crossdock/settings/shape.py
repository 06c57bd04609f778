"""What the settings' types say about a place: which names it may hold, whether it is a secret."""

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from crossdock.ports.config import LocalFile, Secret
from crossdock.settings.problem import Place, Step


def arms(kind: Any) -> tuple[Any, ...]:
    """A type without its annotations, as the alternatives it allows: `Annotated[int, ...] | None` → (int, NoneType)."""
    if get_origin(kind) is Annotated:
        return arms(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(arm for one in get_args(kind) for arm in arms(one))
    return (kind,)


def below(kinds: Sequence[Any], step: Step) -> tuple[Any, ...]:
    """The types one step down. Empty when nothing is known of it."""
    return tuple(arm for kind in kinds for inner in _inner(kind, step) for arm in arms(inner))


def model_of(kinds: Sequence[Any]) -> type[BaseModel] | None:
    """The group of settings among the types, if there is one."""
    return next((kind for kind in kinds if _is_model(kind)), None)


def is_secret(kinds: Sequence[Any]) -> bool:
    return any(isinstance(kind, type) and issubclass(kind, Secret) for kind in kinds)


def may_be_null(kinds: Sequence[Any]) -> bool:
    return types.NoneType in kinds


def files_of(model: type[BaseModel]) -> Iterator[Place]:
    """Where the group of settings holds the path of a file here: its own names and those of its inner groups."""
    for name, field in model.model_fields.items():
        if any(isinstance(one, LocalFile) for one in (*field.metadata, *_marks(field.annotation))):
            yield (name,)
        for inner in arms(field.annotation):
            if _is_model(inner):
                yield from ((name, *rest) for rest in files_of(inner))


def _marks(kind: Any) -> Iterator[Any]:
    if get_origin(kind) is Annotated:
        yield from get_args(kind)[1:]
        yield from _marks(get_args(kind)[0])
    elif get_origin(kind) in (Union, types.UnionType):
        for one in get_args(kind):
            yield from _marks(one)


def literal(text: str, kinds: Sequence[Any]) -> Any:
    """The number or switch of a closed list that the text writes; else the text itself."""
    closed = [one for kind in kinds if get_origin(kind) is Literal for one in get_args(kind)]
    return next((one for one in closed if not isinstance(one, str) and str(one).lower() == text.lower()), text)


def _inner(kind: Any, step: Step) -> Iterator[Any]:
    if _is_model(kind):
        if step in kind.model_fields:
            yield kind.model_fields[step].annotation
        return
    origin, arguments = get_origin(kind), get_args(kind)
    if not isinstance(origin, type) or not arguments:
        return
    if issubclass(origin, Mapping):
        yield arguments[-1]
    elif isinstance(step, int):
        yield arguments[0]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
