"""Which flow can reach which kind of case, read from the imports: from the modules a run begins in, down to the rules.

Remedies are left out: they speak of every kind, and open none by themselves.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import crossdock
from crossdock.cases import kinds
from crossdock.cases.kind import CaseKind
from crossdock.settings.pairing import Flow

PACKAGE = Path(crossdock.__file__).parent
NAMES = {name: value.code for name, value in vars(kinds).items() if isinstance(value, CaseKind)}
BEGINS: Mapping[Flow, Sequence[str]] = {
    Flow.ORDER_ENTRY: ("flows.order_entry", "flows.capture", "flows.acknowledge"),
    Flow.STOCK_PUBLICATION: ("flows.stock_publication",),
    Flow.DESPATCH: ("flows.despatch",),
    Flow.ACCOUNT_MATCHING: ("flows.account_matching", "flows.account_opening"),
    Flow.ACCOUNT_STATUS: ("flows.account_status",),
    Flow.ORDER_STATE: ("flows.order_states",),
    Flow.RETAIL_STOCK_INTAKE: ("flows.retail_stock", "flows.retail_drift"),
    Flow.RETAIL_DESPATCH: ("flows.retail_despatch", "flows.retail_missed"),
    Flow.RETAIL_FEED: ("flows.retail_items", "flows.retail_levels", "flows.retail_sales", "flows.retail_places"),
    Flow.COMPLETENESS: ("flows.completeness", "flows.silence"),
    Flow.PRICE_PUBLICATION: ("flows.price_publication",),
    Flow.PRODUCT_INTRODUCTION: ("flows.product_introduction",),
    Flow.CATALOGUE: ("flows.catalogue", "flows.catalogue_compare", "flows.catalogue_items", "store.catalogue"),
    Flow.RECONCILIATION: ("flows.reconciliation",),
    Flow.ORDER_CHANGE: ("flows.order_change",),
    Flow.REFUND: ("flows.refund", "store.refunds"),
}
SHARED = ("pairing", "runner", "wish", "remedies", "records")


@cache
def reach(*, own: bool = False) -> Mapping[str, Mapping[Flow, Sequence[str]]]:
    """Kind → flow → the modules that name it. own: only modules of `flows` that no other flow reaches."""
    reached = {flow: _below(begins) for flow, begins in BEGINS.items()}
    found: dict[str, dict[Flow, list[str]]] = {code: {} for code in NAMES.values()}
    for flow, modules in reached.items():
        for module in sorted(modules):
            others = any(module in those for other, those in reached.items() if other is not flow)
            if own and (others or not module.startswith("flows.")):
                continue
            for code in _names(module):
                found[code].setdefault(flow, []).append(module)
    return found


def _below(begins: Sequence[str]) -> set[str]:
    seen: set[str] = set()
    waiting = list(begins)
    while waiting:
        module = waiting.pop()
        if module in seen or module.rpartition(".")[2].endswith(SHARED):
            continue
        seen.add(module)
        waiting += [one for one in _imports(module) if one.startswith(("flows.", "decide."))]
    return seen


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{module.replace('.', '/')}.py").read_text("utf-8"))


def _imports(module: str) -> Iterator[str]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("crossdock."):
            path = (node.module or "").removeprefix("crossdock.")
            names = [path, *(f"{path}.{one.name}" for one in node.names)]
            yield from (one for one in names if (PACKAGE / f"{one.replace('.', '/')}.py").is_file())


def _names(module: str) -> set[str]:
    return {NAMES[node.id] for node in ast.walk(_tree(module)) if isinstance(node, ast.Name) and node.id in NAMES}
