"""How a command gets a password: typed twice and unseen, read from stdin, or made; never as an argument, which every
user of the machine could read."""

import sys
from typing import Annotated

import typer

from crossdock.cli.told import Stop

FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin: its first line.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a strong password and print it, this once.")]


def chosen(*, from_stdin: bool, generate: bool) -> str:
    """Raises Stop: when both ways were asked for, or neither and nobody is there to type one."""
    if from_stdin and generate:
        raise Stop("--password-stdin and --generate are two ways to one password. Take one.")
    if generate:
        from crossdock.wiring.people import new_password

        return new_password()
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not at_a_terminal():
        raise Stop("nobody is here to type a password. Pipe it in with --password-stdin, or let --generate make one.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def at_a_terminal() -> bool:
    return sys.stdin.isatty()
