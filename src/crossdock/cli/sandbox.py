"""`crossdock sandbox`: the simulators for anyone's tests, and the verdict on the laws after a run against them."""

from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, MaybeConfig, load_project
from crossdock.cli.output import heading, say, show, show_json, table
from crossdock.cli.signals import stop_asked
from crossdock.cli.told import PROBLEMS, REMOTE, Stop
from crossdock.cli.words import one_of


async def serve(
    systems: Annotated[
        list[str] | None, typer.Argument(metavar="[SYSTEM]...", help="Kinds to serve; all by default.")
    ] = None,
    config: MaybeConfig = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port_base: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65000,
            metavar="PORT",
            help="Port of the first simulator, the next ones following; 0 for any free ones.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same merchant and the same trouble.")] = 7,
    items: Annotated[
        int, typer.Option(min=4, max=1_000_000, help="How many plain stock items the merchant has.")
    ] = 120,
    companies: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many buyers the merchant has.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Serve the simulators until stopped. With --config they listen where that file expects its systems."""
    import asyncio

    from crossdock.sandbox.estate import build_estate
    from crossdock.sandbox.registry import serving, simulators

    chosen = list(dict.fromkeys(one_of(one, simulators(), what="simulator") for one in systems or simulators()))
    ports = [(kind, simulators()[kind].default_port) for kind in chosen]
    if config is not None:
        ports = configured(config, chosen)
    elif port_base is not None:
        ports = [(kind, port_base and port_base + at) for at, kind in enumerate(chosen)]
    estate = await asyncio.to_thread(build_estate, seed=seed, items=items, companies=companies)
    asked = stop_asked()
    try:
        async with serving(estate, ports, host=host, seed=seed) as urls:
            if as_json:
                show_json({"ready": True, "urls": dict(urls), "seed": seed, "items": items, "companies": companies})
            else:
                show(table("system", "answers at", rows=[(kind, url) for kind, url in urls]))
                say("Serving until Ctrl-C. Trouble, acts and everything they hold: /_sandbox/ below each address.")
            await asked.wait()
    except OSError as error:
        text = f"a simulator cannot listen: {error.strerror or error}. Choose other ports with --port-base."
        raise Stop(text) from error


def configured(config: Any, chosen: list[str]) -> list[tuple[str, int]]:
    """(simulator, port) of those chosen that the file's systems speak to. Raises Stop when there is none."""
    project, kinds = load_project(config)
    named = [(kinds[one.kind].simulator_of(one), urlsplit(one.base_url).port or 80) for one in project.systems.values()]
    ports = dict.fromkeys(one for one in named if one[0] in chosen)  # two systems may be two doors of one simulator
    if not ports:
        raise Stop(f"{config} has no system for {', '.join(chosen)}. Leave out --config to use the default ports.")
    return list(ports)


async def check_laws(config: Config = DEFAULT_FILE, as_json: AsJson = False) -> int:
    """Judge laws L1 to L11 from what the simulators hold, after a run against them."""
    from crossdock.wiring.judging import NoSandbox, judge_laws

    project, _ = load_project(config)
    try:
        verdicts = await judge_laws(project)
    except NoSandbox as error:
        raise Stop(str(error), code=REMOTE, kind="remote") from error
    passed = all(one["pass"] for laws in verdicts.values() for one in laws.values())
    if as_json:
        show_json({"pass": passed, "pairings": verdicts})
    else:
        for pairing, laws in verdicts.items():
            rows = [(law, "kept" if one["pass"] else "BROKEN", one["evidence"]) for law, one in laws.items()]
            show(heading(pairing), table("law", "verdict", "evidence", rows=rows))
    return 0 if passed else PROBLEMS
