"""`crossdock accounts`: which storefront company buys on which ERP account, and who waits for one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import heading, say, show, show_json, table
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.settings.tree import Project
    from crossdock.store.accounts import CompanyLine

EVERY = "all"


async def accounts(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")],
    state: Annotated[
        str,
        typer.Option("--state", metavar="STATE", help="Only review, linked, guest, new, set_aside or unreadable ones."),
    ] = EVERY,
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
    from crossdock.wiring.accounts import STATES, count_accounts, list_accounts

    project, _ = load_project(config)
    name = one_of(pairing, project.sales, what="pairing of a storefront")
    chosen, erps = one_of(state, (*STATES, EVERY), what="state"), {name: project.sales[name].erp}
    async with pool_of(project) as pool:
        rows = await list_accounts(
            pool, project.tenant, erps, "" if chosen == EVERY else chosen, ref=company or "", after=after, limit=limit
        )
        counts = await count_accounts(pool, project.tenant, erps)
    following = rows[-1].id if len(rows) == limit else None
    if as_json:
        show_json(
            {"pairing": name, "counts": counts, "companies": [_public(row) for row in rows], "next_after": following}
        )
        return
    _show(rows, counts, project, name)
    if following is not None:
        say(f"There may be more: --after {following}")


def _public(line: "CompanyLine") -> dict[str, Any]:
    held, account = line.company, line.account
    return {
        "id": line.id, "ref": line.ref, "name": held.name if held else "", "state": line.state,
        "account_code_held": held.account_code if held else "", "vat_number": held.vat_number if held else "",
        "domains": list(held.domains) if held else [],
        "account": account and {name: getattr(account, name) for name in ("account_id", "code", "name", "on_stop")},
        "linked_by": line.linked_by or None, "linked_at": line.linked_at, "told": line.told_code or None,
        "told_problem": line.told_problem or None, "shown_problem": line.shown_problem or None,
        "candidates": line.candidates, "review": line.review, "orders_waiting": line.orders, "case": line.case_id,
    }  # fmt: skip


def _show(rows: "Sequence[CompanyLine]", counts: Mapping[str, int], project: "Project", name: str) -> None:
    if not counts:
        runs = "account-matching" in project.sales[name].flows
        say("No company was read yet." if runs else f"Pairing {name} does not run account-matching.")
        return
    lines = [
        (
            one.ref, one.company.name if one.company else "", one.state,
            f"{one.account.code} {one.account.name}" if one.account else "", one.linked_by, one.problem,
            one.orders or "", one.case_id or "",
        )
        for one in rows
    ]  # fmt: skip
    columns = ("company", "name", "state", "account", "linked by", "storefront would not hear", "#waiting", "#case")
    show(table(*columns, rows=lines))
    for one in rows:
        if one.state == "review":
            show(heading(f"{one.ref} {one.company.name if one.company else ''}"))
            show(
                *[f"  {each['score']:>3}  {_candidate(each)}" for each in one.candidates]
                or ["  no account resembles it"]
            )
    show(", ".join(f"{count} {state}" for state, count in counts.items()))


def _candidate(one: Mapping[str, Any]) -> str:
    return f"{one['code']} {one['name']}: {', '.join(one['reasons'])}"
