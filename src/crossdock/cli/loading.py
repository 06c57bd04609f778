"""`crossdock load`: two systems brought into step before a pairing goes live, and the orders of the past after that."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import details, heading, say, show, show_json, table
from crossdock.cli.progress import Bar
from crossdock.cli.told import PROBLEMS, REMOTE, Stop
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.ports.loading import Period
    from crossdock.settings.tree import Project
    from crossdock.wiring.loading import StepDone

DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
MEANS = {
    "read": "read", "outside": "placed outside the period", "known": "known already", "taken": "taken in from the ERP",
    "differ": "of those, with another total there", "withdrawn": "cancelled or closed, and not in the ERP",
    "missing": "open, and not in the ERP", "posted": "not in the ERP, and taken in to be posted",
    "unreadable": "cannot be read",
}  # fmt: skip


async def load(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Rehearse only: read, count, write nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also the steps that an earlier load has done.")] = False,
    orders_from: Annotated[
        datetime | None,
        typer.Option(formats=DAYS, help="Take in the orders placed since then (UTC unless it says) that the ERP has."),
    ] = None,
    orders_to: Annotated[
        datetime | None, typer.Option(formats=DAYS, help="Only orders placed before then; now by default.")
    ] = None,
    post_missing: Annotated[
        bool, typer.Option("--post-missing", help="Orders of the period that the ERP has not are posted like new ones.")
    ] = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Bring the systems of a pairing into step: items, accounts, links, units, prices, stock; or take in past orders.

    It is rehearsed first, keeps to the systems' budgets, and goes on where it was stopped. Exits 1 when orders of the
    period are in neither system's hands, 3 when a step could not be done.
    """
    project, kinds = load_project(config)
    name = one_of(pairing, project.pairings, what="pairing")
    period = _period(orders_from, orders_to)
    if period is None and post_missing:
        raise Stop("--post-missing says what becomes of past orders; say which with --orders-from.")
    if period is not None:
        return await _history(project, kinds, name, period, dry_run=dry_run, post_missing=post_missing, as_json=as_json)
    rehearsed = await _rehearse(project, kinds, name, quiet=as_json) if name in project.sales else {}
    if not as_json and rehearsed:
        show(heading("Rehearsal"), table("what", "#how many", rows=rehearsed.items()))
    done = [] if dry_run else await _load(project, name, again=again, quiet=as_json)
    if as_json:
        show_json({"pairing": name, "dry_run": dry_run, "rehearsal": rehearsed, "steps": done})
    elif dry_run:
        say("Nothing was written.")
    return REMOTE if any(one.outcome == "failed" for one in done) else 0


def _period(since: datetime | None, until: datetime | None) -> "Period | None":
    from crossdock.ports.loading import Period

    if since is None:
        if until is not None:
            raise Stop("--orders-to needs --orders-from: from which day on?")
        return None
    ends = _zoned(until) if until is not None else datetime.now(UTC)
    if _zoned(since) >= ends:
        raise Stop("--orders-from must lie before --orders-to.")
    return Period(since=_zoned(since), until=ends)


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _rehearse(project: "Project", kinds: Mapping[str, Any], name: str, *, quiet: bool) -> dict[str, int]:
    from crossdock.wiring.load_rehearsal import rehearse_load
    from crossdock.wiring.throw_away import throw_away

    with Bar(quiet=quiet) as bar:
        bar.at("opening a database to throw away")
        async with throw_away(project, kinds, name) as stage:
            return await rehearse_load(stage, tell=bar.at)


async def _load(project: "Project", name: str, *, again: bool, quiet: bool) -> "list[StepDone]":
    from crossdock.wiring.installation import open_installation
    from crossdock.wiring.loading import load as run_steps
    from crossdock.wiring.loading import load_book, steps_of

    done: list[StepDone] = []
    async with open_installation(project) as here:
        names = steps_of(here, name)
        with Bar(quiet=quiet) as bar:
            bar.at(names[0] if names else "nothing to load", 0, len(names))
            async for step in run_steps(here, name, load_book(here, name), again=again):
                done.append(step)
                bar.at(names[min(step.number, len(names) - 1)], step.number, len(names))
    if not quiet:
        show(
            heading("Load"),
            table("step", "outcome", "what came of it", rows=[(s.name, s.outcome, details(s.result)) for s in done]),
        )
        if failed := [one for one in done if one.outcome == "failed"]:
            say(f"{failed[0].name} could not be done. Put it right and load again: it goes on from there.")
    return done


async def _history(
    project: "Project", kinds: Mapping[str, Any], name: str, period: "Period", *, dry_run: bool, post_missing: bool,
    as_json: bool,
) -> int:  # fmt: skip
    from crossdock.flows.backfill import backfill
    from crossdock.wiring.installation import open_installation
    from crossdock.wiring.loading import load_book
    from crossdock.wiring.throw_away import throw_away

    if name not in project.sales:
        raise Stop(f"pairing {name} has no orders: it binds no storefront.")
    with Bar(quiet=as_json) as bar:

        def tell(counts: Mapping[str, int]) -> None:
            bar.at(f"orders read, {counts['taken']} taken in", counts["read"])

        if dry_run:
            async with throw_away(project, kinds, name) as stage:
                counts = await backfill(stage.pairing, stage.book, period, post_missing=False, tell=tell)
        else:
            async with open_installation(project) as here:
                counts = await backfill(
                    here.pairings[name], load_book(here, name), period, post_missing=post_missing, tell=tell
                )
    if as_json:
        show_json({"pairing": name, "dry_run": dry_run, "since": period.since, "until": period.until, "orders": counts})
    else:
        show(heading(f"Orders placed from {period.since:%Y-%m-%d %H:%M} to {period.until:%Y-%m-%d %H:%M} UTC"))
        show(table("what", "#orders", rows=[(MEANS[key], number) for key, number in counts.items() if number]))
        if counts["missing"]:
            say("Orders that the ERP has not were left alone. --post-missing posts them like new ones.")
        if dry_run:
            say("Nothing was written.")
    return PROBLEMS if counts["missing"] or counts["unreadable"] else 0
