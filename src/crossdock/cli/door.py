"""The outermost door: every command goes through here, and every failure leaves as a text that names the way on.

Exit codes: 0 done, 1 found problems, 2 usage or bad input, 3 remote trouble.
"""

import functools
import inspect
import os
import traceback
from collections.abc import Callable
from typing import Any

import typer

from crossdock.cli.output import say, show_json
from crossdock.cli.told import Told, explain
from crossdock.engine.process import run as run_to_end

DEBUG = "CROSSDOCK_DEBUG"

DEFECT = """\
Crossdock itself failed: {problem}
Nothing was lost; what was under way is taken up again by the next run. Please send whoever maintains Crossdock the \
command you typed and what it prints with CROSSDOCK_DEBUG=1 set; it holds no secret settings."""

Command = Callable[..., Any]


def door(command: Command) -> Command:
    """A command as Typer runs it. It may be async, and returns its exit code, or None for 0."""

    @functools.wraps(command)
    def run(*args: Any, **given: Any) -> None:
        try:
            result = command(*args, **given)
            code = run_to_end(result) if inspect.iscoroutine(result) else result
        except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
            raise  # Typer knows what to do; a broken pipe is `| head`, which has seen enough
        except Exception as error:  # noqa: BLE001 - the one broad catch of this door: nobody is shown a bare traceback
            code = _tell(error, as_json=bool(given.get("as_json")))
        raise typer.Exit(int(code or 0))

    return run


def _tell(error: Exception, *, as_json: bool) -> int:
    if os.environ.get(DEBUG):
        say("".join(traceback.format_exception(error)).rstrip())
    told = explain(error)
    if told is None:
        where = traceback.extract_tb(error.__traceback__)[-1:]
        at = f" ({where[0].filename.rpartition('/')[2]}:{where[0].lineno})" if where else ""
        text = DEFECT.format(problem=f"{type(error).__name__}: {error}{at}")
        told = Told(kind="defect", text=text, code=1)
    say(f"crossdock: {told.text}", style="bold red" if told.kind == "defect" else "")
    if as_json:
        show_json({"error": {"kind": told.kind, "text": told.text, **told.more}})
    return told.code
