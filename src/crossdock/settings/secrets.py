"""Every secret text that settings hold, for whoever must keep them out of what is written."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, SecretStr


def secret_texts(settings: Any) -> Iterator[str]:
    """Each as it is, and of a URL its password too."""
    match settings:
        case SecretStr():
            yield from _texts(settings.get_secret_value())
        case BaseModel():
            for name in type(settings).model_fields:
                yield from secret_texts(getattr(settings, name))
        case Mapping():
            for one in settings.values():
                yield from secret_texts(one)
        case list() | tuple() | set() | frozenset():
            for one in settings:
                yield from secret_texts(one)


def _texts(text: str) -> Iterator[str]:
    yield text
    try:
        password = urlsplit(text).password if "://" in text else None
    except ValueError:
        return
    if password:
        yield from {password, unquote(password)}
