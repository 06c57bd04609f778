"""`crossdock cases resolve` and `retry`: a person's word, rehearsed, applied, and written down with who and why."""

import getpass
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import say, show, show_json
from crossdock.cli.told import Stop
from crossdock.cli.words import one_of

CaseId = Annotated[int, typer.Argument(metavar="ID", help="The case's number.")]
Actor = Annotated[
    str, typer.Option("--actor", metavar="NAME", help="Who does it, for the audit trail; by default you.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]


async def resolve(
    case_id: CaseId,
    remedy: Annotated[str, typer.Option("--remedy", metavar="R", help="One of those `cases show` offers.")],
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="What the remedy needs; may be given again.")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; it is what the auditor will read.")
    ] = "",
    actor: Actor = "",
    dry_run: DryRun = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Settle a case with one of its remedies: what would happen to everything it holds is shown, then it is done."""
    await _settle(config, case_id, remedy, params_of(set_ or []), reason, actor, dry_run=dry_run, as_json=as_json)


async def retry(
    case_id: CaseId,
    actor: Actor = "",
    dry_run: DryRun = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Look again at everything a case holds, with today's mappings and figures."""
    await _settle(config, case_id, "retry", {}, "", actor, dry_run=dry_run, as_json=as_json)


async def _settle(
    config: Path, case_id: int, remedy: str, params: Mapping[str, str], reason: str, actor: str, *, dry_run: bool,
    as_json: bool,
) -> None:  # fmt: skip
    from crossdock.cases.kind import Remedy
    from crossdock.cli.cases import no_such
    from crossdock.flows.wish import Wish
    from crossdock.store.cases import list_cases
    from crossdock.wiring.installation import open_installation
    from crossdock.wiring.settling import settler

    project, _ = load_project(config)
    chosen = Remedy(one_of(remedy, list(Remedy), what="remedy"))
    wish = Wish(remedy=chosen, params=params, reason=reason, actor=actor or whoever_types())
    async with open_installation(project) as here:
        rows = await list_cases(here.pool, here.tenant, case_id=case_id)
        if not rows:
            raise no_such(case_id)
        case = rows[0]
        if (at := settler(here, case.pairing)) is None:
            raise Stop(
                f"case {case_id} belongs to pairing {case.pairing!r}, which {config} no longer has. Put it back first."
            )
        if dry_run or not as_json:  # a person sees what will happen before it does
            rehearsal = await at.rehearse(case, wish)
        if not as_json:
            show(str(rehearsal))
        if not dry_run:
            rehearsal = await at.apply(case, wish)
        after = await at.pairing.cases.find_case(case_id)
    assert after is not None
    if as_json:
        document: dict[str, Any] = {
            "case": case_id, "kind": case.kind, "subject": case.subject, "remedy": str(chosen), "params": dict(params),
            "actor": wish.actor, "applied": not dry_run, "rehearsal": rehearsal, "state": after.state,
            "still_held": after.records,
        }  # fmt: skip
        show_json(document)
    elif dry_run:
        say("Nothing was changed. Leave out --dry-run to do it.")
    elif after.state == "closed":
        show(f"Done; case {case_id} is closed.")
    else:
        show(f"Done; case {case_id} is still open and holds {after.records}.")


def params_of(given: list[str]) -> dict[str, str]:
    """What --set gives."""
    params = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"{one!r} is no KEY=VALUE, such as code=HP-1001", param_hint="--set")
        params[name.strip().replace("-", "_")] = value.strip()
    return params


def whoever_types() -> str:
    try:
        return os.environ.get("USER") or getpass.getuser()
    except (KeyError, OSError):  # a container without a user database
        return "cli"
