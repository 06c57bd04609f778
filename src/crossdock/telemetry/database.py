"""Figures read from the database, for Prometheus: name, labels and help in one table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: which rows it is read from, their column, and the columns that are its labels."""

    name: str
    rows: str
    column: str
    labels: tuple[str, ...]
    help: str


OF_ORDERS, OF_CASES = ("pairing", "state"), ("pairing", "desk", "kind", "severity")
OF_FLOWS, OF_QUEUE = ("pairing", "flow"), ("kind", "state")
FIGURES: Sequence[Figure] = (
    Figure("crossdock_orders_open", "orders", "orders", OF_ORDERS, "Orders that are not at their end, by state."),
    Figure("crossdock_orders_open_oldest_seconds", "orders", "oldest", OF_ORDERS, "Age of the oldest of them."),
    Figure("crossdock_orders_day", "day", "orders", OF_ORDERS, "Orders captured in the last 24 hours, by state now."),
    Figure("crossdock_cases_open", "cases", "cases", OF_CASES, "Open cases."),
    Figure("crossdock_cases_overdue", "cases", "overdue", OF_CASES, "Open cases that are overdue."),
    Figure("crossdock_cases_oldest_seconds", "cases", "oldest", OF_CASES, "Age of the oldest open case."),
    Figure("crossdock_flow_late_seconds", "flows", "late", OF_FLOWS, "Since a flow fell due that has not begun."),
    Figure("crossdock_flow_success_age_seconds", "flows", "well", OF_FLOWS, "Since a flow last ran to its end."),
    Figure("crossdock_flow_failures", "flows", "failures", OF_FLOWS, "Failures in a row."),
    Figure("crossdock_watermark_age_seconds", "watermarks", "age", ("pairing", "feed"), "How far a feed is read."),
    Figure("crossdock_queue_jobs", "queue", "jobs", OF_QUEUE, "Jobs in the queue: queued, later or picked."),
    Figure("crossdock_queue_oldest_seconds", "queue", "oldest", OF_QUEUE, "How long the oldest has been due."),
    Figure("crossdock_budget_calls", "budgets", "tokens", ("system",), "Calls that may be begun at once."),
    Figure("crossdock_budget_slots_busy", "budgets", "busy", ("system",), "Places for calls that workers hold."),
    Figure("crossdock_budget_failures", "budgets", "failures", ("system",), "Failed calls in a row."),
    Figure("crossdock_breaker_open", "budgets", "open", ("system",), "1 while no call is let through."),
    Figure("crossdock_told_to_wait_seconds", "budgets", "wait", ("system",), "How long the system asked us to wait."),
    Figure("crossdock_stock_published", "stock", "levels", ("pairing",), "Levels shown, read every few minutes."),
    Figure("crossdock_audit_unsealed", "audit", "entries", (), "Entries of the audit trail that wait for their seal."),
    Figure("crossdock_audit_unsealed_oldest_seconds", "audit", "oldest", (), "Age of the oldest of them."),
)  # fmt: skip
ANSWERS = "crossdock_database_answers"


def as_text(rows: Mapping[str, Sequence[Row]] | None) -> bytes:
    """None: the database did not answer."""
    registry = CollectorRegistry()
    registry.register(_Read(rows))
    return generate_latest(registry)


class _Read(Collector):
    def __init__(self, rows: Mapping[str, Sequence[Row]] | None) -> None:
        self._rows = rows

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield GaugeMetricFamily(ANSWERS, "1 when the database was read.", value=0 if self._rows is None else 1)
        for one in FIGURES if self._rows is not None else ():
            family = GaugeMetricFamily(one.name, one.help, labels=one.labels)
            for row in (self._rows or {}).get(one.rows, ()):
                if row[one.column] is not None:
                    family.add_metric([str(row[name]) for name in one.labels], float(row[one.column]))
            yield family
