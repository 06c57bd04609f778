"""`python -m benchmarks [order-entry] [workers] [stock] [console]`: measure, check, and print the ratios."""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.console import console
from benchmarks.database import server
from benchmarks.report import Table, show
from benchmarks.scenarios import order_entry, stock, workers
from benchmarks.simulators import simulators

SCENARIOS = ("order-entry", "workers", "stock", "console")

CONSOLE_ORDERS, CONSOLE_CASES, PAGES = 1_000_000, 100_000, 200


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("scenario", nargs="*", help=f"one or more of {', '.join(SCENARIOS)}; without one, all")
    parser.add_argument("--orders", type=int, default=2_000, help="orders in each run")
    parser.add_argument("--levels", type=int, default=1_000_000, help="stock levels in each run")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured, in turns")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds the slow ERP takes, with `workers`")
    parser.add_argument("--huge", action="store_true", help="ten million levels too, with `stock`")
    parser.add_argument("--json", metavar="FILE", help="write every run there; - writes it to the output, alone")
    asked = parser.parse_args(words)
    if unknown := set(asked.scenario) - set(SCENARIOS):
        parser.error(f"{', '.join(sorted(unknown))}: there is {', '.join(SCENARIOS)}")
    asked.scenario = asked.scenario or list(SCENARIOS)
    return asked


async def measure(asked: argparse.Namespace, folder: Path) -> list[Table]:
    def note(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    async with server(folder / "database") as database:
        tables: list[Table] = []
        if "stock" in asked.scenario:
            tables += await stock(database, levels=asked.levels, rounds=asked.rounds, huge=asked.huge, note=note)
        if "console" in asked.scenario:
            note(f"console, {CONSOLE_ORDERS:,} orders")
            tables.append(await console(database, orders=CONSOLE_ORDERS, cases=CONSOLE_CASES, rounds=PAGES))
        if {"order-entry", "workers"} & set(asked.scenario):
            async with simulators() as there:
                if "order-entry" in asked.scenario:
                    tables.append(
                        await order_entry(there, database, folder, orders=asked.orders, rounds=asked.rounds, note=note)
                    )
                if "workers" in asked.scenario:
                    tables += await workers(
                        there, database, folder, orders=asked.orders, rounds=asked.rounds, latency=asked.latency,
                        note=note,
                    )  # fmt: skip
    return tables


def machine() -> dict[str, Any]:
    """In general terms; nothing that names it."""
    return {
        "cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 1), "python": platform.python_version(),
        "system": platform.system(), "processor": platform.machine(),
    }  # fmt: skip


def main() -> None:
    asked = parse(sys.argv[1:])
    about = machine()
    with tempfile.TemporaryDirectory(prefix="crossdock-benchmarks-") as folder:
        tables = asyncio.run(measure(asked, Path(folder)))
    about["load_after"] = round(os.getloadavg()[0], 1)
    whole = json.dumps({"machine": about, "tables": [table.public() for table in tables]}, indent=2)
    if asked.json == "-":
        print(whole)
        return
    show(about, tables)
    if asked.json:
        Path(asked.json).write_text(whole + "\n", "utf-8")


if __name__ == "__main__":
    main()
