"""`crossdock checks`: the daily, weekly and monthly checks of a pairing, asked and answered."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import heading, say, show, show_json, table
from crossdock.cli.progress import Bar
from crossdock.cli.told import PROBLEMS, Stop
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.decide.checks import Answer
    from crossdock.wiring.checks import Check

MARKS = {"ok": ("ok", "green"), "look": ("look", "cyan"), "act": ("ACT", "bold yellow")}


async def checks(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")],
    daily: Annotated[bool, typer.Option("--daily", help="Only what is asked every day.")] = False,
    weekly: Annotated[bool, typer.Option("--weekly", help="Only what is asked every week.")] = False,
    monthly: Annotated[bool, typer.Option("--monthly", help="Only what is asked every month.")] = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Ask the daily, weekly and monthly checks of a pairing, as its settings make them, and say where to go.

    Nothing is changed. Exits 1 when somebody has to act; what is only to be looked at does not count.
    """
    from crossdock.wiring.checks import Often, checks_of, run_checks
    from crossdock.wiring.installation import open_installation

    project, _ = load_project(config)
    name = one_of(pairing, project.pairings, what="pairing")
    wanted = [one for one, is_asked in zip(Often, (daily, weekly, monthly), strict=True) if is_asked]
    if len(wanted) > 1:
        raise Stop("--daily, --weekly and --monthly: give one of them, or none for all checks.")
    often = wanted[0] if wanted else None
    asked = checks_of(project.pairings[name], often)
    answers: list[tuple[Check, Answer]] = []
    with Bar(quiet=as_json) as bar:
        bar.at("opening the database", 0, len(asked))
        async with open_installation(project) as here:
            async for one, answer in run_checks(here, name, asked):
                answers.append((one, answer))
                bar.at(one.question, len(answers), len(asked))
    if as_json:
        show_json({"pairing": name, "result": _worst(answers), "checks": [_public(*one) for one in answers]})
    else:
        _show(answers)
    return PROBLEMS if _worst(answers) == "act" else 0


def _worst(answers: "list[tuple[Check, Answer]]") -> str:
    from crossdock.decide.checks import worst

    return str(worst(answer for _, answer in answers))


def _public(one: "Check", answer: "Answer") -> dict[str, str]:
    return {
        "name": one.name, "often": str(one.often), "question": one.question, "how": one.how,
        "result": str(answer.result), "says": answer.says, "go": answer.go,
    }  # fmt: skip


def _show(answers: "list[tuple[Check, Answer]]") -> None:
    for often in dict.fromkeys(one.often for one, _ in answers):
        rows = [
            (Text(*MARKS[answer.result]), one.question, answer.says, answer.go if answer.result != "ok" else "")
            for one, answer in answers
            if one.often is often
        ]
        show(heading(f"{str(often).capitalize()} checks"), table("", "question", "answer", "go to", rows=rows))
    if _worst(answers) == "ok":
        say("All is well.", style="green")
