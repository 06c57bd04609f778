"""`crossdock accounts`: which storefront company buys on which ERP account, and who waits for one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import heading, say, show, show_json, table
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.settings.tree import Project

STATES = ("review", "linked", "guest", "new", "set_aside", "unreadable", "all")
Row = Mapping[str, Any]


async def accounts(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")],
    state: Annotated[str, typer.Option("--state", metavar="STATE", help=f"Only those: {', '.join(STATES)}.")] = "all",
    company: Annotated[
        str | None, typer.Option("--company", metavar="REF", help="Only this one, by the storefront's key.")
    ] = None,
    after: Annotated[int, typer.Option("--after", metavar="ID", help="Begin behind this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 200,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """List storefront companies: the account each is linked to, or those it may mean, each with its score explained.

    What waits is linked from its case: `crossdock cases resolve ID --remedy link-account --set account=CODE`.
    """
    from crossdock.store.companies import count_companies, list_companies
    from crossdock.store.database import open_database
    from crossdock.wiring.installation import database_url

    project, _ = load_project(config)
    name = one_of(pairing, project.sales, what="pairing of a storefront")
    chosen = one_of(state, STATES, what="state")
    async with open_database(database_url(project), project.data_dir, pool_max=4) as pool:
        rows = await list_companies(
            pool, project.tenant, name, project.sales[name].erp, state=None if chosen == "all" else chosen,
            ref=company, after_id=after, limit=limit,
        )  # fmt: skip
        counts = await count_companies(pool, project.tenant, name)
    following = rows[-1]["id"] if len(rows) == limit else None
    if as_json:
        show_json(
            {"pairing": name, "counts": counts, "companies": [_public(row) for row in rows], "next_after": following}
        )
        return
    _show(rows, counts, project, name)
    if following is not None:
        say(f"There may be more: --after {following}")


def _public(row: Row) -> dict[str, Any]:
    document, account = row["document"] or {}, row["account"]
    return {
        "id": row["id"], "ref": row["ref"], "name": document.get("name", ""), "state": row["state"],
        "account_code_held": document.get("account_code", ""), "vat_number": document.get("vat_number", ""),
        "domains": document.get("domains", []),
        "account": account and {name: account[name] for name in ("account_id", "code", "name", "on_stop")},
        "linked_by": row["linked_by"], "linked_at": row["linked_at"], "told": row["told_code"] or None,
        "told_problem": row["told_problem"] or None, "shown_problem": row["shown_problem"] or None,
        "candidates": row["candidates"], "review": row["review"], "orders_waiting": row["orders_waiting"],
        "case": row["case_id"],
    }  # fmt: skip


def _show(rows: Sequence[Row], counts: Mapping[str, int], project: "Project", name: str) -> None:
    if not counts:
        runs = "account-matching" in project.sales[name].flows
        say("No company was read yet." if runs else f"Pairing {name} does not run account-matching.")
        return
    lines = [
        (
            row["ref"],
            (row["document"] or {}).get("name", ""),
            row["state"],
            "{code} {name}".format_map(row["account"]) if row["account"] else "",
            row["linked_by"] or "",
            row["told_problem"] or row["shown_problem"] or "",
            row["orders_waiting"] or "",
            row["case_id"] or "",
        )
        for row in rows
    ]
    columns = ("company", "name", "state", "account", "linked by", "storefront would not hear", "#waiting", "#case")
    show(table(*columns, rows=lines))
    for row in rows:
        if row["state"] == "review":
            show(heading(f"{row['ref']} {(row['document'] or {}).get('name', '')}"))
            show(
                *[f"  {one['score']:>3}  {_candidate(one)}" for one in row["candidates"]]
                or ["  no account resembles it"]
            )
    show(", ".join(f"{count} {state}" for state, count in counts.items()))


def _candidate(one: Row) -> str:
    return f"{one['code']} {one['name']}: {', '.join(one['reasons'])}"
