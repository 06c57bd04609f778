"""The command line. Commands translate, call and render; no rule lives here.

What a command needs beyond Typer is imported inside it, so that `crossdock --help` is there at once.
"""

import importlib.metadata
from collections.abc import Sequence
from typing import Annotated

import typer

from crossdock.cli import (
    accounts,
    alerts,
    attesting,
    auditing,
    backing_up,
    cases,
    checking,
    completing,
    erasing,
    evidence,
    files,
    handbook,
    items,
    live,
    loading,
    mapping,
    people,
    probing,
    products,
    reconciling,
    rehearsing,
    retaining,
    sandbox,
    sealing,
    settling,
    shops,
    states,
    systems,
    tokens,
    tracing,
    translating,
)
from crossdock.cli.demo import demo
from crossdock.cli.door import Command, door
from crossdock.cli.logs import configure


def main() -> None:
    """The entry point of the `crossdock` script."""
    build()(prog_name="crossdock")


def build() -> typer.Typer:
    """The whole command line as a Typer application."""
    app = typer.Typer(
        no_args_is_help=True, pretty_exceptions_enable=False, add_completion=True, help=HELP, rich_markup_mode="rich"
    )
    app.callback()(_root)
    for panel, name, command in COMMANDS:
        app.command(name, rich_help_panel=panel)(door(command))
    for panel, name, group, commands in GROUPS:
        below = typer.Typer(no_args_is_help=True, help=group, rich_markup_mode="rich")
        for inner, command in commands:
            below.command(inner)(door(command))
        app.add_typer(below, name=name, rich_help_panel=panel)
    return app


HELP = """\
Every order, price and stock figure in the right system, once, to the penny, or before a named person with the remedy.

Exit codes: 0 done, 1 found problems, 2 usage or bad input, 3 remote trouble. Every command takes --json.
"""

COMMANDS: Sequence[tuple[str, str, Command]] = (
    ("Begin", "demo", demo),
    ("Begin", "init", files.init),
    ("Set up", "check", files.check),
    ("Set up", "systems", systems.systems),
    ("Set up", "probe", probing.probe),
    ("Set up", "rehearse", rehearsing.rehearse),
    ("Set up", "audit", auditing.audit),
    ("Set up", "load", loading.load),
    ("Run", "run", live.run),
    ("Run", "worker", live.worker),
    ("Run", "backup", backing_up.backup),
    ("Run", "restore", backing_up.restore),
    ("Look", "status", states.status),
    ("Look", "completeness", completing.completeness),
    ("Look", "reconcile", reconciling.reconcile),
    ("Look", "checks", checking.checks),
    ("Look", "trace", tracing.trace),
    ("Look", "products", products.products),
    ("Look", "items", items.items),
    ("Look", "retail", shops.retail),
    ("Look", "accounts", accounts.accounts),
    ("Look", "translate", translating.translate),
    ("Look", "handbook", handbook.handbook),
    ("Look", "evidence", evidence.evidence),
    ("Look", "attest", attesting.attest),
    ("Act", "erase", erasing.erase),
)

GROUPS: Sequence[tuple[str, str, str, Sequence[tuple[str, Command]]]] = (
    (
        "Act", "cases", "Work that waits for a person: list it, look at it, settle it.",
        (("list", cases.list_), ("show", cases.show_), ("resolve", settling.resolve), ("retry", settling.retry)),
    ),
    (
        "Act", "mappings", "Code maps: what one system's code stands for in the other.",
        (
            ("list", mapping.list_), ("show", mapping.show_), ("set", mapping.set_), ("retire", mapping.retire),
            ("export", mapping.export), ("import", mapping.import_),
        ),
    ),
    (
        "Set up", "users", "People who may sign in, and what each may do.",
        (
            ("add", people.add), ("list", people.list_), ("password", people.password), ("sign-out", people.sign_out),
            ("grant", people.grant), ("revoke", people.revoke), ("disable", people.disable), ("enable", people.enable),
            ("sessions", people.sessions), ("reset-factor", people.reset_factor),
        ),
    ),
    (
        "Set up", "tokens", "What other programs call the HTTP API with.",
        (("add", tokens.add), ("list", tokens.list_), ("revoke", tokens.revoke)),
    ),
    (
        "Look", "alerts", "Who is told of what: open alerts, rules, a test, a digest.",
        (("list", alerts.list_), ("rules", alerts.rules), ("test", alerts.probe), ("digest", alerts.digest),
         ("answer", alerts.answer)),
    ),
    (
        "Set up", "secrets", "Secrets kept sealed in the database, and the key that seals.",
        (("set", sealing.set_), ("list", sealing.list_), ("remove", sealing.remove), ("rotate", sealing.rotate)),
    ),
    (
        "Run", "retention", "How long what is kept is kept, and letting go of what is due.",
        (("show", retaining.show_), ("run", retaining.run_)),
    ),
    (
        "Begin", "sandbox", "Simulators of the remote systems, for trials and tests.",
        (("serve", sandbox.serve), ("check-laws", sandbox.check_laws)),
    ),
)  # fmt: skip


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"crossdock {importlib.metadata.version('crossdock')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_version)
]


def _root(version: Version = False) -> None:
    configure()
