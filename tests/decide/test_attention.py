"""What somebody should look at now, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from crossdock.decide.attention import needs_attention
from tests.strategies import PLACED as NOW

FINE: dict[str, Any] = {"flows": (), "cases": (), "budgets": (), "audit_problem": ""}


def flow(late: float = 0, failures: int = 0, began: float | None = 0, **result: str) -> dict[str, Any]:
    """late: minutes since it fell due. began: minutes since its last run began, None for never."""
    times = {
        "next_at": NOW - timedelta(minutes=late),
        "began_at": None if began is None else NOW - timedelta(minutes=began),
    }
    return {"pairing": "shop", "flow": "order-entry", **times, "failures": failures, "result": result}


def case(severity: str = "normal", overdue: int = 0) -> dict[str, Any]:
    return {"kind": "unit-unmapped", "desk": "data", "severity": severity, "cases": 4, "overdue": overdue}


def budget(seconds: float | None) -> dict[str, Any]:
    return {"system": "erp", "open_until": None if seconds is None else NOW + timedelta(seconds=seconds)}


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({}, ()),
        ({"flows": [flow(late=5, began=9)]}, ()),
        ({"flows": [flow(late=9, began=5)]}, ()),
        ({"flows": [flow(late=9, began=None), flow(late=-50, began=1)]}, ()),
        ({"flows": [flow(late=-50, began=10)]}, ()),
        (
            {"flows": [flow(late=6, began=7), flow(late=-38, began=22), flow(late=9, began=None)]},
            ("Nothing has been run for 7 min: start `crossdock run` or `crossdock worker`.",),
        ),
        (
            {"flows": [flow(late=6, began=None), flow(late=8, began=None)]},
            ("Nothing has been run for 8 min: start `crossdock run` or `crossdock worker`.",),
        ),
        ({"flows": [flow(failures=2, problem="no route")]}, ()),
        (
            {"flows": [flow(failures=3, problem="no route")]},
            ("shop/order-entry failed 3 times in a row: no route",),
        ),
        ({"flows": [flow(failures=3)]}, ("shop/order-entry failed 3 times in a row: it does not say why",)),
        ({"cases": [case()]}, ()),
        ({"cases": [case(overdue=2)]}, ("2 unit-unmapped overdue at the data desk.",)),
        ({"cases": [case("urgent", overdue=2)]}, ("4 urgent unit-unmapped open at the data desk.",)),
        ({"budgets": [budget(None), budget(-1), budget(0)]}, ()),
        ({"budgets": [budget(30)]}, ("erp does not answer; no call is made for 30 s.",)),
        ({"audit_problem": "entry 7 was altered"}, ("The audit trail is not whole: entry 7 was altered.",)),
    ],
)
def test_what_needs_somebody(state, said):
    assert needs_attention(NOW, **{**FINE, **state}) == said
