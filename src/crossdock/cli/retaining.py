"""`crossdock retention`: how long what is kept is kept, and letting go of what is due."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import ago, say, show, show_json, table


async def show_(config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Show how long each kind of record is kept, why, and when some of it last went."""
    from crossdock.store.retention import PgRetention
    from crossdock.wiring.retention import FOR_EVER, rules

    project, _ = load_project(config)
    kept = rules(project.retention, datetime.now(UTC))
    async with pool_of(project) as pool:
        last = await PgRetention(pool, project.tenant).last()
    if as_json:
        show_json(
            {
                "at_hour": project.retention.at_hour,
                "kinds": [
                    {
                        "kind": rule.kind, "days": rule.days, "why": rule.why, "before": rule.before,
                        "last_at": last[rule.kind][0] if rule.kind in last else None,
                        "last_removed": last[rule.kind][1] if rule.kind in last else 0,
                    }
                    for rule in kept
                ],
                "audit_trail": FOR_EVER,
            }
        )  # fmt: skip
        return
    rows = [
        (rule.kind, rule.days, rule.why, ago(last[rule.kind][0]) if rule.kind in last else "never",
         last[rule.kind][1] if rule.kind in last else "")
        for rule in kept
    ]  # fmt: skip
    show(table("kept", "#days", "what and why", "last went", "#how many", rows=rows))
    say(f"Done every night from {project.retention.at_hour:02}:00 UTC. And {FOR_EVER}.")


async def run_(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would go, and let nothing go.")] = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Let go now of everything that was kept long enough, as the nightly job would. What still waits stays."""
    from crossdock.wiring.retention import keep_to_it, rehearse

    project, _ = load_project(config)
    now = datetime.now(UTC)
    async with pool_of(project) as pool:
        if dry_run:
            counts = await rehearse(pool, project.tenant, project.retention, now)
        else:
            counts = await keep_to_it(pool, project.tenant, project.retention, now, batches_max=1_000_000)
    if as_json:
        show_json({"dry_run": dry_run, "removed": {str(kind): count for kind, count in counts.items()}})
        return
    show(table("kept", "#would go" if dry_run else "#went", rows=list(counts.items())))
