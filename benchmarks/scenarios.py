"""What is measured next to what. Everything of one round is measured before anything of the next."""

import os
from collections.abc import Callable
from pathlib import Path

from benchmarks.database import Server
from benchmarks.order_entry import bare, crossdock, empty_handler
from benchmarks.report import Row, Table, costlier, faster, slower
from benchmarks.simulators import Simulators
from benchmarks.stock import by_hand, ours

Note = Callable[[str], None]
FEW = 8


async def order_entry(
    there: Simulators, database: Server, folder: Path, *, orders: int, rounds: int, note: Note
) -> Table:
    loop, wire, own, queue = Row("bare loop"), Row("bare wire"), Row("Crossdock, 1 worker"), Row("PgQueuer, empty")
    for number in range(rounds):
        note(f"order entry, round {number + 1} of {rounds}")
        here = folder / f"order-entry-{number}"
        loop.runs.append(await bare(there, here / "loop", mode="connectors", orders=orders, seed=number))
        own.runs.append(await crossdock(there, database, here / "ours", orders=orders, seed=number))
        wire.runs.append(await bare(there, here / "wire", mode="wire", orders=orders, seed=number))
        queue.runs.append(await empty_handler(database, jobs=orders))
    return Table(
        f"Order entry: {orders:,} orders, OroCommerce to Khaos Control and back", "order", [wire, loop, own, queue],
        {
            "rate, ours ÷ bare loop": faster(own, loop),
            "rate, ours ÷ bare wire": faster(own, wire),
            "rate, ours ÷ PgQueuer with an empty handler": faster(own, queue),
            "CPU, ours with the database's ÷ bare loop": costlier(own, loop),
        },
    )  # fmt: skip


async def workers(
    there: Simulators, database: Server, folder: Path, *, orders: int, rounds: int, latency: float, note: Note
) -> list[Table]:
    """With a quick ERP, where on a small machine the simulators and PostgreSQL want the second core; and with one that
    takes its time while each worker holds few orders, so that cores are free and only waiting is shared out."""
    tables = []
    slow = f"ERP that takes {latency * 1000:g} ms, {FEW} orders in a worker at once"
    for name, seconds, in_flight, count in (("quick ERP", 0.0, 0, orders), (slow, latency, FEW, orders // 2)):
        one, two, free = Row("1 worker"), Row("2 workers"), []
        for number in range(rounds):
            note(f"workers, {name}, round {number + 1} of {rounds}")
            for row, crew in ((one, 1), (two, 2)):
                here = folder / f"workers-{len(tables)}-{number}-{crew}"
                row.runs.append(
                    await crossdock(
                        there,
                        database,
                        here,
                        orders=count,
                        seed=number,
                        workers=crew,
                        in_flight=in_flight,
                        latency=seconds,
                    )
                )
            alone = one.runs[-1]
            free.append((os.cpu_count() or 1) - (alone.cpu + alone.server_cpu + alone.far_cpu) / alone.wall)
        tables.append(
            Table(
                f"Workers: {count:,} orders, {name}",
                "order",
                [one, two],
                {
                    "rate, 2 workers ÷ 1": faster(two, one),
                    "cores that one worker left free (what else ran on the machine is not counted)": free,
                },
            )
        )
    return tables


async def stock(database: Server, *, levels: int, rounds: int, huge: bool, note: Note) -> list[Table]:
    """At the size asked for, a tenth of it, and with `huge` ten times it: memory must not follow."""
    tables = []
    for count, times in ((levels // 10, 1), (levels, rounds), *([(levels * 10, 1)] if huge else [])):
        hand, bare_hand, own = Row("SQL by hand"), Row("SQL by hand, bare tuples"), Row("Crossdock")
        for number in range(times):
            note(f"stock, {count:,} levels, round {number + 1} of {times}")
            hand.runs.append(await by_hand(database, count=count, rows="figures"))
            own.runs.append(await ours(database, count=count))
            bare_hand.runs.append(await by_hand(database, count=count, rows="tuples"))
        tables.append(
            Table(
                f"Stock: {count:,} levels, 1 in 100 changed",
                "level",
                [bare_hand, hand, own],
                {
                    "time, ours ÷ by hand from the same figures": slower(own, hand),
                    "time, ours ÷ by hand from bare tuples": slower(own, bare_hand),
                    "CPU, ours ÷ by hand from the same figures": costlier(own, hand),
                },
            )
        )
    return tables
