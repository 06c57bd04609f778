"""Figures as a table for people and as JSON for programs. A figure is the median of its runs."""

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.measure import Run


@dataclass
class Row:
    """One thing measured, with all its runs."""

    name: str
    runs: list[Run] = field(default_factory=list)

    def median(self, what: str) -> float:
        return float(median(getattr(run, what) for run in self.runs))

    def ms_each(self, what: str) -> float:
        return float(median(getattr(run, what) * 1000 / run.things for run in self.runs))


@dataclass
class Table:
    """unit: what is counted, in the singular. ratios: name → the value of each round, in which both were measured."""

    title: str
    unit: str
    rows: list[Row]
    ratios: dict[str, list[float]] = field(default_factory=dict)

    def public(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "unit": self.unit,
            "rows": [{"name": row.name, "runs": [asdict(run) for run in row.runs]} for row in self.rows],
            "ratios": {
                name: {"median": median(values), "rounds": [round(value, 3) for value in values]}
                for name, values in self.ratios.items()
            },
        }


def faster(ours: Row, theirs: Row) -> list[float]:
    """Our rate over theirs, round by round: what was measured next to each other."""
    return [one.rate / other.rate for one, other in zip(ours.runs, theirs.runs, strict=True)]


def slower(ours: Row, theirs: Row) -> list[float]:
    """Our time over theirs."""
    return [one.wall / other.wall for one, other in zip(ours.runs, theirs.runs, strict=True)]


def costlier(ours: Row, theirs: Row) -> list[float]:
    """Our CPU over theirs, ours and the database's together; the other side's is the same for both and left out."""
    return [
        (one.cpu + one.server_cpu) / (other.cpu + other.server_cpu)
        for one, other in zip(ours.runs, theirs.runs, strict=True)
    ]


def show(about: dict[str, Any], tables: list[Table]) -> None:
    console = Console(width=120)
    console.print(
        f"{about['cores']} cores, Python {about['python']}, load {about['load_before']} before and "
        f"{about['load_after']} after. Medians; a ratio is of runs next to each other."
    )
    for table in tables:
        console.print(_drawn(table))
        for name, values in table.ratios.items():
            rounds = ", ".join(f"{value:.2f}" for value in values)
            console.print(f"  {name}: [bold]{median(values):.2f}[/bold]  (rounds: {rounds})")


def _drawn(table: Table) -> RichTable:
    drawn = RichTable(title=table.title, title_justify="left", title_style="bold")
    drawn.add_column("")
    columns = (f"{table.unit}s/s", "seconds", f"our CPU, ms/{table.unit}", "database CPU", "far side CPU", "peak MB")
    for name in columns:
        drawn.add_column(name, justify="right")
    for row in table.rows:
        drawn.add_row(
            row.name, f"{row.median('rate'):,.0f}", f"{row.median('wall'):.2f}", f"{row.ms_each('cpu'):.4g}",
            f"{row.ms_each('server_cpu'):.4g}", f"{row.ms_each('far_cpu'):.4g}", f"{row.median('peak_mb'):.0f}",
        )  # fmt: skip
    return drawn
