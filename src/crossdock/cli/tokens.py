"""`crossdock tokens`: what other programs call the HTTP API with."""

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

import typer

from crossdock.cli.grants import AtDesk, InPairing, grant_of, public_grants, told_grant
from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import ago, say, show, show_json, table
from crossdock.cli.settling import Actor, whoever_types
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.settings.tree import Project
    from crossdock.store.tokens import TokenRow
    from crossdock.wiring.tokens import Tokens

Name = Annotated[str, typer.Argument(metavar="NAME", help="The token's name, as the audit trail will give it.")]


async def add(
    name: Name,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="SCOPE", help="What it may do; may be given again.")
    ] = None,
    person: Annotated[
        str, typer.Option("--person", metavar="NAME", help="Whose it is: it never does more than this person may.")
    ] = "",
    role: Annotated[
        str | None, typer.Option("--role", metavar="ROLE", help="A role of its own; a token of no person needs one.")
    ] = None,
    desk: AtDesk = None,
    pairing: InPairing = None,
    days: Annotated[int, typer.Option(metavar="N", help="Days until it runs out; 0: never.")] = 90,
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Make a token and print its secret, this once."""
    from crossdock.decide.scopes import Scope

    project, _ = load_project(config)
    scopes = [Scope(one_of(one, list(Scope), what="scope")) for one in dict.fromkeys(scope or ["read"])]
    if role is None and (desk is not None or pairing is not None):
        raise typer.BadParameter("a desk or pairing belongs to a role: give --role too", param_hint="--role")
    grants = [grant_of(project, role=role, desk=desk, pairing=pairing)] if role is not None else []
    async with _tokens(project) as tokens:
        made = await tokens.add(
            name, scopes=scopes, person=person, grants=grants, days=days or None, actor=actor or whoever_types()
        )
    if as_json:
        show_json({"id": made.id, "name": made.name, "scopes": scopes, "person": person, "secret": made.secret,
                   "grants": public_grants(grants)})  # fmt: skip
        return
    say(f"{made.name} may call the API. The token, which is kept nowhere and shown this once:")
    show(made.secret)


async def list_(config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """List the tokens: what each may do, whose it is, when it was used, which are revoked."""
    project, _ = load_project(config)
    async with _tokens(project) as tokens:
        rows = await tokens.list()
    if as_json:
        show_json({"tokens": [_public(row) for row in rows]})
        return
    if not rows:
        say("There is no token yet. Make one with `crossdock tokens add NAME --scope read --role viewer`.")
        return
    lines = [
        (row.id, row.name, ", ".join(row.scopes), _whose(row), _state(row), ago(row.used_at), row.made_by)
        for row in rows
    ]
    show(table("#id", "name", "scopes", "as", "state", "used", "made by", rows=lines))


async def revoke(name: Name, actor: Actor = "", config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Revoke a token: the next call with it is refused. Its name stays in the audit trail."""
    project, _ = load_project(config)
    async with _tokens(project) as tokens:
        await tokens.revoke(name, actor=actor or whoever_types())
    if as_json:
        show_json({"name": name, "revoked": True})
    else:
        say(f"{name} is revoked.")


@contextlib.asynccontextmanager
async def _tokens(project: "Project") -> "AsyncIterator[Tokens]":
    from crossdock.wiring.tokens import Tokens

    async with pool_of(project) as pool:
        yield Tokens(pool, project.tenant)


def _public(row: "TokenRow") -> dict[str, object]:
    return {
        "id": row.id, "name": row.name, "person": row.person, "scopes": row.scopes, "grants": public_grants(row.grants),
        "made_by": row.made_by, "created_at": row.created_at, "expires_at": row.expires_at, "used_at": row.used_at,
        "revoked_at": row.revoked_at,
    }  # fmt: skip


def _whose(row: "TokenRow") -> str:
    own = "; ".join(told_grant(one) for one in row.grants)
    return ", only as ".join(part for part in (row.person, own) if part)


def _state(row: "TokenRow") -> str:
    if row.revoked_at:
        return f"revoked {ago(row.revoked_at)}"
    return f"runs out {ago(row.expires_at)}" if row.expires_at else "does not run out"
