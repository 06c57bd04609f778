"""`crossdock mappings`: the code maps of a pairing: listed, shown, changed after their effect was told, out and in."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import say, show, show_json, table, write
from crossdock.cli.settling import Actor, DryRun, params_of, whoever_types
from crossdock.cli.told import BAD_INPUT, Stop
from crossdock.cli.words import one_of
from crossdock.store.sorting import ByNameOrAge

if TYPE_CHECKING:
    from crossdock.decide.mappings import MapChange
    from crossdock.model.code_map import MapKind
    from crossdock.wiring.installation import Installation

PairingName = Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")]
MapName = Annotated[str, typer.Argument(metavar="MAP", help="The map: sku, unit, tax, shipping, payment_term, ...")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="What is mapped, such as a SKU.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is what the next person will read.")]
Seen = Annotated[
    int | None, typer.Option("--version", metavar="N", help="Only if it still says what `mappings show` said then.")
]


async def list_(
    pairing: PairingName,
    map_: MapName,
    words: Annotated[str, typer.Option("--search", metavar="TEXT", help="Only what contains this.")] = "",
    retired: Annotated[bool, typer.Option("--retired", help="Those that are no more.")] = False,
    sort: Annotated[ByNameOrAge, typer.Option("--sort", help="By key, or by the last change.")] = ByNameOrAge.A_TO_Z,
    after: Annotated[str, typer.Option("--after", metavar="KEY", help="Begin behind this one.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 200,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """List the entries of one code map."""
    from crossdock.decide.mappings import in_words
    from crossdock.store.mappings import MapState
    from crossdock.wiring.installation import open_installation
    from crossdock.wiring.mappings import list_mappings

    project, _ = load_project(config)
    kind, name = _kind(map_), one_of(pairing, project.pairings, what="pairing")
    state = MapState.RETIRED if retired else MapState.CURRENT
    async with open_installation(project) as here:
        found = await list_mappings(here, name, kind, words=words, state=state, sort=sort, after=after, limit=limit)
    if as_json:
        show_json({"pairing": name, "map": str(kind), "mappings": found.rows, "next_after": found.following or None})
        return
    rows = [
        (one.key, in_words(kind, one.value), one.actor, f"{one.since:%Y-%m-%d %H:%M}", one.reason) for one in found.rows
    ]
    show(table("key", "stands for", "by", "since", "why", rows=rows))
    if found.following:
        say(f"There may be more: --after {found.following}")


async def show_(
    pairing: PairingName, map_: MapName, key: Key, config: Config = DEFAULT_FILE, as_json: AsJson = False
) -> None:
    """Show one entry with all its versions: who said what, when and why."""
    from crossdock.decide.mappings import in_words
    from crossdock.wiring.installation import open_installation
    from crossdock.wiring.mappings import read_mapping

    project, _ = load_project(config)
    kind, name = _kind(map_), one_of(pairing, project.pairings, what="pairing")
    async with open_installation(project) as here:
        one = await read_mapping(here, name, kind, key, limit=1000)
    if not one.versions:
        raise Stop(f"nothing was ever mapped for {key!r} in the {kind} map of {name}.", code=1, kind="not-found")
    if as_json:
        show_json({
            "pairing": name, "map": str(kind), "key": key, "version": one.expected or None, "by_file": one.by_file,
            "value": one.current.value if one.current else None, "in_file": one.in_file, "place": one.place,
            "versions": one.versions,
        })  # fmt: skip
        return
    rows = [
        (
            each.id, f"{each.since:%Y-%m-%d %H:%M}", in_words(kind, each.value), each.actor, each.reason,
            f"{each.until:%Y-%m-%d %H:%M} {each.ended_by} {each.ended_because}".strip() if each.until else "",
        )
        for each in one.versions
    ]  # fmt: skip
    show(table("#version", "since", "stands for", "by", "why", "until", rows=rows))
    if one.in_file is not None:
        say(f"The settings file says {in_words(kind, one.in_file)} at {one.place}.")


async def set_(
    pairing: PairingName,
    map_: MapName,
    key: Key,
    given: Annotated[
        list[str],
        typer.Option("--set", metavar="KEY=VALUE", help="What it stands for: code=, units=, percent=, becomes=."),
    ],
    reason: Reason = "",
    version: Seen = None,
    actor: Actor = "",
    dry_run: DryRun = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Add an entry or have it say something else: what would happen is told, then it is saved as a new version."""
    await _change(
        config, pairing, map_, key, params_of(given), reason, version, actor, dry_run=dry_run, as_json=as_json
    )


async def retire(
    pairing: PairingName,
    map_: MapName,
    key: Key,
    reason: Reason = "",
    version: Seen = None,
    actor: Actor = "",
    dry_run: DryRun = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Take an entry away; one that the settings file has goes back to what the file says."""
    await _change(config, pairing, map_, key, None, reason, version, actor, dry_run=dry_run, as_json=as_json)


async def export(
    pairing: PairingName,
    maps: Annotated[
        list[str] | None, typer.Option("--map", metavar="MAP", help="Only this map; may be given again.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it there instead of stdout.")] = None,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Write the current entries as CSV, in UTF-8; no cell is a formula to a spreadsheet."""
    from crossdock.model.code_map import MapKind
    from crossdock.wiring.installation import open_installation
    from crossdock.wiring.map_files import export_maps

    project, _ = load_project(config)
    name, kinds = one_of(pairing, project.pairings, what="pairing"), [_kind(one) for one in maps or MapKind]
    async with open_installation(project) as here:
        data = await export_maps(here, name, kinds)
    if out is not None:
        out.write_bytes(data)
    if as_json:
        show_json({"pairing": name, "maps": [str(one) for one in kinds], "file": out and str(out), "bytes": len(data)})
    elif out is None:
        write(data)
    else:
        say(f"Written to {out}.")


async def import_(
    pairing: PairingName,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The CSV file; - reads it from stdin.")],
    reason: Reason = "",
    actor: Actor = "",
    dry_run: DryRun = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Read entries from CSV: every mistake at once, or what would change and what of it; then all of it or nothing."""
    from crossdock.model.code_map import MapKind
    from crossdock.wiring.installation import open_installation
    from crossdock.wiring.map_changes import rehearse_changes, save_changes
    from crossdock.wiring.map_files import plan_maps

    project, _ = load_project(config)
    name, data, who = one_of(pairing, project.pairings, what="pairing"), _bytes(file), actor or whoever_types()
    _reasoned(reason, dry_run=dry_run)
    effect = None
    async with open_installation(project) as here:
        plan = await plan_maps(here, name, data, kinds=list(MapKind))
        if plan.planned:
            effect = await rehearse_changes(here, name, plan.changes, actor=who)
        if not as_json:
            show(*[str(one) for one in plan.problems] or [_counted(plan.counts)], *(effect.sentences if effect else []))
        if plan.planned and not dry_run:
            effect = await save_changes(here, name, plan.changes, actor=who, reason=reason)
    applied = bool(plan.planned) and not dry_run
    if as_json:
        show_json({
            "pairing": name, "applied": applied, "problems": plan.problems, "counts": plan.counts,
            "effect": effect and effect.sentences,
        })  # fmt: skip
    else:
        say("Saved." if applied else "Nothing was changed.")
    return BAD_INPUT if plan.problems else 0


async def _change(
    config: Path, pairing: str, map_: str, key: str, params: dict[str, str] | None, reason: str, version: int | None,
    actor: str, *, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    from crossdock.decide.mappings import in_words
    from crossdock.wiring.installation import open_installation
    from crossdock.wiring.map_changes import rehearse_changes, save_changes

    project, _ = load_project(config)
    kind, name = _kind(map_), one_of(pairing, project.pairings, what="pairing")
    who = actor or whoever_types()
    _reasoned(reason, dry_run=dry_run)
    async with open_installation(project) as here:
        change = await _wanted(here, name, kind, key, params, version)
        effect = await rehearse_changes(here, name, [change], actor=who)
        if not as_json:
            says = f"would stand for {in_words(kind, change.value)}" if change.value is not None else "would be retired"
            show(f"{key} {says}.", *effect.sentences)
        if not dry_run:
            effect = await save_changes(here, name, [change], actor=who, reason=reason)
    if as_json:
        show_json({
            "pairing": name, "map": str(kind), "key": key, "value": change.value, "applied": not dry_run, "actor": who,
            "effect": effect.sentences, "held": effect.held,
        })  # fmt: skip
    else:
        say("Nothing was changed. Leave out --dry-run to do it." if dry_run else "Saved.")


async def _wanted(
    here: "Installation", name: str, kind: "MapKind", key: str, params: dict[str, str] | None, version: int | None
) -> "MapChange":
    from crossdock.wiring.mappings import change_entry, read_mapping, retire_entry

    seen = version if version is not None else (await read_mapping(here, name, kind, key, limit=1)).expected
    if params is not None:
        return change_entry(here, name, kind, key, params, expected=seen)
    if not seen:
        raise Stop(f"nothing is mapped for {key!r} in the {kind} map of {name}.", code=1, kind="not-found")
    return retire_entry(here, name, kind, key, expected=seen)


def _kind(word: str) -> "MapKind":
    from crossdock.model.code_map import MapKind

    return MapKind(one_of(word, list(MapKind), what="map"))


def _reasoned(reason: str, *, dry_run: bool) -> None:
    if not dry_run and not reason.strip():
        raise Stop("a change of a mapping needs a reason: --reason says why, for whoever reads it next.")


def _bytes(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Stop(
            f"{file} cannot be read: {(error.strerror or str(error)).lower()}. Name a file, or - for stdin."
        ) from error


def _counted(counts: Any) -> str:
    words: Sequence[str] = [f"{count} to {deed}" for deed, count in counts.items() if deed != "unchanged"]
    return f"{', '.join(words)}; {counts['unchanged']} as they are."
