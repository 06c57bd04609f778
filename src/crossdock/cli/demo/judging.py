"""The laws over the whole estate: each pairing judged from what its own systems hold, and one verdict a law."""

from collections.abc import Mapping
from typing import Any

from crossdock.cli.demo.estate import DemoEstate
from crossdock.sandbox.laws import Verdict
from crossdock.sandbox.views import in_one_shape
from crossdock.wiring.judging import judge_goods, judge_sales


def judge_all(estate: DemoEstate, book: Mapping[str, Any]) -> dict[str, Verdict]:
    """Law → verdict; kept when every pairing keeps it."""
    states = {name: {**one.state(), "calls": dict(one.calls)} for name, one in estate.simulators.items()}
    shapes = {name: in_one_shape(estate.simulators[name].kind, state) for name, state in states.items()}
    project = estate.here.project
    sales = judge_sales(project, shapes, book)
    found = {**sales, **judge_goods(project, states, book)}
    return {law: _together(law, found) for law in next(iter(sales.values()))}


def _together(law: str, found: Mapping[str, Mapping[str, Verdict]]) -> Verdict:
    verdicts = {pairing: laws[law] for pairing, laws in found.items() if law in laws}
    broken = {pairing: one for pairing, one in verdicts.items() if not one["pass"]}
    shown = broken or verdicts
    return {
        "pass": not broken,
        "evidence": "; ".join(f"{pairing}: {one['evidence']}" for pairing, one in shown.items()),
    }
