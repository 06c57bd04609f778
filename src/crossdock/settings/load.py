"""`crossdock.yaml` → a Project, or every mistake in it at once."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from crossdock.ports.config import SystemSettings
from crossdock.ports.systems import System
from crossdock.settings import checks
from crossdock.settings.complaints import Complaints
from crossdock.settings.document import Document, read_document
from crossdock.settings.pairing import AnyPairing, pairing_kind
from crossdock.settings.problem import Place, Problem, SettingsError
from crossdock.settings.references import References
from crossdock.settings.shape import files_of
from crossdock.settings.tree import Project
from crossdock.settings.words import did_you_mean, listed, nearest

DATABASE_URL = "CROSSDOCK_DATABASE_URL"


Sealed = Callable[[str | None, Path, str], Mapping[str, str]]
"""Database URL (None: the embedded one), data folder and tenant → the secrets the database keeps, by name."""


def load(
    path: Path, *, systems: Mapping[str, System], environ: Mapping[str, str], sealed: Sealed | None = None
) -> Project:
    """The settings in a file. systems: the kinds there are, by name. environ: what `${NAME}` may stand for. sealed:
    what `db:NAME` may stand for; it is asked only when one is met.

    data_dir and every other path comes back absolute, seen from the file's folder. Raises SettingsError.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise _unreadable(path, (error.strerror or "no reason given").lower()) from None
    except ValueError:
        raise _unreadable(path, "it is not UTF-8 text") from None
    return _Loading(path, read_document(text), systems, environ, sealed).project()


def _unreadable(path: Path, why: str) -> SettingsError:
    fix = "Make one with `crossdock init`, or name another file."
    return SettingsError(path, [Problem(line=1, column=1, path="", message=f"cannot be read: {why}", fix=fix)])


class _Loading:
    def __init__(
        self,
        path: Path,
        document: Document,
        kinds: Mapping[str, System],
        environ: Mapping[str, str],
        sealed: Sealed | None,
    ) -> None:
        self._sealed = sealed
        self._path = path
        self._folder = path.resolve().parent
        self._document = document
        self._kinds = kinds
        self._environ = environ
        self._references = References(document, self._folder, environ)
        self._complaints = Complaints(document, self._references)

    def project(self) -> Project:
        written = self._document.value
        if not isinstance(written, dict):
            if not self._document.problems:
                said = "is empty" if written is None else "is not a group of settings"
                self._complain((), said, "Make a new one with `crossdock init`.")
            raise SettingsError(self._path, self._document.problems)
        values = self._fill(written)
        known = self._known_systems(values.get("systems"))
        if isinstance(values.get("systems"), dict):
            systems = {name: self._system(name, values["systems"][name], known) for name in values["systems"]}
            known = {  # of a system whose settings are wrong, all that its kind could do is taken for possible
                name: kind.with_settings(systems[name]) if systems[name].kind else kind for name, kind in known.items()
            }
            values["systems"] = systems
        self._check_pairings(values, known)
        if isinstance(values.get("pairings"), dict):
            values["pairings"] = {name: self._pairing(name, one) for name, one in values["pairings"].items()}
        self._check_tracing(values)
        project = self._validate(Project, values, ())
        if self._document.problems or not isinstance(project, Project):
            raise SettingsError(self._path, self._document.problems)
        return project

    def _fill(self, written: dict[str, Any]) -> dict[str, Any]:
        """With references resolved, but for the systems, whose types their kinds know."""
        systems, pairings = written.get("systems"), written.get("pairings")
        plain = {name: written[name] for name in written if name not in ("systems", "pairings")}
        values: dict[str, Any] = dict(self._references.fill(plain, (), (Project,)))
        values["data_dir"] = self._absolute(values.get("data_dir", "data"))
        if self._environ.get(DATABASE_URL):
            values.setdefault("database_url", self._environ[DATABASE_URL])
        self._references.sealed = self._kept(values)
        if isinstance(pairings, dict):
            values["pairings"] = {name: self._filled(name, one) for name, one in pairings.items()}
        elif pairings is not None:
            values["pairings"] = pairings
        if systems is not None:
            values["systems"] = systems
        return values

    def _kept(self, values: Mapping[str, Any]) -> Callable[[], Mapping[str, str]] | None:
        """How to read the secrets that the rest of the file has in the database: once, and only if one is met."""
        url, folder, tenant = values.get("database_url"), values["data_dir"], values.get("tenant", "main")
        if self._sealed is None or not all(isinstance(one, str) for one in (url or "", folder, tenant)):
            return None
        return cache(partial(self._sealed, url, Path(folder), tenant))

    def _filled(self, name: str, written: Any) -> Any:
        kinds = (pairing_kind(written),) if isinstance(written, dict) else ()
        return self._references.fill(written, ("pairings", name), kinds)

    def _pairing(self, name: str, values: Any) -> Any:
        """The settings of one pairing, of its kind; something harmless in their place when they are wrong."""
        place: Place = ("pairings", name)
        stand_in = AnyPairing()
        if not isinstance(values, dict):
            self._complain(place, "must be a group of settings", "Write storefront, pim or retail_stock, and erp.")
            return stand_in
        return self._validate(pairing_kind(values), values, place) or stand_in

    def _absolute(self, path: Any) -> Any:
        return str(self._folder / path) if isinstance(path, str) else path

    def _from_folder(self, values: Any, where: Place) -> Any:
        """The values with the path that stands at `where`, if any does, made absolute."""
        if not where:
            return self._absolute(values)
        name, *rest = where
        if not isinstance(values, dict) or name not in values:
            return values
        return {**values, name: self._from_folder(values[name], tuple(rest))}

    def _known_systems(self, written: Any) -> dict[str, System]:
        """Name → kind of every system whose kind there is."""
        entries = written.items() if isinstance(written, dict) else ()
        kinds = {name: one.get("kind") for name, one in entries if isinstance(one, dict)}
        return {
            name: self._kinds[kind] for name, kind in kinds.items() if isinstance(kind, str) and kind in self._kinds
        }

    def _system(self, name: str, written: Any, known: Mapping[str, System]) -> Any:
        """The settings of one system, of its kind; something harmless in their place when they are wrong."""
        place: Place = ("systems", name)
        stand_in = SystemSettings.model_construct(kind="", base_url="")
        if not isinstance(written, dict):
            self._complain(place, "must be a group of settings", "Write kind, base_url and what the kind needs.")
            return stand_in
        if name not in known:
            self._complain_of_kind(place, written)
            return stand_in
        model = known[name].settings
        values = self._references.fill(written, place, (model,))
        for where in files_of(model):
            values = self._from_folder(values, where)
        return self._validate(model, values, place) or stand_in

    def _complain_of_kind(self, place: Place, written: Mapping[str, Any]) -> None:
        kinds = f"Kinds are: {listed(self._kinds)}."
        kind = written.get("kind")
        slip = nearest("kind", [name for name in written if name not in SystemSettings.model_fields])
        if isinstance(kind, str):
            fix = f"{did_you_mean(kind, self._kinds)} {kinds}".strip()
            self._complain((*place, "kind"), f'is "{kind}", which is no kind of system', fix)
        elif kind is None and slip:
            self._complain((*place, slip), "is not a setting", 'Did you mean "kind"?')
        else:
            self._complain((*place, "kind"), "is missing" if kind is None else "must be text", kinds)

    def _check_pairings(self, values: Mapping[str, Any], known: Mapping[str, System]) -> None:
        """And give each pairing that does not say what to do all the flows its systems can."""
        pairings, systems = values.get("pairings"), values.get("systems")
        names = list(systems) if isinstance(systems, dict) else None
        for name, pairing in pairings.items() if isinstance(pairings, dict) else ():
            if not isinstance(pairing, dict):
                continue
            for place, message, fix in checks.check_pairing(pairing, known, names):
                self._complain(("pairings", name, *place), message, fix)
            if flows := checks.flows_of(pairing, checks.sides_of(pairing, known)):
                pairing.setdefault("flows", flows)
        if isinstance(pairings, dict):
            groups = {name: one for name, one in pairings.items() if isinstance(one, dict)}
            for place, message, fix in checks.check_together(groups, known):
                self._complain(("pairings", *place), message, fix)

    def _check_tracing(self, values: Mapping[str, Any]) -> None:
        tracing, systems = values.get("tracing"), values.get("systems")
        told = tracing.get("propagate_to") if isinstance(tracing, dict) else None
        if not isinstance(told, list) or not isinstance(systems, dict):
            return
        for at, name in enumerate(told):
            if name not in systems:
                fix = f"Name one of {listed(list(systems))}."
                self._complain(("tracing", "propagate_to", at), f"{name!r} is no system of this file", fix)

    def _validate(self, model: type[BaseModel], values: Mapping[str, Any], place: Place) -> Any:
        try:
            return model.model_validate(values)
        except ValidationError as error:
            self._complaints.take(error, model=model, root=place)
            return None

    def _complain(self, place: Place, message: str, fix: str) -> None:
        self._document.problems.append(self._document.problem(place, message, fix))
