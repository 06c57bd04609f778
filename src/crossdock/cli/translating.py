"""`crossdock translate`: what a document says, and how another system would be told it. No network, no database."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, MaybeConfig
from crossdock.cli.output import say, show, show_json, table, write
from crossdock.cli.told import PROBLEMS, Stop
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crossdock.cli.bridges import Crossed
    from crossdock.ports.systems import System


async def translate(
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="The kind of system the document is from.")] = "",
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What the document holds, such as sales-order.")] = "",
    file: Annotated[str, typer.Argument(metavar="FILE", help="The document; - reads it from stdin.")] = "-",
    to: Annotated[str, typer.Option("--to", metavar="SYSTEM", help="Also say it as this kind of system is told.")] = "",
    list_: Annotated[bool, typer.Option("--list", help="List what can be read and written, and stop.")] = False,
    pairing: Annotated[
        str, typer.Option("--pairing", metavar="NAME", help="Decide orders by this pairing of the settings file.")
    ] = "",
    config: MaybeConfig = None,
    as_json: AsJson = False,
) -> int:
    """Turn a wire document into canonical JSON, and with --to into the other system's wire document."""
    from crossdock.wiring.systems import known_systems

    kinds = known_systems()
    if list_:
        _list(kinds, as_json=as_json)
        return 0
    if not system or not kind:
        raise typer.BadParameter("name a SYSTEM and a KIND; `crossdock translate --list` shows which there are")
    source = kinds[one_of(system, kinds, what="kind of system")]
    target = kinds[one_of(to, kinds, what="kind of system")] if to else None
    values = _read(source, kind, file)
    canonical = values[0] if len(values) == 1 else list(values)
    if target is None:
        show_json(canonical)
        return 0
    crossed, documents, code = await _cross(kind, values, target, pairing=pairing, config=config)
    for note in crossed.notes:
        say(f"note: {note}", style="yellow")
    if as_json:
        texts = [one.decode("utf-8", "replace") for one in documents]
        document = None if not texts else texts[0] if len(texts) == 1 else texts
        show_json({"canonical": canonical, "document": document, "notes": list(crossed.notes)})
    else:
        for one in documents:
            write(one.rstrip(b"\n") + b"\n")
    return code


def _read(source: "System", kind: str, file: str) -> "Sequence[Any]":
    readable = [name for name, one in source.translations.items() if one.read is not None]
    name = one_of(kind, readable, what=f"document of {source.title} that can be read, called")
    read = source.translations[name].read
    assert read is not None
    return read(_bytes(file))


def _bytes(file: str) -> bytes:
    if file == "-":
        if sys.stdin.isatty():
            say("reading the document from the keyboard; end it with Ctrl-D")
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Stop(
            f"{file} cannot be read: {(error.strerror or str(error)).lower()}. Name a file, or - for stdin."
        ) from error


async def _cross(
    kind: str, values: "Sequence[Any]", target: "System", *, pairing: str, config: Path | None
) -> "tuple[Crossed, list[bytes], int]":
    """What the writer is called with, what it writes, and the exit code."""
    from crossdock.cli.bridges import find_bridge

    bridge = find_bridge(values, target)
    writer = target.translations[bridge.kind].write if bridge else None
    if bridge is None or writer is None:
        raise Stop(_unsayable(kind, target))
    crossed, waiting = bridge.cross(values), 0
    if pairing:
        from crossdock.cli.pairing_decides import decide_with

        crossed, waiting = await decide_with(config or DEFAULT_FILE, pairing, values)
    return crossed, [writer(value) for value in crossed.values], PROBLEMS if waiting else 0


def _unsayable(kind: str, target: "System") -> str:
    can = ", ".join(name for name, one in target.translations.items() if one.write is not None) or "nothing"
    hint = " Read it as order-status: a despatch alone does not name its order." if kind == "despatch" else ""
    return f"{target.title} cannot be told what this {kind} document says; it can be told: {can}.{hint}"


def _list(kinds: "Mapping[str, System]", *, as_json: bool) -> None:
    found = [
        {"system": kind.replace("_", "-"), "kind": name, "reads": one.read is not None, "writes": one.write is not None}
        for kind, system in kinds.items()
        for name, one in system.translations.items()
    ]
    if as_json:
        show_json(found)
    else:
        rows = [tuple(one.values()) for one in found]
        show(table("system", "kind", "is read", "is written", rows=rows))
