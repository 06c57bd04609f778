"""`crossdock attest`: a named person says that something was done which no program can see."""

from datetime import datetime
from typing import Annotated

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import say, show_json
from crossdock.cli.settling import Actor, whoever_types
from crossdock.decide.attesting import Attested


async def attest(
    what: Annotated[Attested, typer.Argument(metavar="WHAT", help="access-review, backup, restore-test or drill.")],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What was done, in one line, for the auditor.")],
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """Write into the audit trail that something was done: an access review, a backup, a trial restore, a drill.

    It is part of `crossdock evidence` from then on.
    """
    from crossdock.decide.attesting import read_note
    from crossdock.store.evidence import attest as write_down
    from crossdock.store.evidence import last_attested

    project, _ = load_project(config)
    said, who = read_note(note), actor or whoever_types()
    async with pool_of(project) as pool:
        await write_down(pool, project.tenant, what=what, note=said, actor=who)
        at: datetime | None = await last_attested(pool, project.tenant, what)
    if as_json:
        show_json({"what": str(what), "note": said, "actor": who, "at": at})
    else:
        say(f"{who} attested {what}: {said}")
