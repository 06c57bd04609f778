"""`crossdock erase`: everything held about a person, and taking them out of it."""

from typing import Annotated

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import say, show, show_json, table
from crossdock.cli.settling import Actor, whoever_types
from crossdock.cli.told import PROBLEMS, Stop


async def erase(
    person: Annotated[
        str,
        typer.Argument(metavar="PERSON", help="An e-mail address, order:NUMBER, or company:PAIRING/KEY."),
    ],
    rehearse: Annotated[
        bool, typer.Option("--rehearse", "--dry-run", help="Count where the person stands, and erase nothing.")
    ] = False,
    export: Annotated[
        bool, typer.Option("--export", help="Print everything held about the person as JSON, and erase nothing.")
    ] = False,
    names: Annotated[bool, typer.Option("--names", help="Erase the firm's name too: it is the person's own.")] = False,
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Take a person out of everything that is kept: names, addresses, e-mail, telephone, stored documents.

    Amounts, SKUs, numbers, dates and tax stay. Refused while an order of theirs is under way; done twice, it is once.
    """
    import asyncio

    from crossdock.store.archive import open_vault
    from crossdock.wiring.erasure import ELSEWHERE, Eraser, ErasureRefused, NotAReference

    project, _ = load_project(config)
    if export and (rehearse or names):
        raise Stop("--export erases nothing; leave the other options out.")
    async with pool_of(project) as pool:
        eraser = Eraser(pool, await asyncio.to_thread(open_vault, project.data_dir), project.tenant)
        try:
            if export:
                show_json(await eraser.export(person))
                return 0
            said = await eraser.erase(person, actor=actor or whoever_types(), names=names, rehearse=rehearse)
        except NotAReference as error:
            raise Stop(str(error)) from error
        except ErasureRefused as error:
            raise Stop(f"{error}. Nothing was erased.", code=PROBLEMS, kind="under-way") from error
    if as_json:
        show_json(
            {
                "erased": said.done, "mark": said.mark, "counts": said.counts, "unopened": said.unopened,
                "under_way": [{"order": ref, "why": why} for ref, why in said.under_way], "kept": said.kept,
            }
        )  # fmt: skip
    else:
        rows = [(name.replace("_", " "), count) for name, count in said.counts.items()]
        show(table("where", "#records", rows=rows))
        show(table("kept", "because", rows=list(said.kept.items())))
        for ref, why in said.under_way:
            say(f"Order {ref} {why}: the person cannot be erased before that is settled.")
        if said.unopened:
            say(f"{said.unopened} stored documents were sealed with another key; nobody can tell what they hold.")
        say(f"{'Nothing was erased' if rehearse else 'Erased'}. The audit trail knows it by the mark {said.mark}.")
        say(ELSEWHERE)
    return PROBLEMS if said.under_way else 0
