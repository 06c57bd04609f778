"""What people do at their Khaos Control screens, by name."""

from collections.abc import Callable, Mapping
from typing import Any

from crossdock.sandbox.khaos_control.acts_ledger import LedgerActs
from crossdock.sandbox.khaos_control.acts_sales import AccountActs, SalesActs
from crossdock.sandbox.khaos_control.acts_stock import StockActs
from crossdock.sandbox.khaos_control.acts_warehouse import WarehouseActs
from crossdock.sandbox.khaos_control.store import Store


def all_acts(store: Store) -> Mapping[str, Callable[..., Any]]:
    """Name → act. Parameters are keywords; numbers may come as JSON numbers or text; answers are plain JSON."""
    desks = (WarehouseActs(store), StockActs(store), SalesActs(store), AccountActs(store), LedgerActs(store))
    return {name: act for desk in desks for name, act in desk.acts().items()}
