"""What is in force now: the settings without any secret, the schema, the version."""

import hashlib
import importlib.metadata
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import BaseModel, SecretStr
from yarl import URL

from crossdock.settings.tree import Project
from crossdock.store.migrate import MIGRATIONS

HIDDEN = "(secret)"


def settings_text(project: Project) -> str:
    """All settings as they hold, defaults among them; a secret is told to be one, and is not."""
    return yaml.safe_dump(_plain(project), sort_keys=False, allow_unicode=True, width=120)


def secrets_of(value: Any) -> Iterator[str]:
    """Every secret that settings hold, wherever."""
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case BaseModel():
            for name in type(value).model_fields:
                yield from secrets_of(getattr(value, name))
        case Mapping():
            for one in value.values():
                yield from secrets_of(one)
        case list() | tuple() | set() | frozenset():
            for one in value:
                yield from secrets_of(one)
        case str() if "://" in value and (password := URL(value).password):
            yield password


def schema(version: str) -> dict[str, Any]:
    """version: the newest migration of the database."""
    files = sorted((MIGRATIONS / "versions").glob("*.sql"))
    return {
        "crossdock": importlib.metadata.version("crossdock"),
        "schema": version,
        "migrations": [
            {
                "name": one.stem,
                "applied": one.stem.partition("_")[0] <= version,
                "sha256": hashlib.sha256(one.read_bytes()).hexdigest(),
            }
            for one in files
        ],
    }


def _plain(value: Any) -> Any:
    match value:
        case SecretStr():
            return HIDDEN
        case BaseModel():
            return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
        case Mapping():
            return {str(name): _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case set() | frozenset():
            return sorted(str(one) for one in value)
        case None | bool() | int() | float():
            return value
    return _without_password(str(value))


def _without_password(text: str) -> str:
    return str(URL(text).with_password(None)) if "://" in text and URL(text).password else text
