"""What `crossdock init` writes: a commented crossdock.yaml that works against the sandbox as it stands."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from crossdock.ports.config import SystemSettings
from crossdock.ports.systems import Sample, System
from crossdock.settings.checks import possible_flows
from crossdock.settings.commented import every_setting, indented, remark, used_settings
from crossdock.settings.pairing import pairing_kind
from crossdock.settings.presets import presets, switched_on
from crossdock.settings.schema import schema_text
from crossdock.settings.tree import Project

SETTINGS_FILE = "crossdock.yaml"
SCHEMA_FILE = "crossdock.schema.json"
CREDENTIAL_FILE = "secrets/oro-client-secret"
SANDBOX_CREDENTIAL = "sandbox-secret"  # what the simulators of `crossdock sandbox serve` take; opens nothing else

_HEAD = f"""\
# yaml-language-server: $schema={SCHEMA_FILE}
#
# Crossdock. As it stands it speaks to the simulators: start `crossdock sandbox serve`, then `crossdock run`.
# Then put your own systems in their place. `crossdock check` names every mistake, with its line and the way to mend it.
# ${{NAME}} stands for an environment variable, in any text. Secrets are never written here: ${{NAME}}, or file:PATH.
# A setting behind a # shows what holds when nothing is said.
"""

SYSTEMS: Mapping[str, Mapping[str, Any]] = {
    "shop": {
        "kind": "orocommerce",
        "base_url": "http://127.0.0.1:8801",
        "client_id": "crossdock",
        "client_secret": f"file:{CREDENTIAL_FILE}",
        "budget": {"concurrency": 8, "requests_per_second": 400},
    },
    "khaos": {
        "kind": "khaos_control",
        "base_url": "http://127.0.0.1:8802",
        "exe": "KhaosHPT.exe",
        "settle_seconds": 3,
        "budget": {"concurrency": 8, "requests_per_second": 400},
    },
}

_NOTES: Mapping[str, str] = {
    "shop": "A storefront.",
    "khaos": "An ERP. The simulator is quick; a real Khaos Control wants concurrency 1, requests_per_second 4 and "
    "settle_seconds 120.",
}

FIRST = "oro-khaos"  # the pairing of a file that asks for none
PAIRING: Mapping[str, Any] = presets()[FIRST].pairing


class ScaffoldRefused(Exception):
    """Something is there already, and nothing was written."""


def samples(systems: Mapping[str, System]) -> dict[str, tuple[System, Sample]]:
    """Name → the kind and its sample, of all that a settings file can begin with besides those of its pairings."""
    return {name: (system, sample) for system in systems.values() for name, sample in system.samples.items()}


def settings_text(systems: Mapping[str, System], extra: Sequence[str] = (), pairings: Sequence[str] = (FIRST,)) -> str:
    """The file. systems: the kinds there are. extra: names of `samples` to begin with besides those of the pairings."""
    return "\n".join([_HEAD, *_body(systems, extra, pairings)]).rstrip("\n") + "\n"


def create(
    folder: Path, systems: Mapping[str, System], extra: Sequence[str] = (), pairings: Sequence[str] = (FIRST,)
) -> tuple[Path, ...]:
    """Write a new installation into a folder, which may exist. extra: names of `samples` to begin with as well.

    Returns the files. Raises ScaffoldRefused.
    """
    beside: dict[str, str] = {}
    for pairing in pairings:
        beside |= presets()[pairing].files
    for name in _begun_with(extra, pairings):
        beside |= {CREDENTIAL_FILE: SANDBOX_CREDENTIAL} if name == "shop" else {}
        beside |= samples(systems)[name][1].files if name not in SYSTEMS else {}
    files = {
        folder / SETTINGS_FILE: settings_text(systems, extra, pairings),
        folder / SCHEMA_FILE: schema_text(systems),
        **{folder / file: held + "\n" for file, held in beside.items()},
        folder / ".gitignore": "/data/\n/secrets/\n",
    }
    if there := [path for path in files if path.exists() or path.is_symlink()]:
        raise ScaffoldRefused(f"{', '.join(map(str, there))} exists already; nothing was written")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "secrets").mkdir(mode=0o700, exist_ok=True)
        for path, text in files.items():
            path.touch(mode=0o600 if path.parent == folder / "secrets" else 0o644, exist_ok=False)
            path.write_text(text, "utf-8")
    except OSError as error:
        raise ScaffoldRefused(f"{error.filename}: {(error.strerror or 'cannot be written').lower()}") from error
    return tuple(files)


def _begun_with(extra: Sequence[str], pairings: Sequence[str]) -> list[str]:
    """Names of the systems in the file: those of its pairings, then the others, each once."""
    paired = [name for pairing in pairings for name in presets()[pairing].systems.values()]
    return list(dict.fromkeys([*paired, *extra]))


def _body(systems: Mapping[str, System], extra: Sequence[str], pairings: Sequence[str]) -> Iterator[str]:
    for line in every_setting(Project, {"systems": {}, "pairings": {}}):
        match line.partition(":")[0]:
            case "systems":
                yield from ("", *remark(Project.model_fields["systems"].description or ""), "systems:")
                yield from indented(_systems(systems, _begun_with(extra, pairings), pairings))
            case "pairings":
                yield from ("", *remark(Project.model_fields["pairings"].description or ""), "pairings:")
                for name in pairings:
                    yield from indented(_pairing(systems, name, pairings))
            case _:
                yield line


def _pairing(systems: Mapping[str, System], name: str, pairings: Sequence[str]) -> Iterator[str]:
    preset = presets()[name]
    found = {role: _side(systems, named, pairings) for role, named in preset.systems.items()}
    sides = {role: side for role, side in found.items() if side is not None}
    flows = {"flows": tuple(possible_flows(sides))} if len(sides) == len(preset.systems) else {}
    yield from ("", *remark(f"{preset.title}."), f"{name}:")
    yield from indented(every_setting(pairing_kind(preset.systems), preset.pairing, defaults=flows))


def _side(systems: Mapping[str, System], name: str, pairings: Sequence[str]) -> System | None:
    """The kind of a system in the file, able to do what its settings there switch on; None for a kind nobody has."""
    if (values := SYSTEMS.get(name)) is not None:
        kind, given = systems.get(str(values["kind"])), values
    else:
        kind, sample = samples(systems)[name]
        given = {"kind": kind.kind, **sample.settings}
    if kind is None:
        return None
    try:
        return kind.with_settings(kind.settings.model_validate({**given, **switched_on(name, pairings)}))
    except ValidationError:  # it names a file that is not there yet: all that its kind can do is taken for possible
        return kind


def _systems(systems: Mapping[str, System], names: Sequence[str], pairings: Sequence[str]) -> Iterator[str]:
    for name in names:
        more = switched_on(name, pairings)
        if (values := SYSTEMS.get(name)) is not None:
            kind = systems.get(str(values["kind"]))
            yield from ("", *remark(_NOTES[name]), f"{name}:")
            yield from indented(used_settings(kind.settings if kind else SystemSettings, {**values, **more}))
            continue
        system, sample = samples(systems)[name]
        yield from ("", *remark(sample.note or f"{system.title}."), f"{name}:")
        yield from indented(used_settings(system.settings, {"kind": system.kind, **sample.settings, **more}))
