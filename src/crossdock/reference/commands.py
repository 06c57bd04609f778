"""Every command, from the command line itself, with what it prints for programs and how it ends."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import typer

from crossdock.cli import build
from crossdock.reference.commands_more import AFTERWARDS, EXITS
from crossdock.reference.markdown import page, sentence, table

_HEAD = """\
`crossdock COMMAND --help` says the same as this page. Results go to stdout. Progress, notes and complaints go to
stderr. With `--json` stdout holds one JSON document and nothing else.

| exit code | means |
| --- | --- |
| 0 | done |
| 1 | done, and it found problems |
| 2 | usage or bad input: nothing was done |
| 3 | trouble with a remote system or the database |

When a command fails under `--json`, the document is `{"error": {"kind": …, "text": …}}`. Kinds are `settings` (with
`problems`), `bad-input`, `document` (with `place`), `remote-settings` (with `setting`), `remote`, `database`,
`remedy-refused`, `not-found` and `defect`. Times are ISO 8601 with their zone. Amounts are text, exact to the last
decimal."""

ENVIRONMENT: Mapping[str, str] = {
    "CROSSDOCK_CONFIG": "the settings file, when `--config` is not given; else `crossdock.yaml` in the current folder",
    "CROSSDOCK_DATABASE_URL": "a PostgreSQL 14 or later, when `database_url` is not set; else the embedded one",
    "CROSSDOCK_KEY": "64 hex digits: the key that seals documents and secrets; else the file that CROSSDOCK_KEY_FILE "
    "names; else `vault.key` in the data folder",
    "CROSSDOCK_KEY_FILE": "a file that holds that key and nothing else",
    "CROSSDOCK_OLD_KEYS": "keys that sealed before, separated by commas, until `crossdock secrets rotate` is done",
    "CROSSDOCK_LOG": "`debug`, `info`, `warning` or `error`; `run` and `worker` say `info`, all others `warning`",
    "CROSSDOCK_LOG_FORMAT": "`json` or `console`, when `logs.format` shall not count",
    "CROSSDOCK_DEBUG": "set to anything: failures also print a traceback",
}


def commands_page() -> str:
    return page(
        "Commands",
        _HEAD,
        "## Environment",
        table(["variable", "is"], [(f"`{name}`", what) for name, what in ENVIRONMENT.items()]),
        "## `crossdock`",
        options(typer.main.get_command(build())),
        *(_section(path, command) for path, command in commands()),
    )


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that can be run, by its full name, in the order `--help` shows them."""
    yield from _below("crossdock", typer.main.get_command(build()))


def parameters(command: Any) -> Iterator[tuple[str, str, str, str]]:
    """Name as typed, what to write, default, what it is. Hidden ones and --help are left out."""
    for one in command.params:
        if getattr(one, "hidden", False) or one.name == "help":
            continue
        is_option = any(word.startswith("-") for word in one.opts)
        name = ", ".join([*one.opts, *one.secondary_opts]) if is_option else (one.metavar or one.name.upper())
        default = "" if one.default in (None, "", False, ()) else str(one.default)
        yield name, _value(one) if is_option else "", "required" if one.required else default, sentence(one.help or "")


def _value(option: Any) -> str:
    """What is written after the option, with its bounds; nothing for a switch."""
    if option.is_flag:
        return ""
    word = str(option.metavar or ("NUMBER" if isinstance(option.default, int) else "TEXT"))
    if getattr(getattr(option, "type_descriptor", None), "annotation", None) is datetime:
        word = "TIME, such as 2026-11-14"
    low, high = getattr(option, "min", None), getattr(option, "max", None)
    return word if low is None else f"{word}, {low} or more" if high is None else f"{word}, {low} to {high}"


def _below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, one in command.commands.items():
        yield from _below(f"{path} {name}", one)


def _section(path: str, command: Any) -> str:
    parts = [
        f"## `{path}`",
        sentence(command.help or ""),
        options(command),
        f"**JSON:** {AFTERWARDS[path]}",
        f"**Exit codes:** {EXITS[path]}",
    ]
    return "\n\n".join(part.strip("\n") for part in parts)


def options(command: Any) -> str:
    rows = [
        (f"`{name}`", what, default if default in ("", "required") else f"`{default}`", means)
        for name, what, default, means in parameters(command)
    ]
    return table(["argument or option", "write", "default", "is"], rows)
