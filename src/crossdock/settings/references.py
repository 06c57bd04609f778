"""`${NAME}` in any text, and `file:PATH` where a secret stands. A secret written in clear is a mistake."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crossdock.settings.document import Document
from crossdock.settings.problem import Place
from crossdock.settings.shape import below, is_secret, literal, may_be_null

_REFERENCE = re.compile(r"(?<!\$)\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_FILE, _DB = "file:", "db:"
_CLEAR = "Write ${NAME} for an environment variable, file:PATH, or db:NAME for one kept in the database."
_BEFORE = "Only settings of systems and pairings may be kept there; write ${NAME} or file:PATH here."
_KEY = "Give the key that sealed it, in CROSSDOCK_KEY, CROSSDOCK_KEY_FILE or vault.key, or among the older ones."
_FOLDER = "A path is taken from the settings file's folder."
_ESCAPE = "Letters, digits and _ make its name; write $${ for a plain ${."


class SecretsUnreadable(RuntimeError):
    """The secrets in the database cannot be read; the text says why."""


@dataclass(slots=True)
class References:
    """Puts values where references stand.

    sealed: the secrets that the database keeps, asked for when a `db:NAME` is met; None where no database is known.
    failed: the places that could not be filled, each with its problem told. hidden: place → what was put in there and
    how it was written, so that no message ever shows the value.
    """

    document: Document
    folder: Path
    environ: Mapping[str, str]
    sealed: Callable[[], Mapping[str, str]] | None = None
    failed: set[Place] = field(default_factory=set)
    hidden: dict[Place, dict[str, str]] = field(default_factory=dict)

    def fill(self, value: Any, place: Place, kinds: Sequence[Any]) -> Any:
        """The value with its references resolved; settings left empty are left out. kinds: what the place may hold."""
        match value:
            case dict():
                inner = {name: (value[name], below(kinds, name)) for name in value}
                return {
                    name: self.fill(one, (*place, name), types)
                    for name, (one, types) in inner.items()
                    if one is not None or may_be_null(types)
                }
            case list():
                return [self.fill(one, (*place, at), below(kinds, at)) for at, one in enumerate(value)]
            case str() if is_secret(kinds):
                return self._secret(value, place)
            case str():
                return literal(self._expand(value, place), kinds)
        return value

    def redact(self, text: str, place: Place) -> str:
        """The text as it would be, had the references at that place and below it never been resolved."""
        within = [values for where, values in self.hidden.items() if where[: len(place)] == place]
        written = {value: shown for values in within for value, shown in values.items()}
        for value in sorted(written, key=len, reverse=True):
            text = text.replace(value, written[value])
        return text

    def _secret(self, text: str, place: Place) -> str:
        if text.startswith(_FILE):
            return self._file(self._expand(text, place), text, place)
        if text.startswith(_DB):
            return self._kept(text, place)
        if not text:
            return text
        if not _REFERENCE.search(text):
            self._fail(place, "is a secret written in clear", _CLEAR)
            return text
        filled = self._expand(text, place)
        if not filled:
            self._fail(place, f"{text} is set but empty", "Give the environment variable its value.")
        return filled

    def _file(self, named: str, written: str, place: Place) -> str:
        if place in self.failed:
            return written
        path, shown = self.folder / named.removeprefix(_FILE), written.removeprefix(_FILE)
        try:
            text = path.read_text("utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            why = (error.strerror or "").lower() if isinstance(error, OSError) else "not UTF-8 text"
            self._fail(place, f"the file {shown} cannot be read: {why}", _FOLDER)
            return written
        if not text:
            self._fail(place, f"the file {shown} is empty", "Put the secret into it, and nothing else.")
        self._hide(place, text, written)
        return text

    def _kept(self, written: str, place: Place) -> str:
        name = written.removeprefix(_DB)
        if self.sealed is None:
            self._fail(place, f"the secret {name} is in the database, which is not known yet", _BEFORE)
            return written
        try:
            value = self.sealed()[name]
        except KeyError:
            self._fail(place, f"the database keeps no secret {name}", f"Set it: crossdock secrets set {name}")
            return written
        except SecretsUnreadable as error:
            self._fail(place, f"the secret {name} cannot be read: {error}", _KEY)
            return written
        self._hide(place, value, written)
        return value

    def _expand(self, text: str, place: Place) -> str:
        names = _REFERENCE.findall(text)
        bad = [name for name in names if not _NAME.match(name)]
        missing = [name for name in names if name not in self.environ and name not in bad]
        if bad:
            self._fail(place, f"${{{bad[0]}}} can be no environment variable", _ESCAPE)
        if missing:
            listed = ", ".join(dict.fromkeys(missing))
            self._fail(place, f"the environment variable {listed} is not set", f"Set {listed} before starting.")
        if bad or missing:
            return text
        for name in names:
            self._hide(place, self.environ[name], f"${{{name}}}")
        filled = _REFERENCE.sub(lambda found: self.environ[found[1]], text).replace("$${", "${")
        if names:
            self._hide(place, filled, text)
        return filled

    def _hide(self, place: Place, value: str, written: str) -> None:
        if value.strip():
            self.hidden.setdefault(place, {}).update({value: written, value.strip(): written})

    def _fail(self, place: Place, message: str, fix: str) -> None:
        self.failed.add(place)
        self.document.problems.append(self.document.problem(place, message, fix))
