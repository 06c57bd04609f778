"""`crossdock alerts`: what people are told, by which rules, and whether it gets through."""

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import ago, say, show, show_json, table
from crossdock.cli.settling import Actor, whoever_types
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.settings.tree import Project
    from crossdock.wiring.alerts import Alerts

SENT_SHOWN = 20


async def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """List the open alerts, and what was sent of late with how it went."""
    from crossdock.decide.rights import Grant, Role

    project, _ = load_project(config)
    async with _alerts(project) as alerts:
        rows = await alerts.list([Grant(role=Role.VIEWER)], only_open=not everything, limit=200)
        sent = await alerts.deliveries(limit=SENT_SHOWN)
    if as_json:
        show_json({"alerts": [{**_public(one.alert), "answered_by": one.answered_by} for one in rows], "sent": sent})
        return
    lines = [
        (one.alert.id, one.alert.rule, one.alert.state, one.alert.severity, ago(one.alert.opened_at), one.alert.text,
         one.answered_by)
        for one in rows
    ]  # fmt: skip
    if lines:
        show(table("#id", "rule", "state", "severity", "since", "what", "answered by", rows=lines))
    else:
        say("No alert is open.")
    if sent:
        told = [(one["id"], one["target"], one["title"], one["state"], one["problem"], ago(one["created_at"]))
                for one in sent]  # fmt: skip
        show(table("#message", "to", "title", "outcome", "problem", "written", rows=told))


async def rules(config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Say in plain words what is worth telling, whom, and when."""
    from crossdock.wiring.alert_rules import channels_of, plain_rules

    project, _ = load_project(config)
    channels, found = channels_of(project.alerts), plain_rules(project.alerts)
    if as_json:
        show_json(
            {
                "channels": [{"name": one.name, "carrier": one.carrier, "used_by": one.used_by} for one in channels],
                "rules": [{"name": one.name, "when": one.when, "tells": one.tells, "then": one.then} for one in found],
            }
        )
        return
    if channels:
        lines = [(one.name, one.carrier, "; ".join(one.used_by)) for one in channels]
        show(table("channel", "goes by", "used by", rows=lines))
    for one in found:
        show(f"{one.name}: {one.when} {one.tells} {' '.join(one.then)}")
    if not found:
        say("No rule is set: nobody is told of anything. See alerts.rules in the settings.")


async def probe(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="Its name in alerts.channels.")],
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Send one message through a channel now, and say whether it was taken."""
    project, _ = load_project(config)
    async with _alerts(project) as alerts:
        done = await alerts.test(channel, actor=actor or whoever_types())
    if as_json:
        show_json({"channel": channel, "delivered": not done.problem, "problem": done.problem})
    elif done.problem:
        say(f"{channel} did not take it: {done.problem}.")
    else:
        say(f"{channel} took the message. See whether it arrived.")
    return 3 if done.problem else 0


async def digest(
    desk: Annotated[str, typer.Argument(metavar="DESK", help="Whose digest, such as finance.")],
    send: Annotated[bool, typer.Option("--send", help="Send it now, to where alerts.digests says.")] = False,
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Show a desk's daily digest as it would be sent now."""
    from crossdock.cases.kind import Desk

    project, _ = load_project(config)
    wanted = one_of(desk, list(Desk), what="desk")
    async with _alerts(project) as alerts:
        said = await alerts.digest(wanted)
        sent = await alerts.send_digest(wanted, actor=actor or whoever_types()) if send else ()
    if as_json:
        outcome = [{"to": one.channel, "delivered": not one.problem, "problem": one.problem} for one in sent]
        show_json({"desk": wanted, "title": said.title, "text": said.text, "html": said.html, "sent": outcome})
    else:
        show(said.text)
        for one in sent:
            say(f"{one.channel} did not take it: {one.problem}; it is tried again." if one.problem
                else f"Sent to {one.channel}.")  # fmt: skip
    return 3 if any(one.problem for one in sent) else 0


async def answer(
    alert: Annotated[int, typer.Argument(metavar="ALERT", min=1, help="Its number, as `alerts list` shows it.")],
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Say that you see to an alert: it is no longer repeated or escalated."""
    project, _ = load_project(config)
    who = actor or whoever_types()
    async with _alerts(project) as alerts:
        await alerts.answer(alert, actor=who)
    if as_json:
        show_json({"alert": alert, "answered_by": who})
    else:
        say(f"Alert {alert} is answered by {who}: it is no longer repeated or escalated.")


@contextlib.asynccontextmanager
async def _alerts(project: "Project") -> "AsyncIterator[Alerts]":
    from crossdock.wiring.alerts import Alerts

    async with pool_of(project) as pool:
        yield Alerts(pool, project)


def _public(alert: object) -> dict[str, object]:
    from dataclasses import fields

    names = ("id", "rule", "group", "state", "severity", "count", "text", "desk", "pairing", "opened_at", "told_at",
             "told_to", "answered_at", "over_at")  # fmt: skip
    return {one.name: getattr(alert, one.name) for one in fields(alert) if one.name in names}  # type: ignore[arg-type]
