"""`crossdock retail`: the shops of a pairing: whose word counts where, how late figures are, what waits and why."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import ago, heading, say, show, show_json, span, table
from crossdock.cli.progress import Bar
from crossdock.cli.told import PROBLEMS, REMOTE, Stop
from crossdock.cli.words import one_of

Document = Mapping[str, Any]
LISTED_MAX = 10_000
SWEEPS = ("retail-missed", "retail-drift")
NOT_TRADE = {"left_out": "no trade", "not_consumers": "no sale to a consumer"}


async def retail(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing of shops, by name.")],
    sweep: Annotated[
        bool, typer.Option("--sweep", help="First look for despatches that were missed, and compare what is due.")
    ] = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Show the shops: whose each place is, how late figures are, what waits, is not ready, or was left out.

    Exits 1 when figures take longer than their target.
    """
    from crossdock.store.lookups import open_cases
    from crossdock.store.retail_lookups import read_lag, read_places, read_shops
    from crossdock.wiring.installation import open_installation

    project, _ = load_project(config)
    name = one_of(pairing, project.retail, what="pairing of shops")
    policy = project.retail[name].policy()
    async with open_installation(project) as here:
        if sweep:
            await _sweep(here, name, quiet=as_json)
        now, of = datetime.now(UTC), (here.pool, here.tenant, name)
        lag = await read_lag(*of, policy, now=now)
        cases = [one for one in await open_cases(here.pool, here.tenant) if one["pairing"] == name]
        document = {
            "pairing": name, "at": now, "locations": await read_places(*of, policy),
            "lag": {
                **asdict(lag), "percentiles": {str(share): took for share, took in lag.percentiles.items()},
                "target_seconds": policy.intake.target_seconds,
                "target_share": policy.intake.target_share, "window_seconds": policy.intake.window_seconds,
            },
            "cases": cases, **await read_shops(*of, listed_max=LISTED_MAX),
        }  # fmt: skip
    if as_json:
        show_json(document)
    else:
        _show(document, now)
    return PROBLEMS if lag.problem else 0


async def _sweep(here: Any, name: str, *, quiet: bool) -> None:
    from crossdock.wiring.work import run_now

    with Bar(quiet=quiet) as bar:
        for flow in SWEEPS:
            bar.at(flow)
            await here.runs.ensure(name, flow)
            result = await run_now(here, name, flow)
            if problem := result.get("problem"):
                raise Stop(f"{flow}: {problem}", code=REMOTE, kind="remote")


def _show(document: Document, now: datetime) -> None:
    places = [
        (one["location"], one["owner"], one["site"], one["shelves"], one["waiting"] or "", one["in_case"] or "",
         ago(one["newest"], now))
        for one in document["locations"]
    ]  # fmt: skip
    columns = ("location", "owner", "site in the ERP", "#figures", "#waiting", "#in a case", "last written")
    show(heading("Places"), table(*columns, rows=places))
    _show_lag(document["lag"])
    if document["cases"]:
        rows = [(one["desk"], one["kind"], one["cases"], ago(one["oldest"], now)) for one in document["cases"]]
        show(heading("Open cases"), table("desk", "kind", "#cases", "oldest", rows=rows))
    if document["despatches"]:
        show(heading("Despatches of the shops"), table("state", "#", rows=list(document["despatches"].items())))
    if document["told"]:
        told = [(one["kind"], one["state"], one["records"], ago(one["newest"], now)) for one in document["told"]]
        show(heading("Told to the shops"), table("what", "state", "#records", "last", rows=told))
    if document["not_ready"]:
        items = [(one["sku"], one["cause"], one["case_id"]) for one in document["not_ready"]]
        show(heading("Items not on sale yet"), table("item", "why", "#case", rows=items))
    if left_out := list(_left_out(document["flows"])):
        show(heading("Left out, by company class"), table("in", "because", "class", "#", rows=left_out))
    if document["left_out_orders"]:
        orders = [(one["number"], one["setting"]) for one in document["left_out_orders"]]
        show(heading("Orders left out"), table("order in the ERP", "by", rows=orders))
    if document["proposals"]:
        moves = [
            (one["ref"], one["sku"], one["quantity"], one["from_location"], one["to_location"], one["kind"])
            for one in document["proposals"]
        ]
        show(heading("Recommended transfers"), table("number", "item", "#", "from", "to", "kind", rows=moves))


def _show_lag(lag: Document) -> None:
    took = ", ".join(f"{share} of 100 within {span(seconds)}" for share, seconds in lag["percentiles"].items())
    target = f"target: {lag['target_share']} of 100 within {span(lag['target_seconds'])}"
    booked = f"{lag['figures']} figures booked in the last {span(lag['window_seconds'])}"
    show(heading("From the shelf to the ERP"), f"  {booked}{': ' + took if took else ''}; {target}")
    if lag["waiting"]:
        show(f"  {lag['waiting']} wait to be booked, the oldest for {span(lag['oldest_seconds'])}")
    if lag["problem"]:
        say(f"! {lag['problem']}", style="bold yellow")


def _left_out(flows: Document) -> Any:
    for flow, result in flows.items():
        for name, why in NOT_TRADE.items():
            for company_class, count in (result.get(name) or {}).items():
                yield flow, why, company_class, count
