"""`crossdock users`: who may sign in, and what each may do."""

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

import typer

from crossdock.cli.grants import AtDesk, InPairing, InRole, grant_of, public_grants, told_grant
from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import ago, say, show, show_json, table
from crossdock.cli.passwords import FromStdin, Generate, chosen
from crossdock.cli.settling import Actor, whoever_types
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.decide.rights import Person
    from crossdock.settings.tree import Project
    from crossdock.wiring.people import People

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with; its case does not matter.")]


async def add(
    name: Name,
    display: Annotated[str, typer.Option("--display", metavar="TEXT", help="How others see this person.")] = "",
    role: InRole = "viewer",
    desk: AtDesk = None,
    pairing: InPairing = None,
    password_stdin: FromStdin = False,
    generate: Generate = False,
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Add a person who may sign in. The password is asked for twice, unless an option says where it comes from."""
    project, _ = load_project(config)
    grant = grant_of(project, role=role, desk=desk, pairing=pairing)
    password = chosen(from_stdin=password_stdin, generate=generate)
    async with _people(project) as people:
        made = await people.add(
            name, display=display, password=password, grants=[grant], actor=actor or whoever_types()
        )
    if as_json:
        document = {"id": made.id, "name": made.name, "display": made.display, "grants": public_grants(made.grants)}
        show_json({**document, **({"password": password} if generate else {})})
        return
    say(f"{made.name} may sign in: {told_grant(grant)}.")
    if generate:
        _show_once(password)


async def list_(config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """List the people: what each may do, who is signed in, who is disabled."""
    project, _ = load_project(config)
    async with _people(project) as people:
        rows = await people.list()
    if as_json:
        show_json(
            {
                "people": [
                    {
                        "id": row.id, "name": row.name, "display": row.display, "grants": public_grants(row.grants),
                        "created_at": row.created_at, "disabled_at": row.disabled_at, "sessions": row.sessions,
                        "seen_at": row.seen_at, "has_password": row.has_password, "factor": row.factor,
                    }
                    for row in rows
                ]
            }
        )  # fmt: skip
        return
    if not rows:
        say("There is nobody yet. Add the first with `crossdock users add NAME --role admin`.")
        return
    lines = [
        (
            row.name,
            row.display,
            "; ".join(told_grant(one) for one in row.grants),
            "disabled" if row.disabled_at else "",
            row.sessions,
            ago(row.seen_at),
        )
        for row in rows
    ]
    show(table("name", "shown as", "may", "state", "#sessions", "seen", rows=lines))


async def password(
    name: Name,
    password_stdin: FromStdin = False,
    generate: Generate = False,
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Give a person a new password, and end every session that the old one began."""
    project, _ = load_project(config)
    new = chosen(from_stdin=password_stdin, generate=generate)
    async with _people(project) as people:
        await people.set_password(name, new, actor=actor or whoever_types())
    if as_json:
        show_json({"name": name, "password_set": True, **({"password": new} if generate else {})})
        return
    say(f"{name} has a new password, and was signed out everywhere.")
    if generate:
        _show_once(new)


async def disable(name: Name, actor: Actor = "", config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Let a person sign in no longer, and end every session at once. Names in the audit trail stay as they are."""
    project, _ = load_project(config)
    async with _people(project) as people:
        await people.disable(name, actor=actor or whoever_types())
    if as_json:
        show_json({"name": name, "disabled": True})
    else:
        say(f"{name} may no longer sign in, and was signed out everywhere.")


async def enable(name: Name, actor: Actor = "", config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Let a disabled person sign in again, with the roles and the password of before."""
    project, _ = load_project(config)
    async with _people(project) as people:
        await people.enable(name, actor=actor or whoever_types())
    if as_json:
        show_json({"name": name, "disabled": False})
    else:
        say(f"{name} may sign in again.")


async def grant(
    name: Name,
    role: InRole,
    desk: AtDesk = None,
    pairing: InPairing = None,
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Give a person one more role. It holds from the person's next click on."""
    project, _ = load_project(config)
    given = grant_of(project, role=role, desk=desk, pairing=pairing)
    async with _people(project) as people:
        person = await people.grant(name, given, actor=actor or whoever_types())
    _show_grants(person, as_json=as_json)


async def revoke(
    name: Name,
    role: InRole,
    desk: Annotated[str, typer.Option("--desk", metavar="DESK", help="The desk of the role, if it has one.")] = "",
    pairing: Annotated[
        str, typer.Option("--pairing", metavar="PAIRING", help="The pairing of the role, if it has one.")
    ] = "",
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Take a role from a person, exactly as `users list` shows it. The last one stays: disable the person instead."""
    from crossdock.decide.rights import Grant, Role

    project, _ = load_project(config)
    # A pairing that the settings no longer have may still stand in a role.
    taken = Grant(role=Role(one_of(role, list(Role), what="role")), desk=desk, pairing=pairing)
    async with _people(project) as people:
        person = await people.revoke(name, taken, actor=actor or whoever_types())
    _show_grants(person, as_json=as_json)


async def reset_factor(name: Name, actor: Actor = "", config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Forget a person's second factor, whose app and recovery codes are lost, and end every session."""
    project, _ = load_project(config)
    async with _people(project) as people:
        await people.reset_factor(name, actor=actor or whoever_types())
    if as_json:
        show_json({"name": name, "factor": False})
    else:
        say(f"{name} signs in with the password alone until a second factor is set up again.")


async def sessions(name: Name, config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """List the sessions of a person that are alive: since when, from where, by what browser."""
    from dataclasses import asdict

    project, _ = load_project(config)
    async with _people(project) as people:
        rows = await people.sessions(name)
    if as_json:
        show_json({"name": name, "sessions": [asdict(row) for row in rows]})
        return
    if not rows:
        say(f"{name} is signed in nowhere.")
        return
    lines = [(row.id, ago(row.begun_at), ago(row.seen_at), row.way, row.address, row.agent) for row in rows]
    show(table("#session", "since", "seen", "by", "from", "browser", rows=lines))


async def sign_out(name: Name, actor: Actor = "", config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """End every session of a person, who may sign in again."""
    project, _ = load_project(config)
    async with _people(project) as people:
        ended = await people.end_sessions(name, actor=actor or whoever_types())
    if as_json:
        show_json({"name": name, "sessions_ended": ended})
    else:
        say(f"{ended} session{'' if ended == 1 else 's'} of {name} ended.")


@contextlib.asynccontextmanager
async def _people(project: "Project") -> "AsyncIterator[People]":
    from crossdock.wiring.people import People

    async with pool_of(project) as pool:
        yield People(pool, project.tenant)


def _show_grants(person: "Person", *, as_json: bool) -> None:
    if as_json:
        show_json({"name": person.name, "grants": public_grants(person.grants)})
    else:
        say(f"{person.name} is {'; '.join(told_grant(one) for one in person.grants)}.")


def _show_once(made: str) -> None:
    say("The password, which is kept nowhere and shown this once:")
    show(made)
