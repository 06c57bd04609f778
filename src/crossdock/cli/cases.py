"""`crossdock cases list` and `show`: what waits for a person, and everything about one such case."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import ago, details, heading, say, show, show_json, table
from crossdock.cli.told import PROBLEMS, Stop

if TYPE_CHECKING:
    from crossdock.ports.case_book import CaseRow
    from crossdock.settings.tree import Project

SHOWN_MAX = 20


async def list_(
    state: Annotated[str, typer.Option(help="open, closed or all.")] = "open",
    pairing: Annotated[str | None, typer.Option(metavar="NAME", help="Only those of this pairing.")] = None,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="Only this kind, such as stock-code-unknown.")
    ] = None,
    desk: Annotated[str | None, typer.Option(metavar="DESK", help="Only those of this desk, such as finance.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    after: Annotated[int | None, typer.Option(metavar="ID", help="Only those after this case: the next page.")] = None,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """List cases: work that waits for a person."""
    from crossdock.store.cases import list_cases

    project, _ = load_project(config)
    given = _filters(project, state=state, pairing=pairing, kind=kind, desk=desk)
    async with pool_of(project) as pool:
        rows = await list_cases(
            pool,
            project.tenant,
            state=given["state"],
            pairing=given["pairing"],
            kind=given["kind"],
            desk=given["desk"],
            after_id=after,
            limit=limit,
        )
    following = rows[-1].id if len(rows) == limit else None
    if as_json:
        show_json({"cases": [_public(row) for row in rows], "next_after": following})
        return
    now = datetime.now(UTC)
    lines = [
        (
            row.id,
            row.severity,
            row.desk,
            row.kind,
            row.records,
            _value(row),
            row.state if row.closed_at else f"due {ago(row.due_at, now)}",
            row.cause,
        )
        for row in rows
    ]
    show(table("#id", "severity", "desk", "kind", "#records", "#value", "state", "cause", rows=lines))
    if not rows:
        say("No case fits.")
    elif following is not None:
        say(f"There may be more: --after {following}")
    else:
        say("Look at one with `crossdock cases show ID`.")


async def show_(
    case_id: Annotated[int, typer.Argument(metavar="ID", help="The case's number.")],
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Show one case: its cause and evidence, what it holds, its history, and each remedy as a command to type."""
    from crossdock.cli.remedies import offers
    from crossdock.wiring.case_file import read_case

    project, _ = load_project(config)
    async with pool_of(project) as pool:
        file = await read_case(pool, project, case_id)
    if file is None:
        raise no_such(case_id)
    case, held, history, likely, accounts = file.case, file.held, file.history, file.items, file.accounts
    remedies = offers(file.ways, case_id, code=file.likely)
    if as_json:
        show_json(
            {
                **_public(case), "evidence": case.evidence, "remedy": file.advice, "held": held, "history": history,
                "suggestions": likely or accounts, "remedies": remedies,
            }
        )  # fmt: skip
        return
    now = datetime.now(UTC)
    show(
        heading(f"Case {case.id}: {case.kind} ({case.pairing})"),
        f"  {case.cause}",
        f"  {file.advice}",
        f"  {case.state}, {case.severity}, desk {case.desk}, opened {ago(case.opened_at, now)}, "
        f"due {ago(case.due_at, now)}" + (f", worth {_value(case)}" if case.value else ""),
        heading("\nHolds"),
        table("record", "#id", "reference", "needs a person", "cause", rows=[
            (one["record"], one["record_id"], one["ref"], one["sticky"], one["cause"]) for one in held[:SHOWN_MAX]
        ]),
    )  # fmt: skip
    if len(held) > SHOWN_MAX:
        show(f"  and {len(held) - SHOWN_MAX} more; --json shows all")
    show(
        heading("History"),
        table(
            "at",
            "who",
            "what",
            "detail",
            rows=[(one.at, one.actor, one.action, details(one.detail)) for one in history],
        ),
    )
    if case.evidence:
        show(heading("Evidence"), case.evidence)
    if likely:
        show(
            heading("It may be"),
            table(
                "stock code", "description", "because", rows=[(one.code, one.description, one.reason) for one in likely]
            ),
        )
    if accounts:
        ranked = [(one["code"], one["name"], one["score"], one["reasons"]) for one in accounts]
        show(heading("It may be"), table("account", "name", "#of 100", "because", rows=ranked))
    for one in remedies:
        show(heading(f"{one.remedy}: {one.means}"), f"  {one.command}")


def no_such(case_id: int) -> Stop:
    return Stop(
        f"there is no case {case_id}. `crossdock cases list --state all` shows those there are.",
        code=PROBLEMS,
        kind="not-found",
    )


def _filters(
    project: "Project", *, state: str, pairing: str | None, kind: str | None, desk: str | None
) -> dict[str, str | None]:
    from crossdock.cases.kind import Desk
    from crossdock.cases.kinds import KINDS
    from crossdock.cli.words import one_of

    chosen = one_of(state, ("open", "closed", "all"), what="state")
    return {
        "state": None if chosen == "all" else chosen,
        "pairing": pairing and one_of(pairing, project.pairings, what="pairing"),
        "kind": kind and one_of(kind, KINDS, what="kind of case"),
        "desk": desk and one_of(desk, list(Desk), what="desk"),
    }


def _public(case: "CaseRow") -> dict[str, Any]:
    return {name: value for name, value in asdict(case).items() if name != "evidence"}


def _value(case: "CaseRow") -> str:
    return ", ".join(f"{amount:,.2f} {currency}" for currency, amount in case.value.items())
