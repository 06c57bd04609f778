"""`crossdock demo`: a whole trading day in a minute, with nothing to set up."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.panel import Panel
from rich.text import Text

from crossdock.cli.logs import configure
from crossdock.cli.options import AsJson
from crossdock.cli.output import console, heading, say, show, show_json, table

if TYPE_CHECKING:
    from crossdock.cli.demo.day import Day
    from crossdock.cli.demo.play import Event

LAWS: Mapping[str, str] = {
    "L1": "once: each order is one ERP order, or before a person",
    "L2": "checked: nothing unresolved was posted",
    "L3": "to the penny",
    "L4": "never oversell",
    "L5": "each despatch told once",
    "L6": "the floor decides on changes",
    "L7": "one account a company",
    "L8": "owners: nobody's field overwritten",
    "L9": "nothing vanishes",
    "L10": "crash-proof: no effect repeated",
    "L11": "accountable: the audit chain is whole",
}


async def demo(
    orders: Annotated[int, typer.Option(min=1, max=20_000, help="How many orders shoppers place.")] = 240,
    seed: Annotated[int, typer.Option(help="The same seed plays the same shoppers and the same trouble.")] = 7,
    serve: Annotated[bool, typer.Option("--serve", help="Afterwards keep everything up, until you stop it.")] = False,
    as_json: AsJson = False,
) -> int:
    """Play a trading day on simulators: orders, stock, despatches and trouble; then judge it by the laws."""
    from crossdock.cli.demo.day import TradingDay
    from crossdock.cli.demo.estate import demo_estate

    configure("error")  # what goes wrong is staged, and the story tells of it
    if not as_json:
        _introduce(orders)
    async with demo_estate(seed) as estate:
        day = await TradingDay(estate, orders=orders, seed=seed, say=_quiet if as_json else _tell).play()
        if as_json:
            show_json(day.public())
        else:
            _summarise(day)
        if serve:
            await _keep_up(estate)
    return 0 if all(verdict["pass"] for verdict in day.laws.values()) else 1


def _introduce(orders: int) -> None:
    console().print(
        Panel(
            Text.assemble(
                *_row("OroCommerce", "orders, changes", "Khaos Control"),
                *_row("SCAYLE", "orders, returns", "Khaos Control"),
                *_row("OroCommerce", "orders", "Prima"),
                *_row("Akeneo", "products", "Khaos Control"),
                *_row("WAIR", "shop stock, despatches", "Khaos Control"),
                f"\n{orders} orders over a compressed day in five pairings, with lost replies, refused tokens, cut "
                "pages, missing SKUs, wrong totals and prices mixed in. The systems are simulators; the wire is real.",
            ),
            title="Crossdock demo",
            width=100,
        )
    )


def _row(far: str, brings: str, erp: str) -> tuple[tuple[str, str] | str, ...]:
    arrow = f"  ──{brings}──▶".ljust(32, " ")
    return ((far.ljust(14), "bold"), arrow, ("Crossdock", "bold cyan"), "  ──▶  ", (erp, "bold"), "\n")


def _tell(event: "Event") -> None:
    console().print(Text.assemble((f"{event.at}  {event.pairing:<13} ", "dim"), event.text))


def _quiet(_: "Event") -> None:
    """With --json the story is not told."""


def _summarise(day: "Day") -> None:
    counts = day.orders
    show(
        heading("\nWhere the orders are"),
        table(
            "", "#",
            rows=[
                ("placed in the shop and captured", counts["captured"]), ("in the ERP, once", counts["posted"]),
                ("waiting in a case, with an owner", counts["waiting"]),
                ("withdrawn by shopper or desk", counts["withdrawn"]), ("lost", counts["lost"]),
                ("duplicated", counts["duplicated"]), ("stock levels published", day.stock["published"]),
                ("items oversold", day.stock["oversold"]), ("despatches told to the shop", day.despatches["published"]),
            ],
        ),
        heading("What waits for whom"),
        table(
            "desk", "pairing", "case", "#records", "cause",
            rows=[
                (one["desk"], one["pairing"], one["kind"], one["records"], one["cause"]) for one in day.open_cases
            ],
        ),
        heading("Pairing by pairing"),
        table(
            "pairing", "#documents in", "#settled", "#waiting", "cases opened",
            rows=[
                (one["name"], one["documents_in"], one["settled"], one["waiting"], _cases(one["cases"]))
                for one in day.pairings
            ],
        ),
        heading("The laws, judged from what the systems hold"),
        table("", "law", "verdict", "evidence", rows=[_law(law, verdict) for law, verdict in day.laws.items()]),
    )  # fmt: skip
    if day.kinds_not_seen:
        console().print(f"Kinds of case that nothing brought about today: {', '.join(day.kinds_not_seen)}.")
    kept = sum(1 for verdict in day.laws.values() if verdict["pass"])
    console().print(f"{kept} of {len(day.laws)} laws kept; the day took {day.seconds:.0f} s.")


def _cases(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count}" if count > 1 else kind for kind, count in kinds.items())


def _law(law: str, verdict: Mapping[str, Any]) -> tuple[object, ...]:
    kept = bool(verdict["pass"])
    return law, LAWS[law], Text("kept", "green") if kept else Text("BROKEN", "bold red"), verdict["evidence"]


async def _keep_up(estate: Any) -> None:
    import secrets

    from crossdock.decide.rights import Grant, Role
    from crossdock.wiring.people import People

    password = secrets.token_urlsafe(12)
    people = People(estate.here.pool, estate.here.tenant)
    await people.add("demo", display="Demo", password=password, grants=(Grant(role=Role.ADMIN),), actor="demo")
    say(f"The console is at {estate.urls['crossdock']}: sign in as demo, with the password {password}")
    lines = [f"{name}: {url}" for name, url in estate.urls.items()]
    say("Still up, until Ctrl-C. " + "   ".join(lines) + "   (see /_sandbox/state and /_sandbox/act on the simulators)")
    fresh = asyncio.create_task(estate.fresh_worker().run())
    try:
        await fresh
    finally:
        fresh.cancel()
